"""What people read goes into the index, for nothing: every order that the desk reads anyway.

Nobody waits for it. What came is put into a queue in memory, which a thread of each process empties into the database
a moment later; where the queue is full, what comes is dropped and counted, since the sweep meets it again. A document
that this process has just put in is recognised by its digest and dropped as well, and so is a whole page of them, which
is not even read then.
"""

import datetime as dt
import logging
import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.db import connections
from django.utils import timezone

from accounts.channels import Channel
from gateway.one_thread import OneThread
from index import documents, writing
from index.sweeping import money
from order_api import answers
from order_api.call import Answer, Call
from order_api.errors import ApiError, NotFound
from order_api.tenancy import is_of
from order_api.unread import UnreadOrder, unread, unread_order

logger = logging.getLogger(__name__)

MOST_BYTES, MOST_ANSWERS = 16_000_000, 500
"""Waiting at once in a process."""
MOMENT = 0.2
"""Seconds that an answer waits, so that the page that it was read for goes out first."""
LINGER = 5.0
"""Seconds that the thread keeps its connection to the database with nothing to do."""
MOST_REMEMBERED = 5_000
AGAIN_AFTER = 300.0
"""Seconds after which an order that is read once more, and has not changed, counts as seen once more."""

LIST, ONE = "orders", "orders/{order_id}"
TRANSACTIONS = "orders/{order_id}/payments/{payment_id}/transactions"


class Read(NamedTuple):
    """An answer of a channel's, and when it was asked for."""

    channel: Channel
    answer: Answer
    at: dt.datetime


class Queue:
    """What is to be put into the index, and what just was. Shared by the threads of a process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.dropped = 0
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._waiting: deque[Read] = deque()
        self._bytes = 0
        self._recent: OrderedDict[tuple[Channel, str], tuple[bytes, float]] = OrderedDict()
        self._thread = OneThread("index-feeding", partial(_run, self))

    def put(self, read: Read) -> bool:
        """Whether there was room for it."""
        size = len(read.answer.content)
        with self._lock:
            if self._bytes + size > MOST_BYTES or len(self._waiting) >= MOST_ANSWERS:
                self.dropped += 1
                return False
            self._waiting.append(read)
            self._bytes += size
        self._some.set()
        return True

    def take(self) -> Read | None:
        with self._lock:
            if not self._waiting:
                self._some.clear()
                return None
            read = self._waiting.popleft()
            self._bytes -= len(read.answer.content)
            return read

    def wait(self, seconds: float) -> bool:
        """Whether there is something within so many seconds."""
        return self._some.wait(seconds)

    def is_recent(self, channel: Channel, what: str, digest: bytes) -> bool:
        """Whether this very text was put in by this process a short time ago. `what`: an order's id, or what was
        asked for."""
        known = self._recent.get((channel, what))
        return known is not None and known[0] == digest and time.monotonic() - known[1] < AGAIN_AFTER

    def oldest(self, channel: Channel, order_ids: Iterable[str]) -> float:
        """When the one of these orders was put in that was so longest ago."""
        known = (self._recent.get((channel, order_id)) for order_id in order_ids)
        return min((each[1] for each in known if each), default=time.monotonic())

    def remember(self, channel: Channel, what: str, digest: bytes, at: float | None = None) -> None:
        self._recent[channel, what] = (digest, time.monotonic() if at is None else at)
        self._recent.move_to_end((channel, what))
        while len(self._recent) > MOST_REMEMBERED:
            self._recent.popitem(last=False)

    def forget(self, channel: Channel, order_id: str) -> None:
        self._recent.pop((channel, order_id), None)

    def ensure_thread(self) -> None:
        self._thread.ensure()


def queue() -> Queue:
    """This process's; a forked child has one of its own."""
    global _queue  # noqa: PLW0603 - one a process
    if _queue.pid != os.getpid():
        _queue = Queue()
    return _queue


def hear(call: Call, headers: dict[str, str], answer: Answer, seconds: float) -> None:
    """The listener of `gateway.heard`: quick, and without a word to the database."""
    if not settings.INDEX_FEEDING or not says_something(call, answer):
        return
    channel = Channel(headers.get("x-merchant", ""), headers.get("x-channel", ""))
    mine = queue()
    if mine.put(Read(channel, answer, timezone.now() - dt.timedelta(seconds=seconds))):
        mine.ensure_thread()


def says_something(call: Call, answer: Answer) -> bool:
    """Whether this can be an answer about whole orders, what they say or that one is gone, or of a payment's
    transactions."""
    if call.method == "DELETE":
        return call.template == ONE and 200 <= answer.status < 300
    if call.method != "GET" or call.template not in (LIST, ONE, TRANSACTIONS):
        return False
    if answer.status == HTTPStatus.NOT_FOUND:
        return call.template == ONE
    return answer.status == HTTPStatus.OK and not answer.broken


def drain() -> int:
    """Put in what waits, now, in this thread; how many answers it was. Never raises."""
    mine, count = queue(), 0
    while read := mine.take():
        count += 1
        try:
            _put_in(mine, read)
        except Exception:
            logger.exception("What was read of %s could not be put into the index", read.channel)
    return count


def _run(mine: Queue) -> None:
    told = 0
    while True:
        if not mine.wait(LINGER):
            connections.close_all()
            mine.wait(LINGER * 100)
        time.sleep(MOMENT)
        drain()
        if mine.dropped > told:
            logger.warning("%s answers were not put into the index: too much was read at once", mine.dropped - told)
            told = mine.dropped


_queue = Queue()


def _put_in(mine: Queue, read: Read) -> None:
    call, answer = read.answer.call, read.answer
    if call.method == "DELETE" or answer.status == HTTPStatus.NOT_FOUND:
        if call.method == "DELETE" or isinstance(answers.refusal(answer), NotFound):
            mine.forget(read.channel, call.ids["order_id"])
            writing.forget(read.channel, call.ids["order_id"])
        return
    asked, digest = f"{call.path}?{call.params}", blake2b(answer.content, digest_size=16).digest()
    if call.template == LIST and mine.is_recent(read.channel, asked, digest):
        return
    try:
        if call.template == TRANSACTIONS:
            money.hand_over(read.channel, answer, read.at)
            return
        found = found_in(read.channel, answer)
    except ApiError as error:
        logger.info("Not for the index: %s (%s)", call.operation, type(error).__name__)
        return
    new = [(order_id, one) for order_id, one in found if not mine.is_recent(read.channel, order_id, one.digest)]
    if new:
        documents.take_in(read.channel, new, at=read.at)
        for order_id, one in new:
            mine.remember(read.channel, order_id, one.digest)
    if call.template == LIST:
        mine.remember(read.channel, asked, digest, mine.oldest(read.channel, [order_id for order_id, _one in found]))


def found_in(channel: Channel, answer: Answer) -> list[tuple[str, UnreadOrder]]:
    """The orders of an answer by their ids; none where one of them is another channel's. Raises ApiError where it is
    no answer of the Order API's."""
    if answer.call.template == ONE:
        order, one = unread_order(answer)
        owners, orders = [order], [one]
    else:
        page = unread(answer)
        owners, orders = list(page.owners.data), list(page.data)
    if not all(is_of(owner, *channel) for owner in owners):
        logger.warning("Not for the index: what came for %s is another channel's", channel)
        return []
    asked = answer.call.ids.get("order_id", "")
    pairs = ((owner.id or asked, order) for owner, order in zip(owners, orders, strict=True))
    return [(order_id, order) for order_id, order in pairs if order_id and asked in ("", order_id)]
