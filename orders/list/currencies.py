"""Which currencies a channel's orders are in, as far as anybody here has seen.

The API adds up all orders that match, whatever their currency, and a page shows only some of them. Nothing in
its answer tells whether the others are in the same currency, and asking for them all would cost more than the
sum is worth. So what the pages showed is remembered for each channel: where two currencies were ever met, a sum
over several pages is told no longer.
"""

from collections.abc import Iterable

from django.core.cache import cache

REMEMBERED = 90 * 24 * 60 * 60
"""Seconds: a stray order in another currency is forgotten in the end, if nobody comes across it again."""


def seen_in(channel: str, currencies: Iterable[str | None]) -> frozenset[str]:
    """The currencies met in that channel up to now, these among them; for everybody at this desk."""
    key = f"currencies:{channel}"
    before: frozenset[str] = cache.get(key, frozenset())
    seen = before | {currency.upper() for currency in currencies if currency}
    if seen != before:
        cache.set(key, seen, REMEMBERED)
    return seen
