"""Every figure of the board is what its rows come to, and what the Order API's own documents come to by `domain.money`,
whatever the orders are."""

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts.channels import Channel, all_channels
from domain.money import Concern, Money, Paid, findings, money_of
from domain.states import ORDER, PAYMENT, SHIPPING, OrderState, Stage
from gateway.connection import order_api
from index import writing
from order_api.schemas import Order
from sandbox import seeding
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, payment, put, shipping
from tests.orders.pages import text_of
from trade.totals import order_total

pytestmark = pytest.mark.django_db
Key = tuple[str, str]
Sums = dict[str, Decimal]
Holds = Callable[[Order, OrderState, Money, dt.datetime], Sums | None]
"""What a check adds up of an order, by currency; None where it does not find it."""


def any_order(draw: random.Random, number: int, channel: Channel, now: dt.datetime) -> dict[str, Any]:
    """An order in some state, with payments in some states, that need not make sense together."""
    total = draw.choice([0, 49.9, 100, 250.25, 1299])
    created = now - dt.timedelta(hours=draw.choice([0.2, 0.8, 3, 23, 25, 60, 200, 500]))
    payments = [
        payment(
            f"p_{number}_{place}", draw.choice([total, total / 2, 10, 0.01]), draw.choice([*PAYMENT, "unheardOf"]),
            **draw.choice([{}, {}, {"currency": "EUR"}]),
        )
        for place in range(draw.choice([0, 1, 1, 2, 3]))
    ]  # fmt: skip
    consents = [{"id": "terms", "required": True, "checked": draw.random() < 0.7, "text": "Terms"}]
    return an_order(
        f"{number}x", total=total, state=draw.choice([*ORDER]), created=f"{created:%Y-%m-%dT%H:%M:%SZ}",
        merchant=channel.merchant, channel=channel.name, currency=draw.choice(["SEK", "SEK", "NOK", "JPY"]),
        payments=payments, shippings=[shipping(draw.choice([*SHIPPING]))], consents=consents,
        customer={"type": "person", "billing": {"email": f"{number}@example.se", "givenName": "A", "familyName": "B"}},
    )  # fmt: skip


def all_orders() -> Iterator[Order]:
    for channel in all_channels():
        offset, api = 0, order_api(*channel)
        while found := api.orders.list(limit=100, offset=offset).data:
            yield from found
            offset += len(found)


def is_missing_a_consent(order: Order) -> bool:
    return any(consent.required and not consent.checked for consent in order.consents)


def too_long(order: Order, state: OrderState, now: dt.datetime) -> bool:
    moments = [
        each.time_stamp
        for each in (order.state.transitions if order.state else ())
        if each.status == state.name and each.time_stamp
    ]
    since = max(moments, default=order.created)
    limit = dt.timedelta(hours=24) if state.is_agreed else dt.timedelta(minutes=60)
    return since is not None and since < now - limit


def is_worst(order: Order, state: OrderState, money: Money, concern: Concern) -> bool:
    said = findings(state.stage, money)
    return bool(said) and said[0].concern is concern


def total_of(order: Order, money: Money) -> Sums:
    return {money.currency: order_total(order) or Decimal(0)}


def in_buckets(money: Money, *names: str) -> Sums:
    """What is in these places, each currency apart."""
    each = {money.currency: money.own, **money.foreign}
    return {code: sum((getattr(of, name) for name in names), Decimal(0)) for code, of in each.items()}


def when(condition: bool, sums: Sums) -> Sums | None:
    return sums if condition else None


CHECKS: Mapping[str, Holds] = {
    "not-captured": lambda o, s, m, now: when(
        s.is_agreed and s.is_final and any(in_buckets(m, "held").values()), in_buckets(m, "held")
    ),
    "not-covered": lambda o, s, m, now: when(
        s.is_agreed and s.is_final and is_worst(o, s, m, Concern.NOT_COVERED), {m.currency: -m.gap}
    ),
    "held-for-nothing": lambda o, s, m, now: when(
        is_worst(o, s, m, Concern.HELD_FOR_NOTHING), in_buckets(m, "held", "taken")
    ),
    "stuck": lambda o, s, m, now: when(
        s.stage is Stage.PLACED and not s.is_final and too_long(o, s, now), total_of(o, m)
    ),
    "mismatch": lambda o, s, m, now: when(
        s.stage is Stage.PLACED and m.undeclared != 0 and m.paid is not Paid.UNPAID, {m.currency: abs(m.undeclared)}
    ),
    "shipping-failed": lambda o, s, m, now: when(
        any((row := SHIPPING.of(each.state)).is_live and row.is_failure for each in o.shippings), total_of(o, m)
    ),
    "consent-missing": lambda o, s, m, now: when(s.stage is Stage.PLACED and is_missing_a_consent(o), total_of(o, m)),
}


def told_by_documents(orders: list[Order], holds: Holds, now: dt.datetime) -> tuple[set[Key], Sums]:
    keys, sums = set[Key](), Sums()
    for order in orders:
        money = money_of(order.payments, order_total(order), order.currency)
        amounts = holds(order, ORDER.of(order.state.current_status if order.state else None), money, now)
        if amounts is not None:
            keys.add((f"{order.merchant}/{order.channel}", order.id or ""))
            for currency, value in amounts.items():
                sums[currency] = sums.get(currency, Decimal(0)) + value
    return keys, without_nothing(sums)


def without_nothing(sums: Sums) -> Sums:
    return {currency: value for currency, value in sums.items() if value}


