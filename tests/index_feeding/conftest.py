"""An index that is fed as the desk does it, by hand instead of by a thread."""

from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from django.test import override_settings

from accounts.channels import Channel
from index import feeding, registry
from index.models import IndexedOrder
from index.sweeping import money

SE, NO = Channel("norce", "se"), Channel("norce", "no")


@pytest.fixture(autouse=True)
def fresh(fresh_connections: None) -> None:
    """No breaker remembers what an earlier test did, and nobody what was to be done for it."""
    money._due.clear()


@pytest.fixture(autouse=True)
def nobody_asks_for_transactions() -> Iterator[None]:
    """But those tests that say so."""
    with mock.patch.object(registry, "_readers", []):
        yield


@pytest.fixture
def feed() -> Iterator[Callable[[], int]]:
    """What is read goes into the queue, and into the index when this is called."""
    with (
        override_settings(INDEX_FEEDING=True),
        mock.patch.object(feeding.Queue, "ensure_thread"),
        mock.patch.object(feeding, "_queue", feeding.Queue()),
    ):
        yield feeding.drain


def known(channel: Channel = SE) -> set[str]:
    """The ids of the orders that the index has of a channel."""
    rows = IndexedOrder.objects.filter(merchant=channel.merchant, channel=channel.name)
    return set(rows.values_list("order_id", flat=True))
