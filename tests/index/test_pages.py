"""Pages are the rows in order, there and back, whichever way they are found."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from index import checks, narrowing, reading
from index.conditions import matching
from index.questions import SORTS, Question
from tests.index.told import BOTH, questions

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("agreement")]


@pytest.mark.parametrize("few", [0, 2_000])
def test_pages_are_the_rows_in_order_there_and_back(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(narrowing, "FEW", few)
    sorts = [f"{way}{column}" for column in SORTS for way in ("", "-")]
    for number, question in enumerate(questions()):
        is_paged_in_order(replace(question, sort=sorts[number % len(sorts)]))


@pytest.mark.parametrize("page", [0, 5, 10_000])
def test_so_are_those_by_total_whether_they_are_sorted_or_walked_along(
    story: random.Random, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(narrowing, "_PAGE", page)
    asked = [question for question in questions() if narrowing.has_an_index(question)]
    assert len(asked) > 15
    for number, question in enumerate(asked):
        is_paged_in_order(replace(question, sort=("total", "-total", "modified", "-modified")[number % 4]))


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
