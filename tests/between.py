"""Something that happens between a request's reading of a row and what it writes: two saves of one
row, in an order that is sure."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def after_reading(table: str, meanwhile: Callable[[], object], *, times: int = 1) -> Iterator[None]:
    """In the block, `meanwhile` runs once: before the first query that follows so many SELECTs that read that table."""
    readings, is_over = 0, False

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal readings, is_over
        if readings == times and not is_over:
            is_over = True
            meanwhile()
        readings += sql.startswith("SELECT") and bool(re.search(rf'(FROM|JOIN) "?{table}\b', sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        yield
    assert is_over, f"nothing followed a reading of {table}"