def told_by_rows(desk: Client, address: str) -> tuple[set[Key], Sums]:
    """All pages of the list at that address."""
    keys, sums = set[Key](), Sums()
    following = address
    while following:
        page = desk.get(following)
        for row in page.context["rows"]:
            assert f"/{row.channel}/orders/{row.order.order_id}/" in page.content.decode()
            keys.add((str(row.channel), row.order.order_id))
            for value, currency in row.amounts:
                sums[currency] = sums.get(currency, Decimal(0)) + value
        on = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        following = f"{address.partition('?')[0]}{on[1].replace('&amp;', '&')}" if on else ""
    return keys, without_nothing(sums)


@pytest.fixture(params=[1, 2, 3])
def orders(request: pytest.FixtureRequest, db: None) -> list[Order]:
    """Believable orders and others, read by the desk as the API gives them."""
    now, draw = timezone.now(), random.Random(request.param)
    seeding.seed(90, seed=request.param)
    channels = all_channels()
    put(*(any_order(draw, number, draw.choice(channels), now) for number in range(90)))
    found = list(all_orders())
    writing.see(found, at=timezone.now())
    return found


def test_each_check_finds_what_the_documents_say_and_its_list_has_just_these_rows(
    orders: list[Order], manager: User, client_of: ClientOf
) -> None:
    desk = client_of(manager)
    now = timezone.now()
    board = {found.check.name: (found, url) for found, url in desk.get("/overview/attention/").context["findings"]}
    for name, holds in CHECKS.items():
        keys, sums = told_by_documents(orders, holds, now)
        size = board[name][0].size if name in board else 0
        told = {amount.currency: amount.value for amount in board[name][0].sums} if name in board else {}
        assert (size, told) == (len(keys), sums), name
        assert told_by_rows(desk, f"/overview/{name}/") == (keys, sums), name
    assert len(board) > 5


def test_the_ages_of_what_is_not_captured_lead_to_their_rows_and_are_all_of_it(
    orders: list[Order], manager: User, client_of: ClientOf
) -> None:
    desk = client_of(manager)
    page = desk.get("/overview/attention/")
    whole, _sums = told_by_rows(desk, "/overview/not-captured/")
    parts = [told_by_rows(desk, f"/overview/not-captured/?age={age.key}")[0] for age in page.context["ages"]]
    assert [len(part) for part in parts] == [age.size for age in page.context["ages"]]
    assert set().union(*parts) == whole and sum(map(len, parts)) == len(whole)
    assert len(told_by_rows(desk, "/overview/not-captured/?age=8-")[0]) == page.context["old"]


def test_each_day_of_the_trend_leads_to_its_orders(orders: list[Order], manager: User, client_of: ClientOf) -> None:
    desk = client_of(manager)
    timezone.activate(manager.preference.zone if hasattr(manager, "preference") else timezone.get_default_timezone())
    placed: dict[dt.date, set[Key]] = {}
    for order in orders:
        if ORDER.of(order.state.current_status if order.state else None).stage is Stage.PLACED and order.created:
            day = timezone.localtime(order.created).date()
            placed.setdefault(day, set()).add((f"{order.merchant}/{order.channel}", order.id or ""))
    shown = desk.get("/overview/trend/?days=30").context["shown"]
    assert any(day.size for day in shown)
    for day in shown:
        assert day.size == len(placed.get(day.day, ())), day.day
        if day.size:
            assert told_by_rows(desk, day.url)[0] == placed[day.day]


def test_today_is_what_the_lists_of_the_channels_count(orders: list[Order], manager: User, client_of: ClientOf) -> None:
    desk = client_of(manager)
    page = desk.get("/overview/today/")
    found = page.context["found"]
    links = re.findall(r'href="(/[\w/]+/orders/\?[^"]+)">(\d+)<', page.content.decode())
    assert len(links) == 3 * len(all_channels())
    for link, figure in links:
        listed = desk.get(link.replace("&amp;", "&"))
        total = re.search(r"(?:of|–\d+ of) ([\d,]+)", re.sub(r"<[^>]+>", "", listed.content.decode()))
        assert figure == "0" or (total is not None and total[1] == figure), link
    assert found.today.size == sum(row.today.size for row in found.rows)


def test_last_week_by_this_hour_opens_just_the_orders_that_it_counts(manager: User, client_of: ClientOf) -> None:
    """At 14:37 in Stockholm it is told by 14:35."""
    channels = ("se", "no")
    made = {
        "first": "2026-11-21T23:00:00Z", "early": "2026-11-22T06:00:00Z", "just": "2026-11-22T13:34:59Z",
        "on": "2026-11-22T13:35:30Z", "late": "2026-11-22T20:00:00Z", "before": "2026-11-21T22:59:59Z",
    }  # fmt: skip
    with time_machine.travel("2026-11-29T14:37:00+01:00", tick=False):
        put(
            *(
                an_order(f"{name}{channel}", created=created, channel=channel, state="accepted")
                for name, created in made.items()
                for channel in channels
            )
        )
        put(an_order("declined", created=made["early"], state="declined"))
        writing.see(all_orders(), at=timezone.now())
        desk = client_of(manager)
        page = desk.get("/overview/today/")
        found = page.context["found"]
        assert [row.then.size for row in found.rows if row.channel.name in channels] == [3, 3]
        assert found.then.size == 6
        links = re.findall(r'href="([^"]+T14%3A35)">(\d+)<', page.content.decode())
        assert len(links) == len(found.rows) + 1
        for link, figure in links:
            listed = desk.get(link.replace("&amp;", "&"))
            rows = re.findall(r'id="row-o_([a-z]+)"', listed.content.decode())
            named = {row.removesuffix("se").removesuffix("no") for row in rows}
            assert len(rows) == int(figure) and named == ({"first", "early", "just"} if rows else set()), link
        assert "14:35" in text_of(desk.get(links[0][0].replace("&amp;", "&")))
