"""What the log can be narrowed to. Each filter has an index that begins with its column and goes on
in the order of the page."""

import datetime as dt
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.models import Entry, Outcome
from audit.past import PAST
from audit.words import OPEN, outcome_state
from ui import days
from ui.typed import TypedField

Entries = QuerySet[Entry]


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"})


def _input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false", **attrs})


class TypedFilter(df.CharFilter):
    field_class = TypedField


class EntryFilter(df.FilterSet):
    """Over `reading.lines()`. A value that cannot be read filters nothing; its error stands in `form.errors`."""

    person = TypedFilter(label=_("Person"), field_name="username", widget=_input())
    action = TypedFilter(label=_("Action"), widget=_input(list="audit-actions"))
    order = TypedFilter(label=_("Order id"), field_name="order_id", widget=_input())
    outcome = df.ChoiceFilter(
        label=_("Outcome"),
        choices=[(value, outcome_state(value).word) for value in (*Outcome.values, OPEN)],
        empty_label=_("Any"),
        method="with_outcome",
        widget=forms.Select(attrs={"class": "select"}),
    )
    since = df.DateFilter(label=_("From"), method="from_day", widget=_day_input())
    until = df.DateFilter(label=_("To"), method="to_day", widget=_day_input())
    request_id = TypedFilter(label=_("Request id"), widget=_input())

    def with_outcome(self, entries: Entries, name: str, value: str) -> Entries:
        return entries.filter(outcome="" if value == OPEN else value)

    def from_day(self, entries: Entries, name: str, value: dt.date) -> Entries:
        return entries.filter(at__gte=days.start_of(value))

    def to_day(self, entries: Entries, name: str, value: dt.date) -> Entries:
        """The day counts in full."""
        return entries.filter(at__lt=days.end_of(value))


class Chip(NamedTuple):
    """A filter that is set: its field, what it says, the query string without it and, if it cannot be read, why."""

    field: str
    label: str | Promise
    value: str | Promise
    without: str
    problem: str


def chips(filters: EntryFilter, query: QueryDict) -> list[Chip]:
    asked = {name: text for name in filters.filters if (text := str(query.get(name, "")).strip())}
    return [
        Chip(
            name,
            filters.form.fields[name].label or name,
            _said(name, text),
            _without(query, name),
            " ".join(str(problem) for problem in filters.form.errors.get(name, ())),
        )
        for name, text in asked.items()
    ]


def _said(name: str, value: str) -> str | Promise:
    words: dict[str, Any] = {
        "action": lambda value: capfirst(str(PAST.get(value, value))),
        "outcome": lambda value: outcome_state(value).word,
    }
    word: str | Promise = words.get(name, str)(value)
    return word


def _without(query: QueryDict, name: str) -> str:
    rest = query.copy()
    for key in (name, "before", "after"):
        rest.pop(key, None)
    return rest.urlencode()


def zone_name() -> str:
    """The zone in which days are meant, for the page to say."""
    zone = timezone.get_current_timezone()
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)
