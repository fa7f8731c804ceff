"""Refusals: always a BaseError, always with a word about what is wrong."""

import logging
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from gateway import in_process
from sandbox import store
from sandbox.codec import decode, encode
from tests.sandbox.conftest import BASE, Caller, an_order, refused


@pytest.mark.parametrize("token", ["", "sandbox", "Bearer", "Bearer other", "Basic sandbox", "Bearer sandbox2"])
def test_without_the_token_nobody_gets_in(api: Caller, token: str) -> None:
    stranger = Caller(headers={"Authorization": token})
    refused(stranger.get(), 401, "unauthorized")
    refused(stranger.post("", {}), 401, "unauthorized")


@pytest.mark.parametrize("header", ["x-merchant", "x-channel"])
def test_a_missing_header_is_named(api: Caller, header: str) -> None:
    nobody = Caller(headers={header: ""})
    assert header in refused(nobody.get(), 400, "order-bad-request")


@pytest.mark.parametrize(
    "path",
    ["/checkout/order", "/checkout/order/x", "/checkout/order/api/v9/checkout/orders", BASE + "/", BASE + "/a/b"],
)
def test_an_unknown_path_is_a_base_error(api: Caller, path: str) -> None:
    assert path in refused(api.call("GET", "", base=path), 404, "not-found")


def test_the_root_of_the_api_is_an_unknown_path_too(api: Caller) -> None:
    refused(api.call("GET", "", base="/checkout/order/"), 404, "not-found")


def test_a_method_that_is_not_there_is_a_base_error(api: Caller) -> None:
    answer = api.call("PATCH", "")
    assert "PATCH" in refused(answer, 405, "method-not-allowed")
    assert answer["Allow"] == "GET, POST"


def test_a_body_that_is_too_large_is_a_base_error(api: Caller, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused(api.post("", an_order(reference="x" * 2000)), 413, "payload-too-large")


def in_chunks(content: bytes) -> Any:
    """What gunicorn hands over of a chunked body: no length, and an input that ends where the body does."""
    return {"wsgi.input": BytesIO(content), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}


def test_a_body_in_chunks_is_read(api: Caller) -> None:
    answer = api.http.generic("POST", BASE, headers=api.signed(), **in_chunks(encode(an_order(reference="R-1"))))
    assert answer.status_code == 201, answer.content
    assert api.order(f"/{decode(answer.content)['id']}")["reference"] == "R-1"


def test_a_body_in_chunks_that_is_too_large_is_a_base_error(api: Caller, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer: Any = api.http.generic(
        "POST", BASE, headers=api.signed(), **in_chunks(encode(an_order(reference="x" * 2000)))
    )
    answer.data = decode(answer.content)
    refused(answer, 413, "payload-too-large")


def test_without_length_or_end_a_body_is_not_waited_for(api: Caller) -> None:
    endless = in_chunks(b"{}") | {"wsgi.input_terminated": False}
    assert api.http.generic("POST", BASE, headers=api.signed(), **endless).status_code == 400


@pytest.mark.parametrize("path", ["openapi.json", "docs"])
def test_head_is_answered_as_get_without_its_body(api: Caller, path: str) -> None:
    sent = list(api.signed().items())
    got, _, content = in_process.answer("GET", f"/checkout/order/{path}", "", sent, b"")
    status, headers, body = in_process.answer("HEAD", f"/checkout/order/{path}", "", sent, b"")
    assert (got, status, body) == (200, 200, b"")
    assert dict(headers)["Content-Length"] == str(len(content))


def test_a_refusal_of_head_has_no_body_either(api: Caller) -> None:
    status, headers, body = in_process.answer("HEAD", BASE, "", list(api.signed().items()), b"")
    assert (status, dict(headers)["Allow"], body) == (405, "GET, POST", b"")


def test_a_host_that_is_not_ours_is_a_base_error_and_no_fault(api: Caller, caplog: pytest.LogCaptureFixture) -> None:
    stranger = Caller(headers={"Host": "evil.example"})
    with caplog.at_level(logging.WARNING):
        message = refused(stranger.get(), 400, "order-bad-request")
    assert "ALLOWED_HOSTS" in message
    assert "evil" not in message
    assert caplog.records == []


def test_a_fault_of_ours_is_a_base_error_and_stands_in_the_log(
    api: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "body", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR, "sandbox"):
        assert "division" not in refused(api.get("/o_x"), 500, "internal-server-error")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"a": 1e999}',
        b'{"attributes": {"a": 1e-999999999}}',
        b'{"attributes": {"a": 0e999999999}}',
        b'{"cart": {"items": [{"price": {"includingVat": 1e-999999999}}]}}',
        b'{"cart": {"items": [{"quantity": 1e999999}]}}',
        b'{"attributes": {"a": [' + b"[]," * 200_000 + b"1]}}",
        b'"\xff"',
        b'"\\ud800"',
        b"[" * 200 + b"]" * 200,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[]",
        b"null",
    ],
)
def test_a_body_that_is_no_order_is_refused(api: Caller, content: bytes) -> None:
    refused(api.call("POST", "", content=content), 400, "order-bad-request")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"customer": {"type": "alien"}}, ["customer.type", '"alien"', "person", "organization"]),
        ({"hooks": [{"scope": "/state", "invoke": "https://other.example/"}]}, ["subscribeTo", "missing"]),
        ({"reference": 17}, ["reference", "17", "text"]),
        ({"cart": {"items": [{"quantity": 1.5}]}}, ["cart.items.0.quantity", "whole number"]),
        ({"cart": {"items": [{"quantity": 2**31}]}}, ["cart.items.0.quantity", "32 bits"]),
        ({"cart": {"items": [{"price": {"includingVat": "12"}}]}}, ["price.includingVat", "not a number"]),
        ({"cart": {"total": {"includingVat": 1e12}}}, ["cart.total.includingVat", "too large"]),
        ({"cart": {"items": [{"logistics": {"shippingDate": "soon"}}]}}, ["shippingDate", "date-time"]),
        ({"consents": {}}, ["consents", "not an array"]),
        ({"attributes": []}, ["attributes", "not an object"]),
        ({"consents": [{"checked": "yes"}]}, ["consents.0.checked", "true nor false"]),
    ],
)
def test_a_refusal_names_the_field_the_value_and_what_is_allowed(
    api: Caller, body: dict[str, object], words: list[str]
) -> None:
    message = refused(api.post("", body), 400, "order-bad-request")
    assert [word for word in words if word not in message] == []


