"""Asking a payment's adapter for its state: by hand from the payment's card, and before the dialog of an action."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from audit.models import Entry
from order_api.errors import ApiError
from payments.executions.profiles import PROFILES, profile_of, read
from sandbox.provider.services import REFRESHES
from tests.conftest import ClientOf
from tests.forms import send
from tests.orders.pages import text_of
from tests.sandbox.conftest import Caller, api
from tests.wire import listening

__all__ = ["api"]


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


@pytest.fixture
def stale(api: Caller) -> str:
    """A captured payment of Klarna's that offers nothing: its adapter forgot to say."""
    _, payment = api.paid("captured", adapterId="klarna_checkout_adapter")
    api.put(payment, {"adapterId": "klarna_checkout_adapter", "actions": []})
    assert api.get(payment).data["actions"] == []
    return payment


def test_the_card_leads_to_the_question_and_the_answer_shows_in_the_payment(
    desk: Client, api: Caller, stale: str
) -> None:
    order, _, payment = stale.partition("/payments/")
    card = desk.get(f"/norce/se/orders{order}/")
    assert "Ask Klarna for the state" in text_of(card)
    where = f"/norce/se/orders{stale}/refresh/"
    assert f'href="{where}"' in card.content.decode()
    asked = text_of(desk.get(where))
    assert "Klarna is asked for the state that the payment has there. No money moves" in asked
    with listening() as calls:
        answer: Any = send(desk, where, {})
    assert answer["Location"] == f"/norce/se/orders{order}/#payments"
    path = f"/checkout/klarna-adapter/api/order/v1/orders{order}/payments/{payment}/refresh-kco"
    assert [call.operation for call in calls if call.writes] == [f"POST {path}"]
    assert {call.channel for call in calls} == {"norce/se"}
    assert [action["type"] for action in api.get(stale).data["actions"]] == ["refund"]
    page = text_of(desk.get(f"/norce/se/orders{order}/"))
    assert "The provider was asked" in page and "Refund" in page
    said = Entry.objects.filter(action="payment.refresh", outcome__gt="")
    assert list(said.values_list("outcome", "target")) == [("done", payment)]


def test_who_may_not_execute_may_not_ask(client_of: ClientOf, support: User, stale: str) -> None:
    client = client_of(support)
    assert "Ask Klarna" not in text_of(client.get(f"/norce/se/orders{stale.partition('/payments/')[0]}/"))
    assert client.post(f"/norce/se/orders{stale}/refresh/").status_code == 403


@pytest.mark.parametrize("adapter", ["adyen_dropin_adapter", "nonpsp_adapter", "avarda_adapter", "stripe_adapter"])
def test_an_adapter_that_cannot_be_asked_is_not_offered(desk: Client, api: Caller, adapter: str) -> None:
    order, payment = api.paid("reserved", adapterId=adapter)
    assert "for the state" not in text_of(desk.get(f"/norce/se/orders{order}/"))
    with listening() as calls:
        answer: Any = send(desk, f"/norce/se/orders{payment}/refresh/", {})
    assert "as far as Checkout knows" in text_of(answer)
    assert not [call for call in calls if call.writes]


def test_the_table_knows_the_sandboxs_services() -> None:
    known = {
        f"{service}-adapter/{kind}": adapter for service, kinds in REFRESHES.items() for kind, adapter in kinds.items()
    }
    assert {profile.refresh: name for name, profile in PROFILES.items() if profile.refresh} == known


@pytest.mark.parametrize("adapter", ["klarna-checkout", "klarna_checkout_adapter", "klarna-checkout-adapter"])
def test_an_adapters_older_ids_mean_the_same(adapter: str) -> None:
    assert profile_of(adapter).refresh == "klarna-adapter/refresh-kco"


def test_the_setting_says_where_another_adapter_is_asked(settings: Settings) -> None:
    settings.PAYMENT_ADAPTER_PROFILES = {
        "stripe_adapter": {"refresh": "https://adapters.example/stripe/refresh"},
        "svea_adapter": {"refresh": ""},
    }
    assert profile_of("stripe_adapter").refresh == "https://adapters.example/stripe/refresh"
    assert profile_of("svea_adapter").refresh == ""


@pytest.mark.parametrize("wrong", ["refresh", "/refresh", "a/b/c", "ftp://x/refresh", "klarna-adapter/{id}", 3])
def test_an_address_that_cannot_be_asked_is_refused_at_the_start(wrong: object) -> None:
    with pytest.raises(ValueError, match="refresh"):
        read({"refresh": wrong})


def execute_address(api: Caller, payment: str, kind: str) -> str:
    action = next(each for each in api.get(payment).data["actions"] if each["type"] == kind)
    return f"/norce/se/orders{payment}/actions/{action['id']}/execute/?type={kind}"


@pytest.mark.parametrize(("first", "asked"), [(False, 0), (True, 1)])
def test_the_dialog_asks_first_if_the_setting_says_so(
    desk: Client, api: Caller, settings: Settings, first: bool, asked: int
) -> None:
    settings.PAYMENT_REFRESH_FIRST = first
    _, payment = api.paid("reserved", adapterId="svea_adapter")
    where = execute_address(api, payment, "capture")
    with listening() as calls:
        assert "Capture" in text_of(desk.get(where))
    assert [call.operation.rpartition("/")[2] for call in calls if call.writes] == ["refresh"] * asked
    assert Entry.objects.filter(action="payment.refresh", outcome="done").count() == asked


def test_the_dialog_asks_nobody_who_cannot_be_asked(desk: Client, api: Caller, settings: Settings) -> None:
    settings.PAYMENT_REFRESH_FIRST = True
    _, payment = api.paid("reserved", adapterId="avarda_adapter")
    with listening() as calls:
        assert "Capture" in text_of(desk.get(execute_address(api, payment, "capture")))
    assert not [call for call in calls if call.writes]


def test_a_dialog_whose_adapter_does_not_answer_says_how_much_is_known(
    desk: Client, api: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ApiError("Out of order.", operation="POST refresh", status=500)

    settings.PAYMENT_REFRESH_FIRST = True
    _, payment = api.paid("reserved", adapterId="svea_adapter")
    where = execute_address(api, payment, "capture")
    monkeypatch.setattr("order_api.adapters.Adapters.refresh", fails)
    page = text_of(desk.get(where))
    assert "Svea could not be asked. This is how it is as far as Checkout knows." in page
    assert "Capture" in page, "and it can be done all the same"
