"""The database as it was made, once a test that commits is through.

Django empties every table then, and writes anew what belongs into a database that was only just made (the types of
content, the permissions, the roles), which costs as much as the test. SQLite takes the whole file back, page by page.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase

from tests.settings import OUTSIDE

PATIENCE = 80  # times a quarter of a second, for a thread of the test that still writes


def is_under_test() -> bool:
    return OUTSIDE.name in str(connection.settings_dict["NAME"])


@contextmanager
def as_it_was_made() -> Iterator[None]:
    """In the block, SQLite's file is taken back after each test that commits; other databases are flushed. Where no
    test needs a database there is none, but the developer's own."""
    if connection.vendor != "sqlite" or not is_under_test():
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        made = sqlite3.connect(":memory:")
        connection.ensure_connection()
        connection.connection.backup(made)
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _take_back(made))
        yield
        made.close()


def _take_back(made: sqlite3.Connection) -> None:
    tries = iter(range(PATIENCE))

    def is_patient(_status: int, _remaining: int, _total: int) -> None:
        if next(tries, None) is None:
            raise AssertionError("something still writes into the database of a test that is through")

    connection.ensure_connection()
    made.backup(connection.connection, progress=is_patient)
    ContentType.objects.clear_cache()  # a test may have made them anew, under other numbers
