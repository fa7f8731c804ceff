"""The panel of filters: every field of the form, grouped as people think of them, ready to be written down."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from domain.states import ORDER
from orders.list.filters.fields import shown
from orders.list.filters.orders import OrderFilterSet


class Choice(NamedTuple):
    value: str
    word: str | Promise
    is_chosen: bool


class Control(NamedTuple):
    """A field of the panel. `kind`: text, day, select, boxes, or several (one as text, more as boxes and room for another)."""

    name: str
    label: str | Promise
    kind: str
    value: str = ""
    choices: Sequence[Choice] = ()
    error: str = ""
    hint: str | Promise = ""
    list_id: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name}"


class Group(NamedTuple):
    title: str | Promise
    controls: Sequence[Control]


KINDS = {"preset": "select", "date_from": "day", "date_to": "day", "status": "boxes"}
_SEVERAL = ("names", "emails", "phones", "countries")
_GROUPS = {
    _("Order"): ("preset", "status", "date_from", "date_to", "reference", "cart_reference", "payment_id", "countries"),
    _("Billing"): tuple(f"billing_{field}" for field in _SEVERAL),
    _("Shipping"): tuple(f"shipping_{field}" for field in _SEVERAL),
}
_HINTS: Mapping[str, str | Promise] = {
    "names": _("Several names: part them by a semicolon"),
    "emails": _("Whole addresses; several parted by a comma"),
    "phones": _("As at home or with +46; several parted by a comma"),
    "countries": _("By name or code; several parted by a comma"),
}


def panel(filters: OrderFilterSet) -> list[Group]:
    """The groups of the panel, each field with what is written in it and why it cannot be read."""
    return [Group(title, [_control(filters, name) for name in names]) for title, names in _GROUPS.items()]


_untouched: dict[tuple[str | None, str], SafeString] = {}


def panel_markup(filters: OrderFilterSet, edit: str) -> SafeString:
    """The panel's fields as HTML; `edit` is the field that it stands open at.

    The panel in which nothing is written is the same on every page of a language and a time zone, and a sixth of what a page
    costs, so it is made once.
    """
    zone = timezone.get_current_timezone_name()
    is_touched = edit or any(filters.query.getlist(name) for names in _GROUPS.values() for name in names)
    if is_touched:
        return _markup(filters, edit, zone)
    key = (get_language(), zone)
    if key not in _untouched:
        _untouched[key] = _markup(filters, "", zone)
    return _untouched[key]


def _markup(filters: OrderFilterSet, edit: str, zone: str) -> SafeString:
    return render_to_string("orders/filter_groups.html", {"panel": panel(filters), "edit": edit, "zone": zone})


def first_problem(filters: OrderFilterSet) -> str:
    """The panel's first field that cannot be read; empty if all can."""
    return next((name for names in _GROUPS.values() for name in names if name in filters.errors), "")


def _control(filters: OrderFilterSet, name: str) -> Control:
    label = filters.filters[name].label or name
    error = " ".join(map(str, filters.errors.get(name, ())))
    kind = KINDS.get(name) or ("several" if name.endswith(_SEVERAL) else "text")
    written = [text for text in filters.query.getlist(name) if text.strip()]
    if kind == "select":
        return Control(name, label, kind, choices=_select(filters, written), error=error)
    if kind == "boxes":
        return Control(name, label, kind, choices=_states(filters, written), error=error)
    if kind == "several":
        return _several(filters, name, Control(name, label, kind, error=error))
    return Control(name, label, kind, value=written[-1] if written else "", error=error)


def _select(filters: OrderFilterSet, written: Sequence[str]) -> list[Choice]:
    chosen = written[-1] if written else ""
    return [Choice("", _("Any time"), not chosen)] + [
        Choice(str(value), word, value == chosen)
        for value, word in filters.form.fields["preset"].choices  # type: ignore[attr-defined]
    ]


def _states(filters: OrderFilterSet, written: Sequence[str]) -> list[Choice]:
    chosen = filters.form.cleaned_data.get("status")
    chosen = written if chosen is None else chosen
    return [Choice(value, state.word, value in chosen) for value, state in ORDER.items()]


def _several(filters: OrderFilterSet, name: str, control: Control) -> Control:
    field = name.rpartition("_")[2]
    chosen: list[str] | None = filters.form.cleaned_data.get(name)
    if chosen is not None and len(chosen) > 1:
        value = ""
        choices = [Choice(each, shown(name, each), True) for each in chosen]
    else:
        # One alone stands in the box, to be put right letter by letter; what cannot be read does as it was written.
        value = shown(name, chosen[0]) if chosen else ", ".join(filters.query.getlist(name))
        choices = []
    return control._replace(
        choices=choices,
        value=value,
        hint=_HINTS[field],
        list_id="country-names" if field == "countries" else "",
    )
