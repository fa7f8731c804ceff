"""Orders that are read only when they are asked for are the same orders, fail in the same words,
and are nobody else's."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from order_api import OrderApi
from order_api.errors import ApiError, BadAnswer, Foreign, Unreadable
from order_api.schemas import Document, Order
from order_api.unfit import UnfitOrder
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
    assert [comparable(order.read()) for order in found.data] == [order.to_json() for order in at_once.data]
    assert comparable(found.pagination) == comparable(at_once.pagination)


BROKEN: dict[str, httpx.Response] = {
    "a list that is none": json({"data": {}}),
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


UNFIT: dict[str, tuple[bytes, str]] = {
    "a quantity with decimals": (b'{"id": "o2", "cart": {"items": [{}, {"quantity": 1.5}]}}',
                                 "cart.items[1].quantity is a number with decimals, where a whole number was expected"),
    "a number for a reference": (b'{"id": "o2", "reference": 17}',
                                 "reference is a whole number, where text was expected"),
    "text for a number": (b'{"id": "o2", "cart": {"items": [{"quantity": "2"}]}}',
                          "cart.items[0].quantity is text, where a whole number was expected"),
    "text for an amount": (b'{"id": "o2", "payments": [{"amount": "much"}]}',
                           "payments[0].amount has a value that cannot be read"),
    "an object for a list": (b'{"id": "o2", "payments": {"a": 1}}',
                             "payments is an object, where a list was expected"),
    "text for yes or no": (b'{"id": "o2", "consents": [{"checked": "yes"}]}',
                           "consents[0].checked is text, where true or false was expected"),
    "no number at all": (b'{"id": "o2", "total": {"includingVat": 1e-999999999}}',
                         "the document has a value that cannot be read"),
    "a number for its id": (b'{"id": 2}', "id is a whole number, where text was expected"),
    "nothing": (b"null", "the document is nothing, where an object was expected"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_an_order_that_does_not_fit_leaves_the_others_of_the_page_alone(name: str) -> None:
    content, why = UNFIT[name]
    body = b'{"data": [{"id": "o1"}, ' + content + b', {"id": "o3"}], "pagination": {"size": 3}}'
    found = api_of(httpx.Response(200, content=body)).orders.list_unread()
    first, second, third = (order.read() for order in found.data)
    assert isinstance(first, Order) and isinstance(third, Order)
    assert (first.id, third.id) == ("o1", "o3")
    assert isinstance(second, UnfitOrder)
    assert str(second.misfit) == why
    assert second.owner.id == {"a number for its id": "2", "nothing": None}.get(name, "o2")


@pytest.mark.parametrize("pagination", [{"size": "three"}, [], 3, {"valueSum": True}])
def test_a_pagination_that_does_not_fit_is_none(pagination: object) -> None:
    found = api_of(json({"data": [{"id": "o1"}], "pagination": pagination})).orders.list_unread()
    assert (len(found.data), found.pagination) == (1, None)


def test_an_order_that_does_not_fit_is_looked_at_as_it_came() -> None:
    content = b'{"id": "o1", "cart": {"items": [{"quantity": 1.50}]}, "merchant": "norce"}'
    found = api_of(httpx.Response(200, content=content)).orders.look("o1")
    assert isinstance(found, UnfitOrder)
    assert found.document["cart"]["items"] == [{"quantity": Decimal("1.50")}]
    with pytest.raises(Unreadable, match=r"cart\.items\[0\]\.quantity"):
        api_of(httpx.Response(200, content=content)).orders.get("o1")


def test_an_order_that_does_not_fit_is_nobody_elses_either() -> None:
    content = b'{"id": "o1", "reference": 17, "merchant": "norce", "channel": "no"}'
    with pytest.raises(Foreign):
        api_of(httpx.Response(200, content=content)).orders.look("o1")


def test_whole_numbers_may_be_written_with_decimals_however_they_are_read() -> None:
    strict, lenient = (
        api_of(httpx.Response(200, content=b'{"data": [{' + first + b'"cart": {"items": [{"quantity": 2.0}]}}]}'))
        .orders.list_unread()
        .data[0]
        .read()
        for first in (b"", b'"payments": null, ')
    )
    assert isinstance(strict, Order) and isinstance(lenient, Order)
    assert strict == lenient
    assert strict.cart is not None and strict.cart.items[0].quantity == 2


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
