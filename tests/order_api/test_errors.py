"""What each answer means, and whether a change may have happened."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from order_api import OrderApi
from order_api.errors import (
    ApiError,
    BadAnswer,
    Conflict,
    NoAnswer,
    NotFound,
    Rejected,
    Unauthorized,
    Unavailable,
)
from order_api.schemas import Cart, Order, Payment
from tests.order_api.servers import Prepared, page, problem

HTML = "<!DOCTYPE html><html><head><title>502 Bad&nbsp;Gateway</title></head><body>nginx</body></html>"


def html(status: int) -> httpx.Response:
    return httpx.Response(status, html=HTML)


def ask(api: OrderApi) -> Any:
    return api.orders.get("o1")


def change(api: OrderApi) -> Any:
    return api.payments.execute("o1", "p1", "a1")


def error_of(reply: httpx.Response | Exception, call: Callable[[OrderApi], Any]) -> ApiError:
    server = Prepared(reply)
    with pytest.raises(ApiError) as caught:
        call(server.api)
    return caught.value


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(400), Rejected),
        (problem(401), Unauthorized),
        (problem(403), Unauthorized),
        (problem(404), NotFound),
        (problem(409), Conflict),
        (problem(413), Rejected),
        (problem(422), Rejected),
        (problem(429), Unavailable),
        (problem(500), NoAnswer),
        (problem(502), NoAnswer),
        (problem(503), NoAnswer),
        (problem(504), NoAnswer),
        (problem(408), NoAnswer),
        (httpx.Response(302, headers={"Location": "https://login.example"}), BadAnswer),
        (html(404), BadAnswer),
        (html(400), BadAnswer),
        (html(401), Unauthorized),
        (html(500), NoAnswer),
        (html(200), BadAnswer),
        (httpx.Response(404), NotFound),
        (httpx.Response(400), Rejected),
    ],
    ids=lambda value: str(getattr(value, "status_code", "")) or value.__name__,
)
def test_an_answer_to_a_change_is_this_error(reply: httpx.Response, kind: type[ApiError]) -> None:
    error = error_of(reply, change)
    assert type(error) is kind
    assert (error.status, error.operation) == (
        reply.status_code,
        "POST orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute",
    )
    refused = 400 <= reply.status_code < 500 and reply.status_code != 408
    assert error.may_have_happened is not refused


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_question_that_is_not_answered_well_is_unavailable(status: int) -> None:
    error = error_of(problem(status, "internal-server-error", "Try later."), ask)
    assert type(error) is Unavailable
    assert (error.status, error.code, error.sent, error.may_have_happened) == (
        status,
        "internal-server-error",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.PoolTimeout("busy"), Unavailable),
        (httpx.ProxyError("407"), Unavailable),
        (httpx.WriteError("broken pipe"), NoAnswer),
        (httpx.WriteTimeout("slow"), NoAnswer),
        (httpx.ReadTimeout("slow"), NoAnswer),
        (httpx.ReadError("reset"), NoAnswer),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), NoAnswer),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_a_change_without_an_answer_is_in_doubt_only_if_it_was_sent(reply: Exception, kind: type[ApiError]) -> None:
    error = error_of(reply, change)
    assert type(error) is kind
    assert error.sent is error.may_have_happened is (kind is NoAnswer)
    assert error.status is None


@pytest.mark.parametrize("reply", [httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.ConnectError("refused")])
def test_a_question_without_an_answer_is_unavailable(reply: Exception) -> None:
    error = error_of(reply, ask)
    assert type(error) is Unavailable
    assert error.may_have_happened is False


def test_a_refused_change_says_why_in_the_apis_own_words() -> None:
    error = error_of(problem(400, "order-consent-required", "Consent ci_terms is required."), change)
    assert (error.code, error.message) == ("order-consent-required", "Consent ci_terms is required.")
    assert str(error) == "Consent ci_terms is required. (order-consent-required)"
    assert len(error.request_id) == 32


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": "order-not-editable", "message": "It is completed."}, "order-not-editable", "It is completed."),
        (
            [{"code": "out-of-stock", "adapterId": "erp"}, {"code": "too-late"}],
            "out-of-stock",
            "out-of-stock (erp); too-late",
        ),
        ({"errors": [{"code": "x", "message": "No stock", "adapterId": "erp"}]}, "x", "No stock (erp)"),
        ({"type": "about:blank", "title": "Bad Request", "detail": "No culture"}, "about:blank", "No culture"),
        (
            {"title": "Invalid", "errors": {"Amount": ["Too small", "Not a number"]}},
            None,
            "Amount: Too small, Not a number",
        ),
        ("Nothing to capture", None, "Nothing to capture"),
        ({"message": "two\nlines"}, None, "two lines"),
        ({"message": "x" * 900}, None, "x" * 499 + "…"),
        ({}, None, "The Order API answered with a JSON document (status 400)."),
        ([], None, "The Order API answered with a JSON document (status 400)."),
        ([None, 3, {"code": None}], None, "?"),
        (None, None, "The Order API answered with a JSON document (status 400)."),
    ],
)
def test_an_errors_body_is_read_in_every_form_that_is_known(body: Any, code: str | None, message: str) -> None:
    error = error_of(httpx.Response(400, content=json.dumps(body)), change)
    assert type(error) is Rejected
    assert (error.code, error.message) == (code, message)


def test_reasons_in_a_list_are_kept_one_by_one() -> None:
    error = error_of(httpx.Response(400, json=[{"code": "a", "adapterId": "x"}, {"code": "b"}]), change)
    assert [(e.code, e.adapter_id) for e in error.errors] == [("a", "x"), ("b", None)]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (html(200), "an HTML page, “502 Bad Gateway”,"),
        (httpx.Response(200, content=b"  <HTML>hi"), "an HTML page"),
        (httpx.Response(200), "an empty body"),
        (httpx.Response(200, content=b" \n"), "an empty body"),
        (
            httpx.Response(200, content=b'{"id": "o1", "ca'),
            "a JSON document that does not end or is malformed (16 bytes)",
        ),
        (httpx.Response(200, content=b"OK", headers={"Content-Type": "text/plain"}), "2 bytes of text/plain"),
        (
            httpx.Response(200, json=[1]),
            "a document of another shape (the document is a list, where an object was expected)",
        ),
        (httpx.Response(200, content=b'{"id": "\xff"}'), "a JSON document that does not end"),
        (httpx.Response(200, content=b'{"attributes":' + b"[" * 9000), "a JSON document that does not end"),
        (httpx.Response(204), "an empty body"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_an_answer_that_is_none_says_what_it_is(reply: httpx.Response, says: str) -> None:
    error = error_of(reply, ask)
    assert type(error) is BadAnswer
    assert says in str(error).replace("\xa0", " ")


def test_a_page_of_html_is_no_success_of_a_change_without_a_body() -> None:
    error = error_of(html(200), lambda api: api.orders.update_reference("o1", "1"))
    assert type(error) is BadAnswer
    assert error.may_have_happened is True


def test_a_change_that_went_well_and_answered_badly_may_have_happened() -> None:
    error = error_of(httpx.Response(200, content=b"{"), lambda api: api.payments.update("o1", "p1", Payment()))
    assert type(error) is BadAnswer
    assert error.may_have_happened is True


@pytest.mark.parametrize("body", [b"{}", b'{"id": null}', b'{"id": ""}'])
def test_a_created_order_without_an_id_may_have_been_created(body: bytes) -> None:
    error = error_of(httpx.Response(201, content=body), lambda api: api.orders.create(Order()))
    assert type(error) is BadAnswer
    assert error.may_have_happened is True


def test_a_created_order_gives_its_id() -> None:
    assert Prepared(httpx.Response(201, json={"id": "o_1"})).api.orders.create(Order()) == "o_1"


@pytest.mark.parametrize("order_id", ["", ".", ".."])
def test_an_id_that_would_be_another_path_is_not_found_and_nothing_is_sent(order_id: str) -> None:
    server = Prepared(httpx.Response(204))
    with pytest.raises(NotFound) as caught:
        server.api.orders.delete(order_id)
    assert server.requests == []
    assert caught.value.sent is False


CHANGES: dict[str, Callable[[OrderApi], Any]] = {
    "the state": lambda api: api.orders.update_state("o1", "completed"),
    "the cart": lambda api: api.orders.update_cart("o1", Cart()),
    "a payment": lambda api: api.payments.update("o1", "p1", Payment()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("status", "pending"), [(200, False), (202, True)])
def test_a_change_says_whether_it_is_done_or_only_accepted(
    change: Callable[[OrderApi], Any], status: int, pending: bool
) -> None:
    api = Prepared(httpx.Response(status, json={})).api
    change(api)
    assert api.last_change is not None and api.last_change.is_pending is pending


def test_what_is_accepted_only_need_not_say_more() -> None:
    assert Prepared(httpx.Response(202)).api.payments.update("o1", "p1", Payment()) is None
    with pytest.raises(BadAnswer):
        Prepared(httpx.Response(200)).api.payments.update("o1", "p1", Payment())


WHERE = {"Location": "/api/v1/checkout/orders/o_new%20one/"}


@pytest.mark.parametrize(
    ("reply", "order_id"),
    [
        (httpx.Response(201, json={"id": "o_new"}), "o_new"),
        (httpx.Response(201, json="o_new"), "o_new"),
        (httpx.Response(201, json="o_new", headers=WHERE), "o_new"),
        (httpx.Response(201, headers=WHERE), "o_new one"),
        (httpx.Response(201, json={}, headers=WHERE), "o_new one"),
    ],
)
def test_a_new_orders_id_is_read_as_either_version_tells_it(reply: httpx.Response, order_id: str) -> None:
    assert Prepared(reply).api.orders.create(Order()) == order_id


@pytest.mark.parametrize(
    "reply",
    [httpx.Response(201), httpx.Response(201, json={}), httpx.Response(201, json=""), httpx.Response(201, json=[])],
)
def test_a_new_order_without_an_id_is_a_bad_answer(reply: httpx.Response) -> None:
    with pytest.raises(BadAnswer) as raised:
        Prepared(reply).api.orders.create(Order())
    assert raised.value.may_have_happened


@pytest.mark.parametrize(
    ("reply", "reasons"),
    [
        (httpx.Response(200, json=[]), []),
        (httpx.Response(200), []),
        (httpx.Response(200, json=[{"code": "warning"}]), [("warning", None)]),
        (
            httpx.Response(400, json=[{"code": "no-items"}, {"code": "stock", "adapterId": "erp"}]),
            [("no-items", None), ("stock", "erp")],
        ),
        (httpx.Response(400, json={"errors": [{"code": "stock", "adapterId": "erp"}]}), [("stock", "erp")]),
        (problem(400, "order-validation", "No."), [("order-validation", None)]),
    ],
    ids=str,
)
def test_validate_gives_the_reasons_whatever_its_status(
    reply: httpx.Response, reasons: list[tuple[str, str | None]]
) -> None:
    assert [(r.code, r.adapter_id) for r in Prepared(reply).api.orders.validate("o1")] == reasons


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (httpx.Response(400), Rejected),
        (httpx.Response(400, json=[]), Rejected),
        (html(400), BadAnswer),
        (html(200), BadAnswer),
        (httpx.Response(200, json={"valid": True}), BadAnswer),
        (problem(404), NotFound),
        (problem(500), NoAnswer),
    ],
    ids=str,
)
def test_validate_never_takes_a_bad_answer_for_a_valid_order(reply: httpx.Response, kind: type[ApiError]) -> None:
    assert type(error_of(reply, lambda api: api.orders.validate("o1"))) is kind


def test_a_list_survives_what_the_api_may_add_tomorrow() -> None:
    future = {
        "id": "o1",
        "state": {"currentStatus": "archived", "by": "x"},
        "payments": [{"state": "disputed"}],
        "risk": {"score": 3},
    }
    result = Prepared(page(future, nextCursor="c")).api.orders.list()
    assert result.data[0].state is not None
    assert result.data[0].state.current_status == "archived"
    assert result.data[0].payments[0].state == "disputed"


def test_an_error_stays_whole_when_it_is_raised_again_and_shown() -> None:
    error = error_of(problem(404, "order-not-found", "Order with id:o1 not found."), ask)
    assert (
        repr(error)
        == f"<NotFound GET orders/{{order_id}}: status=404 code=order-not-found request_id={error.request_id}>"
    )
