"""A payment's log: loaded when somebody opens it, newest first, masked, and failing alone."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from tests.conftest import ClientOf
from tests.orders import documents
from tests.orders.test_order_page import HTMX, read, text_of

pytestmark = pytest.mark.django_db
PAYMENT = f"/norce/se/orders/{documents.ORDER_ID}/payments/{documents.PAYMENT_ID}/"
LOG = f"{PAYMENT}transactions/"


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    documents.put(documents.order(), documents.TRANSACTIONS)
    return client_of(support)


def log_of(desk: Client, **line: Any) -> str:
    """The panel of a payment whose log has this one line."""
    documents.put(documents.order(id="o_Log"), {documents.SWISH_ID: [line]})
    return read(desk, f"/norce/se/orders/o_Log/payments/{documents.SWISH_ID}/transactions/", htmx=True)


def test_the_order_s_page_fetches_a_log_only_when_its_fold_is_opened(desk: Client) -> None:
    html = read(desk, f"/norce/se/orders/{documents.ORDER_ID}/")
    assert re.search(rf'hx-get="{LOG}\?currency=SEK[^"]*" hx-trigger="toggle once"', html)
    assert f'<a href="{LOG}">' in html  # without a script
    assert "AUTHORIZED" not in html


def test_a_panel_gets_the_log_alone_and_a_person_a_page(desk: Client) -> None:
    assert "<html" not in read(desk, f"{LOG}?currency=SEK", htmx=True)
    page = read(desk, LOG)
    assert "Transactions of Klarna Checkout" in page
    assert "AUTHORIZED" in page


def test_the_log_is_told_newest_first_with_result_amount_and_the_provider_s_words(desk: Client) -> None:
    text = text_of(read(desk, f"{LOG}?currency=SEK", htmx=True))
    confirmed, processed, opened = text.index("Confirmed"), text.index("Processed"), text.index("Opened")
    assert confirmed < processed < opened
    assert "1,905.00 OK AUTHORIZED" in text
    assert "Failed REFUSED" in text
    assert "2,255.00 OK create CHECKOUT_INCOMPLETE" in text
    assert "By the action confirm of klarna_checkout_adapter" in text


def test_request_and_answer_are_masked_trees(desk: Client) -> None:
    html = read(desk, LOG)
    assert '<i>"captured_amount":</i> 190500,' in html
    assert '<i>"given_name":</i> <span class="masked">"M••••••"</span>' in html
    for secret in (
        documents.TOKEN,
        documents.PERSONAL_NUMBER,
        documents.CARD,
        "0701740641",
        "mikaela.sjoo@",
        "verysecret",
    ):
        assert secret not in html


def test_an_error_is_shown_escaped_and_masked(desk: Client) -> None:
    html = read(desk, LOG)
    assert "Refused for &lt;b&gt;a••••••@example.com&lt;/b&gt;" in html


def test_what_is_no_json_says_so(desk: Client) -> None:
    assert "This is not JSON; it is shown as it came, masked." in read(desk, LOG)


def test_a_line_with_nothing_in_it_is_a_line(desk: Client) -> None:
    text = text_of(log_of(desk))
    assert "Unknown" in text
    assert "Not logged." in text


def test_an_event_and_a_result_that_nobody_knows_are_shown_as_they_came(desk: Client) -> None:
    text = text_of(log_of(desk, event="teleport", pspEvent="beam", created="2026-11-21T09:24:55Z", amount=1.005))
    assert "teleport" in text
    assert "beam" in text
    assert "1.005" in text


def test_a_payment_without_a_log_says_so(desk: Client) -> None:
    documents.put(documents.order(id="o_Log"))
    assert "Nothing has been logged" in read(
        desk, f"/norce/se/orders/o_Log/payments/{documents.SWISH_ID}/transactions/", htmx=True
    )


def test_a_currency_that_is_none_is_not_repeated(desk: Client) -> None:
    assert "onload" not in read(desk, f"{LOG}?currency=<img onload=x>", htmx=True)


def test_the_payment_s_own_page_opens_its_log_at_once(desk: Client) -> None:
    assert 'hx-trigger="load"' in read(desk, PAYMENT)


@pytest.fixture
def outage(settings: Settings) -> None:
    """The Order API is somewhere where nobody listens."""
    settings.SANDBOX = False
    settings.ORDER_API_URL = "http://127.0.0.1:9"


@pytest.mark.usefixtures("outage")
def test_a_log_that_cannot_be_read_fails_alone_and_can_be_tried_again_in_its_place(desk: Client) -> None:
    html = read(desk, f"{LOG}?currency=SEK", 503, htmx=True)
    assert "<html" not in html
    assert "The Order API does not answer." in html
    assert f'hx-get="{LOG}?currency=SEK" hx-target="closest .alert" hx-swap="outerHTML"' in html


@pytest.mark.usefixtures("outage")
def test_steps_that_cannot_be_read_leave_the_track_as_it_is(desk: Client) -> None:
    place = {"X-Problem-Target": "#payment-problem"}
    response = desk.get(f"{LOG}?part=steps", headers={**HTMX, **place})
    assert (response.status_code, response.headers["HX-Retarget"]) == (503, "#payment-problem")


@pytest.mark.usefixtures("outage")
@pytest.mark.parametrize("address", [f"/norce/se/orders/{documents.ORDER_ID}/", PAYMENT, LOG])
def test_an_api_that_is_down_is_a_page_with_a_next_step(desk: Client, address: str) -> None:
    html = read(desk, address, 503)
    assert "<html" in html
    assert "Try again" in html
