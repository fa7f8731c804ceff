"""What answers from the index look like."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from accounts.channels import Channel
from index.models import IndexedOrder
from index.rows import kept_since


class Tally(NamedTuple):
    """How many orders (`size`), their sums in major units by currency, and when the one that is longest in its state
    took it (UTC; None too where a rollup answers, which does not know). `is_capped`: there are more than so
    many, and nothing is told of what they come to."""

    size: int
    sums: Mapping[str, Decimal]
    is_capped: bool = False
    oldest: dt.datetime | None = None


NONE = Tally(0, {})


class Page(NamedTuple):
    """Rows in the order that was asked for; `next` and `previous` are what `after` and `before` are to be for the pages
    beside it, empty at the ends."""

    rows: tuple[IndexedOrder, ...]
    next: str = ""
    previous: str = ""


class Freshness(NamedTuple):
    """How well a channel is known (UTC); `as_of` is the time from which on a change may be missing, None where the
    channel was never looked through."""

    channel: Channel
    orders: int
    as_of: dt.datetime | None
    pushed_at: dt.datetime | None = None
    failed_at: dt.datetime | None = None
    error: str = ""
    whole_at: dt.datetime | None = None
    """When the whole channel was last looked through; None while older orders may be missing."""
    share: float = 0.0
    """How much of it was, from 0 to 1, where that is under way for the first time."""

    @property
    def percent(self) -> int:
        """`share` in whole percents."""
        return int(self.share * 100)


class Known(NamedTuple):
    """How well the channels that an answer is about are known together. `as_of` (UTC): from when on something may be
    missing of any that was looked through; None where none was. `silent` do not answer, `unknown` were never looked
    through, and of `in_part` older orders are missing. `not_before` (UTC): the index keeps no orders that were created
    before; None where none of those was asked for."""

    as_of: dt.datetime | None
    channels: Sequence[Freshness]
    silent: Sequence[Freshness]
    unknown: Sequence[Freshness]
    in_part: Sequence[Freshness]
    not_before: dt.datetime | None


def known_of(channels: Sequence[Freshness], asked_from: dt.datetime | None = None) -> Known:
    """The one place that says how old an answer is, and what is missing in it. `asked_from`: from when on orders were
    asked for, None where they may be as old as they like."""
    kept = kept_since(timezone.now())
    return Known(
        min((each.as_of for each in channels if each.as_of), default=None),
        channels,
        silent=[each for each in channels if each.failed_at],
        unknown=[each for each in channels if each.as_of is None and not each.failed_at],
        in_part=[each for each in channels if each.as_of and each.whole_at is None],
        not_before=kept if asked_from is None or asked_from < kept else None,
    )
