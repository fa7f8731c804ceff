"""The cache on Redis is away: pages go on without it, and nobody guesses passwords meanwhile."""

import re
import socket
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client, override_settings

from dashboard.redis_cache import ForgivingRedisCache
from orders.list.overtaking import overtaking
from tests.conftest import PASSWORD, ClientOf
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.real_redis import URL, emptied

pytestmark = pytest.mark.django_db
ON_REDIS = {"BACKEND": "dashboard.redis_cache.ForgivingRedisCache", "KEY_PREFIX": "orderdesk-test"}


def caches(location: str) -> dict[str, dict[str, str]]:
    order_pages = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "order_pages"}
    return {"default": {**ON_REDIS, "LOCATION": location}, "order_pages": order_pages}


@pytest.fixture(autouse=True)
def asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForgivingRedisCache, "_back", 0.0)


@pytest.fixture
def nobody_there() -> Iterator[None]:
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with override_settings(CACHES=caches(f"redis://127.0.0.1:{taken.getsockname()[1]}/0")):
            yield


@pytest.fixture
def there() -> Iterator[None]:
    with emptied(), override_settings(CACHES=caches(URL)):
        yield


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_pages_go_on_without_what_was_kept(nobody_there: None, client_of: ClientOf, support: User) -> None:
    put(an_order("one", reference="SE-1001"))
    desk = client_of(support)
    for page in ("/norce/se/orders/?search=SE-1001", "/norce/se/orders/o_one/", "/queue/", "/payments/"):
        assert desk.get(page, follow=True).status_code == 200
    typed = desk.get("/norce/se/orders/?search=SE-1001", headers={"HX-Request": "true", "HX-Target": "orders"})
    assert typed.status_code == 200, "nobody has overtaken whoever types"


def test_nobody_signs_in_while_tries_cannot_be_counted(nobody_there: None, visitor: Client, support: User) -> None:
    visitor.raise_request_exception = False
    visitor.get("/accounts/login/")
    answer = visitor.post("/accounts/login/", {"login": "support", "password": PASSWORD})
    assert answer.status_code == 503 and "Too many" not in words(answer.content.decode())
    assert PASSWORD not in answer.content.decode()


def test_tries_are_counted_in_redis_and_a_right_password_lets_in(there: None, visitor: Client, support: User) -> None:
    for _ in range(5):
        visitor.post("/accounts/login/", {"login": "support", "password": "wrong"})
    stopped = visitor.post("/accounts/login/", {"login": "support", "password": PASSWORD})
    assert stopped.status_code != 302
    cache.clear()
    assert visitor.post("/accounts/login/", {"login": "support", "password": PASSWORD}).status_code == 302


def test_what_is_kept_is_found_by_all_and_goes(there: None) -> None:
    assert cache.add("a", 1) and not cache.add("a", 2)
    cache.set_many({"b": 2, "c": [3]})
    assert cache.get_many(["a", "b", "c", "d"]) == {"a": 1, "b": 2, "c": [3]}
    assert cache.touch("b") and cache.has_key("b") and cache.delete("b")
    cache.delete_many(["a", "c"])
    assert cache.get("a", "gone") == "gone"


def test_it_is_left_alone_for_a_while_and_found_again(
    nobody_there: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert cache.get("a", "nothing") == "nothing" and cache.set_many({"a": 1}) == ["a"]
    assert not cache.add("a", 1)
    assert [record.name for record in caplog.records] == ["dashboard.redis_cache"], "one line"


def test_who_types_is_overtaken_by_themselves_alone(there: None, client_of: ClientOf, support: User) -> None:
    class Request:
        session = type("Session", (), {"session_key": "k"})

    first = overtaking(Request())  # type: ignore[arg-type]
    assert not first()
    second = overtaking(Request())  # type: ignore[arg-type]
    assert first() and not second()
