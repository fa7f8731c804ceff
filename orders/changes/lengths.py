"""How long what is typed may be. What the API holds already may be longer, and goes back as it came
if nobody touched it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from orders.changes.json_fields import LARGEST
from orders.changes.snapshot import plain

if TYPE_CHECKING:
    from orders.changes.base import OrderChange

LONGEST = 500
"""Characters of one value that no field says more of: a choice, a cell of a row."""
_SEALED = {"seen": 1_000_000, "value": LARGEST}
"""What the form itself carries, and the cells that hold JSON."""


def ease(form: "OrderChange") -> None:
    """Lets the fields whose value is what the API holds be as long as that is."""
    for name, field in form.fields.items():
        typed = form[name].data
        limit = getattr(field, "max_length", None)
        if limit and isinstance(typed, str) and len(typed) > limit and _is_untouched(form, name, typed):
            field.validators = [each for each in field.validators if not isinstance(each, MaxLengthValidator)]


def too_long(form: "OrderChange") -> Iterator[tuple[str | None, str]]:
    """What was typed and is longer than it may be: the field that it is about, or None where it is
    a cell of a row, and what to say."""
    for name, values in _posted(form):
        field = form.fields.get(name)
        limit = _limit_of(name, field)
        for typed in values:
            if len(typed) > limit and not _is_untouched(form, name, typed):
                yield (name if field else None), _says(typed, limit)


def _posted(form: "OrderChange") -> Iterator[tuple[str, list[str]]]:
    data = form.data
    lists = data.lists() if isinstance(data, MultiValueDict) else ((name, [value]) for name, value in data.items())
    for name, values in lists:
        yield str(name), [value for value in values if isinstance(value, str)]


def _limit_of(name: str, field: forms.Field | None) -> int:
    if isinstance(field, forms.CharField):
        return field.max_length or LARGEST
    return LONGEST if field is not None else _SEALED.get(name, LONGEST)


def _says(typed: str, limit: int) -> str:
    words = {"start": typed[:20], "length": len(typed), "limit": limit}
    return _("“%(start)s…” is too long: it has %(length)d characters, and there may be %(limit)d.") % words


def _is_untouched(form: "OrderChange", name: str, typed: str) -> bool:
    text = plain(typed)
    if name in form.fields and text == plain(form[name].initial):
        return True
    if name in form.fields and text == plain(form.fields[name].prepare_value(form[name].initial)):
        return True
    return any(plain(each) == text for each in _texts_in(form.order.raw) if len(each) >= len(text))


def _texts_in(document: object) -> Iterator[str]:
    """Every text of a JSON value."""
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)
