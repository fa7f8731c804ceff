"""That what is over its time goes by itself, where no other room sees to it: sessions, and what all processes share."""

import time

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.session_store import remove_expired

EVERY = 600.0
"""Seconds; the worker asks more often."""
_next = 0.0


def tidy() -> None:
    """Does nothing if it did a moment ago."""
    global _next  # noqa: PLW0603 - one clock a process
    if time.monotonic() < _next:
        return
    _next = time.monotonic() + EVERY
    remove_expired()
    remove_expired_from_cache()


def cache_table() -> str:
    """Where the cache lies in the database; empty where it lies elsewhere, which sees to its end by itself."""
    cache = settings.CACHES["default"]
    return str(cache["LOCATION"]) if str(cache["BACKEND"]).endswith(".DatabaseCache") else ""


def remove_expired_from_cache() -> None:
    """Django takes out what is over only when somebody asks for it, or the table is full."""
    if not (name := cache_table()):
        return
    table = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608 - the name is a setting's
