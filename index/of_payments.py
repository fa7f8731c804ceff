"""Answers from the index about payments: pages of them, and what they come to."""

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from domain.money import Figures
from domain.states import PAYMENT
from index import counting, narrowing, positions, walking, words
from index.amounts import from_units
from index.answers import PaymentPage, PaymentTally
from index.conditions import amounts, of_channels, one_of, within
from index.models import FIGURES, Axis, IndexedOrder, IndexedPayment, MoneyEvent, PaymentSum
from index.narrowing import FEW, Branch, Sorting
from index.questions import PaymentQuestion
from index.rollups import add
from index.spans import Span, pieces
from index.united import together

_NEWEST = Sorting("created", is_falling=True)


def payments_page(
    question: PaymentQuestion, size: int, after: str = "", before: str = "", *, at: str = ""
) -> PaymentPage:
    """A page of the payments that are meant, those of the newest orders first. As `page` of orders."""
    found = walking.page(
        partial(walking.walked, _branches(question)), _NEWEST, size,
        positions.read("created", after), positions.read("created", before), last=at == "end",
    )  # fmt: skip
    rows: tuple[IndexedPayment, ...] = tuple(walking.fetched(IndexedPayment, found.keys, "order"))

    def place(row: IndexedPayment) -> str:
        return positions.written("created", row.created, row.pk)

    return PaymentPage(
        rows, place(rows[-1]) if rows and found.has_more else "", place(rows[0]) if rows and found.has_less else ""
    )


def payments_tally(question: PaymentQuestion) -> PaymentTally:
    """How many payments are meant, their amounts and where their money is: exact where rollups tell, up to
    `counting.MOST_COUNTED` otherwise. `moved`: what the events that were asked for moved, where that is known."""
    return _counted(question) if _asks_rows(question) else _rolled(question)


def _asks_rows(question: PaymentQuestion) -> bool:
    return bool(
        question.text or question.amount_from is not None or question.amount_to is not None or _asks_events(question)
    )


def _asks_events(question: PaymentQuestion) -> bool:
    return bool(question.event or question.is_ours is not None or question.event_from or question.event_to)


def _events(question: PaymentQuestion) -> Q:
    condition = within("at", question.event_from, question.event_to)
    if question.event:
        condition &= Q(event=question.event, success=True)
    return condition if question.is_ours is None else condition & Q(is_ours=question.is_ours)


def _on_row(question: PaymentQuestion) -> Q:
    condition = within("created", question.created_from, question.created_to) & amounts("amount", question)
    if question.states:
        condition &= one_of("state", question.states)
    if question.adapters:
        condition &= one_of("adapter", question.adapters)
    if question.currency:
        condition &= Q(currency=question.currency)
    if question.buckets:
        condition &= _any_of(question)
    return condition


def _any_of(question: PaymentQuestion) -> Q:
    condition = Q(pk__in=())
    for bucket in question.buckets:
        condition |= Q(**{f"{bucket}__gt": 0}) if bucket in FIGURES else Q(state__in=_nowhere())
    return condition


def _nowhere() -> list[str]:
    """The states in which a payment counts nowhere."""
    return [row.name for row in PAYMENT.where(lambda row: not row.is_live)]


def _branches(question: PaymentQuestion) -> list[Branch]:
    few = _few(question)
    rows = IndexedPayment.objects.filter(_on_row(question))
    if question.text:
        theirs = IndexedOrder.objects.filter(number=OuterRef("order_id"), words__contains=words.sought(question.text))
        rows = rows.filter(Exists(theirs))
    if _asks_events(question):
        rows = rows.filter(Exists(MoneyEvent.objects.filter(_events(question), payment=OuterRef("pk"))))
    if few is not None:
        return [Branch(rows.filter(of_channels(question.channels), **few), "id")]
    found = []
    for channel in dict.fromkeys(question.channels):
        mine = rows.filter(merchant=channel.merchant, channel=channel.name)
        if question.text and len(orders := narrowing.some_with(replace(question, channels=(channel,)), FEW)) <= FEW:
            found.append(Branch(mine.filter(order__in=orders), "id"))
            continue
        found += [Branch(mine.filter(each), "id") for each in _values(question)]
    return found


def _values(question: PaymentQuestion) -> list[Q]:
    """One condition for each value of what narrows, as an index is in order for one value alone."""
    for column, values in (("state", question.states or _states_of(question)), ("adapter", question.adapters)):
        if values and len(values) * len(question.channels) <= 60:
            return [Q(**{column: value}) for value in dict.fromkeys(values)]
    return [Q()]


