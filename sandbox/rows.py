"""Orders as rows of the tables, and many of them into the database at once."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from sandbox.codec import Document, encode
from sandbox.columns import Columns, columns
from sandbox.models import Order, OrderDocument, OrderPayment, Transaction
from sandbox.text import column

_ORDER = ("public_id", "revision", *Columns.__annotations__)


class Row(NamedTuple):
    """What is stored of one order; the lines are its transactions, each with its payment."""

    order: tuple[Any, ...]
    body: str
    payments: list[str]
    lines: list[tuple[str, str]]


def row_of(document: Document, logs: dict[str, list[Document]]) -> Row:
    """An order as `GET` answers it, with its transactions by payment id, as it is stored. Asks no database."""
    return Row(
        (column(document["id"]), 0, *columns(document).values()),
        encode(document).decode(),
        [payment["id"] for payment in document.get("payments") or []],
        [(payment, encode(line).decode()) for payment, log in logs.items() for line in log],
    )


def insert(rows: Sequence[Row]) -> None:
    """Insert the rows; inside a transaction. IntegrityError where an id or a channel's cart reference is there."""
    numbers = _numbers(len(rows))
    numbered = list(zip(numbers, rows, strict=True))
    at = _ORDER.index("created")
    adapt = connection.ops.adapt_datetimefield_value
    _put(
        Order,
        ("number", *_ORDER),
        ((number, *row.order[:at], adapt(row.order[at]), *row.order[at + 1 :]) for number, row in numbered),
    )
    _put(OrderDocument, ("order_id", "body"), ((number, row.body) for number, row in numbered))
    _put(OrderPayment, ("order_id", "public_id"), ((number, one) for number, row in numbered for one in row.payments))
    _put(
        Transaction,
        ("order_id", "payment", "body"),
        ((number, *line) for number, row in numbered for line in row.lines),
    )


def _numbers(count: int) -> Iterable[int]:
    """So many numbers that no order has or will have."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # nobody else writes while this transaction does
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'sandbox_order'")
            last = (cursor.fetchone() or (0,))[0]
            return range(last + 1, last + 1 + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('sandbox_order', 'number')) FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def _put(model: Any, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """The database's quickest way for many rows."""
    table, into = model._meta.db_table, ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({into}) VALUES ({marks})", list(rows))  # noqa: S608 - of our own names
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({into}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
