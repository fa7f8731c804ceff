"""Seeding the database: from generated orders to stored ones."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from datetime import UTC, datetime

from django.core.management.color import no_style
from django.db import IntegrityError, connection

from sandbox import store, upkeep
from sandbox.models import (
    Attempt,
    Event,
    Move,
    Order,
    OrderDocument,
    OrderPayment,
    ProviderCall,
    SearchTally,
    Settlement,
    Tally,
    Transaction,
)
from sandbox.rows import Row
from sandbox.seeding import making

EVERY = 1000
Progress = Callable[[int], None]


class AlreadyThereError(Exception):
    """These orders, or some with the same ids, are in the sandbox; str() says what to do."""


class StoppedError(Exception):
    """A process that made orders was killed. Earlier batches stay, and their lists are in order."""


def seed(orders: int, seed: int = 1, until: datetime | None = None, progress: Progress = lambda _: None) -> int:
    """Add so many believable orders to the sandbox and say how many they were.

    The same `seed` and `until` (aware; the last full hour when missing) give the same orders. `progress` is called with
    the number made so far, after every 1,000. Memory does not grow with `orders`. Raises AlreadyThereError when orders
    of this seed are there already, and StoppedError where a process was killed; earlier batches stay.
    """
    begun = making.rows(orders, seed, until or this_hour())
    try:
        with upkeep.set_aside() if orders >= making.MANY and is_empty() else nullcontext():
            return store.insert_rows(_counted(begun, progress))
    except BrokenProcessPool:
        raise StoppedError("A process that made orders was killed; perhaps there was too little memory.") from None
    except IntegrityError:
        raise AlreadyThereError(
            f"Orders of seed {seed} are in the sandbox already: choose another --seed, or --replace them all."
        ) from None


def this_hour() -> datetime:
    """The last full hour, so that today holds orders and none lies in the future."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def _counted(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    for count, one in enumerate(rows, 1):
        yield one
        if count % EVERY == 0:
            progress(count)


def is_empty() -> bool:
    """Whether the sandbox holds no order."""
    return not Order.objects.exists()


def clear() -> None:
    """Delete every order of the sandbox, the log of its notifications, and what its provider counted."""
    parts = (
        Settlement,
        Transaction,
        OrderPayment,
        OrderDocument,
        Attempt,
        Event,
        Order,
        ProviderCall,
        Move,
        Tally,
        SearchTally,
    )
    tables = [part._meta.db_table for part in parts]
    with upkeep.set_aside():
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
