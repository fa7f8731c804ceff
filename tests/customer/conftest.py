"""Who looks at a customer, and channels that are out of order."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from django.test import Client

from gateway.in_process import Headers, answer
from tests.conftest import ClientOf
from tests.customer.people import where
from tests.orders.pages import body_of
from tests.wire import answered_by

Asked = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    """The browser of a support agent who has every channel."""
    return client_of(support)


@pytest.fixture
def out_of_order() -> Asked:
    """`with out_of_order("norce/no", seconds=1):` in there that channel does not answer, or answers so late."""

    @contextmanager
    def break_it(*channels: str, seconds: float = 0) -> Iterator[None]:
        def behave(method: str, path: str, query: str, headers: Headers, body: bytes) -> Any:
            asked = {name.lower(): value for name, value in headers}
            if f"{asked['x-merchant']}/{asked['x-channel']}" in channels:
                if not seconds:
                    raise TimeoutError
                time.sleep(seconds)
            return answer(method, path, query, headers, body)

        with answered_by(behave):
            yield

    return break_it


def rows(page: HttpResponseBase) -> list[str]:
    """The orders of the tables on the page, by what their links say, from the top."""
    return re.findall(r'<th scope="row">\s*<a href="[^"]*/orders/[^"]*"><bdi>(.*?)</bdi>', body_of(page))


def field(page: HttpResponseBase, name: str) -> str:
    """The value of a hidden field."""
    (value,) = re.findall(rf'name="{name}" value="([^"]*)"', body_of(page))
    return str(value)


def in_parts(desk: Client, order_id: str, *channels: str, show: str = "orders") -> Any:
    """The table as a script makes it: each channel is asked by itself, and what they say is put together."""
    sought = field(desk.get(where(order_id)), "sought")
    answers = [
        desk.post(where(order_id, "order-customer-channel"), {"sought": sought, "ask": channel}) for channel in channels
    ]
    said = [field(answer, "answered") for answer in answers]
    form = {"sought": sought, "answered": said, "show": show}
    return desk.post(where(order_id, "order-customer-found"), form)
