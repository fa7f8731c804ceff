"""Rows that were written before are shown again, and never for another order, reader or day."""

import re

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from accounts.models import keep_preference
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from order_api.unread import UnreadOrder
from orders.list import written
from sandbox.models import Order as Stored
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.orders.pages import orders_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Order | UnfitOrder]:
    """The orders that were read, one after the other."""
    written._place.cache_clear()
    found: list[Order | UnfitOrder] = []
    plain = UnreadOrder.read

    def reading(self: UnreadOrder) -> Order | UnfitOrder:
        found.append(plain(self))
        return found[-1]

    monkeypatch.setattr(UnreadOrder, "read", reading)
    return found


def total_of(desk: Client) -> str:
    found = re.search(r'<td class="total num"><b>(.*?)</b>', desk.get("/norce/se/orders/").content.decode())
    assert found
    return found[1]


def test_an_order_that_comes_as_before_is_not_read_again(desk: Client, read: list[Order | UnfitOrder]) -> None:
    put(an_order("one"))
    first, second = (orders_on(desk.get("/norce/se/orders/")) for _ in range(2))
    assert first == second == {"o_one": first["o_one"]}
    assert len(read) == 1


def test_an_order_of_which_anything_has_changed_is(desk: Client, read: list[Order | UnfitOrder]) -> None:
    put(an_order("one", total=100))
    assert total_of(desk) == "100.00"
    Stored.objects.all().delete()
    put(an_order("one", total=100.01))
    assert total_of(desk) == "100.01"
    assert len(read) == 2


def test_a_reader_of_another_region_and_time_zone_reads_their_own(
    desk: Client, support: User, read: list[Order | UnfitOrder]
) -> None:
    put(an_order("one", total=1234, created="2024-11-20T10:00:00Z"))
    assert total_of(desk) == "1,234.00"
    keep_preference(support, region="SE", time_zone="Asia/Kolkata")
    assert total_of(desk) == "1\N{NO-BREAK SPACE}234,00"
    assert "15:30" in desk.get("/norce/se/orders/").content.decode()


def test_today_is_yesterday_after_midnight(client_of: ClientOf, support: User, read: list[Order | UnfitOrder]) -> None:
    put(an_order("one", created="2024-11-20T10:00:00Z"))
    for day, word in (("20", "Today"), ("21", "Yesterday")):
        with time_machine.travel(f"2024-11-{day}T12:00:00Z", tick=False):
            assert word in client_of(support).get("/norce/se/orders/").content.decode()
