"""What the API holds and nobody touched: it goes back as it came, and is not held to what a form asks of what is typed.

A field counts as untouched where it sends what its input can hold of the value. A browser's input of one line holds no
line break, and none holds the character 0 or a break other than \\n.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms

from orders.changes.snapshot import same

if TYPE_CHECKING:
    from orders.changes.base import OrderChange

_BREAK = re.compile(r"\r\n?")
_NAMELESS = re.compile(r"[\x00-\x1f\x7f]")


def held(value: object, *, lines: bool = False) -> str:
    """What a browser's input, of one line or of several, holds of a text, and sends."""
    text = _BREAK.sub("\n", "" if value is None else str(value)).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if lines else text.replace("\n", "")


def is_held(typed: str, value: object) -> bool:
    """Whether an input that holds this value, and that nobody touched, sends that text."""
    return held(typed, lines=True) == held(value, lines=True) or held(typed) == held(value) == typed


def field_name(prefix: str, identifier: str) -> str:
    """The name of a field that is about the part with that id: what a browser would not send as it is stands as a
    number."""
    return prefix + _NAMELESS.sub(lambda found: f"%{ord(found[0]):02x}", identifier)


def split_lines(form: "OrderChange") -> None:
    """Gives the fields of one line that hold several the lines that they need."""
    for name, field in form.fields.items():
        values = (form.initial.get(name), form.data.get(name))
        texts = [held(each, lines=True) for each in values if isinstance(each, str)]
        most = max((text.count("\n") for text in texts), default=0)
        if most and type(field.widget) is forms.TextInput:
            widget = forms.Textarea(attrs={**field.widget.attrs, "rows": min(most + 1, 8)})
            widget.attrs.update(field.widget_attrs(widget))
            widget.is_required = field.widget.is_required
            field.widget = widget


def untouched(form: "OrderChange") -> dict[str, Any]:
    """The fields that nobody touched, with the value that the API holds of each: the order's of now or, where a
    colleague changed it meanwhile, the one that the person saw."""
    seen = form.was_seen()
    return {
        name: value
        for name, field in form.fields.items()
        if not isinstance(field, forms.BooleanField)
        for value in _untouched(form, name, seen.values if seen else {})
    }


def _untouched(form: "OrderChange", name: str, seen: Mapping[str, Any]) -> Iterator[Any]:
    bound, field = form[name], form.fields[name]
    if field.disabled:
        yield bound.initial
        return
    if not isinstance(bound.data, str | None):
        return
    for value in _candidates(bound.initial, seen.get(name), is_known=name in form.seen.values):
        if _can_hold(field, value) and is_held(bound.data or "", field.prepare_value(value)):
            yield value
            return


def _candidates(now: Any, seen: Any, *, is_known: bool) -> Iterator[Any]:
    """The values that count as held. What a form only suggests is one if it is anything at all."""
    if is_known or now not in (None, ""):
        yield now
    if seen is None or same(seen, now):
        return
    if isinstance(now, Decimal):
        try:
            yield Decimal(str(seen))
        except InvalidOperation:
            return
    elif isinstance(seen, str):
        yield seen


def _can_hold(field: forms.Field, value: Any) -> bool:
    """Whether the input can stand on that value: a choice only if it is one of those on offer."""
    return not isinstance(field, forms.ChoiceField) or field.valid_value("" if value is None else str(value))


def texts_in(document: object) -> Iterator[str]:
    """Every text of a JSON value, names too."""
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            waiting.extend(each)
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)