def test_enums_are_read_in_any_case_and_written_as_documented(api: Caller) -> None:
    path = api.created(an_order(customer={"type": "ORGANIZATION"}, cart={"items": [{"productType": "GIFTcard"}]}))
    api.put(f"{path}/state", {"currentStatus": "Processing"})
    order = api.order(path)
    assert (order["customer"]["type"], order["state"]["currentStatus"]) == ("organization", "processing")
    assert order["cart"]["items"][0]["productType"] == "giftCard"


def test_null_is_the_same_as_nothing(api: Caller) -> None:
    order = api.order(api.created(an_order(reference=None, customer=None, hooks=None)))
    assert "reference" not in order
    assert "customer" not in order


def test_text_that_a_database_cannot_keep_does_no_harm(api: Caller) -> None:
    path = api.created(
        an_order(
            reference="a\x00b", customer={"type": "person", "billing": {"givenName": "\x00", "email": "a\x00@b.se"}}
        )
    )
    assert api.order(path)["reference"] == "a\x00b"


@pytest.mark.parametrize("name", ["reference", "cart_reference", "payment_id", "search", "billing_names", "countries"])
def test_a_nul_is_not_taken_for_nothing(api: Caller, name: str) -> None:
    api.created(an_order())
    message = refused(api.get(f"?{name}=%00"), 400, "order-bad-request")
    assert name in message
    assert "NUL" in message


def test_a_blank_value_selects_nothing(api: Caller) -> None:
    api.created(an_order(customer={"type": "person", "billing": {"email": "a@b.se"}}))
    assert api.get("?billing_emails=%20&billing_countries=&billing_names=%20").data["pagination"]["size"] == 1


def test_no_session_no_cookie_and_no_csrf_token_is_needed(api: Caller) -> None:
    strict = Caller(http=Client(enforce_csrf_checks=True))
    answer = strict.post("", an_order())
    assert answer.status_code == 201
    assert not answer.cookies
