"""The list's address: every state of the list is a link that a colleague can open; and its filters in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from payments.listing.filters import PaymentFilterSet
from payments.listing.paging import Position
from payments.listing.questions import Tab
from ui.stretches import ASKED_MOST, Preset, in_words

LARGEST_SIZE = 250
DAYS = ("since", "until")
QUIET = ("tab", "others", "preset")
"""Filters that the page shows as links, and not as chips, while they can be read."""
Changes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """What of the list is looked at: the filters as they were written, and the rows on a page."""

    filters: Changes
    size: int
    default_size: int

    def to(
        self, changes: Changes = MappingProxyType({}), *, view: str = "money-list", **position: Position | str | None
    ) -> str:
        """The address with some filters set to other values, or taken away by none; at its beginning, unless told."""
        params = {name: values for name, values in ({**self.filters, **changes}).items() if values}
        if self.size != self.default_size:
            params["size"] = [str(self.size)]
        params |= {name: [str(at)] for name, at in position.items() if at}
        base = reverse(view)
        return f"{base}?{urlencode(params, doseq=True)}" if params else base

    def without(self, *names: str) -> str:
        return self.to(dict.fromkeys(names, ()))

    def fields(self, *names: str) -> list[tuple[str, str]]:
        """These filters and the rows on a page, for the hidden fields of a form that changes something else."""
        size = [("size", str(self.size))] if self.size != self.default_size else []
        return [(name, value) for name in names for value in self.filters.get(name, ())] + size


def read_address(query: QueryDict, filters: PaymentFilterSet, default_size: int) -> Address:
    text = query.get("size", "")
    size = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return Address(filters.written(), size if 0 < size <= LARGEST_SIZE else default_size, default_size)


class Link(NamedTuple):
    """One of several to choose from. `size`: how many rows there are, where that is told."""

    id: str
    word: str | Promise
    url: str
    is_current: bool
    size: int = 0


def tabs(filters: PaymentFilterSet, address: Address, counts: Mapping[Tab, int]) -> list[Link]:
    """What is looked at; the other filters stay. What was refunded is shown with what others refunded."""
    current, is_today = filters.tab_now, filters.stretch is Preset.TODAY
    anytime: Changes = {"preset": ()} if is_today else {}
    words = {
        Tab.TO_CAPTURE: _("To capture"),
        Tab.IN_DOUBT: _("In doubt"),
        Tab.WAITING: _("Waiting"),
        Tab.REFUNDED: _("Refunded"),
        Tab.CONTRADICTED: _("Contradicted"),
    }
    also: dict[Tab, Changes] = {Tab.REFUNDED: {"others": ["1"]}}
    return [
        Link("tab-all", _("All"), address.to({"tab": (), **anytime}), current is Tab.ALL and not is_today),
        Link(
            "tab-today",
            _("Today"),
            address.to({"tab": (), **dict.fromkeys(DAYS, ()), "preset": [Preset.TODAY.value]}),
            current is Tab.ALL and is_today,
        ),
        *(
            Link(
                f"tab-{tab}", word, address.to({"tab": [tab.value], **also.get(tab, {})}), current is tab,
                counts.get(tab, 0),
            )
            for tab, word in words.items()
        ),
    ]  # fmt: skip


def stretches(filters: PaymentFilterSet, address: Address) -> list[Link]:
    """The stretches of days that are asked for most."""
    days: Changes = dict.fromkeys(DAYS, ())
    has_days = any(address.filters.get(name) for name in DAYS)
    any_time = Link("days-any", _("Any time"), address.to({**days, "preset": ()}), not filters.stretch and not has_days)
    return [
        any_time,
        *(
            Link(f"days-{each}", word, address.to({**days, "preset": [each.value]}), filters.stretch is each)
            for each, word in ASKED_MOST.items()
        ),
    ]


def whose(filters: PaymentFilterSet, address: Address) -> list[Link]:
    """Whether what was not done through this desk is shown too, where that can be asked."""
    if filters.tab_now not in (Tab.ALL, Tab.REFUNDED):
        return []
    others = filters.question.others
    return [
        Link("done-here", _("Done here"), address.to({"others": ()}), not others),
        Link("others", _("Also what was not done here"), address.to({"others": ["1"]}), others),
    ]


class Chip(NamedTuple):
    """A filter that is on, in words; `problem` says why it is not applied, if it is not. `field` is the id of what it
    is edited in."""

    name: str
    label: str
    value: str
    remove: str
    field: str
    problem: str = ""

    @property
    def edit(self) -> str:
        """The way there."""
        return f"#{self.field}"


def chips(filters: PaymentFilterSet, address: Address) -> list[Chip]:
    """The filters that are on, those that cannot be read among them."""
    return list(_chips(filters, address))


def _chips(filters: PaymentFilterSet, address: Address) -> Iterator[Chip]:
    form = filters.form
    form.is_valid()
    days_told = False
    for name, values in address.filters.items():
        label, field = str(form.fields[name].label or name), f"id_{name}"
        if problem := " ".join(map(str, form.errors.get(name, ()))):
            yield Chip(name, label, ", ".join(values), address.without(name), field, problem)
        elif name in DAYS and not days_told:
            days_told = True
            yield Chip("days", _("When"), _days(filters), address.without(*DAYS), "id_since")
        elif name not in (*QUIET, *DAYS):
            yield Chip(name, label, ", ".join(_words(filters, name, values)), address.without(name), field)


def _words(filters: PaymentFilterSet, name: str, values: Sequence[str]) -> list[str]:
    words = {str(value): str(word) for value, word in getattr(filters.form.fields[name], "choices", ())}
    return [words.get(value, value) for value in values]


def _days(filters: PaymentFilterSet) -> str:
    return in_words(*(None if name in filters.errors else filters.form.cleaned_data.get(name) for name in DAYS))
