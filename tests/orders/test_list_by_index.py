"""The list where the index answers: which orders, how many and how much from the index, the rows from the API."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts.channels import Channel
from accounts.models import ChannelGrant
from index import counting, reading
from index.models import ChannelState, IndexedOrder
from order_api import OrderApi
from order_api.errors import Unavailable
from sandbox.models import Order as Stored
from teamwork.models import Kind, Task
from tests.conftest import ClientOf
from tests.orders.known import HELD, NO, SE, ids_on, known, norwegian
from tests.orders.orders_in_the_sandbox import address, an_order, payment, put, shipping
from tests.orders.pages import HTMX, body_of, folded, orders_on, text_of
from tests.wire import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def looked_through(channel: Channel, at: datetime) -> None:
    ChannelState.objects.create(merchant=channel.merchant, channel=channel.name, newest_at=at)


def test_a_payment_state_is_answered_by_the_index_and_says_as_of_when(desk: Client) -> None:
    known(an_order("held", **HELD), an_order("taken"))
    looked_through(SE, datetime(2026, 11, 20, 11, 2, tzinfo=UTC))
    answer = desk.get("/norce/se/orders/?payment_state=reserved")
    assert list(orders_on(answer)) == ["o_held"]
    assert "Answered by the index. As of Nov 20 12:02" in text_of(answer)
    assert "1 of 1" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("payment_state=reserved", True),
        ("payment_state=reserved&date_to=2026-11-01", True),
        ("payment_state=reserved&date_from=2026-08-01", True),
        ("payment_state=reserved&date_from=2026-08-23", True),  # a day of which half is gone
        ("payment_state=reserved&date_from=2026-08-24", False),
        ("sort=-total", True),
    ],
)
def test_it_says_from_which_day_on_the_index_has_orders_where_older_ones_were_asked_for(
    desk: Client, settings: Any, time_machine: Any, query: str, says: bool
) -> None:
    settings.INDEX_KEEP_DAYS = 90
    time_machine.move_to(datetime(2026, 11, 21, 12, 0, tzinfo=UTC), tick=False)
    known(an_order("held", **HELD))
    said = text_of(desk.get(f"/norce/se/orders/?{query}"))
    assert "Answered by the index" in said
    assert ("Orders created before Aug 24, 2026 are not in the index." in said) == says


def test_names_stand_in_the_rows_though_the_index_has_none(desk: Client) -> None:
    known(an_order("held", **HELD))
    assert "Åsa Lindström" in text_of(desk.get("/norce/se/orders/?payment_state=reserved"))
    assert "Lindstr" not in repr(list(IndexedOrder.objects.values()))


def test_a_list_without_such_a_filter_does_not_ask_the_index(desk: Client) -> None:
    put(an_order("one"))
    answer = desk.get("/norce/se/orders/?status=completed")
    assert ids_on(answer) == ["o_one"]
    assert 'class="index-notice' not in body_of(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("adapter=klarna_checkout_adapter", ["o_a"]),
        ("currency=sek&amount_from=150", ["o_b"]),
        ("currency=SEK&amount_to=150", ["o_a"]),
        ("currency=EUR", []),
        ("sku=ABC-1", ["o_b"]),
        ("shipping_state=failed", ["o_b"]),
        ("finding=not-captured", ["o_a"]),
        ("finding=shipping-failed", ["o_b"]),
        ("payment_state=reserved&payment_state=captured", ["o_a", "o_b"]),
        ("payment_state=reserved&status=processing", []),
        ("payment_state=reserved&countries=SE", ["o_a"]),
        ("payment_state=captured&reference=R-b", ["o_b"]),
        ("payment_state=captured&payment_id=p_b", ["o_b"]),
        ("payment_state=captured&date_from=2026-11-21&date_to=2026-11-21", []),
        ("payment_state=captured&date_from=2026-11-20&date_to=2026-11-20", ["o_b"]),
        ("payment_state=captured&billing_emails=OLA.NORDMANN@example.se", ["o_b"]),
        ("payment_state=captured&billing_names=Ola Nordmann", ["o_b"]),
        ("payment_state=captured&billing_phones=+46 70 999 99 99", ["o_b"]),
        ("payment_state=captured&billing_names=Nordmann", []),
        ("payment_state=captured&search=R-b", ["o_b"]),
        ("payment_state=captured&search=ola.nordmann@example.se", ["o_b"]),
    ],
)
def test_the_filters_that_the_index_knows_hold_together(desk: Client, query: str, found: list[str]) -> None:
    ola = {"type": "person", "billing": address("Ola", "Nordmann", phone="070-999 99 99")}
    thing = {"items": [{"sku": "ABC-1", "quantity": 1}], "total": {"includingVat": 200, "excludingVat": 160}}
    known(
        an_order(
            "a",
            created="2026-11-20T11:00:00Z",
            payments=[payment("p_a", 100, "reserved", adapterId="klarna_checkout_adapter")],
        ),
        an_order("b", total=200, reference="R-b", customer=ola, cart=thing, shippings=[shipping("failed")]),
    )
    answer = desk.get("/norce/se/orders/", _query(query), follow=True)
    assert ids_on(answer) == found
    assert "not applied" not in text_of(answer)


def _query(text: str) -> dict[str, list[str]]:
    pairs = [part.split("=", 1) for part in text.split("&")]
    return {name: [value for other, value in pairs if other == name] for name, _value in pairs}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("billing_countries=NO", "The index does not keep this"),
        ("cart_reference=x", "The index does not keep this"),
        ("billing_emails=a@b.se&billing_phones=0701234567", "by one of name, e-mail and phone at a time"),
        ("assignee=nobody-of-that-name", "There is nobody of that name"),
        ("sort=billingName", "The index cannot sort by this"),
        ("amount_from=12", "Say which currency it is in"),
        ("amount_from=12&amount_to=2&currency=SEK", "It is less than the least"),
        ("currency=Kronor", "three letters of a currency"),
        ("finding=nothing", "nothing that is looked for"),
        ("columns=shoe", "There is no column"),
    ],
)
def test_what_the_index_cannot_filter_by_is_said_and_never_left_out_silently(
    desk: Client, query: str, said: str
) -> None:
    known(an_order("held", **HELD))
    answer = desk.get(f"/norce/se/orders/?payment_state=reserved&{query}")
    said_of = text_of(answer)
    assert answer.status_code == 200
    assert "not filtered by everything that was asked for" in said_of or "sort" in query or "columns" in query
    assert said in said_of


def test_an_order_that_moved_since_is_marked_and_leaves_with_the_next_look(desk: Client) -> None:
    known(an_order("held", **HELD))
    Stored.objects.filter(public_id="o_held").delete()
    put(an_order("held"))
    first = desk.get("/norce/se/orders/?payment_state=reserved")
    assert ids_on(first) == ["o_held"]
    assert "changed meanwhile" in text_of(first) and "does not match any more" in text_of(first)
    assert ids_on(desk.get("/norce/se/orders/?payment_state=reserved")) == []


def test_an_order_that_is_gone_says_so(desk: Client) -> None:
    known(an_order("held", **HELD))
    Stored.objects.filter(public_id="o_held").delete()
    assert "not there any more" in text_of(desk.get("/norce/se/orders/?payment_state=reserved"))


def test_while_the_api_is_silent_the_rows_say_what_is_known(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    known(an_order("held", reference="R-1", **HELD))

    def silent(*args: Any, **kwargs: Any) -> Any:
        raise Unavailable("it is down", operation="GET orders", sent=False)

    monkeypatch.setattr("orders.list.indexed.reading._ask", silent)
    answer = desk.get("/norce/se/orders/?payment_state=reserved")
    said = text_of(answer)
    assert answer.status_code == 200
    assert ids_on(answer) == ["o_held"] and "R-1" in said and "100.00" in said and "Reserved" in said
    assert "The Order API did not answer for all orders of norce/se" in said and "Not read" in said
    assert "Lindstr" not in said


def test_many_rows_that_lie_close_together_are_one_call(desk: Client) -> None:
    known(*(an_order(f"n{n}", created=f"2026-11-20T10:0{n}:00Z", **HELD) for n in range(6)))
    with listening() as calls:
        answer = desk.get("/norce/se/orders/?payment_state=reserved")
    assert len(ids_on(answer)) == 6 and len(calls) == 1


def test_pages_are_walked_by_next_and_previous_without_numbers(desk: Client) -> None:
    known(*(an_order(f"n{n:02}", created=f"2026-11-20T10:{n:02}:00Z", **HELD) for n in range(30)))
    first = desk.get("/norce/se/orders/?payment_state=reserved")
    assert len(ids_on(first)) == 25 and "25 of 30" in text_of(first)
    following = re.search(r'id="page-next" href="([^"]+)"', body_of(first))
    assert following and 'id="page-2"' not in body_of(first)
    second = desk.get(following[1].replace("&amp;", "&"))
    assert len(ids_on(second)) == 5 and not set(ids_on(first)) & set(ids_on(second))
    back = re.search(r'id="page-previous" href="([^"]+)"', body_of(second))
    assert back and ids_on(desk.get(back[1].replace("&amp;", "&"))) == ids_on(first)


def test_a_position_beyond_the_end_leads_to_the_beginning(desk: Client) -> None:
    known(an_order("held", **HELD))
    answer = desk.get("/norce/se/orders/?payment_state=reserved&after=99999")
    if answer.status_code == 302:
        answer = desk.get(answer["Location"])
    assert ids_on(answer) == ["o_held"]


def test_the_oldest_can_come_first(desk: Client) -> None:
    known(*(an_order(f"n{n}", created=f"2026-11-20T10:0{n}:00Z", **HELD) for n in range(3)))
    assert ids_on(desk.get("/norce/se/orders/?payment_state=reserved&sort=created")) == ["o_n0", "o_n1", "o_n2"]
    assert ids_on(desk.get("/norce/se/orders/?payment_state=reserved")) == ["o_n2", "o_n1", "o_n0"]


# All channels


def test_all_channels_stand_in_one_list_with_their_names_and_a_sum_for_each_currency(desk: Client) -> None:
    known(an_order("swedish", total=300, created="2026-11-20T10:00:00Z"), norwegian("norwegian", total=200))
    answer = desk.get("/orders/")
    said = text_of(answer)
    assert set(ids_on(answer)) == {"o_swedish", "o_norwegian"}
    assert (
        "norce/no" in said and "300.00 SEK" in said.replace("\xa0", " ") and "200.00 NOK" in said.replace("\xa0", " ")
    )
    assert 'href="/norce/no/orders/o_norwegian/"' in body_of(answer)
    assert 'class="c-channel' in body_of(answer)


def test_the_list_of_all_channels_shows_those_of_the_person_alone(support: User, client_of: ClientOf) -> None:
    known(an_order("swedish"), norwegian("norwegian"), {**an_order("danish"), "channel": "dk"})
    support.channel_grants.all().delete()
    for name in ("se", "no"):
        ChannelGrant.objects.create(user=support, merchant="norce", channel=name)
    client = client_of(support)
    assert set(ids_on(client.get("/orders/"))) == {"o_swedish", "o_norwegian"}
    taken = client.get("/orders/?channels=norce/dk")
    assert "none of your channels" in text_of(taken) and "o_danish" not in ids_on(taken)
    assert ids_on(client.get("/orders/?channels=norce/no")) == ["o_norwegian"]


def test_who_has_one_channel_goes_to_its_list(support: User, client_of: ClientOf) -> None:
    support.channel_grants.update(merchant="norce", channel="se")
    answer = client_of(support).get("/orders/?payment_state=reserved")
    assert answer["Location"] == "/norce/se/orders/?payment_state=reserved"


def test_a_channel_that_is_silent_keeps_no_other_from_showing(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    known(an_order("swedish"), norwegian("norwegian"))
    from orders.list.indexed import reading as pages

    ask = pages._ask

    def half(api: OrderApi, channel: Channel, *rest: Any, **more: Any) -> None:
        if channel == NO:
            raise Unavailable("it is down", operation="GET orders", sent=False)
        ask(api, channel, *rest, **more)

    monkeypatch.setattr(pages, "_ask", half)
    said = text_of(desk.get("/orders/"))
    assert "did not answer for all orders of norce/no." in said
    assert "Åsa Lindström" in said and "Not read" in said


def test_the_way_back_from_an_order_leads_to_the_list_of_all_channels(desk: Client) -> None:
    known(an_order("swedish"), norwegian("norwegian"))
    desk.get("/orders/?status=completed")
    assert 'href="/orders/?status=completed#row-o_norwegian"' in body_of(desk.get("/norce/no/orders/o_norwegian/"))


# What the desk itself knows


def test_what_was_assigned_is_found_by_whose_it_is(desk: Client, support: User) -> None:
    known(an_order("mine"), an_order("other"))
    Task.objects.create(
        kind=Kind.ASK, merchant="norce", channel="se", order_id="o_mine", for_person=support, created_at=timezone.now()
    )
    for whose in ("me", "anybody", "support"):
        assert ids_on(desk.get(f"/norce/se/orders/?assignee={whose}")) == ["o_mine"]


def test_the_part_that_htmx_asks_for_carries_the_notice(desk: Client) -> None:
    known(an_order("held", **HELD))
    part = folded(desk.get("/norce/se/orders/?payment_state=reserved", headers=HTMX))
    assert "<html" not in part and "Answered by the index" in part


def test_of_more_than_are_counted_no_sum_is_told_as_if_it_were_that_of_all(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(*(an_order(f"n{n}", **HELD) for n in range(3)))
    address = "/norce/se/orders/?currency=SEK&amount_from=1"
    assert "3 of 3 · sum of matching orders 300.00 SEK" in text_of(desk.get(address))
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    shown = text_of(desk.get(address))
    assert "3 of more than 2" in shown and "sum of matching" not in shown


def test_the_figures_of_the_page_are_those_of_the_index(desk: Client) -> None:
    known(an_order("held", **HELD), an_order("taken"))
    assert reading.freshness([SE])[0].orders == 2
    assert "2 of 2" in text_of(desk.get("/norce/se/orders/?currency=SEK"))
