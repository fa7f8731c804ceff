"""Looks at the orders of a batch beforehand, a part of it at a time, as a paste is looked up: each is read through the
API, within the budget of whatever looks in many channels. What is left is the next part's.

Pure of pages: a part is one request's, so that nothing is asked that nobody waits for.
"""

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from accounts.channels import Channel, channels_of
from gateway.fanout import SpentError, fan_out
from gateway.middleware import is_id
from index import reading
from order_api import OrderApi
from order_api.errors import ApiError, BadAnswer, NoAnswer, NotFound, Unauthorized, Unavailable
from orders.bulk.actions import ACTIONS
from orders.bulk.findings import Case, Finding
from orders.bulk.kept import MOST, OrderAt, add_rows, facts_json, filter_of, target_of
from orders.bulk.words import UNANSWERED
from orders.list.filters import OrderFilterSet
from orders.list.find import read
from orders.list.indexed.asking import question_of
from orders.list.looking import Looked, look
from orders.list.met import met_in
from orders.models import Batch, BatchRow
from privacy import LOG, mask_text

PART = 1.5
"""Seconds that a part of the work takes: then the page says how far it is."""
LONGEST_PART = 8.0
"""Seconds of a part where no script asks for the next one."""
_CALL = 3.0
"""Seconds that the last calls of a part may take beyond it."""
_PAGE = 250
"""The most orders that one call lists."""


class Part(NamedTuple):
    """What a part of the work came to. `is_spent`: the budget is used up for the moment; `is_elsewhere`: another
    request, as of a second tab, is at it."""

    is_spent: bool = False
    is_elsewhere: bool = False


def look_on(request: Any, batch: Batch, seconds: float = PART) -> Part:
    """Looks for so long, and says what it came to."""
    if not claim(batch, seconds):
        return Part(is_elsewhere=True)
    try:
        if not batch.is_named:
            return _name(request, batch, seconds)
        return _look(request, batch, seconds)
    finally:
        Batch.objects.filter(pk=batch.pk).update(busy_until=None)


def claim(batch: Batch, seconds: float) -> bool:
    """Takes the batch for a part of that length. False while another request is at it, or it is not to be looked at."""
    now = timezone.now()
    free = Batch.objects.filter(
        Q(busy_until__isnull=True) | Q(busy_until__lt=now), pk=batch.pk, state=Batch.State.READING, problem=""
    )
    return bool(free.update(busy_until=now + dt.timedelta(seconds=seconds + _CALL + 2)))


# Which orders


def _name(request: Any, batch: Batch, seconds: float) -> Part:
    """Asks the filter for its orders; at most MOST, or none."""
    found, theirs = filter_of(batch), channels_of(request.user)
    if found is None or (found.channel is not None and found.channel not in theirs):
        _problem(batch, "no-channel")
        return Part()
    filters = OrderFilterSet(QueryDict(found.query))
    if filters.errors:
        _problem(batch, "not-applied")
    elif found.channel is None or filters.asks_index:
        _name_by_index(request.user, batch, filters, (found.channel,) if found.channel else theirs)
    else:
        return _name_by_api(request, batch, filters, found.channel, seconds)
    return Part()


def _name_by_index(user: User, batch: Batch, filters: OrderFilterSet, channels: Sequence[Channel]) -> None:
    """As the list itself asks the index. It says which orders are meant, and nothing of them is taken from it."""
    asked = question_of(filters, channels, user)
    if asked.problems.keys() - {"sort"}:
        _problem(batch, "not-applied")
        return
    rows = reading.page(asked.question, MOST + 1).rows
    _named(batch, [OrderAt(Channel(row.merchant, row.channel), row.order_id) for row in rows], len(rows))


def _name_by_api(request: Any, batch: Batch, filters: OrderFilterSet, channel: Channel, seconds: float) -> Part:
    answers = fan_out(
        request, [channel], lambda api, channel: _ids(api, channel, filters), deadline=seconds + 4 * _CALL
    )
    answer = next(iter(list(answers)), None)
    if answer is not None and answer.value is not None:
        _named(batch, [OrderAt(channel, each) for each in answer.value.ids], answer.value.size)
    elif answer is not None and answer.is_spent:
        return Part(is_spent=True)
    else:
        _problem(batch, "silent")
    return Part()


def _named(batch: Batch, orders: Sequence[OrderAt], size: int) -> None:
    with transaction.atomic():
        if size > MOST:
            _problem(batch, "too-many", size)
        elif not orders:
            _problem(batch, "none")
        else:
            add_rows(batch, orders)
            Batch.objects.filter(pk=batch.pk).update(is_named=True, matching=len(orders))


class _Ids(NamedTuple):
    ids: list[str]
    size: int


