"""What was typed survives a session that ended and a page that is too old; another site's form does not."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from order_api import OrderApi
from order_api.schemas import Order
from tests.changes.conftest import logged
from tests.conftest import PASSWORD, ClientOf

OURS = {"Referer": "http://testserver/norce/se/orders/"}
IN_DIALOG = OURS | {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"}
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def strict(support: User) -> Client:
    """A browser of somebody who is signed in, whose forms need the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(support)
    return client


def typed(client: Client, url: str) -> dict[str, Any]:
    """The form as it was opened, and a reference that was typed into it."""
    page = client.get(url)
    return {**fields_of(page), "reference": "SE-TYPED"}


def fields_of(page: Any) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in FIELD.findall(page.content.decode())}


def url_of(order: Order) -> str:
    return f"/norce/se/orders/{order.id}/reference/"


def test_a_form_sent_after_the_session_ended_comes_back_with_what_was_typed(
    support: User,
    client_of: ClientOf,
    order: Order,
) -> None:
    client = client_of(support)
    data = typed(client, url_of(order))
    client.logout()
    response: HttpResponse = client.post(url_of(order), data, headers=OURS)  # type: ignore[assignment]
    assert response.status_code == 403
    assert "SE-TYPED" in response.content.decode() and "/accounts/login/?next=/" in response.content.decode()
    assert fields_of(response)["seen"] == data["seen"]
    assert [action for _, action, _ in logged(order)] == []


def test_in_the_dialog_only_words_come_and_the_form_stays(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    data = typed(client, url_of(order))
    client.logout()
    response = client.post(url_of(order), data, headers=IN_DIALOG)
    assert response.status_code == 403 and "HX-Redirect" not in response
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#change-problem", "innerHTML")
    assert "<form" not in response.content.decode() and "Sign in in another tab" in response.content.decode()


def test_a_form_is_sent_in_the_channel_of_its_page_whichever_the_person_looks_at_in_another_tab(
    support: User, client_of: ClientOf, order: Order, api: OrderApi
) -> None:
    client = client_of(support)
    data = typed(client, url_of(order))
    assert client.get("/norce/no/orders/").status_code == 200
    assert client.post(url_of(order), data, headers=OURS).status_code == 302
    assert api.orders.get(order.id or "").reference == "SE-TYPED"


def test_a_form_of_one_channel_changes_nothing_in_another(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    data = typed(client, url_of(order))
    answer = client.post(url_of(order).replace("/norce/se/", "/norce/no/"), data, headers=OURS)
    assert answer.status_code == 404 and logged(order) == []


def test_after_signing_in_elsewhere_the_held_form_is_sent(strict: Client, order: Order) -> None:
    """The whole way without a script: the session ends, another tab signs in (which renews the
    token), twice sent again."""
    data = typed(strict, url_of(order))
    strict.logout()
    held = strict.post(url_of(order), data, headers=OURS)
    login = fields_of(strict.get("/accounts/login/"))
    strict.post("/accounts/login/", {**login, "login": "support", "password": PASSWORD}, headers=OURS)
    stale = strict.post(url_of(order), fields_of(held), headers=OURS)
    assert stale.status_code == 403 and "what you typed is kept" in stale.content.decode()
    sent = strict.post(url_of(order), fields_of(stale), headers=OURS)
    assert sent.status_code == 302
    assert [outcome for kind, action, outcome in logged(order) if action == "order.reference.update"] == ["", "done"]


def test_a_form_with_the_token_of_another_session_is_kept(strict: Client, order: Order) -> None:
    response = strict.post(url_of(order), {"reference": "SE-TYPED", "seen": "x"}, headers=OURS)
    assert response.status_code == 403
    assert fields_of(response)["reference"] == "SE-TYPED"
    assert logged(order) == []


@pytest.mark.parametrize("origin", [{"Referer": "http://evil.example/"}, {"Origin": "http://evil.example"}, {}])
def test_another_sites_form_is_never_offered_for_sending_again(
    strict: Client,
    order: Order,
    origin: dict[str, str],
) -> None:
    response = strict.post(url_of(order), {"reference": "SE-FORGED"}, headers=origin)
    assert response.status_code == 403
    assert "SE-FORGED" not in response.content.decode()


def test_another_sites_form_leads_a_visitor_to_the_sign_in_page(visitor: Client, order: Order) -> None:
    response = visitor.post(url_of(order), {"reference": "SE-FORGED"}, headers={"Origin": "http://evil.example"})
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/")


def test_a_form_with_a_password_is_not_kept(strict: Client) -> None:
    data = {"oldpassword": "secret-one", "password1": "secret-two", "password2": "secret-two", "note": "kept?"}
    response = strict.post(reverse("account_change_password"), data, headers=OURS)
    assert response.status_code == 403
    assert "secret" not in response.content.decode() and "kept?" not in response.content.decode()


def test_a_button_without_anything_typed_leads_to_the_sign_in_page(visitor: Client) -> None:
    response = visitor.post(reverse("account_logout"), {"next": "/"}, headers=OURS)
    assert response.status_code == 302


def test_reading_with_htmx_after_the_session_ended_leads_to_the_sign_in_page(visitor: Client, order: Order) -> None:
    response = visitor.get(url_of(order), headers=IN_DIALOG)
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_without_a_script_a_form_about_a_deleted_order_shows_what_was_typed(
    support: User, client_of: ClientOf, order: Order, api: OrderApi
) -> None:
    client = client_of(support)
    data = typed(client, url_of(order)) | {"reference": "Line one\r\n<b>two"}
    api.orders.delete(order.id or "")
    page = client.post(url_of(order), data, headers=OURS)
    assert page.status_code == 404
    assert "Line one\r\n&lt;b&gt;two</dd>" in page.content.decode() and "Send again" not in page.content.decode()
    assert data["seen"] not in page.content.decode().split("What you typed")[1]


def test_without_a_script_a_form_sent_after_the_role_was_lost_shows_what_was_typed(
    support: User, client_of: ClientOf, order: Order
) -> None:
    client = client_of(support)
    data = typed(client, url_of(order))
    support.groups.clear()
    page = client.post(url_of(order), data, headers=OURS)
    assert page.status_code == 403 and "SE-TYPED</dd>" in page.content.decode()
    assert logged(order) == [("event", "denied", "denied")]
