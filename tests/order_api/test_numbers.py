"""A few characters can stand for a number of gigabytes: such a one is no answer, wherever in a document it stands."""

from decimal import Decimal

import httpx
import msgspec
import pytest
from django.core.exceptions import ValidationError

from order_api import answers
from order_api.call import Answer, Call
from order_api.errors import BadAnswer, Rejected, Unavailable
from order_api.schemas import Price, check_json, decode
from order_api.schemas.base import MOST_VALUES
from orders.changes.json_fields import parse
from orders.page.tree import payload
from tests.order_api.servers import Prepared
from ui.numbers import NumberField, PercentField, as_typed

MONSTERS = [
    "1e-999999999",
    "1e999999999",
    "-1E+999999",
    "0e-999999999",
    "0E999999",
    "1e400",
    "1e31",
    "1e-31",
    "9" * 22,
    "1" * 5000,
]
"""Of a size that does no harm yet, and of one that would; both signs; as a zero, which looks like nothing."""
IN_TEXT = [
    "1e-999999999",
    "1\\u0065999999",
    "\\uff11e999999",
    " 1e999999 ",
    "1_0e999_999",
    "NaN",
    "sNaN",
    "Infinity",
    "-inf",
]
"""What Decimal reads from text as well."""
PLACES = {
    "price": '{"cart": {"items": [{"price": {"includingVat": %s}}]}}',
    "VAT rate": '{"cart": {"items": [{"vatRate": %s}]}}',
    "payment": '{"payments": [{"amount": %s}]}',
    "shipping": '{"shippings": [{"total": {"excludingVat": %s}}]}',
    "addon": '{"shippings": [{"addons": [{"price": %s}]}]}',
}
FREE = {
    "attributes": '{"attributes": {"deep": [{"er": %s}]}}',
    "unknown field": '{"invented": {"tomorrow": [%s]}}',
}


def given(document: str) -> Prepared:
    return Prepared(httpx.Response(200, content=document.encode(), headers={"Content-Type": "application/json"}))


@pytest.mark.parametrize("number", [*MONSTERS, *(f'"{text}"' for text in IN_TEXT)], ids=lambda text: str(text)[:24])
@pytest.mark.parametrize("place", PLACES)
def test_an_order_with_a_number_that_cannot_be_written_out_is_no_answer(place: str, number: str) -> None:
    document = PLACES[place] % number
    with pytest.raises(BadAnswer):
        given(document).api.orders.get("o1")
    with pytest.raises(BadAnswer):
        given(f'{{"data": [{document}], "pagination": {{"size": 1}}}}').api.orders.list()


@pytest.mark.parametrize("number", [text for text in MONSTERS if "e" in text.lower()])
@pytest.mark.parametrize("place", FREE)
def test_nor_is_one_with_such_a_number_where_anything_may_stand(place: str, number: str) -> None:
    with pytest.raises(BadAnswer):
        given(FREE[place] % number).api.orders.get("o1")


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0.00",
        "1e2",
        "1E-7",
        "5.551115123125783e-17",
        "12345678901234567890.1234567890",
        "100000000000000000000",
    ],
)
def test_numbers_of_the_trade_keep_their_digits(text: str) -> None:
    order = given(PLACES["price"] % text).api.orders.get("o1")
    assert order.cart
    price = order.cart.items[0].price
    assert price
    assert str(price.including_vat) == str(Decimal(text))


def test_such_a_number_cannot_be_made_here_either() -> None:
    with pytest.raises(ValueError, match="too large, or too small"):
        Price(including_vat=Decimal("1e999999"))
    with pytest.raises(ValueError, match="too large, or too small"):
        Price().changed(excluding_vat=Decimal("Infinity"))


@pytest.mark.parametrize("number", [text for text in MONSTERS if "e" in text.lower()])
def test_a_person_who_types_it_as_json_is_told(number: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse(f'{{"a": {number}}}')
    assert "too large, or too small" in str(caught.value.messages)


@pytest.mark.parametrize("typed", ["1e999999", "1" * 41, "0." + "0" * 999_999 + "1"])
def test_a_person_who_types_it_as_a_number_is_told(typed: str) -> None:
    with pytest.raises(ValidationError):
        NumberField().clean(typed)
    with pytest.raises(ValidationError):
        PercentField().clean(typed)


def test_a_number_is_never_written_out_beyond_reason() -> None:
    assert as_typed(Decimal("1e-999999999")) == "1E-999999999"
    assert as_typed(Decimal("1234.500")) == "1234.5"


@pytest.mark.parametrize("number", ["1e-999999999", "1e999999", "0e-999999999"])
def test_a_provider_who_sends_it_is_shown_as_text(number: str) -> None:
    shown = payload(f'{{"a": {number}}}')
    assert shown
    assert (shown.tree, number in shown.text) == (None, True)


def lists(count: int) -> bytes:
    return b"[" + b",".join([b"[]"] * count) + b"]"


def test_a_text_of_very_many_values_is_not_read() -> None:
    """Thirty megabytes of empty lists would be more than half a gigabyte."""
    with pytest.raises(msgspec.DecodeError, match="more than 1,000,000 values"):
        check_json(lists(MOST_VALUES))
    with pytest.raises(msgspec.DecodeError):
        decode(b'{"attributes": {"a": ' + lists(MOST_VALUES) + b"}}", Price)
    assert check_json(lists(1000)) == lists(1000)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_nor_is_an_error_of_very_many_values(status: int) -> None:
    answer = Answer(Call("GET", "orders"), "r1", status, lists(MOST_VALUES), "application/json")
    assert "more than 1,000,000 values" in answers.what_it_is(answer)
    assert answers.explain(answer) == answers.Told()
    with pytest.raises((BadAnswer, Unavailable, Rejected)):
        answers.value(answer, Price)
