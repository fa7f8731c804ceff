"""JSON in forms: as text that says where it is wrong, with what must not be read masked, and put back when it is sent.

A secret is shown as dots. Dots that stay where they were stand for what they hide; dots that were
moved stand for nothing, and are refused.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from order_api.schemas import number
from privacy import DOTS, PAGE_WITH_PEOPLE, Masked, mask

LARGEST = 200_000  # characters
_Pair = tuple[Any, Any]
_writer = msgspec.json.Encoder(decimal_format="number", enc_hook=str.__str__)  # masked text is a kind of its own


class JsonObject(dict[str, Any]):
    """A JSON object that is read as JSON where a template shows it."""

    def __str__(self) -> str:
        return as_text(self)


def as_text(value: Any) -> str:
    """JSON as people read it, every amount to its last digit."""
    return msgspec.json.format(_writer.encode(value), indent=2).decode()


def parse(text: str) -> Any:
    """A JSON value, its numbers with a decimal point as Decimal. ValidationError says in which line
    and column it is wrong, or which name stands twice in an object: one of the two would be lost."""
    try:
        return json.loads(text, parse_float=number, parse_constant=_refuse, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno, "why": error.msg}
        raise ValidationError(
            _("This is not JSON: line %(line)d, column %(column)d: %(why)s."), code="json", params=place
        ) from None
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This is not JSON: %(why)s."), code="json", params={"why": error}) from None


def _once_each(pairs: list[_Pair]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for place, (name, _value) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValidationError(_("“%(name)s” stands twice in one object."), code="twice", params={"name": twice})
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it knows no {constant}")


class JsonArea(forms.Textarea):
    """A place for JSON: no spelling, no sentence case."""

    def __init__(self, rows: int = 6) -> None:
        super().__init__(attrs={"rows": rows, "spellcheck": "false", "autocapitalize": "off", "class": "input mono"})


class JsonObjectField(forms.CharField):
    """A JSON object, typed as text; empty is `{}`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": LARGEST, "widget": JsonArea(), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return (as_text(value) if value else "") if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        found = parse(text) if text else {}
        if not isinstance(found, dict):
            raise ValidationError(_("This has to be a JSON object: { … }."), code="object")
        return JsonObject(found)


class JsonTextField(forms.CharField):
    """Text that is valid JSON of whatever kind, kept as it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": LARGEST, "widget": JsonArea(), **kwargs})

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        if text:
            parse(text)
        return text


def masked(document: Mapping[str, Any] | None) -> JsonObject:
    """What of a free object may stand in a form: names and addresses, which these pages show anyway, but no secrets."""
    shown = mask(document or {}, PAGE_WITH_PEOPLE)
    return JsonObject(shown if isinstance(shown, dict) else {})


def restored(typed: Any, original: Any) -> Any:
    """What was typed over the masked document, with what the dots hide put back. ValidationError
    where nobody knows what they hide."""
    whole = _restored(typed, original, mask(original, PAGE_WITH_PEOPLE))
    if DOTS in str(whole) and DOTS not in str(original):
        raise ValidationError(
            _("Dots stand for a hidden value only where they were. Write the value out."), code="dots"
        )
    return whole


def _restored(typed: Any, original: Any, shown: Any) -> Any:
    if typed == shown and (isinstance(shown, Masked) or isinstance(typed, Mapping) or _is_list(typed)):
        return original
    if isinstance(typed, Mapping) and isinstance(original, Mapping) and isinstance(shown, Mapping):
        return dict(_entry(name, value, _by_shown_name(original, shown)) for name, value in typed.items())
    if _is_list(typed) and _is_list(original) and _is_list(shown) and len(original) == len(shown):
        before = [*zip(original, shown, strict=True), *[(None, None)] * len(typed)]
        return [_restored(value, *before[place]) for place, value in enumerate(typed)]
    return typed


def _by_shown_name(original: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, tuple[str, _Pair]]:
    """Names can be masked too; the mask keeps the order of what it masks, unless two of them became one."""
    if len(original) != len(shown):
        return {}
    return {hidden: (name, (original[name], shown[hidden])) for name, hidden in zip(original, shown, strict=True)}


def _entry(name: str, value: Any, before: Mapping[str, tuple[str, _Pair]]) -> tuple[str, Any]:
    real, (original, shown) = before.get(name, (name, (None, None)))
    return real, _restored(value, original, shown)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
