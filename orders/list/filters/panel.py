"""The menu of filters: every field of the form, grouped as people think of them, ready to be written down."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from domain.states import States
from orders.list.filters.orders import DAYS, OrderFilterSet
from orders.list.filters.query import PanelFilter


class Choice(NamedTuple):
    value: str
    word: str | Promise
    is_chosen: bool


class Control(NamedTuple):
    """A field of the panel. `kind`: text, day, select, boxes, or several (one as text, more as
    boxes and room for another)."""

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

    @property
    def input_type(self) -> str:
        """A day is chosen, with its time where one was told; what cannot be read stands as it was typed."""
        if self.kind != "day" or self.error:
            return "text"
        return "datetime-local" if "T" in self.value else "date"


class Entry(NamedTuple):
    """An entry of the menu, which opens its controls: one, but for days, which belong to their stretch."""

    label: str | Promise
    controls: Sequence[Control]

    @property
    def names(self) -> list[str]:
        return [control.name for control in self.controls]


class Group(NamedTuple):
    title: str | Promise
    entries: Sequence[Entry]


def panel(filters: OrderFilterSet) -> list[Group]:
    """The groups of the menu, each field with what is written in it and why it cannot be read."""
    groups = groupby(filters.of_panel.items(), key=lambda item: item[1].group)
    return [Group(title, _entries(filters, dict(members))) for title, members in groups]


def _entries(filters: OrderFilterSet, members: Mapping[str, PanelFilter]) -> list[Entry]:
    controls = {name: _control(filters, name, each) for name, each in members.items()}
    days = [controls.pop(name) for name in DAYS if name in controls]
    return [
        Entry(control.label, [control, *days] if name == "preset" else [control]) for name, control in controls.items()
    ]


_untouched: dict[tuple[str | None, str], SafeString] = {}


def panel_markup(filters: OrderFilterSet, edit: str) -> SafeString:
    """The panel's fields as HTML; `edit` is the field that it stands open at.

    The panel in which nothing is written is the same on every page of a language and a time zone, and a sixth of
    what a page costs, so it is made once.
    """
    zone = timezone.get_current_timezone_name()
    is_touched = edit or any(filters.query.getlist(name) for name in filters.of_panel)
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
    return next((name for name in filters.of_panel if name in filters.errors), "")


def _control(filters: OrderFilterSet, name: str, each: PanelFilter) -> Control:
    error = " ".join(map(str, filters.errors.get(name, ())))
    written = [text for text in filters.query.getlist(name) if text.strip()]
    empty = Control(name, each.label or name, each.kind, error=error, hint=each.hint, list_id=each.suggestions)
    match each.kind:
        case "select":
            return empty._replace(choices=_select(filters, name, written, each.any_word))
        case "boxes":
            return empty._replace(choices=_states(filters, name, written))
        case "several":
            return _several(filters, empty, each)
    return empty._replace(value=written[-1] if written else "")


def _select(filters: OrderFilterSet, name: str, written: Sequence[str], any_word: str | Promise) -> list[Choice]:
    chosen = written[-1] if written else ""
    return [Choice("", any_word, not chosen)] + [
        Choice(str(value), word, value == chosen)
        for value, word in filters.form.fields[name].choices  # type: ignore[attr-defined]
    ]


def _states(filters: OrderFilterSet, name: str, written: Sequence[str]) -> list[Choice]:
    chosen = filters.form.cleaned_data.get(name)
    chosen = written if chosen is None else chosen
    known: States[Any] = filters.form.fields[name].known  # type: ignore[attr-defined]
    return [Choice(value, state.word, value in chosen) for value, state in known.items()]


def _several(filters: OrderFilterSet, empty: Control, each: PanelFilter) -> Control:
    chosen: list[str] | None = filters.form.cleaned_data.get(empty.name)
    if chosen is not None and len(chosen) > 1:
        return empty._replace(choices=[Choice(value, each.words(value), True) for value in chosen])
    # One alone stands in the box, to be put right letter by letter; what cannot be read does as it was written.
    return empty._replace(value=each.words(chosen[0]) if chosen else ", ".join(filters.query.getlist(empty.name)))
