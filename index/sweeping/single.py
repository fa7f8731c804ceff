"""Orders that are asked for one by one: of which somebody said that they changed, and which a sweep should have met."""

import datetime as dt

from django.db.models import QuerySet

from accounts.channels import Channel
from index import documents, writing
from index.models import IndexedOrder, PushedOrder
from index.sweeping.pages import Cursor
from index.sweeping.plan import Sweep
from order_api import OrderApi
from order_api.errors import BadAnswer, NotFound, Rejected
from order_api.schemas import Order


def pushed_of(channel: Channel) -> QuerySet[PushedOrder]:
    """What is to be read again in a channel, what was said first before the rest."""
    return PushedOrder.objects.filter(merchant=channel.merchant, channel=channel.name).order_by("at", "number")


def read_pushed(api: OrderApi, channel: Channel, pushed: PushedOrder, now: dt.datetime) -> None:
    """Read it, in one call. Raises ApiError; then it is still to be read. What is said of it meanwhile counts anew."""
    read_one(api, channel, pushed.order_id, now)
    PushedOrder.objects.filter(pk=pushed.pk, at=pushed.at).delete()


def unmet(channel: Channel, sweep: Sweep, cursor: Cursor) -> QuerySet[IndexedOrder]:
    """The rows that a sweep at its end should have met and did not, nor anybody since it began: they are in another
    state by now, or gone."""
    rows = IndexedOrder.objects.filter(merchant=channel.merchant, channel=channel.name, seen_at__lt=cursor.began_at)
    return rows.filter(sweep.rows(cursor.since_at)).order_by("-created", "-number")


def read_one(api: OrderApi, channel: Channel, order_id: str, now: dt.datetime) -> None:
    """Put the order into the index as it is now, or forget it where it is not there any more: in one call. One that
    cannot be read stays as it was known. Raises ApiError where the API does not answer."""
    try:
        order = api.orders.look(order_id)
    except NotFound:
        writing.forget(channel, order_id)
        return
    except (BadAnswer, Rejected):  # of this order nothing can be read, which must not keep the others from being
        order = None
    if isinstance(order, Order):
        writing.see([documents.of_channel(order, channel)], at=now)
    documents.touch(channel, [order_id], at=now)
