"""Working through a paste: from one of its orders to the next, over several channels, and which were opened."""

from typing import NamedTuple, cast
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel, channels_of
from orders.models import PastedLine
from orders.pasted.rows import Hit, order_url, rows_of

SESSION_KEY = "pasted"
_LIST = "/orders/"
"""How the paths of lists end, and those of orders do not."""


class Walk(NamedTuple):
    """Where an order stands in the paste that it was opened from: `url` leads to its line, `number` of `total` orders;
    `previous` and `next` are empty at the ends."""

    url: str
    number: int
    total: int
    previous: str
    next: str


def begin(request: HttpRequest, mark: str) -> None:
    """The orders of that paste lead to one another, and back to it, from now on."""
    if request.session.get(SESSION_KEY) != mark:
        request.session[SESSION_KEY] = mark


def walk(request: HttpRequest, channel: Channel, order_id: str) -> Walk | None:
    """Where the order stands in the paste that is worked through, if it is one of its orders; that it was opened is
    kept. Asks nothing where no paste is. Who opens an order from a list works with that list from then on."""
    mark = request.session.get(SESSION_KEY)
    if not mark:
        return None
    if urlsplit(request.headers.get("Referer", "")).path.endswith(_LIST):
        del request.session[SESSION_KEY]
        return None
    kept = PastedLine.objects.filter(
        paste=mark, paste__owner=cast(User, request.user), paste__until__gte=timezone.now()
    )
    rows = rows_of(kept, channels_of(request.user), is_stopped=True)
    hits = [(row.line, hit) for row in rows for hit in row.hits if hit.facts.id]
    here = [line for line, hit in hits if _is(hit, channel, order_id)]
    if not here:
        return None
    if unopened := [line.pk for line in here if line.opened_at is None]:
        PastedLine.objects.filter(pk__in=unopened).update(opened_at=timezone.now())
    stops = list({(hit.channel, hit.facts.id): hit for _line, hit in hits}.values())
    at = next(n for n, hit in enumerate(stops) if _is(hit, channel, order_id))
    return Walk(
        f"{reverse('pasted-detail', args=[mark])}#row-{here[0].place}",
        at + 1,
        len(stops),
        _url(stops[at - 1]) if at else "",
        _url(stops[at + 1]) if at + 1 < len(stops) else "",
    )


def _is(hit: Hit, channel: Channel, order_id: str) -> bool:
    return hit.channel == channel and hit.facts.id == order_id


def _url(hit: Hit) -> str:
    return order_url(hit.channel, hit.facts.id)
