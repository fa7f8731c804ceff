"""What the dialog of a payment action says besides the figures: what is in the way, what was done before, and how sure
the figures and the adapter's answers are."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from order_api import OrderApi
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.executions import engine
from payments.executions.intent import Intent
from payments.models import Execution, ExternalMove, State
from tests.conftest import ClientOf
from tests.payments.conftest import MakePayment, asked_by
from tests.payments.test_dialog import HTMX, Dialog, DialogOf, Ids, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialog_of(api: OrderApi, client_of: ClientOf, admin: User) -> Callable[..., Dialog]:
    return lambda ids, kind, user=None: Dialog(client_of(user or admin), api, ids, kind)


def log_line(api: OrderApi, ids: Ids, kind: str = "refund", **line: Any) -> None:
    """A transaction as an adapter writes it for what was done elsewhere."""
    said = {"is_success": True, "psp_status": "DONE", "amount": Decimal(100), "created": timezone.now(), **line}
    api.payments.add_transaction(*ids, PaymentTransaction(event=PaymentEvent.read(kind), **said))


def external_of(execution: Execution, kind: str) -> ExternalMove:
    return ExternalMove.objects.create(
        execution=execution, mark="m", action_type=kind, amount="25", found_at=timezone.now()
    )


def done(api: OrderApi, case_of: Callable[[Ids, str], Intent], ids: Ids, kind: str, by: User) -> Execution:
    return engine.execute(api, case_of(ids, kind), asked_by(by))


# In the way


def test_what_others_did_is_in_the_way_until_somebody_has_said_what_it_was(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf, case_of: Callable[[Ids, str], Intent], admin: User
) -> None:
    ids = make_payment()
    capture = done(api, case_of, ids, "capture", admin)
    dialog = dialog_of(ids, "refund")
    move = external_of(capture, "refund")
    answer = dialog.press(note="Sent back")
    assert answer.status_code == 409
    assert "was refunded, and not through this desk. Nothing was sent." in text(answer)
    assert reverse("external-acknowledge", args=[move.execution.in_channel, move.pk]) in answer.content.decode()
    assert 'name="case" value=""' in dialog.open().content.decode()
    assert Execution.objects.count() == 1
    ExternalMove.objects.update(acknowledged_at=timezone.now())
    assert 'name="case" value=""' not in dialog.open().content.decode()


def test_what_is_contradicted_is_in_the_way_of_the_same_and_of_nothing_else(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf, case_of: Callable[[Ids, str], Intent], admin: User
) -> None:
    ids = make_payment(sandbox="decline")
    refused = done(api, case_of, ids, "capture", admin)
    Execution.objects.update(state=State.CONTRADICTED, outcome=State.REFUSED)
    page = dialog_of(ids, "capture").page
    assert "What became of “Capture 499.00 SEK”, asked for by admin, is contradicted" in text(page)
    assert "until a person has looked and said what happened" in text(page)
    assert reverse("execution-detail", args=[refused.in_channel, refused.pk]) in page.content.decode()
    assert "contradicted" not in text(dialog_of(ids, "cancel").page)


def test_an_attempt_on_the_same_money_under_another_payment_is_in_the_way(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf, case_of: Callable[[Ids, str], Intent], admin: User
) -> None:
    there, here = make_payment(sandbox="timeout-before", reference="K-1"), make_payment(reference="K-1")
    other = done(api, case_of, there, "capture", admin)
    dialog = dialog_of(here, "capture")
    assert "Another payment is about the same money (K-1): an attempt by admin there is not settled." in text(
        dialog.page
    )
    address = reverse("execution-detail", args=[other.in_channel, other.pk])
    assert address in dialog.page.content.decode()
    Execution.objects.filter(pk=other.pk).update(channel="no")
    admin.channel_grants.update(merchant="norce", channel="se")
    page = Dialog(dialog.client, api, here, "capture").page
    assert "K-1" in text(page) and address not in page.content.decode()


# Done before


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(days=30)])
def test_that_it_was_done_before_through_this_desk_is_said(
    api: OrderApi,
    make_payment: MakePayment,
    dialog_of: DialogOf,
    case_of: Callable[[Ids, str], Intent],
    second: User,
    ago: timedelta,
) -> None:
    ids = make_payment(sandbox="keeps-actions")
    first = done(api, case_of, ids, "capture", second)
    Execution.objects.update(ended_at=timezone.now() - ago)
    shown = text(dialog_of(ids, "capture").page)
    assert "It was done on this payment before, through this desk: Capture 499.00 SEK, asked for by second" in shown
    assert "and not through this desk" not in shown
    assert (
        reverse("execution-detail", args=[first.in_channel, first.pk])
        in dialog_of(ids, "capture").page.content.decode()
    )


def test_that_it_was_done_before_by_others_is_said(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment("captured")
    assert "before, and not" not in text(dialog_of(ids, "refund").page)
    log_line(api, ids, is_success=False)
    log_line(api, ids, psp_status="PENDING")
    assert "before, and not" not in text(dialog_of(ids, "refund").page)
    log_line(api, ids)
    shown = text(dialog_of(ids, "refund").page)
    assert "It was done on this payment before, and not through this desk: its log has a refund, " in shown
    assert "; its transaction names 100.00 SEK." in shown


# How sure it is


def test_what_can_be_read_in_two_ways_is_up_to_the_most_that_it_can_be(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment("captured")
    assert "up to" not in text(dialog_of(ids, "refund").page).replace("up to the provider", "")
    log_line(api, ids)
    shown = text(dialog_of(ids, "refund").page)
    assert "Refund up to 399.00 SEK" in shown
    assert "Stripe pays up to 399.00 SEK back to the customer" in shown
    assert "what is left is 100.00 SEK or 399.00 SEK." in shown


def test_a_success_that_was_taken_back_is_said(api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf) -> None:
    ids = make_payment("captured")
    log_line(api, ids)
    log_line(api, ids, is_success=False, psp_status="FAILED", created=timezone.now() + timedelta(seconds=5))
    assert "One of its transactions takes another back" in text(dialog_of(ids, "refund").page)


def test_what_is_known_of_the_adapter_is_said(
    make_payment: MakePayment, dialog_of: DialogOf, settings: Settings
) -> None:
    ids = make_payment()
    assert "This desk does not know the adapter “stripe_adapter”" in text(dialog_of(ids, "capture").page)
    settings.PAYMENT_ADAPTER_PROFILES = {"stripe_adapter": {"acts_later": True}}
    shown = text(dialog_of(ids, "capture").page)
    assert "Stripe answers before it has done it" in shown and "does not know the adapter" not in shown
    settings.PAYMENT_ADAPTER_PROFILES = {"stripe_adapter": {"logs": True}}
    shown = text(dialog_of(ids, "capture").page)
    assert "answers before it has done it" not in shown and "does not know the adapter" not in shown


# Actions with new ids


def test_an_adapter_that_renews_its_actions_has_the_action_found_by_its_type(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment(sandbox="new-ids")
    dialog = dialog_of(ids, "capture")
    old = dialog.url
    assert "This action is not offered any more" in text(dialog.open())
    dialog.url = f"{old}?type=capture"
    dialog.page = dialog.open()
    dialog.url = action_in(dialog.page)
    assert dialog.url.partition("?")[0] != old
    assert "499.00 SEK was captured." in text(dialog.press())
    back: Any = dialog.client.get(f"{old}?type=capture", headers=HTMX)
    assert "It was done through this desk already, for admin." in text(back)


def action_in(page: HttpResponse) -> str:
    return page.content.decode().partition('hx-post="')[2].partition('"')[0]
