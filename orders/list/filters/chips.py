"""The filters that are on, in words: as chips that can be edited and removed, and as tabs for the states."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from domain.states import ORDER
from orders.list.filters.address import Address
from orders.list.filters.orders import DAYS, PRESETS, OrderFilterSet
from orders.list.filters.query import PanelFilter
from ui.stretches import ASKED_MOST, Preset, in_words


class Chip(NamedTuple):
    """A filter: `label` and `value` in words; `problem` says why it is not applied, if it is not."""

    name: str
    label: str
    value: str
    remove: str
    edit: str
    problem: str = ""

    @property
    def is_search(self) -> bool:
        """Whether it is the text of the search box: the page says otherwise how that was looked for."""
        return self.name == "search"

    @property
    def field(self) -> str:
        """The id of the field that it is edited in."""
        if self.is_search:
            return "q"
        return "f-preset" if self.name == "days" else f"f-{self.name}"


class Tab(NamedTuple):
    id: str
    word: str | Promise
    url: str
    is_current: bool


def tabs(address: Address) -> list[Tab]:
    """One tab for all orders and one for each state; the other filters stay as they are."""
    chosen = list(address.filters.get("status", ()))
    words = {"all": _("Any state"), **{state.name: state.word for state in ORDER.values()}}
    return [
        Tab(f"tab-{name}", word, address.to({"status": wanted}), chosen == wanted)
        for name, word in words.items()
        for wanted in [[name] if name in ORDER else []]
    ]


def stretches(address: Address, current: Preset | None) -> list[Tab]:
    """The stretches of days that are asked for most, one click away."""
    words: list[tuple[Preset | None, str | Promise]] = [(None, _("Any time")), *ASKED_MOST.items()]
    days: dict[str, Sequence[str]] = dict.fromkeys(DAYS, ())
    return [
        Tab(
            f"days-{preset or 'any'}",
            word,
            address.to({**days, "preset": [preset] if preset else ()}),
            preset == current,
        )
        for preset, word in words
    ]


_NO_CHIPS = ("sort", "way", "columns", "view")
"""These choose no orders, so they are said only where they cannot be read."""


def chips(filters: OrderFilterSet, address: Address, problems: Mapping[str, str] = MappingProxyType({})) -> list[Chip]:
    """The filters in the order of the panel, those that cannot be read among them; `problems`: why others are not
    applied either."""
    return list(_chips(filters, address, problems))


def _chips(filters: OrderFilterSet, address: Address, more: Mapping[str, str]) -> Iterator[Chip]:
    problems = {**more, **{name: " ".join(map(str, errors)) for name, errors in filters.errors.items()}}
    days_told = False
    for name, values in address.filters.items():
        each = cast(PanelFilter, filters.filters[name])
        label = str(each.label)
        if name in problems:
            yield _chip(name, label, ", ".join(values), address, problem=problems[name])
        elif name in ("preset", *DAYS):
            if not days_told:
                yield _chip("days", _("Created"), _days(filters), address, "preset", *DAYS)
            days_told = True
        elif name == "search":
            yield _chip(name, label, ", ".join(values), address, "search", "way")
        elif name not in _NO_CHIPS:
            yield _chip(name, label, ", ".join(each.words(value) for value in values), address)


def _chip(name: str, label: str, value: str, address: Address, *params: str, problem: str = "") -> Chip:
    chip = Chip(name, label, value, address.without(*params or (name,)), "", problem)
    edit = address.here if chip.is_search else address.to({"edit": [chip.field.removeprefix("f-")]})
    return chip._replace(edit=f"{edit}#{chip.field}")


def _days(filters: OrderFilterSet) -> str:
    if filters.stretch and filters.stretch is not Preset.CUSTOM:
        return str(PRESETS[filters.stretch])
    return in_words(*(filters.form.cleaned_data.get(name) for name in DAYS))
