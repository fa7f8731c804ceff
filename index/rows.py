"""Which rows, and how many of them are written at once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.channels import Channel
from index.models import IndexedOrder


def rows_of(channel: Channel, ids: Iterable[str]) -> QuerySet[IndexedOrder]:
    """The orders of a channel with these ids."""
    return IndexedOrder.objects.filter(merchant=channel.merchant, channel=channel.name, order_id__in=list(ids))


def kept_since(now: dt.datetime) -> dt.datetime:
    """Orders that were created before are not kept (INDEX_KEEP_DAYS)."""
    return now - dt.timedelta(days=settings.INDEX_KEEP_DAYS)


def upsert(rows: Sequence[Any], unique: Sequence[str], never: Sequence[str]) -> None:
    """In a few statements; the rows know their keys afterwards."""
    model = type(rows[0])
    kept = [field.name for field in model._meta.concrete_fields if field.name not in (*unique, *never)]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=kept)
