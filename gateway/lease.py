"""Two people of this desk who change the same order wait for each other, from the last look to the answer.

The API has no version that a write could name, so the moment between our last read and our write can't be
closed against adapters and other programs; among the people of one desk it can, in the database that they
share, whatever process answers them.
"""

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from gateway.models import Lease

LIFE = dt.timedelta(seconds=60)
"""More than the last look and the one call can take together (`gateway.checks` warns where the time limits allow for
more); a process that died holds nobody up for longer."""
PATIENCE = 5.0  # seconds


class OrderLockedError(Exception):
    """Somebody else is changing this order, and was not done in time."""


class Held(NamedTuple):
    """An order that is held."""

    key: str
    holder: uuid.UUID

    def renew(self) -> bool:
        """Holds it for another LIFE. False where it was held too long and somebody else may have it."""
        mine = Lease.objects.filter(key=self.key, holder=self.holder)
        return bool(mine.update(until=timezone.now() + LIFE))

    def give_back(self) -> None:
        """Others may have it."""
        Lease.objects.filter(key=self.key, holder=self.holder).delete()


@contextmanager
def lease(merchant: str, channel: str, order_id: str) -> Iterator[Held]:
    """Holds the order for the time of the block. Raises OrderLockedError if somebody else does and
    is not done in time."""
    key, holder = _key(merchant, channel, order_id), uuid.uuid4()
    deadline = time.monotonic() + PATIENCE
    while not _taken(key, holder):
        if time.monotonic() >= deadline:
            raise OrderLockedError
        time.sleep(0.05)
    try:
        yield Held(key, holder)
    finally:
        Held(key, holder).give_back()


def try_lease(*parts: str) -> Held | None:
    """Holds what these words name for LIFE, unless somebody else does; to be given back. The first of them has a colon,
    so that it is nobody's merchant."""
    key, holder = _key(*parts), uuid.uuid4()
    return Held(key, holder) if _taken(key, holder) else None


def end_lease(merchant: str, channel: str, order_id: str) -> None:
    """Whoever holds the order is known to send nothing more: others need not wait until its time is over."""
    Lease.objects.filter(key=_key(merchant, channel, order_id)).delete()


def _key(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def _taken(key: str, holder: uuid.UUID) -> bool:
    now = timezone.now()
    Lease.objects.filter(key=key, until__lt=now).delete()
    try:
        with transaction.atomic():
            Lease.objects.create(key=key, holder=holder, until=now + LIFE)
    except IntegrityError:
        return False
    return True
