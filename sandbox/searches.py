"""How many orders contain a text that very many contain: counted once, and kept up by the database from then on.

To count them, and to add up their totals exactly, every one of them has to be read, which takes long of a million. So
what was counted is kept (`SearchTally`), and each write changes it.
"""

import logging
from typing import NamedTuple

from django.db import DatabaseError
from django.db.models import Count, Q, QuerySet, Sum

from sandbox import upkeep
from sandbox.matching import Text, own_columns
from sandbox.models import Order, SearchTally
from sandbox.scope import Scope

logger = logging.getLogger(__name__)
MANY = 500
"""So many are not counted twice."""
MOST_KEPT = 100
"""Texts of a channel: each write compares its order with all of them. What was kept first goes first."""
LONGEST = 200


class Known(NamedTuple):
    """So many of a channel's orders contain a text, and their totals add up to `value`."""

    text: Text
    orders: int
    value: int

    def is_soon_met(self, rows: int, whole: int) -> bool:
        """Whether its first `rows` are met sooner by going along the `whole` list than by reading all that there are,
        which an index of texts finds."""
        return len(self.text[1]) < upkeep.GRAM or rows * whole < self.orders * self.orders


def known(scope: Scope, text: Text) -> Known | None:
    """What is known of a text; None where no count is kept."""
    base = Count("pk", filter=Q(fresh=False))
    sums = _kept(scope, text).aggregate(base=base, orders=Sum("orders"), value=Sum("value"))
    return Known(text, int(sums["orders"]), int(sums["value"])) if sums["base"] else None


def keep(scope: Scope, text: Text, rows: QuerySet[Order]) -> None:
    """Keep count of these rows, which are all that contain the text; not where others write all the while."""
    if len(text[1]) > LONGEST:
        return
    try:
        with upkeep.held_still():
            _kept(scope, text).delete()
            counted = rows.aggregate(orders=Count("number"), value=Sum("total"))
            tally = {"orders": counted["orders"], "value": counted["value"] or 0}
            SearchTally.objects.create(**own_columns(scope), field=text[0], text=text[1], **tally)
            for old in _of_channel(scope).filter(fresh=False).order_by("-pk").values_list("field", "text")[MOST_KEPT:]:
                _kept(scope, old).delete()
    except DatabaseError as error:
        logger.info("No count is kept of a search: %s", error)


def walking(scope: Scope, text: Text) -> QuerySet[Order]:
    """The orders that contain the text, for whoever goes along the list until enough are found."""
    field, content = text
    holds = upkeep.containing_unhelped(content) if field == "search" else Q(**{f"{field}__contains": content})
    return Order.objects.filter(holds, **own_columns(scope))


def _kept(scope: Scope, text: Text) -> QuerySet[SearchTally]:
    return _of_channel(scope).filter(field=text[0], text=text[1])


def _of_channel(scope: Scope) -> QuerySet[SearchTally]:
    return SearchTally.objects.filter(**own_columns(scope))