def _ids(api: OrderApi, channel: Channel, filters: OrderFilterSet) -> _Ids:
    """The ids of all orders that match, as the list itself finds them; no more than MOST and one are asked for."""
    ids: dict[str, None] = {}
    offset, size = 0, 0
    while True:
        page = _page(api, channel, filters, offset)
        size = max(size, page.pagination.size or 0 if page.pagination else 0)
        owners = [_owner(each) for each in page.data]
        ids.update(dict.fromkeys(each for each in owners if each and is_id("order_id", each)))
        offset += len(owners)
        if size > MOST or len(ids) > MOST or not owners or offset >= size:
            return _Ids(list(ids), max(size if size > MOST else 0, len(ids)))


def _page(api: OrderApi, channel: Channel, filters: OrderFilterSet, offset: int) -> Looked:
    if not filters.searched:
        unread = api.orders.list_unread(limit=_PAGE, offset=offset, **filters.params)
        return Looked(unread.data, unread.pagination)
    tries = read(filters.searched, met_in(str(channel)).prefixes)
    return look(api, tries, filters.params, limit=_PAGE, offset=offset, way=filters.found_way)


def _owner(each: Any) -> str:
    order = each.read()
    return str(getattr(getattr(order, "owner", order), "id", "") or "")


def _problem(batch: Batch, code: str, matching: int | None = None) -> None:
    Batch.objects.filter(pk=batch.pk).update(problem=code, matching=matching)


def try_again(batch: Batch) -> None:
    """What did not answer is asked again."""
    Batch.objects.filter(pk=batch.pk, problem__in=["silent"]).update(problem="")
    batch.rows.filter(verdict=UNANSWERED).update(verdict="", said="")


# What of each


class _Board:
    """The rows that are still to be read, from which the threads of the channels take what is theirs."""

    def __init__(self, rows: Sequence[BatchRow], until: float) -> None:
        self._rows = {channel: [row for row in rows if row.where == channel] for channel in {r.where for r in rows}}
        self._until = until
        self._lock = threading.Lock()
        self._is_closed = False
        self.found: dict[int, Finding] = {}

    def take(self, channel: Channel) -> BatchRow | None:
        with self._lock:
            left = self._rows[channel]
            return left.pop(0) if left and not self._is_closed and time.monotonic() < self._until else None

    def tell(self, row: BatchRow, finding: Finding) -> None:
        """What comes after the end comes too late."""
        with self._lock:
            if not self._is_closed:
                self.found[row.pk] = finding

    def close(self) -> dict[int, Finding]:
        with self._lock:
            self._is_closed = True
            return self.found

    def left_of(self, channel: Channel) -> list[BatchRow]:
        return [row for row in self._rows[channel] if row.pk not in self.found]


def _look(request: Any, batch: Batch, seconds: float) -> Part:
    theirs, user, target = set(channels_of(request.user)), request.user, target_of(batch)
    rows = list(batch.rows.filter(verdict=""))
    foreign = {row.pk: Finding("no-channel") for row in rows if row.where not in theirs}
    rows = [row for row in rows if row.where in theirs]
    by_pk = {row.pk: row for row in rows}
    board, is_spent = _Board(rows, time.monotonic() + seconds), False
    channels = sorted({row.where for row in rows}, key=str)
    silent: dict[int, Finding] = {}
    for answer in fan_out(request, channels, _asking(board, batch, user, target), deadline=seconds + _CALL):
        if answer.is_spent:
            is_spent = True
        elif not answer.came:  # whatever of the channel was not read has no answer
            silent |= {row.pk: Finding(UNANSWERED) for row in by_pk.values() if row.where == answer.channel}
    found = board.close()
    _save(batch, {**{pk: each for pk, each in silent.items() if pk not in found}, **found, **foreign})
    return Part(is_spent=is_spent)


def _asking(board: _Board, batch: Batch, user: User, target: str) -> Callable[[OrderApi, Channel], None]:
    check = ACTIONS[batch.action].check

    def ask(api: OrderApi, channel: Channel) -> None:
        """In a thread of the channel's own: one order after the other. A channel that does not answer ends its turn."""
        while (row := board.take(channel)) is not None:
            try:
                order = api.orders.get(row.order_id)
                board.tell(row, check(Case(api, channel, order.id or row.order_id, order, user, target)))
            except (SpentError, Unavailable, Unauthorized, NoAnswer):
                raise
            except NotFound:
                board.tell(row, Finding("gone"))
            except BadAnswer as error:
                board.tell(row, Finding("unfit", said=str(error)))
            except ApiError as error:
                board.tell(row, Finding("refused-to-read", said=str(error)))

    return ask


def _save(batch: Batch, found: dict[int, Finding]) -> None:
    rows = list(batch.rows.filter(pk__in=found))
    for row in rows:
        each = found[row.pk]
        row.verdict, row.said = each.verdict, mask_text(each.said, LOG)[:500]
        row.reference, row.amount, row.currency = each.reference, each.amount, each.currency
        row.warns_json, row.facts_json = json.dumps(list(each.warns)), facts_json(each.facts)
    fields = ["verdict", "said", "reference", "amount", "currency", "warns_json", "facts_json"]
    with transaction.atomic():
        BatchRow.objects.bulk_update(rows, fields, batch_size=100)
