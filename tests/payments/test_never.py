"""What must never happen where money moves: a made-up outcome, a word that outlives what it was
about, a proof with a gap."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from order_api import OrderApi
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.executions import reconciliation
from payments.models import Evidence, Execution, Kind, State
from sandbox.models import ProviderCall
from tests.harness.steps import Point, refusing
from tests.payments.conftest import Attempt, MakePayment
from tests.payments.doubts import FOUND, page_of, settle
from tests.payments.test_dialog import DialogOf, dialog_of, text
from tests.payments.test_pages import desk
from tests.payments.test_settling_pages import signed_in

__all__ = ["desk", "dialog_of", "signed_in"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("point", [Point("after", "call"), Point("after", "conclude")], ids=str)
def test_a_database_that_fails_after_the_call_makes_nobody_say_that_nothing_was_sent(
    make_payment: MakePayment, dialog_of: DialogOf, point: Point
) -> None:
    ids = make_payment()
    dialog = dialog_of(ids, "capture")
    with refusing(point) as refused:
        answer = dialog.press()
    assert refused and ProviderCall.objects.filter(payment=ids[1]).count() == 1
    assert answer.status_code == 503
    assert "nothing was sent" not in text(answer) and "It may have been sent" in text(answer)


@pytest.mark.parametrize("seen", ["before", ""])
def test_what_a_person_found_before_the_provider_took_it_on_does_not_end_it(
    signed_in: Client, attempt: Attempt, api: OrderApi, seen: str
) -> None:
    """They looked while nothing was there, and sent the form after the desk had found that it is under way."""
    execution = attempt("timeout-before")
    before = execution.evidence.latest("pk").pk
    taken_on = PaymentTransaction(event=PaymentEvent.read("capture"), is_success=True, psp_status="PENDING")
    api.payments.add_transaction(execution.order_id, execution.payment_id, taken_on)
    reconciliation.check(execution)
    assert execution.state == State.PENDING
    answer = settle(signed_in, execution, seen=before if seen else "")
    assert answer.status_code == 409
    assert "There is something new since you opened this: The provider has taken it on" in text(answer)
    assert FOUND["found"] in answer.content.decode()
    execution.refresh_from_db()
    assert execution.state == State.PENDING
    shown = re.search(r'name="seen" value="(\d+)"', answer.content.decode())
    assert shown and settle(signed_in, execution, seen=shown[1]).status_code == 302


def test_evidence_that_was_taken_away_is_missed(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    piece = execution.evidence.get(kind=Kind.ANSWER)
    Evidence.objects.filter(pk=piece.pk).delete()
    text = page_of(desk, "execution-proof", execution)
    assert "Something below is not as it was written, or is missing" in text
    assert f"The log names a piece of evidence that is not here any more. SHA-256 {piece.digest}" in text


def test_what_one_person_saw_is_not_sent_as_what_another_saw(
    make_payment: MakePayment, dialog_of: DialogOf, admin: User, second: User
) -> None:
    ids = make_payment()
    seen, theirs = dialog_of(ids, "capture", admin), dialog_of(ids, "capture", second)
    theirs.page = seen.page
    assert theirs.press().status_code == 422
    assert not Execution.objects.exists()
    assert seen.press().status_code == 200
    assert Execution.objects.get().state == State.DONE


def test_no_evidence_of_what_is_over_is_left_out_of_the_log(
    signed_in: Client, attempt: Attempt, api: OrderApi, desk: Client
) -> None:
    """A reading that found something new and settled nothing is named by what settled it later."""
    execution = attempt("timeout-before")
    confirmed = PaymentTransaction(event=PaymentEvent.read("confirm"), is_success=True)
    api.payments.add_transaction(execution.order_id, execution.payment_id, confirmed)
    reconciliation.check(execution)
    assert execution.state == State.IN_DOUBT
    assert settle(signed_in, execution).status_code == 302
    assert execution.evidence.filter(kind=Kind.CHECK).count() == 1
    text = page_of(desk, "execution-proof", execution)
    assert text.count("named in entry") == execution.evidence.count()
