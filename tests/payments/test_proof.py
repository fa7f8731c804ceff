"""The proof of one execution: what stands on it, and what it finds out."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from payments.executions import reconciliation
from payments.models import Evidence, Execution, Kind, State
from tests.conftest import ClientOf
from tests.payments.conftest import Attempt
from tests.payments.test_pages import desk, page_of

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


def test_the_proof_holds_who_what_when_and_the_entries_of_the_log(desk: Client, attempt: Attempt, admin: User) -> None:
    execution = attempt("timeout-after")
    text = page_of(desk, "execution-proof", execution)
    entries = Entry.objects.filter(details_json__contains=str(execution.pk))
    assert entries.count() == 2
    for entry in entries:
        assert entry.hash in text and entry.previous in text
    for piece in execution.evidence.all():
        assert piece.digest in text
    call = f"POST orders/{execution.order_id}/payments/{execution.payment_id}/actions/{execution.action_id}/execute"
    for fact in (
        call,
        execution.baseline,
        "Customer returned the goods",
        "x-channel: se",
        "Authorised 499.00 SEK",
        "audit_verify",
    ):
        assert fact in text, fact
    assert "Every piece of evidence and every entry below is as it was written." in text


def test_the_proof_of_one_execution_does_not_show_the_entries_of_another(desk: Client, attempt: Attempt) -> None:
    execution, other = attempt(), attempt()
    text = page_of(desk, "execution-proof", execution)
    entries = Entry.objects.filter(details_json__contains=str(other.pk))
    assert [entry.sequence for entry in entries if f"Entry {entry.sequence} " in text] == []


def test_evidence_that_was_changed_is_shown_as_such(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    piece = execution.evidence.get(kind=Kind.ANSWER)
    Evidence.objects.filter(pk=piece.pk).update(data_json=piece.data_json.replace("accepted", "refused"))
    assert "Something below is not as it was written" in page_of(desk, "execution-proof", execution)
    assert "This is not as it was written" in page_of(desk, "execution-detail", execution)


def test_whoever_may_see_the_order_may_see_the_proof(client_of: ClientOf, support: User, attempt: Attempt) -> None:
    text = page_of(client_of(support), "execution-proof", attempt())
    assert "5. In the audit log" in text


def test_what_the_desk_lost_track_of_is_told_plainly(desk: Client, attempt: Attempt, settings: Any) -> None:
    execution = attempt("error")
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Execution.objects.filter(pk=execution.pk).update(state=State.SENDING, sent_at=long_ago, next_check_at=long_ago)
    reconciliation.check_due()
    text = page_of(desk, "execution-proof", execution)
    assert "The program was interrupted while it was being sent." in text


@pytest.mark.parametrize("changed", [{"state": State.REFUSED}, {"amount": 49}])
def test_a_row_that_says_otherwise_than_the_log_is_shown_as_such(
    desk: Client, attempt: Attempt, changed: dict[str, Any]
) -> None:
    execution = attempt()
    Execution.objects.filter(pk=execution.pk).update(**changed)
    assert "Something below is not as it was written" in page_of(desk, "execution-proof", execution)


@pytest.mark.parametrize("day", ["", "decline", "error", "pending"])
def test_a_row_that_says_what_the_log_says_is_whole(desk: Client, attempt: Attempt, day: str) -> None:
    assert "Every piece of evidence and every entry below" in page_of(desk, "execution-proof", attempt(day))
