"""The Redis of this machine, for tests that need a real one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

URL = f"redis://127.0.0.1:6379/{1 + os.getpid() % 15}"
"""Each process that tests has a database of its own."""


@contextmanager
def emptied() -> Iterator[str]:
    """That database's address, with nothing of another run in it, and nothing left there. Skips where there is none."""
    client = redis.Redis.from_url(URL, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError as error:
        pytest.skip(f"there is no Redis at 127.0.0.1:6379 ({error})")
    client.flushdb()
    yield URL
    client.flushdb()
