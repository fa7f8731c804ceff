"""However many orders there are, nothing is asked that goes through all of a channel's: SQLite plans alike for few and
for many, so that seventy rows tell what it does with a million."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.channels import Channel
from index import checks, narrowing, reading
from index.counting import BY, can_be_rolled
from index.models import IndexedPayment, MoneyEvent
from index.questions import SORTS, Question
from index.rollups import recount
from index.sweeping import money
from overview.checks import BY_INDEX
from overview.counting import by_age, find
from overview.scope import Scope
from payments.listing.questions import Question as PaymentsAsked
from payments.listing.questions import Tab
from payments.listing.rows import page
from payments.listing.sums import tally
from tests.index.made import NOW, SE
from tests.index.told import BOTH, questions

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("agreement"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by how many rows there are"),
]
CHANNELS = {"one channel": (SE,), "two of a merchant": BOTH, "of two merchants": (*BOTH, Channel("nordlys", "fi"))}
LARGE = r"index_(?:indexed(?:order|payment|sku|key)|moneyevent)"
GOES_THROUGH_ALL = re.compile(
    rf"SCAN (?:{LARGE}|[UV]\d)\b(?! USING (?:COVERING )?INDEX index_(?:paid_abroad|paid_twin))"
    r"|SEARCH \S+ USING (?:COVERING )?INDEX (?:index_(?!created_|status_)\w+|sqlite_autoindex_index_indexed\w+) "
    r"\((?:merchant=\? AND channel=\?|merchant=\?)\)"
)


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]


def through_all(ask: Callable[..., object], *arguments: Any) -> list[str]:
    """The statements that go through all rows of a channel: they have no limit, or sort what they found before it."""
    with CaptureQueriesContext(connection) as queries:
        ask(*arguments)
    found = []
    for query in queries:
        sql = query["sql"]
        if not sql.startswith("SELECT") or not re.search(LARGE, sql):
            continue
        plan = plan_of(sql)
        ends_early = " LIMIT " in sql.rpartition(")")[2] and not any("USE TEMP B-TREE" in line for line in plan)
        if any(map(GOES_THROUGH_ALL.search, plan)) and not ends_early:
            found.append("\n".join([sql, *plan]))
    return found


@pytest.mark.parametrize("channels", CHANNELS.values(), ids=CHANNELS)
def test_no_question_of_a_list_goes_through_all(story: random.Random, channels: tuple[Channel, ...]) -> None:
    sorts = [f"{way}{column}" for column in SORTS for way in ("", "-")]
    for number, question in enumerate(questions()):
        asked = replace(question, channels=channels, sort=sorts[number % len(sorts)])
        assert not through_all(reading.tally, asked)
        assert not through_all(reading.page, asked, 25)
        for by in BY if can_be_rolled(asked) else ():
            assert not through_all(reading.group, asked, by)


@pytest.mark.parametrize("sized", [0, 10**9], ids=["walked along", "sorted"])
@pytest.mark.parametrize("channels", CHANNELS.values(), ids=CHANNELS)
def test_nor_does_a_page_of_what_a_check_finds_in_whatever_order(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, channels: tuple[Channel, ...], sized: int
) -> None:
    monkeypatch.setattr(narrowing, "_PAGE", sized)
    for check in checks.CHECKS:
        for column in SORTS:
            assert not through_all(reading.page, Question(channels=channels, check=check, sort=column), 25)


NARROWED: list[dict[str, Any]] = [
    *({"check": name} for name, check in checks.CHECKS.items() if check.flag), {"status": ("completed",)},
    {"payment_states": ("captured",)}, {"paid": ("taken",)}, {"created_from": NOW - timedelta(days=200)},
]  # fmt: skip


@pytest.mark.parametrize(
    ("sized", "by"),
    [
        (0, r"index_by_(?:total_with|modified) \("),
        (10**9, r"index_(?:created|status)_|index_by_(?!total|amount|modif)"),
    ],
    ids=["walked along", "sorted"],
)
@pytest.mark.parametrize("column", ["total", "-total", "modified", "-modified"])
@pytest.mark.parametrize("channels", CHANNELS.values(), ids=CHANNELS)
def test_the_pages_after_the_first_are_found_as_that_is(
    story: random.Random,
    monkeypatch: pytest.MonkeyPatch,
    channels: tuple[Channel, ...],
    column: str,
    sized: int,
    by: str,
) -> None:
    monkeypatch.setattr(narrowing, "_PAGE", sized)
    looked = 0
    for narrowed in NARROWED:
        question = Question(channels=channels, sort=column, **narrowed)
        place = reading.page(question, 1).next
        with CaptureQueriesContext(connection) as queries:
            reading.page(question, 1, after=place)
        for query in queries if place else ():
            lines = plan_of(query["sql"]) if "ORDER BY" in query["sql"] and "indexedorder" in query["sql"] else []
            searched = [line for line in lines if line.startswith("SEARCH") and "PRIMARY KEY" not in line]
            assert all(re.search(by, line) for line in searched), (narrowed, searched)
            looked += bool(searched)
    assert looked > 3


@pytest.mark.parametrize("channels", CHANNELS.values(), ids=CHANNELS)
def test_nothing_on_the_board_does(story: random.Random, settings: Any, channels: tuple[Channel, ...]) -> None:
    settings.INDEX_THRESHOLDS = ["klarna_adapter:authorised=7d"]
    scope = Scope(channels)
    for check in BY_INDEX:
        assert not through_all(find, scope, [check])
        assert not through_all(by_age, scope, check, NOW)


def test_transactions_that_are_to_be_read_are_found_by_an_index_of_them_alone(story: random.Random) -> None:
    IndexedPayment.objects.update(is_unread=False)
    with CaptureQueriesContext(connection) as queries:
        list(money._found(SE, NOW))
    unread, old = (query["sql"] for query in queries)
    assert any("index_paid_unread" in line for line in plan_of(unread))
    assert any("state=? AND created>?" in line for line in plan_of(old))


@pytest.mark.parametrize("narrowed", [{}, {"provider": "klarna"}, {"currency": "SEK"}, {"since": NOW}], ids=str)
@pytest.mark.parametrize("tab", [Tab.ALL, Tab.TO_CAPTURE, Tab.REFUNDED])
def test_nothing_of_the_list_of_payments_does(
    story: random.Random, admin: User, tab: Tab, narrowed: dict[str, Any]
) -> None:
    IndexedPayment.objects.update(is_to_capture=True, held=1)  # as many as a page has: that decides how it is looked up
    paid = IndexedPayment.objects.all()[0]
    MoneyEvent.objects.bulk_create(
        MoneyEvent(payment=paid, merchant="norce", channel="se", mark=f"x{n}", event="refund", success=True, at=NOW)
        for n in range(60)
    )
    for channel in BOTH:
        recount(channel)
    asked = PaymentsAsked(tab=tab, others=True, **narrowed)
    assert not through_all(tally, asked, admin)
    assert not through_all(page, asked, admin, 60)
