"""The rows behind a figure: a page of them, and each of them read again when it is shown."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel
from domain.money import Amount
from gateway.fanout import fan_out
from gateway.request import ApiRequest
from index import writing
from index.amounts import from_units
from index.models import IndexedOrder
from index.questions import Question
from index.reading import Page, group, matching, page
from order_api import OrderApi
from order_api.errors import ApiError, NotFound
from order_api.schemas import Order
from overview.aside import dismissals_of, dismissed, is_aside
from overview.checks import Check
from overview.counting import asked_of, beside, expired, stretch_of, sums_of
from overview.models import Dismissal
from overview.scope import Scope
from teamwork.models import Kind, State, Task
from teamwork.presentation import whose

SIZE = 25
"""Rows of a page: each of them is a call to the Order API."""
DEADLINE = 6.0
"""Seconds that a channel has for all rows of a page that are its own."""


class Became(StrEnum):
    """What was seen of a row when it was read again."""

    STILL = ""
    SETTLED = "settled"
    GONE = "gone"
    UNREAD = "unread"


class Row(NamedTuple):
    """A row as it is shown. `amounts` is what the check is about, each in its currency; `with_whom` the colleagues who
    have the order."""

    check: str
    order: IndexedOrder
    channel: Channel
    amounts: Sequence[Amount]
    with_whom: str = ""
    is_mine: bool = False
    dismissal: Dismissal | None = None
    became: Became = Became.STILL

    @property
    def total(self) -> Amount:
        return Amount(from_units(self.order.total), self.order.currency)

    @property
    def take_url(self) -> str:
        return reverse("attention-take", args=(self.channel, self.order.order_id, self.check))

    @property
    def aside_url(self) -> str:
        return reverse("attention-aside", args=(self.channel, self.order.order_id, self.check))

    @property
    def called(self) -> str:
        return self.order.reference or self.order.order_id


class Sought(NamedTuple):
    """What a page of rows is of: the orders of which all of that holds."""

    question: Question
    only: Q = Q()

    def rows(self) -> "QuerySet[IndexedOrder]":
        """All of them, in no order."""
        return matching(self.question).filter(self.only)

    def page(self, after: str = "") -> Page:
        """The page that goes on behind that position: what is settled meanwhile moves nothing."""
        return page(self.question, SIZE, after, only=self.only)


def sought_by(scope: Scope, check: Check, *, aside: bool, age: str = "") -> Sought:
    """The orders that a check finds, those set aside or the others, of that age (`counting.AGES`, or "over": longer
    than their authorisation lasts), those that are longest in their state first."""
    now = timezone.now()
    asked = asked_of(scope, check.name, stretch_of(age, now) or (None, None))
    only = Q(is_aside(check.name)) if aside else Q(~is_aside(check.name))
    if age == "over":
        only &= expired(scope.channels, now) or Q(pk__in=())
    return Sought(replace(asked, sort="-status_since", ids=dismissed(check.name) if aside else None), only)


class Read(NamedTuple):
    """What a channel answered for its rows: the orders that are there, those that are not, and whether that is all."""

    orders: tuple[Order, ...]
    gone: tuple[str, ...]
    error: ApiError | None = None


def read_again(request: ApiRequest, rows: Sequence[IndexedOrder]) -> dict[tuple[Channel, str], Became]:
    """Reads each of these orders through the Order API and keeps what it says in the index. What is not among the
    answer is GONE or UNREAD; whether a check still finds what was read, the index says."""
    wanted: dict[Channel, list[str]] = {}
    for row in rows:
        wanted.setdefault(Channel(row.merchant, row.channel), []).append(row.order_id)

    def ask(api: OrderApi, channel: Channel) -> Read:
        return _read(api, wanted[channel])

    became = {(channel, order_id): Became.UNREAD for channel, ids in wanted.items() for order_id in ids}
    for answer in fan_out(request, list(wanted), ask, deadline=DEADLINE, most_calls=SIZE):
        if answer.value is None:
            continue
        writing.see(answer.value.orders, at=timezone.now())
        for order_id in answer.value.gone:
            writing.forget(answer.channel, order_id)
            became[answer.channel, order_id] = Became.GONE
        for order in answer.value.orders:
            became[answer.channel, order.id or ""] = Became.STILL
    return became


def _read(api: OrderApi, ids: Sequence[str]) -> Read:
    orders: list[Order] = []
    gone: list[str] = []
    for order_id in ids:
        try:
            orders.append(api.orders.get(order_id))
        except NotFound:
            gone.append(order_id)
        except ApiError as error:  # whoever fails once is not asked for the rest
            return Read(tuple(orders), tuple(gone), error)
    return Read(tuple(orders), tuple(gone))


def settle(
    became: Mapping[tuple[Channel, str], Became], rows: "QuerySet[IndexedOrder]"
) -> dict[tuple[Channel, str], Became]:
    """What was read and is not among `rows` any more is SETTLED. One statement."""
    read = {key for key, how in became.items() if how is Became.STILL}
    ids = [order_id for _channel, order_id in read]
    left = rows.filter(order_id__in=ids).values_list("merchant", "channel", "order_id") if ids else ()
    still = {(Channel(merchant, channel), order_id) for merchant, channel, order_id in left}
    return {key: Became.SETTLED if key in read - still else how for key, how in became.items()}


def present(
    check: Check | None,
    found: Sequence[IndexedOrder],
    became: Mapping[tuple[Channel, str], Became],
    person_id: int,
) -> list[Row]:
    """The rows as they are shown, with the figures that the index has of them by now. At most four statements."""
    name = check.name if check else ""
    again = _again(found, check)
    fresh = {row.number: row for row in again}
    more = beside(check, again, of=F("order")) if check and fresh else []
    tasks = _tasks_of(found)
    aside = dismissals_of(name, found) if check else {}
    shown = []
    for was in found:
        row = fresh.get(was.number, was)
        channel = Channel(row.merchant, row.channel)
        theirs = tasks.get((channel, row.order_id), [])
        shown.append(
            Row(
                name,
                row,
                channel,
                sums_of([(row.currency, from_units(getattr(row, "units", row.total))), *_of(row, more)]),
                ", ".join(dict.fromkeys(whose(task) for task in theirs)),
                any(task.for_person_id == person_id for task in theirs),
                aside.get((row.merchant, row.channel, row.order_id)),
                became.get((channel, row.order_id), Became.STILL),
            )
        )
    return shown


def _again(found: Sequence[IndexedOrder], check: Check | None) -> "QuerySet[IndexedOrder]":
    rows = IndexedOrder.objects.filter(number__in=[row.number for row in found])
    return rows.annotate(units=check.amount if check else F("total"))


def _of(row: IndexedOrder, more: Sequence[Mapping[str, Any]]) -> list[tuple[str, Decimal]]:
    return [(group["currency"], from_units(group["s"])) for group in more if group["of"] == row.number]


def _tasks_of(found: Sequence[IndexedOrder]) -> dict[tuple[Channel, str], list[Task]]:
    ids = [row.order_id for row in found]
    tasks = Task.objects.filter(order_id__in=ids, state=State.OPEN, kind=Kind.ASK).select_related("for_person")
    by_order: dict[tuple[Channel, str], list[Task]] = {}
    for task in tasks if ids else ():
        by_order.setdefault((task.where, task.order_id), []).append(task)
    return by_order


def of_day(scope: Scope, status: Sequence[str], first: dt.datetime, end: dt.datetime, currency: str = "") -> Sought:
    """The orders of these states that were created from that moment (UTC) on and before the other, in that order."""
    asked = Question(
        channels=scope.channels, status=tuple(status), created_from=first, created_to=end, currency=currency,
        sort="-created",
    )  # fmt: skip
    return Sought(asked)


def sums_in(question: Question) -> tuple[int, list[Amount]]:
    """How many orders are meant, and their totals by currency."""
    found = group(replace(question, sort="created"), "currency").values()
    return sum(each.size for each in found), sums_of(part for each in found for part in each.sums.items())
