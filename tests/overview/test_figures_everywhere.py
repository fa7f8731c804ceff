"""The board, the list of orders, the list of payments and what is exported from them say the same, which is what the
Order API's own documents come to, whatever the orders are."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from accounts.channels import all_channels
from domain.money import money_of
from domain.states import ORDER
from index import writing
from jobs import files
from order_api.schemas import Order
from orders.exports.columns import Row
from tests.conftest import ClientOf
from tests.exports import helpers
from tests.orders.orders_in_the_sandbox import put
from tests.overview.test_figures_agree import (
    CHECKS,
    Key,
    Sums,
    all_orders,
    any_order,
    in_buckets,
    told_by_documents,
    told_by_rows,
    total_of,
    without_nothing,
)
from trade.totals import order_total

pytestmark = pytest.mark.django_db
MOST = 20
"""Orders of an example."""
HANDED_OVER = {str(row.word) for row in ORDER.where(lambda row: row.is_agreed and row.is_final)}
AGREED = {str(row.word) for row in ORDER.where(lambda row: row.is_agreed)}
_ABROAD = re.compile(r"Reserved ([\d.]+) (\w+)")


def added(parts: Iterable[Sums]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for part in parts:
        for currency, value in part.items():
            sums[currency] += value
    return without_nothing(sums)


def exported(desk: Client, query: str = "", row: Row = Row.ORDER) -> list[dict[str, str]]:
    """What stands in the file, which says that it is complete."""
    job = helpers.run(helpers.start(desk, query, row, address="/orders/export/"))
    assert job.code == "complete"
    rows = helpers.rows_of(job)
    files.forget(job.pk)
    return rows


def keys_in(rows: Iterable[dict[str, str]]) -> set[Key]:
    return {(row["Channel"], row["Order id"]) for row in rows}


def column(rows: Iterable[dict[str, str]], name: str) -> Sums:
    return added({row["Currency"]: Decimal(row[name] or 0)} for row in rows)


def reserved_abroad(rows: Iterable[dict[str, str]]) -> Sums:
    return added({code: Decimal(value)} for row in rows for value, code in _ABROAD.findall(row["In other currencies"]))


def live(seed: int) -> list[Order]:
    """Orders of all channels, read by the desk as the API gives them."""
    now, draw = timezone.now(), random.Random(seed)
    made = [any_order(draw, number, draw.choice(all_channels()), now) for number in range(draw.randint(1, MOST))]
    for order in made:  # more of what has to be counted than chance would make
        order["state"]["currentStatus"] = draw.choice([order["state"]["currentStatus"], "completed", "declined"])
        for each in order["payments"]:
            each["state"] = draw.choice([each["state"], "reserved"])
    put(*made)
    found = list(all_orders())
    writing.see(found, at=timezone.now())
    return found


def the_board_and_the_lists_agree(desk: Client, orders: list[Order]) -> None:
    found = [found for found, _url in desk.get("/overview/attention/").context["findings"]]
    board = {each.check.name: (each.size, {code: value for value, code in each.sums}) for each in found}
    for name, holds in CHECKS.items():
        keys, sums = told_by_documents(orders, holds, timezone.now())
        assert board.get(name, (0, {})) == (len(keys), sums), name
        assert told_by_rows(desk, f"/overview/{name}/") == (keys, sums), name
        listed = desk.get(f"/orders/?finding={name}").context
        assert listed["paging"].total == len(keys), name
        mine = [order for order in orders if (f"{order.merchant}/{order.channel}", order.id or "") in keys]
        assert {code: value for value, code in listed["sums"] if value} == totals(mine), name
    if board.get("not-captured"):
        held, _sums = told_by_documents(orders, CHECKS["not-captured"], timezone.now())
        assert keys_in(exported(desk, "finding=not-captured")) == held


def totals(orders: Iterable[Order]) -> Sums:
    return added(total_of(order, money_of(order.payments, order_total(order), order.currency)) for order in orders)


def what_is_exported_agrees(desk: Client, orders: list[Order]) -> None:
    rows = exported(desk)
    assert keys_in(rows) == {(f"{order.merchant}/{order.channel}", order.id or "") for order in orders}
    assert len(rows) == len(orders) == desk.get("/orders/").context["paging"].total
    assert column(rows, "Total") == totals(orders)
    _keys, held = told_by_documents(orders, CHECKS["not-captured"], timezone.now())
    done = [row for row in rows if row["Order state"] in HANDED_OVER]
    assert added([column(done, "Reserved"), reserved_abroad(done)]) == held


def what_is_to_be_captured_agrees(desk: Client, orders: list[Order]) -> None:
    """The tab of the payments is of all orders that are agreed, handed over or not."""
    agreed = [order for order in orders if ORDER.of(order.state.current_status if order.state else None).is_agreed]
    moneys = (money_of(order.payments, order_total(order), order.currency) for order in agreed)
    held = added(in_buckets(money, "held") for money in moneys)
    tally = desk.get("/payments/?tab=to-capture").context["tally"]
    assert without_nothing({of.currency: of.amount("held") for of in tally.sums}) == held
    payments = [row for row in exported(desk, row=Row.PAYMENT) if row["Order state"] in AGREED]
    assert column(payments, "Reserved") == held


def test_all_rooms_say_what_the_documents_come_to(manager: User, client_of: ClientOf) -> None:
    desk = client_of(manager)

    @settings(derandomize=True, max_examples=3, deadline=None, database=None, phases=[Phase.generate])
    @given(st.integers(min_value=0, max_value=2**32))
    def agree(seed: int) -> None:
        with transaction.atomic():
            orders = live(seed)
            the_board_and_the_lists_agree(desk, orders)
            what_is_exported_agrees(desk, orders)
            what_is_to_be_captured_agrees(desk, orders)
            transaction.set_rollback(True)

    agree()
