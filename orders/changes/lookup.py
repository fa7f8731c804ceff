"""The parts of an order that changes are about: found by their ids, with their free attributes as they came."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.states import RemovableState, States
from order_api.errors import NotFound
from order_api.schemas import Payment, Recurring, Shipping


class Identified(Protocol):
    @property
    def id(self) -> str | None: ...


Part = TypeVar("Part", bound=Identified)
S = TypeVar("S", bound=RemovableState)
Choices = list[tuple[str, str | Promise]]


def part_of(parts: Iterable[Part], identifier: str, says: str) -> Part:
    """The part of that id. Raises NotFound, with what it `says`, where the order, as it was just read, has none."""
    for part in parts:
        if part.id == identifier:
            return part
    raise NotFound(says, operation="GET orders/{order_id}", sent=False)


def attributes_of(holder: Payment | Recurring | Shipping | None) -> dict[str, Any]:
    """Free attributes as they came, amounts to the last digit."""
    if holder is None:
        return {}
    raw = holder.raw.get("attributes")
    return raw if isinstance(raw, dict) else holder.attributes


def state_choices(states: States[S], now: str | None) -> Choices:
    """The states to choose from; one that is there and that we do not know stays as it came, and so does none.
    Removing has a form of its own."""
    rows = [row for row in states.values() if row.is_live or row.name == now]
    known: Choices = [(row.name, row.word) for row in (*rows, *([states.of(now)] if now and now not in states else []))]
    return known if now else [("", _("not said")), *known]
