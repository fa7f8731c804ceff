"""What the list shows that was not done through this desk: as the index last read it, marked, and in no sum of ours."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel
from accounts.models import ChannelGrant
from index.models import IndexedPayment, MoneyEvent
from index.rollups import recount
from index.writing import see
from order_api import OrderApi
from payments.listing.noting import read_of
from payments.listing.questions import Question, Tab
from payments.listing.sums import tally
from payments.models import State
from tests.conftest import ClientOf
from tests.payments.conftest import Attempt, MakePayment, action_of
from tests.payments.test_listing import desk, put, sums, text_of

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
SE = Channel("norce", "se")


def read(api: OrderApi, *order_ids: str) -> None:
    """As the sweep reads."""
    see([api.orders.get(order_id) for order_id in order_ids], at=timezone.now())
    for payment in IndexedPayment.objects.select_related("order"):
        read_of(
            payment, api.payments.transactions(payment.order.order_id, payment.payment_id), timezone.now()
        )  # fmt: skip


@pytest.fixture
def captured_elsewhere(api: OrderApi, make_payment: MakePayment) -> str:
    """An order whose 499 SEK another program has captured."""
    ids = make_payment()
    api.payments.execute(*ids, action_of(api, ids, "capture").id or "")
    read(api, ids[0])
    return ids[0]


def page(desk: Client, **asked: Any) -> str:
    return text_of(desk.get(reverse("money-list"), asked, follow=True).content.decode().split("<main")[1])


def test_what_others_did_stands_there_once_it_is_asked_for(desk: Client, captured_elsewhere: str) -> None:
    assert captured_elsewhere not in page(desk) and sums(desk) == ""
    shown = page(desk, others="1")
    assert captured_elsewhere in shown and "Not done here" in shown and "OK" in shown
    assert sums(desk, others="1") == "SEK Captured 499.00"


def test_what_this_desk_did_is_not_told_twice(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt()
    read(api, execution.order_id)
    assert MoneyEvent.objects.get(event="capture").is_ours
    assert sums(desk, others="1") == "SEK Captured 499.00" == sums(desk)
    assert "Not done here" not in page(desk, others="1").split("Amount ")[-1]


def test_a_row_of_others_leads_to_the_orders_payment_and_says_how_old_it_is(
    desk: Client, captured_elsewhere: str
) -> None:
    html = desk.get(reverse("money-list"), {"others": "1"}).content.decode()
    address = reverse("order-detail", args=("norce/se", captured_elsewhere))
    assert f'class="open" href="{address}#payments"' in html
    assert 'id="payments"' in desk.get(address).content.decode()
    assert "as of Today" in text_of(html)


def test_a_channel_that_was_not_looked_through_is_named(desk: Client, captured_elsewhere: str) -> None:
    assert "norce/se was never looked through" in page(desk, others="1")
    assert "looked through" not in page(desk)


def test_nothing_of_others_stands_under_what_is_about_this_desk_alone(
    desk: Client, captured_elsewhere: str, admin: User
) -> None:
    for asked in ({"tab": "in-doubt"}, {"tab": "waiting"}, {"tab": "contradicted"}, {"person": str(admin.pk)}):
        assert captured_elsewhere not in page(desk, others="1", **asked)


@pytest.mark.parametrize(
    ("asked", "is_shown"),
    [
        ({"kind": "capture"}, True), ({"kind": "refund"}, False), ({"outcome": "done"}, True),
        ({"outcome": "refused"}, False), ({"provider": "stripe"}, True), ({"provider": "klarna"}, False),
        ({"currency": "SEK"}, True), ({"currency": "EUR"}, False), ({"stands": "taken"}, True),
        ({"stands": "held"}, False), ({"channel": "norce/no"}, False), ({"channel": "norce/se"}, True),
        ({"amount_from": "499"}, True), ({"amount_from": "499.01"}, False), ({"text": "psp-1"}, True),
        ({"text": "psp-2"}, False), ({"preset": "yesterday"}, False), ({"preset": "today"}, True),
    ],
    ids=str,
)  # fmt: skip
def test_the_filters_hold_for_what_others_did_too(
    desk: Client, captured_elsewhere: str, asked: dict[str, str], is_shown: bool
) -> None:
    assert (sums(desk, others="1", **asked) != "") == is_shown


def test_what_is_to_be_captured_is_what_is_held_for_orders_that_are_agreed(
    desk: Client, api: OrderApi, make_payment: MakePayment
) -> None:
    ids = make_payment()
    read(api, ids[0])
    assert sums(desk, tab="to-capture") == ""  # the customer is still shopping
    api.orders.update_state(ids[0], "accepted")
    api.orders.update_state(ids[0], "completed")
    read(api, ids[0])
    assert sums(desk, tab="to-capture") == "SEK Reserved 499.00"
    shown = page(desk, tab="to-capture")
    assert "Completed since" in shown and "Nobody yet" in shown and ids[0] in shown
    api.payments.execute(*ids, action_of(api, ids, "capture").id or "")
    read(api, ids[0])
    assert sums(desk, tab="to-capture") == ""


def test_all_that_is_to_be_captured_is_added_up_however_much_that_is(
    api: OrderApi, make_payment: MakePayment, admin: User
) -> None:
    ids = [make_payment() for _ in range(3)]
    for order_id, _payment in ids:
        api.orders.update_state(order_id, "accepted")
    read(api, *(order_id for order_id, _payment in ids))
    asked, all_three = Question(tab=Tab.TO_CAPTURE), (3, Decimal(1497), False)
    cases: tuple[tuple[dict[str, Any], tuple[int, int | Decimal, bool]], ...] = (
        ({}, all_three), ({"channels": (SE,)}, all_three), ({"provider": "Stripe", "currency": "sek"}, all_three),
        ({"provider": "klarna"}, (0, 0, False)), ({"currency": "NOK"}, (0, 0, False)),
        ({"amount_from": Decimal(499)}, (1, Decimal(499), True)), ({"held_as": ("taken",)}, (0, 0, False)),
        ({"since": timezone.now() - dt.timedelta(days=1)}, (1, Decimal(499), True)),
    )  # fmt: skip
    for narrowed, found in cases:
        told = tally(replace(asked, **narrowed), admin, most=1)
        assert (told.size, sum(of.amount("held") for of in told.sums), told.is_capped) == found, narrowed
    api.payments.execute(*ids[0], action_of(api, ids[0], "capture").id or "")
    read(api, ids[0][0])
    assert tally(asked, admin).size == 2


def test_where_the_payment_of_an_execution_stands_now_is_told(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt(kind="refund", state="captured")
    assert "not read yet" in page(desk)
    read(api, execution.order_id)
    assert "Refunded as of" in page(desk)
    assert execution.order_id in page(desk, stands="returned") and execution.order_id not in page(desk, stands="held")


def test_a_refund_whose_amount_can_be_read_in_two_ways_is_in_no_sum(desk: Client, captured_elsewhere: str) -> None:
    payment = IndexedPayment.objects.get()
    MoneyEvent.objects.create(
        payment=payment, merchant="norce", channel="se", mark="m", event="refund", success=True, amount=1_000_000,
        at=timezone.now(), currency="SEK",
    )  # fmt: skip
    recount(SE)
    assert "named: 100.00 SEK" in page(desk, others="1")
    assert sums(desk, others="1") == "SEK Captured 499.00 Refunded amount not known (1)"
    MoneyEvent.objects.create(
        payment=payment, merchant="norce", channel="se", mark="n", event="refund", success=True, moved=30_000,
        at=timezone.now(), currency="SEK",
    )  # fmt: skip
    MoneyEvent.objects.create(
        payment=payment, merchant="norce", channel="se", mark="o", event="refund", success=False, currency="SEK"
    )
    recount(SE)
    told = "SEK Captured 499.00 Refunded 3.00 + amount not known (1) Moved nothing 0.00"
    assert sums(desk, others="1") == told == sums(desk, others="1", text="psp-1"), "as if each had been looked at"


def test_an_event_without_a_time_stands_at_the_end_and_is_counted(desk: Client, captured_elsewhere: str) -> None:
    payment = IndexedPayment.objects.get()
    MoneyEvent.objects.bulk_create(
        MoneyEvent(
            payment=payment,
            merchant="norce",
            channel="se",
            mark=f"m{n}",
            event="refund",
            success=True,
            moved=10_000,
            currency="SEK",
        )
        for n in range(3)
    )
    recount(SE)
    put(ago=5)
    html, kinds = desk.get(reverse("money-list"), {"others": "1", "size": "2"}).content.decode(), []
    while True:
        kinds += re.findall(r'class="open" href="[^"]+">(\w+)<', html)
        older = re.search(r'href="([^"]+)"[^>]* rel="next"', html)
        if not older:
            break
        html = desk.get(older[1].replace("&amp;", "&")).content.decode()
    assert kinds == ["Capture", "Refund", "Refund", "Refund", "Refund"]
    assert "Captured 499.00 Refunded 103.00" in sums(desk, others="1")


def test_the_index_of_a_channel_of_others_is_not_asked(
    support: User, client_of: ClientOf, captured_elsewhere: str
) -> None:
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="no")
    desk = client_of(support)
    for tab in ("", "to-capture", "refunded"):
        IndexedPayment.objects.update(is_to_capture=True, held=1)
        recount(SE)
        assert captured_elsewhere not in page(desk, others="1", tab=tab)


def test_the_page_costs_as_many_statements_for_many_rows_as_for_few(
    desk: Client, captured_elsewhere: str, attempt: Attempt, api: OrderApi
) -> None:
    def cost(**asked: str) -> list[str]:
        desk.get(reverse("money-list"), asked)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse("money-list"), asked).status_code == 200
        return [each["sql"] for each in queries if "sandbox_" not in each["sql"]]

    put(), put(State.IN_DOUBT)
    few = {name: cost(**asked) for name, asked in ASKED.items()}
    payment = IndexedPayment.objects.get()
    for n in range(30):
        put(ago=n, action_type="capture")
        MoneyEvent.objects.create(
            payment=payment, merchant="norce", channel="se", mark=f"x{n}", event="refund", success=True, moved=1,
            at=timezone.now(), currency="SEK",
        )  # fmt: skip
    recount(SE)
    many = {name: len(cost(**asked)) for name, asked in ASKED.items()}
    # A page that is not full is looked for at the end too, where what has no time stands.
    assert all(many[name] <= len(each) for name, each in few.items())
    frame = 10  # who asks, what waits, alerts and tasks
    assert many["ours"] <= frame + 6, few["ours"]
    assert many["all"] <= frame + 6 + 3 + 2, few["all"]


ASKED: dict[str, dict[str, str]] = {"ours": {}, "all": {"others": "1"}, "capture": {"tab": "to-capture"}}
