"""Whatever is seen, seen again, refined and forgotten, in whatever order: sums are those of the rows, pages are the
rows in order, and each question is answered as if every row had been looked at."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Abs
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from domain.money import Concern, Figures, Paid
from domain.states import PAYMENT
from index import checks, counting, narrowing, of_payments, reading, rollups, writing
from index.conditions import matching
from index.models import FIGURES, FLAGS, Axis, IndexedOrder, IndexedPayment, OrderSum, PaymentSum
from index.questions import SORTS, PaymentQuestion, Question
from index.spans import begin_of
from tests.index.made import ADAPTERS, NO, NOW, SE, anything, order

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("agreement")]
BOTH = (SE, NO)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
LENGTHS = [timedelta(hours=hours) for hours in (2, 5, 13, 24, 30 * 24 + 7)]


@pytest.fixture(scope="module", params=(1, 2))
def told(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[random.Random]:
    """Seventy orders, and what became of them in 8 rounds: once for all tests, each of which is rolled back to it."""
    dice = random.Random(request.param)
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            tell(dice)
        yield dice
        transaction.set_rollback(True)


@pytest.fixture
def story(told: random.Random, db: None) -> Iterator[random.Random]:
    """What was told, and dice that fall for each test alike."""
    dice = random.Random()
    dice.setstate(told.getstate())
    with time_machine.travel(NOW, tick=False):
        yield dice


def tell(dice: random.Random) -> None:
    writing.see([anything(dice, number) for number in range(70)], at=NOW - timedelta(hours=5))
    for turn in range(8):
        at = NOW - timedelta(hours=4) + timedelta(minutes=turn)
        writing.see([anything(dice, dice.randrange(90)) for _ in range(15)], at=at - timedelta(hours=turn % 2))
        row = IndexedPayment.objects.order_by("pk")[dice.randrange(30)]
        some = Decimal(dice.randrange(0, 100))
        figures = Figures(taken=Decimal(499) - some, returned=some)
        event = writing.Event(f"m{turn}", "refund", True, some, some, at, is_ours=bool(turn % 2))
        channel = SE if row.channel == "se" else NO
        writing.note_transactions(channel, row.order.order_id, row.payment_id, figures, [event], at)
        writing.forget(*_some_id(dice))


def _some_id(dice: random.Random) -> tuple[Any, str]:
    made = order(number := dice.randrange(90), SE if number % 3 else NO)
    return (SE if number % 3 else NO), made.id or ""


def sums() -> dict[str, Counter[tuple[Any, ...]]]:
    found = {}
    for model, names in ((OrderSum, ("n", "total")), (PaymentSum, ("n", "amount", *FIGURES))):
        alike = [field.name for field in model._meta.concrete_fields if field.name not in ("id", *names)]
        rows = model._default_manager.exclude(n=0).values_list(*alike, *names)
        found[model.__name__] = Counter(rows)
    return found


def test_sums_that_were_kept_are_those_of_a_recount(story: random.Random) -> None:
    kept = sums()
    assert not OrderSum.objects.filter(n__lt=0).exists()
    for channel in BOTH:
        rollups.recount(channel)
    assert kept == sums()
    assert len(kept["OrderSum"]) > 100


def test_flags_are_what_the_columns_say(story: random.Random) -> None:
    for row in IndexedOrder.objects.all():
        says = {
            "is_not_captured": row.status in checks.HANDED_OVER
            and (row.held > 0 or row.payments.filter(held__gt=0).exists()),
            "is_not_covered": row.status in checks.HANDED_OVER and row.concern == Concern.NOT_COVERED,
            "is_held_for_nothing": row.concern == Concern.HELD_FOR_NOTHING,
            "is_mismatch": row.status in checks.PLACED and row.undeclared != 0 and row.paid != Paid.UNPAID,
            "is_twin": row.payments.filter(twin__isnull=False).exists(),
        }
        assert {name: getattr(row, name) for name in says} == says
        assert row.flags == sum(1 << place for place, name in enumerate(FLAGS) if getattr(row, name))


def questions() -> list[Question]:
    every = Question(channels=BOTH)
    day = NOW - timedelta(days=9, hours=5)
    month = NOW - timedelta(days=80)
    midnight = begin_of(day.astimezone(STOCKHOLM).date(), STOCKHOLM)
    return [
        every,
        Question(channels=(NO,)),
        replace(every, status=("completed",)),
        replace(every, status=("completed", "accepted"), currency="SEK"),
        replace(every, payment_states=("captured", "reserved")),
        replace(every, concerns=("not covered",)),
        replace(every, paid=("held", "taken"), countries=("SE",)),
        replace(every, shipping_states=("failed",)),
        replace(every, adapters=(ADAPTERS[0],)),
        replace(every, adapters=ADAPTERS[:2]),
        replace(every, adapters=(ADAPTERS[1],), created_from=month),
        replace(every, created_from=day),
        replace(every, created_to=day),
        replace(every, created_from=month, created_to=day),
        replace(every, created_from=midnight, created_to=midnight + timedelta(days=1)),
        replace(every, created_from=day, created_to=day + timedelta(hours=2)),
        replace(every, created_from=midnight + timedelta(hours=1), created_to=midnight + timedelta(hours=23)),
        replace(every, created_from=midnight - timedelta(hours=11), created_to=midnight + timedelta(hours=2)),
        replace(every, created_to=midnight + timedelta(hours=20), adapters=(ADAPTERS[0],)),
        replace(every, created_from=day, created_to=day - timedelta(hours=1)),
        replace(every, created_from=midnight, status=("completed",)),
        replace(every, created_to=midnight, payment_states=("captured",)),
        replace(every, since_from=day),
        replace(every, since_to=day, check="not-captured"),
        replace(every, since_from=month, created_from=month),
        replace(every, amount_from=Decimal(100), amount_to=Decimal(600)),
        replace(every, amount_from=Decimal(100), amount_to=Decimal(600), currency="NOK"),
        replace(every, amount_to=Decimal(600), created_from=month, created_to=day),
        replace(every, amount_from=Decimal(499), status=("completed",)),
        replace(every, sku="F-1"),
        replace(every, sku="F-1", created_from=month),
        replace(every, sku="F-1", status=("completed",), created_to=day),
        replace(every, reference="SE-100004"),
        replace(every, payment_id="p4-0"),
        replace(every, text="e-10000"),
        replace(every, text="psp-p7"),
        replace(every, text="åä-7"),
        replace(every, text="x"),
        replace(every, text="no"),
        replace(every, text="nothing of the kind"),
        replace(every, text="100%_"),
        replace(every, ids=("o_se00004", "o_no00003", "nobody")),
        *(replace(every, check=name) for name in checks.CHECKS),
        replace(every, check="stuck", status=("accepted",)),
        replace(every, check="stuck", created_from=month),
        replace(every, check="twins", currency="SEK"),
    ]


def looked_at(question: Question) -> dict[str, tuple[int, Decimal]]:
    """By all rows, one by one."""
    found: dict[str, tuple[int, Decimal]] = {}
    for row in matching(question):
        n, total = found.get(row.currency, (0, Decimal(0)))
        found[row.currency] = (n + 1, total + Decimal(row.total) / 10_000)
    return found


@pytest.mark.parametrize("few", [0, 9, 2_000])
def test_each_question_is_answered_as_if_every_row_had_been_looked_at(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(narrowing, "FEW", few)
    monkeypatch.setattr(narrowing, "SORTED", few)
    asked = 0
    for question in questions():
        rows = looked_at(question)
        found = reading.tally(question)
        sums_of = {currency: total for currency, (_n, total) in rows.items()}
        assert (found.size, dict(found.sums)) == (sum(n for n, _total in rows.values()), sums_of), question
        assert not found.is_capped
        oldest = matching(question).order_by("status_since").first()
        if question.check or question.status:
            assert found.oldest == (oldest.status_since if oldest else None), question
        asked += bool(found.size)
    assert asked > 25


@pytest.mark.parametrize("few", [0, 2_000])
def test_pages_are_the_rows_in_order_there_and_back(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(narrowing, "FEW", few)
    sorts = [f"{way}{column}" for column in SORTS for way in ("", "-")]
    for number, question in enumerate(questions()):
        is_paged_in_order(replace(question, sort=sorts[number % len(sorts)]))


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize("most", [0, 8_000])
def test_so_are_those_of_amounts_whether_they_are_sorted_or_met_by_time(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, few: int, most: int
) -> None:
    monkeypatch.setattr(narrowing, "FEW", few)
    monkeypatch.setattr(narrowing, "SORTED", most)
    for question in questions():
        if question.amount_from is not None or question.amount_to is not None:
            for sort in ("created", "-created"):
                is_paged_in_order(replace(question, sort=sort))


def is_paged_in_order(asked: Question) -> None:
    column = asked.sort.removeprefix("-")
    rows = sorted(matching(asked), key=lambda row: (getattr(row, column), row.number), reverse=asked.sort[0] != "-")
    if column == "total":
        rows.sort(key=lambda row: row.currency)
    wanted = [row.number for row in rows]
    pages = [reading.page(asked, 7)]
    assert not pages[0].previous
    while pages[-1].next:
        pages.append(reading.page(asked, 7, after=pages[-1].next))
    assert [row.number for page in pages for row in page.rows] == wanted, asked
    for earlier, later in pairwise(pages):
        assert reading.page(asked, 7, before=later.previous).rows == earlier.rows
    assert [row.number for row in reading.page(asked, 7, at="end").rows] == wanted[-7:]
    assert not reading.page(asked, 7, at="end").next


def test_a_position_that_cannot_be_read_is_the_first_page(story: random.Random) -> None:
    every = Question(channels=BOTH)
    first = reading.page(every, 5)
    total = reading.page(replace(every, sort="total"), 5)
    for text in ("x", "\x00", "c" * 23, "ö" * 23, total.next, first.next[:-1], "c' OR 1=1 --", "9" * 5000):
        assert reading.page(every, 5, after=text).rows == first.rows
        assert reading.page(every, 5, before=text).rows == first.rows
    assert len(first.next) < 30


@pytest.mark.parametrize("asked", [{"text": "se-1"}, {"amount_from": Decimal(1)}, {"sku": "F-1"}], ids=str)
def test_what_is_counted_beyond_the_most_says_so(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    question = Question(channels=BOTH, **asked)
    whole = reading.tally(question)
    monkeypatch.setattr(counting, "MOST_COUNTED", whole.size)
    assert reading.tally(question) == whole and not whole.is_capped
    monkeypatch.setattr(counting, "MOST_COUNTED", 3)
    found = reading.tally(question)
    assert (found.size, found.is_capped) == (3, True)
    assert reading.tally(Question(channels=BOTH)).size > 3


@pytest.mark.parametrize("hours", range(25))
def test_a_span_is_counted_whatever_hours_of_a_day_it_begins_and_ends_at(story: random.Random, hours: int) -> None:
    clocks_go_back = datetime(2026, 10, 25, tzinfo=STOCKHOLM)
    by_state: dict[str, Any] = {"payment_states": ("captured", "reserved")} if hours % 2 else {}
    for first in (clocks_go_back - timedelta(days=40), clocks_go_back, NOW - timedelta(days=2)):
        for length in LENGTHS:
            since = first.astimezone(UTC) + timedelta(hours=hours, minutes=7 * hours)
            question = Question(channels=BOTH, created_from=since, created_to=since + length, **by_state)
            rows = matching(question)
            assert reading.tally(question).size == len(rows)
            days = Counter(str(row.created.astimezone(STOCKHOLM).date()) for row in rows)
            assert {day: each.size for day, each in reading.group(question, "day").items()} == days


@pytest.mark.parametrize("hours", [0, 5, 6, 11, 18])
def test_no_more_of_a_span_is_looked_up_than_half_a_quarter_of_a_day_at_either_end(hours: int) -> None:
    first = datetime(2026, 10, 24, tzinfo=STOCKHOLM).astimezone(UTC)
    for length in LENGTHS:
        for question in (Question(channels=BOTH), Question(channels=BOTH, payment_states=("captured",))):
            since = first + timedelta(hours=hours, minutes=7 * hours)
            span = counting._span(replace(question, created_from=since, created_to=since + length), "")
            # The night in which the clocks go back has an hour more.
            assert all(edge.until - edge.since <= timedelta(hours=3, minutes=30) for edge in span.edges)
            assert len(span.edges) <= 2


def test_any_column_that_is_kept_is_added_up_as_the_rows_have_it(story: random.Random) -> None:
    every = Question(channels=BOTH)
    amounts: tuple[tuple[Any, Callable[[IndexedOrder], int]], ...] = (
        (F("held") + F("taken"), lambda row: row.held + row.taken),
        (0 - F("gap"), lambda row: -row.gap),
        (Abs("undeclared"), lambda row: abs(row.undeclared)),
    )
    for amount, of in amounts:
        for question in (
            every,
            replace(every, check="mismatch"),
            replace(every, check="stuck"),
            replace(every, since_to=NOW - timedelta(days=4)),
            replace(every, created_from=NOW - timedelta(days=20), status=("completed", "accepted")),
            replace(every, sku="F-1"),
        ):
            wanted: Counter[str] = Counter()
            for row in matching(question):
                wanted[row.currency] += of(row)
            assert {
                currency: units * 10_000 for currency, units in reading.tally(question, amount).sums.items()
            } == dict(wanted), question


def test_groups_ages_and_days_are_those_of_the_rows(story: random.Random) -> None:
    every = Question(channels=BOTH)
    rows = list(IndexedOrder.objects.all())
    by = {
        "status": Counter(row.status for row in rows),
        "payment_state": Counter(row.payment_state for row in rows),
        "currency": Counter(row.currency for row in rows),
        "channel": Counter(f"{row.merchant}/{row.channel}" for row in rows),
        "day": Counter(str(row.created.astimezone(STOCKHOLM).date()) for row in rows),
        "adapter": Counter(adapter for row in rows for adapter in filter(None, row.adapters.split("\n"))),
    }
    for name, counted in by.items():
        assert {key: each.size for key, each in reading.group(every, name).items()} == counted, name
        few = {key: each.size for key, each in reading.group(replace(every, text="se-1"), name).items()}
        assert all(0 < few[key] <= counted[key] for key in few), name
    ages = reading.ages(every, NOW)
    for tally, (since, until) in zip(ages, reading.age_bounds(NOW), strict=True):
        assert tally.size == sum(
            (since is None or row.status_since >= since) and (until is None or row.status_since < until) for row in rows
        )
    assert sum(each.size for each in ages) == len(rows)
    first = (NOW - timedelta(days=90)).date()
    assert reading.days(BOTH, first, NOW.date(), STOCKHOLM) == reading.days(
        BOTH, first, NOW.date(), ZoneInfo("Europe/Oslo")
    )


def test_payments_are_counted_and_listed_as_the_rows_say(story: random.Random) -> None:
    every = PaymentQuestion(channels=BOTH)
    day = NOW - timedelta(days=9, hours=5)
    for question in (
        every,
        replace(every, states=("captured", "reserved")),
        replace(every, buckets=("held",)),
        replace(every, buckets=("returned", "none")),
        replace(every, adapters=ADAPTERS[:2], currency="SEK"),
        replace(every, created_from=day - timedelta(days=60), created_to=day),
        replace(every, amount_from=Decimal(200)),
        replace(every, event="refund"),
        replace(every, event="refund", is_ours=True, event_from=NOW - timedelta(days=1)),
        replace(every, is_ours=False),
        replace(every, text="psp-p1", states=("captured",)),
    ):
        rows = [row for row in IndexedPayment.objects.select_related("order") if _is_meant(row, question)]
        found = reading.payments_tally(question)
        assert found.size == len(rows), question
        for currency, figures in found.figures.items():
            mine = [row for row in rows if row.currency == currency]
            assert figures.returned * 10_000 == sum(row.returned for row in mine)
            assert found.sums[currency] * 10_000 == sum(row.amount for row in mine)
        pages = [reading.payments_page(question, 6)]
        while pages[-1].next:
            pages.append(reading.payments_page(question, 6, after=pages[-1].next))
        wanted = sorted(rows, key=lambda row: (row.created, row.pk), reverse=True)
        assert [row.pk for page in pages for row in page.rows] == [row.pk for row in wanted], question
        if len(pages) > 1:
            assert reading.payments_page(question, 6, before=pages[1].previous).rows == pages[0].rows


def _is_meant(row: IndexedPayment, question: PaymentQuestion) -> bool:
    events = [
        event for event in row.events.all()
        if (not question.event or (event.event == question.event and event.success))
        and question.is_ours in (None, event.is_ours)
        and (not question.event_from or (event.at and event.at >= question.event_from))
    ]  # fmt: skip
    buckets = {name for name in FIGURES if getattr(row, name) > 0}
    buckets |= set() if PAYMENT.of(row.state).is_live else {"none"}
    return (
        (not question.states or row.state in question.states)
        and (not question.buckets or bool(buckets & set(question.buckets)))
        and (not question.adapters or row.adapter in question.adapters)
        and question.currency in ("", row.currency)
        and (not question.created_from or row.created >= question.created_from)
        and (not question.created_to or row.created < question.created_to)
        and (question.amount_from is None or row.amount >= question.amount_from * 10_000)
        and (not of_payments._asks_events(question) or bool(events))
        and (not question.text or question.text in row.order.words)
    )


def test_statements_are_few_however_many_channels(story: random.Random, django_assert_max_num_queries: Any) -> None:
    every = Question(channels=BOTH)
    for most, question in ((1, every), (2, replace(every, status=("completed",), created_from=NOW))):
        with django_assert_max_num_queries(most + 2):
            reading.tally(question)
    with django_assert_max_num_queries(2):
        reading.page(every, 50)
    assert connection.vendor in ("sqlite", "postgresql")
    assert Axis.ALL in Axis.values


@pytest.mark.parametrize("check", ["not-captured", "shipping-failed"])
@pytest.mark.parametrize("sort", ["created", "status_since"])
def test_what_few_are_is_found_by_the_index_of_the_few(story: random.Random, check: str, sort: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL counts which one is better; for seventy rows none is")
    with CaptureQueriesContext(connection) as queries:
        reading.page(Question(channels=BOTH, check=check, sort=sort), 5)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert f"index_{sort[:7]}_{checks.CHECKS[check].flag[3:]}" in plan
