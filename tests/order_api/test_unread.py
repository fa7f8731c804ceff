"""Orders that are read only when they are asked for are the same orders, fail in the same words,
and are nobody else's."""

from typing import Any

import httpx
import pytest

from order_api import OrderApi
from order_api.errors import ApiError, BadAnswer
from order_api.schemas import Document
from tests.order_api.servers import Prepared, page
from tests.orders import documents


def api_of(answer: httpx.Response) -> OrderApi:
    return OrderApi(Prepared(answer).connection, "norce", "se")


def json(document: Any) -> httpx.Response:
    return httpx.Response(200, json=document)


WHOLE: dict[str, Any] = {
    "orders": {"data": [documents.order(id="o1"), documents.order(id="o2")], "pagination": {"size": 2}},
    "nothing": {"data": [], "pagination": {}},
    "no list": {"data": None, "pagination": None},
    "a time without a zone": {"data": [documents.order(created="2024-11-20T10:00:00")]},
    "an odd page": {"data": [documents.order()], "pagination": {"size": None}},
}


def comparable(document: Any) -> Any:
    return document.to_json() if isinstance(document, Document) else document


@pytest.mark.parametrize("name", WHOLE)
def test_read_one_by_one_they_are_as_read_at_once(name: str) -> None:
    at_once, found = api_of(json(WHOLE[name])).orders.list(), api_of(json(WHOLE[name])).orders.list_unread()
    assert [order.read().to_json() for order in found.data] == [order.to_json() for order in at_once.data]
    assert comparable(found.pagination) == comparable(at_once.pagination)


BROKEN: dict[str, httpx.Response] = {
    "a total that is text": json({"data": [documents.order(), documents.order(total={"includingVat": "much"})]}),
    "an order that is none": json({"data": [documents.order(), None]}),
    "a list that is none": json({"data": {}}),
    "a number without end": httpx.Response(200, content=b'{"data":[{"total":{"includingVat":1e-999999999}}]}'),
    "html": httpx.Response(200, html="<title>Down</title>"),
    "no text": httpx.Response(200, content=b"\xff\xfe"),
    "nothing": httpx.Response(200, content=b""),
    "half": httpx.Response(200, content=b'{"data":[{"id":'),
    "a refusal": httpx.Response(401, json={"message": "No."}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_fails_in_the_same_words(name: str) -> None:
    with pytest.raises(ApiError) as at_once:
        api_of(BROKEN[name]).orders.list()
    with pytest.raises(ApiError) as one_by_one:
        for order in api_of(BROKEN[name]).orders.list_unread().data:
            order.read()
    assert (type(one_by_one.value), str(one_by_one.value)) == (type(at_once.value), str(at_once.value))


def test_the_same_text_has_the_same_digest_and_no_other() -> None:
    one, same, other = (
        api_of(json({"data": [documents.order(**changed)]})).orders.list_unread().data[0].digest
        for changed in ({}, {}, {"reference": "another"})
    )
    assert one == same != other


def test_an_order_of_another_channel_spoils_the_list_before_any_is_read() -> None:
    foreign = {"id": "o2", "merchant": "norce", "channel": "no"}
    with pytest.raises(BadAnswer, match="another merchant or channel"):
        api_of(page({"id": "o1", "merchant": "norce", "channel": "se"}, foreign)).orders.list_unread()
