"""Norce's public collections against the sandbox: what they send is taken, but for what they get wrong themselves."""

from collections import Counter
from typing import Any

import pytest

from tests.contract.public_requests import OTHER_SERVICE, READ_ONLY, REQUESTS, Request, replay
from tests.sandbox.conftest import Caller, api

__all__ = ["api"]


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
def test_a_public_request_is_answered_as_the_list_says(api: Caller, request_: Request) -> None:
    def send(method: str, path: str, body: Any) -> tuple[int, Any]:
        answer = api.call(method, path, body, base="/checkout/")
        return answer.status_code, answer.data

    assert replay(request_, send) == request_.status


def test_no_request_is_listed_twice_and_what_fails_says_why() -> None:
    sources = Counter(source for request in REQUESTS for source in request.sources)
    assert [source for source, count in sources.items() if count > 1] == []
    assert [str(request) for request in REQUESTS if request.status >= 400 and not request.why] == []


def test_of_the_order_api_nothing_fails_but_by_its_own_mistake() -> None:
    of_orders = [request for request in REQUESTS if request.path.startswith("order/")]
    failing = [request for request in of_orders if request.status >= 400]
    assert len(of_orders) > 25
    assert [request.why.split(":")[0] for request in failing] == ["the collection's own mistake"]
    assert all(request.why not in (OTHER_SERVICE, READ_ONLY) for request in of_orders)
