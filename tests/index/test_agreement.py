"""Whatever is seen, seen again, refined and forgotten, in whatever order: sums are those of the rows, pages are the
rows in order, and each question is answered as if every row had been looked at."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Abs

from domain.money import Concern, Paid
from domain.states import PAYMENT, Bucket
from index import checks, counting, narrowing, reading, rollups
from index.conditions import matching
from index.models import FLAGS, IndexedOrder, IndexedPayment
from index.questions import Question
from index.sums import Axis, HeldSum, MoveSum, OrderSum
from tests.index.made import NOW, SE
from tests.index.told import BOTH, STOCKHOLM, questions

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("agreement")]
LENGTHS = [timedelta(hours=hours) for hours in (2, 5, 13, 24, 30 * 24 + 7)]


def sums() -> dict[str, Counter[tuple[Any, ...]]]:
    found = {}
    for model, names in ((OrderSum, ("n", "total")), (HeldSum, ("n", "held")), (MoveSum, ("n", "moved", "untold"))):
        alike = [field.name for field in model._meta.concrete_fields if field.name not in ("id", *names)]
        rows = model._default_manager.exclude(n=0).values_list(*alike, *names)
        found[model.__name__] = Counter(rows)
    return found


def test_sums_that_were_kept_are_those_of_a_recount(story: random.Random) -> None:
    kept = sums()
    assert not OrderSum.objects.filter(n__lt=0).exists()
    held = IndexedPayment.objects.filter(held__gt=0)
    alike = ("merchant", "channel", "adapter", "currency", "is_to_capture")
    added: Counter[tuple[Any, ...]] = Counter()
    for *key, units in held.values_list(*alike, "held"):
        added[*key] += units
    assert added == {tuple(key): units for *key, units in HeldSum.objects.exclude(n=0).values_list(*alike, "held")}
    for channel in BOTH:
        rollups.recount(channel)
    assert kept == sums()
    assert len(kept["OrderSum"]) > 100
    assert len(kept["HeldSum"]) > 5 and len(kept["MoveSum"]) > 3


def test_what_of_payments_is_to_be_read_is_what_was_not_read_since_their_orders_changed(story: random.Random) -> None:
    due = 0
    for row in IndexedPayment.objects.select_related("order"):
        is_read = row.transactions_at and row.order.modified and row.transactions_at >= row.order.modified
        assert row.is_unread == (PAYMENT.of(row.state).bucket in (Bucket.TAKEN, Bucket.RETURNED) and not is_read)
        due += row.is_unread
    assert 0 < due < IndexedPayment.objects.count()


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


@pytest.mark.parametrize(
    "asked",
    [{"text": "se-1"}, {"text": "se-1", "channels": (SE,)}, {"amount_from": Decimal(1)}, {"sku": "F-1"}],
    ids=str,
)
def test_what_is_counted_beyond_the_most_says_so(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    question = Question(**{"channels": BOTH, **asked})
    whole = reading.tally(question)
    monkeypatch.setattr(counting, "MOST_COUNTED", whole.size)
    assert reading.tally(question) == whole and not whole.is_capped
    monkeypatch.setattr(counting, "MOST_COUNTED", 3)
    found = reading.tally(question)
    assert (found.size, found.is_capped, found.sums) == (3, True, {}), "what three of them come to, nobody asked"
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
            channels = Counter(f"{row.merchant}/{row.channel}" for row in rows)
            assert {name: each.size for name, each in reading.group(question, "channel").items()} == channels


@pytest.mark.parametrize("hours", [0, 5, 6, 11, 18])
def test_no_more_of_a_span_is_looked_up_than_half_a_quarter_of_a_day_at_either_end(hours: int) -> None:
    first = datetime(2026, 10, 24, tzinfo=STOCKHOLM).astimezone(UTC)
    for length in LENGTHS:
        for question in (Question(channels=BOTH), Question(channels=BOTH, payment_states=("captured",))):
            since = first + timedelta(hours=hours, minutes=7 * hours)
            span = counting._span(replace(question, created_from=since, created_to=since + length))
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
        "currency": Counter(row.currency for row in rows),
        "channel": Counter(f"{row.merchant}/{row.channel}" for row in rows),
    }
    for name, counted in by.items():
        assert {key: each.size for key, each in reading.group(every, name).items()} == counted, name
        with pytest.raises(ValueError):
            reading.group(replace(every, text="se-1"), name)
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


def test_statements_are_few_however_many_channels(story: random.Random, django_assert_max_num_queries: Any) -> None:
    every = Question(channels=BOTH)
    for most, question in ((1, every), (2, replace(every, status=("completed",), created_from=NOW))):
        with django_assert_max_num_queries(most + 2):
            reading.tally(question)
    with django_assert_max_num_queries(2):
        reading.page(every, 50)
    assert connection.vendor in ("sqlite", "postgresql")
    assert Axis.ALL in Axis.values
