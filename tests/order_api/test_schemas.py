"""Reading and writing documents: money to the digit, open sets, and nothing lost on the way back."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from order_api.schemas import (
    Cart,
    Order,
    OrderPaginationSet,
    OrderStatus,
    Payment,
    PaymentState,
    Price,
    Shipping,
    decode,
    decode_whole,
    encode,
)


def order(**fields: Any) -> Order:
    return decode_whole(json.dumps(fields).encode(), Order)


@pytest.mark.parametrize("text", ["49.9", "49.90", "0.1", "1249", "-12.005", "12345678901234567890.12", "1e3"])
def test_money_keeps_its_digits_both_ways(text: str) -> None:
    price = decode_whole(f'{{"includingVat": {text}}}'.encode(), Price)
    assert price.including_vat == Decimal(text)
    sent = encode(Price(including_vat=price.including_vat))
    assert json.loads(sent, parse_float=Decimal, parse_int=Decimal) == {"includingVat": Decimal(text)}


def test_what_is_left_out_is_none_or_empty() -> None:
    empty = order()
    assert (empty.id, empty.total, empty.created, empty.state) == (None, None, None, None)
    assert (empty.payments, empty.shippings, empty.consents, empty.attributes) == ((), (), (), {})


def test_null_reads_as_left_out_in_all_depths() -> None:
    given = order(
        payments=None, attributes=None, state=None, cart={"items": [{"items": None, "discounts": None, "quantity": 2}]}
    )
    assert (given.payments, given.attributes, given.state) == ((), {}, None)
    assert given.cart is not None
    assert (given.cart.items[0].items, given.cart.items[0].quantity) == ((), 2)


def test_a_null_inside_free_attributes_is_not_lost() -> None:
    assert order(payments=None, attributes={"a": None}).attributes == {"a": None}


def test_an_unknown_value_of_an_open_set_stays_as_it_came() -> None:
    status = order(state={"currentStatus": "onHold"}).state.current_status  # type: ignore[union-attr]
    assert status == "onHold"
    assert isinstance(status, OrderStatus)
    assert not status.is_known


def test_a_known_value_is_read_in_any_case() -> None:
    """Norce's own requests send `"Person"`, and its examples say `"Intent"`."""
    payment = decode(b'{"state": "Captured", "type": "DEFAULT"}', Payment)
    assert (payment.state, payment.type) == ("captured", "default")
    assert payment.state is not None
    assert payment.state.is_known


def test_an_open_set_is_text_to_everything_else() -> None:
    assert json.dumps({"state": PaymentState("captured")}) == '{"state": "captured"}'
    assert {"captured": 1}[PaymentState("captured")] == 1
    assert f"{PaymentState('captured')}" == "captured"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T14:00:00+02:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:00:00.1234567Z", datetime(2026, 3, 1, 12, 0, 0, 123457, tzinfo=UTC)),
        ("31-31-2025", None),
        ("", None),
    ],
)
def test_a_time_knows_its_zone_or_is_none_and_its_text_is_kept(text: str, moment: datetime | None) -> None:
    given = order(created=text)
    assert given.created == moment
    assert given.created is None or given.created.tzinfo is not None
    assert given.raw["created"] == text


def test_a_list_reads_leniently_without_keeping_the_documents() -> None:
    content = b'{"data": [{"id": "o1", "created": "yesterday", "payments": null}], "pagination": null}'
    result = decode(content, OrderPaginationSet)
    assert (result.data[0].id, result.data[0].created, result.data[0].raw) == ("o1", None, {})
    assert result.pagination is None


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"total": "much"}', r"\$\.total"),
        (b'{"cart": {"items": [{"quantity": "two"}]}}', r"\$\.cart\.items\[0\]\.quantity"),
        (b'{"payments": [{"amount": true}]}', r"\$\.payments\[0\]\.amount"),
        (b'{"state": {"currentStatus": 3}}', r"\$\.state\.currentStatus"),
        (b"[]", "object"),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_its_place(content: bytes, place: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=place):
        decode(content, Order)


PAYMENT = {
    "id": "p1",
    "type": "Voucher",
    "amount": 100.10,
    "state": "reserved",
    "reference": None,
    "loyalty": {"points": [1, 2.5]},
    "recurring": {"token": "t", "scheme": "visa"},
    "actions": [{"id": "a1", "adapterId": "x", "type": "capture", "url": "https://x.example", "label": "Draw"}],
    "upsell": {"expiration": "2026-03-01T12:00:00", "transactions": None},
}


def test_an_unchanged_document_goes_back_to_the_letter() -> None:
    payment = decode_whole(json.dumps(PAYMENT).encode(), Payment)
    assert json.loads(encode(payment)) == PAYMENT


def test_a_change_is_laid_over_what_came_and_leaves_the_rest_alone() -> None:
    payment = decode_whole(json.dumps(PAYMENT).encode(), Payment)
    changed = payment.changed(state=PaymentState("removed"), amount=Decimal("0.30"))
    assert json.loads(encode(changed)) == {**PAYMENT, "state": "removed", "amount": 0.3}
    assert b'"amount":0.30' in encode(changed)


def test_a_change_deep_inside_keeps_the_unknown_fields_around_it() -> None:
    payment = decode_whole(json.dumps(PAYMENT).encode(), Payment)
    assert payment.recurring is not None
    changed = payment.changed(recurring=payment.recurring.changed(token="u"))
    assert json.loads(encode(changed)) == {**PAYMENT, "recurring": {"token": "u", "scheme": "visa"}}


def test_one_changed_line_leaves_the_others_as_they_came() -> None:
    lines = [{"id": "1", "quantity": 1, "new": "x"}, {"id": "2", "quantity": 1, "price": {"includingVat": 5, "net": 4}}]
    cart = decode_whole(json.dumps({"items": lines, "loyalty": 1}).encode(), Cart)
    first, second = cart.items
    changed = cart.changed(items=(first.changed(quantity=3), second))
    assert json.loads(encode(changed)) == {"items": [{**lines[0], "quantity": 3}, lines[1]], "loyalty": 1}


def test_taking_something_away_is_said_and_not_left_out() -> None:
    shipping = decode_whole(b'{"tmsReference": "T1", "addons": [{"reference": "sms"}]}', Shipping)
    assert json.loads(encode(shipping.changed(tms_reference=None, addons=()))) == {"tmsReference": None, "addons": []}


def test_a_new_document_sends_what_is_set_and_nothing_else() -> None:
    assert json.loads(encode(Shipping(vat_rate=Decimal("0.25"), total=Price(including_vat=Decimal(0))))) == {
        "vatRate": 0.25,
        "total": {"includingVat": 0},
    }


def test_a_misspelt_change_is_an_error() -> None:
    with pytest.raises(TypeError):
        Payment().changed(sate="captured")


def test_unknown_fields_are_in_extra() -> None:
    given = order(id="o1", loyalty=7, cart={"items": [], "weight": 2})
    assert given.extra == {"loyalty": 7}
    assert given.cart is not None
    assert given.cart.extra == {"weight": 2}


def test_documents_are_not_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        Payment().state = PaymentState("captured")  # type: ignore[misc]
