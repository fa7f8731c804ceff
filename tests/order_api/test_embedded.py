"""The embedded transport: what reaches a view, what comes back, and that the request around it does not notice."""

import json

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone, translation

from gateway.in_process import EMBEDDED, NO_ANSWER, answer
from order_api import Connection, OrderApi, Secret
from order_api.errors import BadAnswer, NoAnswer, NotFound
from tests.order_api.servers import TOKEN


def echo(request: HttpRequest, order_id: str = "") -> HttpResponse:
    return JsonResponse(
        {
            "id": order_id,
            "reference": request.body.decode(),
            "attributes": {
                "query": dict(request.GET.lists()),
                "content type": request.content_type,
                "merchant": request.headers["x-merchant"],
                "token": request.headers["Authorization"] == f"Bearer {TOKEN}",
                "embedded": request.META[EMBEDDED],
                "language": translation.get_language(),
                "zone": timezone.get_current_timezone_name(),
                "host": request.get_host(),
            },
        }
    )


def silent(request: HttpRequest, order_id: str) -> HttpResponse:
    return HttpResponse(headers={NO_ANSWER: "timeout-after"})


def broken(request: HttpRequest, order_id: str) -> HttpResponse:
    raise RuntimeError("A bug")


def streamed(request: HttpRequest, order_id: str) -> StreamingHttpResponse:
    return StreamingHttpResponse([b'{"id": ', b'"', order_id.encode(), b'"}'], content_type="application/json")


ORDERS = "checkout/order/api/v0/checkout/orders"
urlpatterns = [
    path(f"{ORDERS}/<order_id>", echo),
    path(f"{ORDERS}/<order_id>/reference", silent),
    path(f"{ORDERS}/<order_id>/state", broken),
    path(f"{ORDERS}/<order_id>/shippings/s1", streamed),
]


@pytest.fixture
def api() -> OrderApi:
    base = "http://127.0.0.1/checkout/order"
    return OrderApi(Connection.in_process(base, Secret(TOKEN), answer), "norce", "se")


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_gets_the_request_as_over_the_network(api: OrderApi) -> None:
    attributes = api.orders.get("åb c").attributes
    assert attributes == {
        "query": {},
        "content type": "",
        "merchant": "norce",
        "token": True,
        "embedded": True,
        "language": "en",
        "zone": "UTC",
        "host": "127.0.0.1",
    }
    assert api.orders.get("åb c").id == "åb c"


@override_settings(ROOT_URLCONF=__name__)
def test_query_and_body_arrive_as_they_were_sent() -> None:
    status, headers, body = answer(
        "PUT",
        f"/{ORDERS}/o1",
        "a=1&a=%C3%A5%26",
        [("x-merchant", "m"), ("Authorization", ""), ("Content-Type", "application/json")],
        '"å"'.encode(),
    )
    document = json.loads(body)
    assert (status, dict(headers)["Content-Type"]) == (200, "application/json")
    assert document["reference"] == '"å"'
    assert document["attributes"]["query"] == {"a": ["1", "å&"]}
    assert document["attributes"]["content type"] == "application/json"


@override_settings(ROOT_URLCONF=__name__)
def test_an_answer_that_is_meant_to_be_lost_is_lost(api: OrderApi) -> None:
    with pytest.raises(NoAnswer) as caught:
        api.orders.update_reference("o1", "1")
    assert caught.value.may_have_happened is True


@override_settings(ROOT_URLCONF=__name__, DEBUG_PROPAGATE_EXCEPTIONS=False)
def test_a_bug_in_the_view_is_a_500_and_not_an_exception_here(api: OrderApi) -> None:
    with pytest.raises(NoAnswer) as caught:
        api.orders.update_state("o1", "accepted")
    assert caught.value.status == 500


@override_settings(ROOT_URLCONF=__name__)
def test_a_path_that_nobody_serves_is_no_order_api(api: OrderApi) -> None:
    with pytest.raises((BadAnswer, NotFound)) as caught:
        api.payments.get("o1", "p1")
    assert caught.value.status == 404


@override_settings(ROOT_URLCONF=__name__)
def test_a_streamed_answer_is_read_whole(api: OrderApi) -> None:
    assert api.shippings.get("o1", "s1").id == "o1"


@override_settings(ROOT_URLCONF=__name__)
def test_language_and_zone_around_the_call_stay_as_they_were(api: OrderApi) -> None:
    with translation.override("sv"), timezone.override("Asia/Tokyo"):
        assert api.orders.get("o1").attributes["language"] == "en"
        assert (translation.get_language(), timezone.get_current_timezone_name()) == ("sv", "Asia/Tokyo")


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_the_database_connection_around_the_call_stays_open(api: OrderApi) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 UNION SELECT 2")
        assert cursor.fetchone() == (1,)
        api.orders.get("o1")
        assert cursor.fetchone() == (2,)
