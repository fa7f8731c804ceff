"""The dialog of a payment action: what it shows, what it refuses, and what it does with a click."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import ChannelGrant
from order_api import OrderApi
from order_api.schemas import Address, PaymentAction
from payments.executions.manual_settlement import settle_by_hand
from payments.models import Execution, State
from payments.reasons.services import DEFAULTS
from tests.conftest import PASSWORD, ClientOf
from tests.payments.conftest import MakePayment, action_of, asked_by

pytestmark = pytest.mark.django_db
Ids = tuple[str, str]
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


class Dialog:
    """One person in front of the dialog of one action."""

    def __init__(self, client: Client, api: OrderApi, ids: Ids, kind: str) -> None:
        self.client, self.api = client, api
        self.url = reverse("payment-action-execute", args=["norce/se", *ids, action_of(api, ids, kind).id])
        self.reason = DEFAULTS.get(kind, ["mistake"])[0]
        self.page = self.open()

    def open(self) -> HttpResponse:
        return self.client.get(self.url, headers=HTMX)  # type: ignore[return-value]

    def press(self, **typed: Any) -> HttpResponse:
        sealed = re.search(r'name="case" value="([^"]*)"', self.page.content.decode())
        data = {
            "case": html.unescape(sealed[1]) if sealed else "",
            "reason": self.reason,
            "password": PASSWORD,
            **typed,
        }
        return self.client.post(self.url, data, headers=HTMX)  # type: ignore[return-value]


def text(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


@pytest.fixture
def dialog_of(api: OrderApi, client_of: ClientOf, admin: User) -> Callable[..., Dialog]:
    return lambda ids, kind, user=None: Dialog(client_of(user or admin), api, ids, kind)


DialogOf = Callable[..., Dialog]


def test_the_dialog_says_what_will_happen_to_which_amount(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    shown = text(dialog_of(make_payment("captured"), "refund").page)
    assert "Refund 499.00\N{NO-BREAK SPACE}SEK".replace("\N{NO-BREAK SPACE}", " ") in shown
    assert "Stripe pays 499.00 SEK back to the customer" in shown
    assert "Left to refund 499.00 0.00" in shown
    assert "State of the payment Captured Refunded" in shown
    assert "Refunded to this customer before nothing through this desk" in shown


def test_the_amount_is_no_field(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    fields = re.findall(
        r"<(?:input|select|textarea)[^>]*name=\"([^\"]+)\"", dialog_of(make_payment(), "capture").page.content.decode()
    )
    assert set(fields) == {"reason", "note", "password", "csrfmiddlewaretoken", "case"}


def test_enter_presses_a_button_that_does_nothing(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    buttons = re.findall(
        r"<button[^>]*type=\"submit\"[^>]*>", dialog_of(make_payment(), "capture").page.content.decode()
    )
    assert "disabled" in buttons[0]
    assert "autofocus" not in buttons[1]


def test_a_capture_is_done_and_says_so(api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf) -> None:
    ids = make_payment()
    answer = dialog_of(ids, "capture").press(note="Sent today")
    assert "499.00 SEK was captured" in text(answer)
    execution = Execution.objects.get()
    assert (execution.state, execution.reason, execution.note) == (State.DONE, "delivered", "Sent today")
    assert api.payments.get(*ids).state == "captured"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"reason": ""}, "Reason"),
        ({"reason": "other", "note": "  "}, "Say in a few words what the reason is."),
        ({"reason": "other", "note": "x" * 2001}, "at most 2000 characters (it has 2001). Kept in the audit log."),
        ({"reason": "because"}, "Select a valid choice"),
        ({"password": ""}, "Your password"),
        ({"password": "guess"}, "That is not your password."),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_sent(
    make_payment: MakePayment, dialog_of: DialogOf, typed: dict[str, str], says: str
) -> None:
    answer = dialog_of(make_payment(), "capture").press(**{"note": "kept", **typed})
    assert answer.status_code == 422
    assert says in text(answer)
    assert typed.get("note", "kept") in answer.content.decode()
    assert not Execution.objects.exists()


@pytest.mark.parametrize(("day", "is_quoted"), [("decline", True), ("error", False), ("timeout-before", False)])
def test_only_a_refusal_is_told_as_the_apis_own_words(
    make_payment: MakePayment, dialog_of: DialogOf, day: str, is_quoted: bool
) -> None:
    shown = text(dialog_of(make_payment("captured", sandbox=day), "refund").press())
    assert ("The API said:" in shown) is is_quoted


def test_the_password_is_good_for_a_while(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf, settings: Settings
) -> None:
    first, second = make_payment(), make_payment()
    dialog = dialog_of(first, "capture")
    dialog.press()
    again = Dialog(dialog.client, api, second, "capture")
    assert 'name="password"' not in again.page.content.decode()
    settings.PAYMENT_REAUTH_MINUTES = 0
    assert 'name="password"' in again.open().content.decode()


def test_the_same_dialog_sent_twice_is_one_execution(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    dialog = dialog_of(make_payment(), "capture")
    first, second = dialog.press(), dialog.press()
    assert Execution.objects.count() == 1
    assert "was captured" in text(first)
    assert "was captured" in text(second)


def test_a_payment_that_moved_meanwhile_shows_the_difference_and_keeps_what_was_typed(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment()
    dialog = dialog_of(ids, "capture")
    api.payments.execute(*ids, action_of(api, ids, "cancel").id or "")
    answer = dialog.press(note="Sent today")
    assert answer.status_code == 409
    assert "The payment has changed since you looked at it. Nothing was sent." in text(answer)
    assert "State of the payment: Reserved → Cancelled" in text(answer)
    assert Execution.objects.get().state == State.NOT_SENT


def test_a_locked_payment_offers_no_button_and_leads_to_the_attempt(
    make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment(sandbox="timeout-before")
    dialog = dialog_of(ids, "capture")
    assert "It is not known whether" in text(dialog.press())
    page = dialog.open()
    assert "The payment is locked: an attempt by admin is not settled." in text(page)
    assert 'name="case" value=""' in page.content.decode()
    assert reverse("execution-detail", args=["norce/se", Execution.objects.get().pk]) in page.content.decode()


def test_an_action_that_is_gone_is_told(api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf) -> None:
    ids = make_payment()
    dialog = dialog_of(ids, "capture")
    api.payments.execute(*ids, action_of(api, ids, "capture").id or "")
    page = dialog.open()
    assert "This action is not offered any more" in text(page)
    assert "Nothing was sent" not in text(page)
    assert "through this desk already" not in text(page)
    assert page.status_code == 200


def test_whoever_comes_back_to_an_action_that_was_done_is_led_to_it(
    make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    dialog = dialog_of(make_payment(), "capture")
    dialog.press()
    page = dialog.open()
    assert "It was done through this desk already, for admin." in text(page)
    assert "Nothing was sent" not in text(page)
    assert reverse("execution-detail", args=["norce/se", Execution.objects.get().pk]) in page.content.decode()


def test_a_forged_case_is_not_sent(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    cheap, dear = make_payment(), make_payment()
    dialog, other = dialog_of(cheap, "capture"), dialog_of(dear, "capture")
    dialog.page = other.page
    assert dialog.press().status_code == 422
    assert not Execution.objects.exists()


def test_an_action_that_nobody_knows_is_called_by_its_name(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:

    ids = make_payment()
    api.payments.add_actions(
        *ids, [PaymentAction(adapter_id="stripe_adapter", type="settle", url="http://127.0.0.1/x")]
    )
    shown = text(dialog_of(ids, "settle").page)
    assert "Execute “settle” 499.00 SEK" in shown
    assert "This desk does not know what that does" in shown
    assert "State of the payment Reserved not known" in shown


def test_earlier_refunds_are_told_and_only_those_of_the_readers_channels(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf, manager: User
) -> None:
    def by_asa() -> Ids:
        ids = make_payment("captured")
        api.orders.update_billing(ids[0], Address(email="Asa@example.se"))
        return ids

    dialog_of(by_asa(), "refund").press()
    elsewhere = Execution.objects.get()
    shown = text(dialog_of(by_asa(), "refund").page)
    assert "Refunded to this customer before 499.00 SEK" in shown
    Execution.objects.filter(pk=elsewhere.pk).update(channel="no")
    manager.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    manager.channel_grants.all().delete()
    ChannelGrant.objects.create(user=manager, merchant="norce", channel="se")
    shown = text(dialog_of(by_asa(), "refund", manager).page)
    assert "Refunded to this customer before nothing through this desk" in shown


@pytest.mark.parametrize("moved", [True, False])
def test_what_a_person_found_is_told_where_the_api_still_offers_the_action(
    make_payment: MakePayment, dialog_of: DialogOf, admin: User, moved: bool, second: User
) -> None:
    ids = make_payment(sandbox="timeout-before")
    dialog = dialog_of(ids, "capture")
    assert "said so" not in text(dialog.page)
    dialog.press()
    settle_by_hand(Execution.objects.get(), asked_by(second).who, moved=moved, where="portal", found="K-1")
    said = (
        "499.00 SEK was captured: second looked and said so."
        if moved
        else "499.00 SEK was not captured: second looked and said so."
    )
    assert said in text(dialog.open())
