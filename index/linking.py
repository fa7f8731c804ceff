"""What follows for other orders when some are written or taken out: their twins, and how they count."""

from collections.abc import Iterable, Mapping

from index import checks, rollups, twins
from index.models import IndexedOrder


def link(numbers: Iterable[int], rows: Mapping[int, IndexedOrder], deltas: rollups.Deltas) -> None:
    """Sets the twins of these orders anew, and the flags of all whose twins are others now. Counts `rows`, which were
    taken out of `deltas` before, as they are now, and others anew. To be called with the channel held."""
    touched = set(numbers)
    others = (touched | twins.find(deltas.channel, touched)) - set(rows)
    strangers = {row.number: row for row in IndexedOrder.objects.filter(number__in=others)} if others else {}
    are = twins.flagged([*rows, *strangers])
    for row in strangers.values():
        deltas.order(vars(row), -1)
    changed = []
    for row in (*rows.values(), *strangers.values()):
        if row.is_twin != (row.number in are):
            row.is_twin = row.number in are
            row.flags = checks.flags_of(vars(row))["flags"]
            changed.append(row)
        deltas.order(vars(row), 1)
    if changed:
        IndexedOrder.objects.bulk_update(changed, ("is_twin", "flags"))
