"""How old an answer of the index is, wherever one is shown."""

from collections.abc import Sequence
from typing import Any

from django import template

from index.answers import known_of
from index.reading import Freshness

register = template.Library()


@register.inclusion_tag("index/freshness.html")
def index_freshness(channels: Sequence[Freshness], lead: str = "", *, by_channel: bool = False) -> dict[str, Any]:
    """`channels`: what `index.reading.freshness` says of those that an answer is about. `lead`: what stands before the
    time, where the answer is not all of the index's; `by_channel`: whether each has its own time, folded away."""
    return {**known_of(channels)._asdict(), "lead": lead, "by_channel": by_channel and len(channels) > 1}