def _states_of(question: PaymentQuestion) -> tuple[str, ...]:
    """The states that there are with money in one of the question's buckets, as rollups know them."""
    if not question.buckets:
        return ()
    sums = PaymentSum.objects.filter(of_channels(question.channels), _any_of(question), axis=Axis.ALL, n__gt=0)
    return tuple(sums.values_list("state", flat=True).distinct().order_by("state"))


def _few(question: PaymentQuestion) -> dict[str, Any] | None:
    """What names at most FEW payments among which those that are meant are."""
    mine = of_channels(question.channels)
    if question.text and len(orders := narrowing.some_with(question, FEW)) <= FEW:
        return {"order__in": orders}
    if _asks_events(question):
        events = MoneyEvent.objects.filter(mine, _events(question)).values_list("payment", flat=True)[: FEW + 1]
        if len(events) <= FEW:
            return {"pk__in": list(events)}
    if question.amount_from is not None or question.amount_to is not None:
        rows = IndexedPayment.objects.filter(mine, amounts("amount", question)).values_list("pk", flat=True)[: FEW + 1]
        if len(rows) <= FEW:
            return {"pk__in": list(rows)}
    return None


def _rolled(question: PaymentQuestion) -> PaymentTally:
    span = Span((Q(axis=Axis.ALL),))
    if question.created_from or question.created_to:
        span = pieces(question.created_from, question.created_to, Axis.CREATED_MONTH, Axis.CREATED_DAY)
    rows = PaymentSum.objects.filter(of_channels(question.channels))
    if question.states:
        rows = rows.filter(one_of("state", question.states))
    if question.adapters:
        rows = rows.filter(one_of("adapter", question.adapters))
    if question.currency:
        rows = rows.filter(currency=question.currency)
    if bits := sum(1 << FIGURES.index(bucket) for bucket in set(question.buckets) & set(FIGURES)):
        rows = rows.annotate(there=F("buckets").bitand(bits))
    if question.buckets:
        nowhere = Q(state__in=_nowhere()) if set(question.buckets) - set(FIGURES) else Q(pk__in=())
        rows = rows.filter((Q(there__gt=0) if bits else Q(pk__in=())) | nowhere)
    found = _nothing()
    sums = {f"sum_{name}": Sum(name) for name in ("n", "amount", *FIGURES)}
    parts = [rows.filter(part).values_list("currency").annotate(**sums).order_by() for part in span.rows]
    for currency, *values in together(parts) if parts else ():
        add(found[currency], map(int, values))  # PostgreSQL's sums are decimals
    for edge in span.edges:
        part = replace(question, created_from=edge.since, created_to=edge.until)
        _add_rows(found, IndexedPayment.objects.filter(of_channels(question.channels), _on_row(part)), edge.sign)
    return _as_tally(found)


_Sums = dict[str, list[int]]


def _nothing() -> _Sums:
    return defaultdict(lambda: [0] * (2 + len(FIGURES)))


def _add_rows(found: _Sums, rows: "QuerySet[IndexedPayment]", sign: int = 1) -> None:
    """Adds these payments, or takes them off."""
    sums = {f"sum_{name}": Sum(name) for name in ("amount", *FIGURES)}
    for currency, *values in rows.values_list("currency").annotate(sum_n=Count("pk"), **sums).order_by():
        add(found[currency], map(int, values), sign)


def _counted(question: PaymentQuestion) -> PaymentTally:
    most = counting.MOST_COUNTED
    numbers = walking.some_of(_branches(question), most + 1)
    found = _nothing()
    _add_rows(found, IndexedPayment.objects.filter(pk__in=numbers[:most]))
    moved: dict[str, int] = {}
    if _asks_events(question):
        events = MoneyEvent.objects.filter(_events(question), payment__in=numbers[:most])
        for currency, total in events.values_list("payment__currency").annotate(s=Sum("moved")).order_by():
            moved[currency] = int(total or 0)
    return replace(
        _as_tally(found),
        is_capped=len(numbers) > most,
        moved={currency: from_units(units) for currency, units in sorted(moved.items())},
    )


def _as_tally(found: _Sums) -> PaymentTally:
    sums = {currency: each for currency, each in sorted(found.items()) if each[0]}
    return PaymentTally(
        sum(each[0] for each in sums.values()),
        {currency: from_units(each[1]) for currency, each in sums.items()},
        {
            currency: Figures(**{name: from_units(each[2 + place]) for place, name in enumerate(FIGURES)})
            for currency, each in sums.items()
        },
    )
