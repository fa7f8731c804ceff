"""Payments are counted and listed as if every row had been looked at."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.states import PAYMENT
from index import of_payments, reading
from index.models import FIGURES, IndexedPayment
from index.questions import PaymentQuestion
from tests.index.made import ADAPTERS, NOW
from tests.index.told import BOTH

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("agreement")]


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
