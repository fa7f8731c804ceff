"""The columns that the list can have: their names in addresses and views, their words, and the room that each takes.

The order itself always comes first: its cell holds the link that the row is.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROOMS = {60: "room-60", 75: "room-75", 90: "room-90", 110: "room-110", 130: "room-130", 150: "room-150"}
"""Classes of the sheet by the rem that they keep a table from being narrower than."""
CUSTOMER_ROOM = 11.25
"""In rem: the customer takes what is left, and no less than this."""


class Column(NamedTuple):
    """`css` is its class in the sheet; `sort` as the API names it, `first` what a first click asks for; `by_index` as
    the index names it, which begins with the newest or largest; `room` in rem.

    `is_figure`: it stands at the right. `is_default`: it is there as long as nobody chose.
    """

    name: str
    css: str
    word: str | Promise
    room: float
    sort: str = ""
    first: str = ""
    says: str | Promise = ""
    is_figure: bool = False
    is_default: bool = True
    by_index: str = ""


ORDER = Column("order", "c-ref", _("Order"), 10.5)
COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("channel", "c-channel", _("Channel"), 8, is_default=False),
        Column("created", "c-created", _("Created"), 8.5, "created", "-created", by_index="created"),
        Column("updated", "c-updated", _("Changed"), 8.5, is_default=False, by_index="modified"),
        Column("age", "c-age", _("Age"), 5, is_default=False),
        Column(
            "customer", "c-customer", _("Customer"), CUSTOMER_ROOM, "billingName", "billingName",
            _("Sorts by the name on the bill"),
        ),
        Column("country", "c-country", _("Country"), 4),
        Column("state", "c-state", _("Order state"), 8),
        Column("payment", "c-pay", _("Payment"), 11.5),
        Column("provider", "c-provider", _("Provider’s reference"), 9, is_default=False),
        Column("left", "c-left", _("Left to capture"), 8.5, is_figure=True, is_default=False),
        Column("returned", "c-returned", _("Refunded"), 8.5, is_figure=True, is_default=False),
        Column("shipping", "c-ship", _("Shipping"), 7.75),
        Column("tags", "c-tags", _("Tags"), 8, is_default=False),
        Column("assignee", "c-assignee", _("Assigned to"), 8, is_default=False),
        Column("id", "c-id", _("Id"), 9, is_default=False),
        Column("items", "c-items", _("Items"), 4.5, is_figure=True),
        Column(
            "total", "total", _("Total"), 10, "cartTotal", "-cartTotal",
            _("Sorts by the cart's total, without shipping"), is_figure=True, by_index="total",
        ),
    )
}  # fmt: skip
DEFAULT = tuple(column.name for column in COLUMNS.values() if column.is_default)


def default_for(kept: str, *, is_everywhere: bool) -> tuple[str, ...]:
    """The columns of a list whose address names none: those that its reader keeps, as names parted by commas, else
    those of the desk. What is no column any more is left out; where the list is of all channels, the channel is
    there."""
    names = tuple(name for name in dict.fromkeys(kept.split(",")) if name in COLUMNS) or DEFAULT
    return names if not is_everywhere or "channel" in names else ("channel", *names)


def chosen_of(names: Sequence[str]) -> list[Column]:
    """The columns of these names, behind the order itself. KeyError for a name of none."""
    return [ORDER, *(COLUMNS[name] for name in names)]


def layout_class(names: Sequence[str]) -> str:
    """How wide a table with these columns has to be at least, as a class of the sheet; nothing for the usual ones,
    which fold by themselves where there is no room."""
    if tuple(names) == DEFAULT:
        return ""
    if tuple(names) == ("channel", *DEFAULT):
        return "of-channels"
    room = sum(column.room for column in chosen_of(names))
    return f"is-chosen {next((name for rem, name in ROOMS.items() if rem >= room), ROOMS[150])}"
