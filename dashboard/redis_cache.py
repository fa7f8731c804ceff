"""The cache on Redis, for where many machines share one (CACHE_BACKEND): what it holds can be done without, so a Redis
that is away is a cache in which nothing is found.

What may not be done without is counted tries to sign in: `accounts.sign_in_limits` looks whether anything is kept.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
LEFT_ALONE = 5.0
"""Seconds that a Redis that did not answer is not asked for: a page looks up several things."""
PATIENCE = 0.5
"""Seconds for each step of one question."""


class ForgivingRedisCache(RedisCache):
    """Django's, which finds and keeps nothing while Redis does not answer, and says so in the log."""

    _lock = threading.Lock()
    _back = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params.setdefault("OPTIONS", {})
        params["OPTIONS"] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE} | params["OPTIONS"]
        super().__init__(server, params)

    def _ask(self, question: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < ForgivingRedisCache._back:
            return otherwise
        try:
            return question()
        except redis.RedisError as error:
            with self._lock:
                is_news = time.monotonic() >= ForgivingRedisCache._back
                ForgivingRedisCache._back = time.monotonic() + LEFT_ALONE
            if is_news:
                logger.warning("Redis does not answer, so nothing is found in the cache: %s", type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).add(*args, **kwargs), False))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = self._ask(lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), {})
        return found

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> list[Any]:
        lost: list[Any] = self._ask(
            lambda: super(ForgivingRedisCache, self).set_many(data, *args, **kwargs), list(data)
        )
        return lost

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._ask(lambda: super(ForgivingRedisCache, self).delete_many(*args, **kwargs), None)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).has_key(*args, **kwargs), False))
