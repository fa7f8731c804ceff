"""How old an answer of the index is, wherever one is shown."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import timezone

from index.answers import known_of
from index.reading import Freshness
from ui.formats import format_date_of

register = template.Library()


@register.inclusion_tag("index/freshness.html")
def index_freshness(
    channels: Sequence[Freshness], lead: str = "", *, by_channel: bool = False, asked_from: dt.datetime | None = None
) -> dict[str, Any]:
    """`channels`: what `index.reading.freshness` says of those that an answer is about. `lead`: what stands before the
    time, where the answer is not all of the index's; `by_channel`: whether each has its own time, folded away;
    `asked_from`: from when on orders were asked for, if not of any age."""
    known = known_of(channels, asked_from)
    # The first day that is in it as a whole.
    whole = known.not_before and format_date_of(timezone.localtime(known.not_before) + dt.timedelta(days=1))
    return {**known._asdict(), "not_before": whole, "lead": lead, "by_channel": by_channel and len(channels) > 1}
