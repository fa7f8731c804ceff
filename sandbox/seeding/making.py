"""Making very many orders: in processes of their own, while this one stores what they made."""

import gc
import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from functools import cache
from multiprocessing import get_context, parent_process
from threading import Thread

import django

from sandbox.rows import Row, row_of
from sandbox.seeding.orders import Piece, generate, pieces

MANY = 5_000
"""From so many on, other processes are worth their start."""
PIECE = 500
MOST_MAKERS = 4
Made = tuple[list[Row], list[str]]


def rows(orders: int, seed: int, until: datetime) -> Iterator[Row]:
    """The orders of `generate`, in its order, ready to be stored. Memory does not grow with their number."""
    if orders < MANY:
        for loaded in generate(orders, seed, until):
            yield row_of(*loaded)
        return
    makers = min(MOST_MAKERS, os.cpu_count() or 1)
    with ProcessPoolExecutor(makers, get_context("spawn"), django.setup) as pool:
        try:
            yield from in_turn(pool, pieces(orders, seed, until, PIECE), 2 * makers)
        finally:
            pool.shutdown(cancel_futures=True)


def in_turn(pool: ProcessPoolExecutor, parts: Iterator[Piece], ahead: int) -> Iterator[Row]:
    """The rows of the pieces, of which so many are made ahead. Recent pieces wait for one another as long as one could
    use up what the next may not."""
    pending: deque[Future[Made]] = deque()
    hard: list[str] | None = None
    for piece in parts:
        waits = piece.is_recent and hard != []
        while pending and (waits or len(pending) >= ahead):
            made, left = pending.popleft().result()
            hard = left if waits else hard
            yield from made
        if piece.is_recent:
            piece.run.hard = piece.run.hard if hard is None else hard
        pending.append(pool.submit(_make, piece))
    for future in pending:
        yield from future.result()[0]


@cache
def _get_ready() -> None:
    """What is done once in each process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stores what is made tells us to stop
    Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # nothing in an order refers back to it


def _end_with_parent() -> None:
    """A process of a pool whose parent was killed would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _make(piece: Piece) -> Made:
    _get_ready()
    made = [row_of(*loaded) for loaded in piece.made()]
    return made, piece.run.hard
