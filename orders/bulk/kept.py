"""Batches as they are kept: who chose which orders for what, until it is confirmed; nobody else's to see."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils import timezone

from accounts.channels import Channel, channels_of
from audit.log import Who
from audit.tidy import text as tidy_text
from gateway.middleware import is_id
from jobs.sealing import SealBrokenError, seal, unseal
from orders.models import Batch, BatchRow

MOST = 500
"""Orders at once."""
KEPT = dt.timedelta(hours=12)
"""Until it is confirmed: as long as a session lasts, and what was seen of payments."""
KEPT_STARTED = dt.timedelta(days=7)
MOST_KEPT = 20


class OrderAt(NamedTuple):
    """An order by its channel and id."""

    channel: Channel
    order_id: str


class Filtered(NamedTuple):
    """All orders that the filter of a list names, as in its address: of a channel's, or, without one, of the list over
    all of the person's."""

    channel: Channel | None
    query: str


def read_orders(addresses: Iterable[str]) -> list[OrderAt]:
    """The orders of these addresses of their pages, each once, in their order; what is no such address is left out."""
    prefix = get_script_prefix().rstrip("/")
    found = []
    for address in addresses:
        try:
            match = resolve(unquote(address.removeprefix(prefix)))
        except Resolver404:
            continue
        if match.url_name == "order-detail" and is_id("order_id", match.kwargs["order_id"]):
            found.append(OrderAt(match.kwargs["channel"], match.kwargs["order_id"]))
    return list(dict.fromkeys(found))


def keep(who: Who, action: str, orders: Sequence[OrderAt], filtered: Filtered | None = None) -> Batch:
    """A new batch of these orders, or of those of a filter, which are asked for later. What is over its time goes, and
    the person's oldest that was never confirmed."""
    now = timezone.now()
    with transaction.atomic():
        tidy()
        mine = Batch.objects.filter(owner=who.user_id, state=Batch.State.READING).values_list("pk", flat=True)
        Batch.objects.filter(pk__in=list(mine[MOST_KEPT - 1 :])).delete()
        batch = Batch.objects.create(
            owner_id=who.user_id or 0,
            username=who.username,
            ip=tidy_text(who.ip, 45),
            agent=tidy_text(who.agent, 200),
            action=action,
            at=now,
            until=now + KEPT,
            is_named=filtered is None,
            sealed=seal({"filter": [str(filtered.channel or ""), filtered.query]} if filtered else {}),
        )
        add_rows(batch, orders)
    return batch


def add_rows(batch: Batch, orders: Iterable[OrderAt]) -> None:
    """The orders that it is about."""
    BatchRow.objects.bulk_create(
        BatchRow(
            batch=batch, position=position, merchant=each.channel.merchant, channel=each.channel.name,
            order_id=each.order_id,
        )
        for position, each in enumerate(orders, start=1)
    )  # fmt: skip


def sealed_of(batch: Batch) -> dict[str, Any]:
    """What lies in it under the desk's key; nothing where the key is another one by now."""
    try:
        return dict(unseal(batch.sealed)) if batch.sealed else {}
    except SealBrokenError:
        return {}


def save_sealed(batch: Batch, **more: Any) -> None:
    """Adds to that."""
    batch.sealed = seal({**sealed_of(batch), **more})
    batch.save(update_fields=["sealed"])


def filter_of(batch: Batch) -> Filtered | None:
    """The filter that names its orders, where one does."""
    found = sealed_of(batch).get("filter")
    return Filtered(Channel(*found[0].split("/")) if found[0] else None, found[1]) if found else None


def target_of(batch: Batch) -> str:
    """The state that was chosen; empty while none is."""
    return str(sealed_of(batch).get("target", ""))


def batch_of(person: User, mark: uuid.UUID) -> Batch:
    """The person's own, while it is kept. Raises Http404, also where it is somebody else's."""
    found = Batch.objects.filter(pk=mark, owner=person, until__gte=timezone.now()).first()
    if found is None:
        raise Http404
    return found


def rows_of(batch: Batch, **which: Any) -> list[BatchRow]:
    return list(batch.rows.filter(**which))


def facts_of(row: BatchRow) -> dict[str, Any]:
    return dict(json.loads(row.facts_json))


def warns_of(row: BatchRow) -> list[str]:
    return list(json.loads(row.warns_json))


def are_theirs(person: User, rows: Iterable[BatchRow]) -> bool:
    """Whether every channel of these rows is the person's."""
    return {row.where for row in rows} <= set(channels_of(person))


def facts_json(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts))


def tidy() -> None:
    """What is over its time goes, whoever's it was. The worker does so, too (`payments.alerts.pulse`)."""
    over = list(Batch.objects.filter(until__lt=timezone.now()).values_list("pk", flat=True)[:100])
    if over:
        BatchRow.objects.filter(batch__in=over).delete()
        Batch.objects.filter(pk__in=over).delete()
