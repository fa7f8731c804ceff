"""One writer a channel at a time.

All that a writing touches is of one channel: the orders, their twins and the rollups. So with the channel held, nobody
waits for anybody crosswise, and sums that many orders share are added to by one at a time. On SQLite there is one
writer anyway.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.channels import Channel

PATIENCE = 2000
"""Milliseconds after which a writer gives up: what it would have written is read again sooner or later."""


@contextmanager
def held(channel: Channel) -> Iterator[None]:
    """A transaction with the channel held until its end. Raises OperationalError where others hold it for too long."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}ms"])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(channel)])
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
            yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")


def _number(channel: Channel) -> int:
    digest = hashlib.blake2b(f"index:{channel}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
