"""How long what is typed may be. What the order holds already, there or elsewhere, may be longer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from orders.changes.json_fields import LARGEST
from orders.changes.untouched import is_held

if TYPE_CHECKING:
    from orders.changes.base import OrderChange

LONGEST = 500
"""Characters of one value that no field says more of: a choice, a cell of a row."""
_SEALED = {"seen": 1_000_000, "value": LARGEST}
"""What the form itself carries, and the cells that hold JSON."""


def ease(form: "OrderChange") -> None:
    """Lets the fields that were given a text of the order be as long as that is."""
    for name, field in form.fields.items():
        typed = form[name].data
        limit = getattr(field, "max_length", None)
        if limit and isinstance(typed, str) and len(typed) > limit and _is_the_orders(form, typed):
            field.validators = [each for each in field.validators if not isinstance(each, MaxLengthValidator)]


def too_long(form: "OrderChange") -> Iterator[tuple[str | None, str]]:
    """What was typed and is longer than it may be: the field that it is about, or None where it is
    a cell of a row, and what to say."""
    for name, values in _posted(form):
        field = form.fields.get(name)
        limit = _limit_of(name, field)
        for typed in values:
            if len(typed) > limit and name not in form.untouched and not _is_the_orders(form, typed):
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


def _is_the_orders(form: "OrderChange", typed: str) -> bool:
    """Whether it is a text of the order, or what the form shows of one."""
    shown = (form.fields[name].prepare_value(form[name].initial) for name in form.fields)
    return any(is_held(typed, each) for each in (*form.texts(), *filter(None, shown)))
