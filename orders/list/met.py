"""What a channel's orders are like, as far as anybody here has seen.

The API adds up all orders that match, whatever their currency, and a page shows only some of them. Nothing in
its answer tells whether the others are in the same currency, and asking for them all would cost more than the
sum is worth. So what the pages showed is remembered for each channel: where two currencies were ever met, a sum
over several pages is told no longer. What references begin with is remembered beside it: people say 100591 where
SE-100591 is written; and what the API counts as `size`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from django.core.cache import cache

REMEMBERED = 90 * 24 * 60 * 60
"""Seconds: a stray order in another currency is forgotten in the end, if nobody comes across it again."""
MOST_PREFIXES = 3
_NUMBERED = re.compile(r"(\S{0,11}[^\d\s])\d{4,20}")


class Met(NamedTuple):
    """The currencies met in a channel, and what its numbered references begin with: those that were met first.

    `counts_all`: whether `pagination.size` counts all that matches, as far as it was seen to; None where it never was.
    """

    currencies: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    counts_all: bool | None = None


class _Row(Protocol):
    @property
    def currency(self) -> str | None: ...
    @property
    def prefix(self) -> str: ...


def prefix_of(reference: str | None) -> str:
    """What stands before the number of a reference that is a number otherwise: SE- of SE-100591."""
    found = _NUMBERED.fullmatch(reference or "")
    return found[1] if found else ""


def known_of(channels: Iterable[str]) -> dict[str, Met]:
    """What was met in each of these channels up to now. One look into the cache."""
    keys = {f"met:{channel}": channel for channel in channels}
    known = cache.get_many(keys)
    return {channel: known.get(key) or Met() for key, channel in keys.items()}


def met_in(channel: str, rows: Iterable[_Row] = (), counts_all: bool | None = None) -> Met:
    """What was met in that channel up to now, this among it; for everybody at this desk. One look into the cache."""
    key = f"met:{channel}"
    before: Met = cache.get(key) or Met()
    rows = list(rows)
    currencies = before.currencies | {row.currency.upper() for row in rows if row.currency}
    prefixes = list(dict.fromkeys([*before.prefixes, *(row.prefix for row in rows if row.prefix)]))[:MOST_PREFIXES]
    met = Met(currencies, tuple(prefixes), before.counts_all if counts_all is None else counts_all)
    if met != before:
        cache.set(key, met, REMEMBERED)
    return met
