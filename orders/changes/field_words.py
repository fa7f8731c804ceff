"""What the fields of changes are called, and their values, for the log, which keeps their names."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.functional import Promise

from audit.actions import AuditAction
from domain.states import ORDER, PAYMENT, SHIPPING, State
from orders.changes.base import OrderChange
from ui.formats import country_name

Words = str | Promise


@cache
def _labels() -> Mapping[tuple[str, str], Words]:
    """By action and field, of all forms."""
    found: dict[tuple[str, str], Words] = {}
    left: list[type[OrderChange]] = [OrderChange]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        action = getattr(kind, "action", None)
        for name, field in kind.base_fields.items():
            if action and field.label:
                found.setdefault((str(action), name), field.label)
    return found


def label_of(action: str, field: str) -> Words | None:
    """The label that the field had in its form."""
    return _labels().get((action, field))


def value_of(action: str, field: str, value: Any) -> Words | None:
    """States and countries in words; what was set to nothing but an amount stands as it is."""
    if not isinstance(value, str):
        return None
    if field == "country":
        return country_name(value)
    states: State | None = None
    if action == AuditAction.ORDER_STATE_UPDATE and field == "status":
        states = ORDER.of(value)
    elif field == "state":
        states = PAYMENT.of(value) if action.startswith("payment.") else SHIPPING.of(value)
    # One that is neither's is a state of something else, such as an execution, whose room knows its words.
    return states.word if states and str(states.word) != value else None
