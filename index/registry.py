"""What rooms above the index know of what it keeps, and it does not: they say so here when they are ready."""

import datetime as dt
from collections.abc import Callable, Sequence

from index.models import IndexedPayment
from order_api.schemas import PaymentTransaction

TransactionsReader = Callable[[IndexedPayment, Sequence[PaymentTransaction], dt.datetime], None]
"""Gets a payment (with its `order`), its transactions as they were read, in the API's order, and when that was."""
_readers: list[TransactionsReader] = []


def reads_transactions(reader: TransactionsReader) -> TransactionsReader:
    """Has it be given the transactions of payments that the sweep reads, to keep what they say of money
    (`index.writing.note_transactions`). Without anybody here none are read."""
    if reader not in _readers:
        _readers.append(reader)
    return reader


def readers() -> tuple[TransactionsReader, ...]:
    return tuple(_readers)
