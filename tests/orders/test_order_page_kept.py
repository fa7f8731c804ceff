"""An order's page that was written before is shown again, and never for another document, reader, right or day."""

import re
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client

from accounts.models import keep_preference
from orders.page.order import OrderPage, present_order
from sandbox.models import Order as Stored
from tests.conftest import ClientOf, person
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.orders.pages import text_of

pytestmark = pytest.mark.django_db

PAGE = "/norce/se/orders/o_one/"
CREATED = "2024-11-20T10:00:00Z"


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[OrderPage]:
    """The pages that were made, one after the other."""
    made: list[OrderPage] = []

    def presenting(*args: Any) -> OrderPage:
        made.append(present_order(*args))
        return made[-1]

    monkeypatch.setattr("orders.page.views.present_order", presenting)
    return made


def body_of(client: Client) -> str:
    """The page without its frame and the marks of its forms, which are others each time."""
    page = client.get(PAGE).content.decode().partition('<main id="main"')[2].partition("</main>")[0]
    return re.sub(r'(name="(?:mark|csrfmiddlewaretoken)" value=)"[^"]+"', r"\1", page)


def test_an_order_that_comes_as_before_is_not_written_again(desk: Client, written: list[OrderPage]) -> None:
    put(an_order("one", reference="one-as-before"))
    assert body_of(desk) == body_of(desk)
    assert len(written) == 1


def test_an_order_of_which_anything_has_changed_is(desk: Client, written: list[OrderPage]) -> None:
    for total in (100, 100.01):
        Stored.objects.all().delete()
        put(an_order("one", reference="one-changed", total=total))
        assert f"{total:.2f} SEK" in text_of(desk.get(PAGE))
    assert len(written) == 2


def test_each_reads_in_their_own_region_and_time_zone(desk: Client, support: User) -> None:
    put(an_order("one", reference="one-of-a-region", total=1234, created=CREATED))
    assert "1,234.00 SEK" in text_of(desk.get(PAGE))
    keep_preference(support, region="SE", time_zone="Asia/Kolkata")
    said = text_of(desk.get(PAGE))
    assert "1 234,00 SEK" in said
    assert "15:30" in said


def test_what_one_may_do_is_offered_to_nobody_else(client_of: ClientOf, support: User) -> None:
    put(an_order("one", reference="one-of-rights"))
    for role in ("admin", "manager"):
        assert "Change attributes…" in text_of(client_of(person(role)).get(PAGE))
    desk = client_of(support)
    assert "Change attributes…" not in text_of(desk.get(PAGE))
    support.user_permissions.add(Permission.objects.get(codename="change_attributes"))
    assert "Change attributes…" in text_of(desk.get(PAGE))
    support.user_permissions.clear()
    assert "Change attributes…" not in text_of(desk.get(PAGE))


def test_today_is_yesterday_after_midnight(client_of: ClientOf, support: User) -> None:
    put(an_order("one", reference="one-of-a-day", created=CREATED))
    for day, word in (("20", "Today"), ("21", "Yesterday")):
        with time_machine.travel(f"2024-11-{day}T12:00:00Z", tick=False):
            assert f"Placed {word}" in text_of(client_of(support).get(PAGE))


def test_each_goes_back_to_the_list_that_they_came_from(client_of: ClientOf, support: User, manager: User) -> None:
    put(an_order("one", reference="one-with-a-way-back"))
    one, other = client_of(support), client_of(manager)
    one.get("/norce/se/orders/?status=completed")
    ways = [re.search(r'class="btn btn-quiet btn-small back" href="([^"]+)"', body_of(each)) for each in (one, other)]
    assert [way[1] for way in ways if way] == ["/norce/se/orders/?status=completed#row-o_one", "/norce/se/orders/"]
