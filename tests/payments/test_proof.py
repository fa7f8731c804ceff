"""The proof of one execution: what stands on it, and what it finds out."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.chain import digest
from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import PaymentAction, PaymentEvent, PaymentTransaction
from payments.approvals import requests
from payments.claims import unwritten
from payments.executions import engine, reconciliation
from payments.executions.evidence import add
from payments.executions.manual_settlement import settle_by_hand
from payments.executions.snapshot import Snapshot
from payments.models import Answer, Evidence, Execution, Kind, State
from payments.presentation.proof import proof_of
from tests.audit.helpers import drop_triggers
from tests.conftest import ClientOf
from tests.payments.conftest import Attempt, MakePayment, asked_by
from tests.payments.doubts import page_of
from tests.payments.requests import change, fresh, who
from tests.payments.test_pages import desk

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


# Every column that the proof prints

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PRINTED = [
    {"asked_by_name": "somebody"}, {"decided_by_name": "the boss"}, {"decision_note": "ok"}, {"reason": "fraud"},
    {"note": "Told to by the boss"}, {"currency": "EUR"}, {"action_type": "cancel"}, {"action_id": "another"},
    {"amount": 49}, {"amount": None}, {"baseline": "0" * 64}, {"status": 500}, {"code": "x"}, {"message": "x"},
    {"request_id": "x"}, {"answer": Answer.REFUSED}, {"sent_at": None},
    {"excess_json": '[{"kind": "day", "limit": "1", "would_be": "2"}]'}, {"sent_at": LONG_AGO}, {"ended_at": LONG_AGO},
    {"created_at": LONG_AGO}, {"state": State.REFUSED}, {"state": State.IN_DOUBT},
    {"seen_json": '{"state": "captured", "amount": "1", "currency": "SEK", "actions": [], "lines": [], "read_at": ""}'},
]  # fmt: skip


@pytest.mark.parametrize("changed", PRINTED, ids=str)
@pytest.mark.parametrize("day", ["", "decline", "timeout-before"])
def test_a_column_that_was_changed_is_named_with_what_it_should_be(
    attempt: Attempt, changed: dict[str, Any], day: str
) -> None:
    execution = attempt(day)
    assert proof_of(fresh(execution)).says == []
    (column,) = changed
    if getattr(execution, column) == changed[column]:
        return
    Execution.objects.filter(pk=execution.pk).update(**changed)
    found = {flaw.column.removesuffix("_json") for flaw in proof_of(fresh(execution)).flaws}
    assert column.removesuffix("_json") in found


def test_the_page_says_what_does_not_match(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    Execution.objects.filter(pk=execution.pk).update(note="Told to by the boss")
    assert "Note: “Told to by the boss” here, “–” in entry" in page_of(desk, "execution-proof", execution)


def test_a_second_person_cannot_be_put_in_later_nor_taken_out(waiting: Execution, second: User, api: OrderApi) -> None:
    requests.approve(api, waiting, second, who(second), "Looked at it, 4711")
    assert proof_of(fresh(waiting)).says == []
    for changed in ({"decided_by_name": ""}, {"decided_by_name": "x"}, {"decision_note": ""}, {"excess_json": "[]"}):
        was = {name: getattr(fresh(waiting), name) for name in changed}
        Execution.objects.filter(pk=waiting.pk).update(**changed)
        assert not proof_of(fresh(waiting)).is_whole, changed
        Execution.objects.filter(pk=waiting.pk).update(**was)
    Execution.objects.filter(pk=waiting.pk).update(decided_at=timezone.now() - dt.timedelta(hours=3))
    assert [flaw.column for flaw in proof_of(fresh(waiting)).flaws] == ["decided_at"]


def turned_down(api: OrderApi, execution: Execution, user: User) -> None:
    requests.turn_down(execution, user, who(user), "Call anna@example.com, 070-123 45 67, first")


def withdrawn(api: OrderApi, execution: Execution, user: User) -> None:
    assert execution.asked_by
    requests.withdraw(execution, execution.asked_by, who(execution.asked_by))


def expired(api: OrderApi, execution: Execution, user: User) -> None:
    Execution.objects.filter(pk=execution.pk).update(expires_at=timezone.now())
    reconciliation.check(fresh(execution))


def lapsed(api: OrderApi, execution: Execution, user: User) -> None:
    change(api, execution, amount=Decimal(498))
    reconciliation.check(execution, api)


def left(api: OrderApi, execution: Execution, user: User) -> None:
    """It goes on waiting."""


@pytest.mark.parametrize("end", [turned_down, withdrawn, expired, lapsed, left])
def test_a_request_is_whole_however_it_ended(waiting: Execution, second: User, api: OrderApi, end: Any) -> None:
    end(api, waiting, second)
    assert proof_of(fresh(waiting)).says == []
    Execution.objects.filter(pk=waiting.pk).update(state=State.DONE)
    assert not proof_of(fresh(waiting)).is_whole


def test_a_note_that_the_log_masks_is_compared_as_far_as_it_is_shown(
    api: OrderApi, make_payment: MakePayment, case_of: Any, admin: User
) -> None:
    asked = replace(asked_by(admin), note="anna.svensson@example.com called, 19850412-1234, \x00 twice")
    execution = engine.execute(api, case_of(make_payment(), "capture"), asked)
    assert proof_of(fresh(execution)).says == []
    Execution.objects.filter(pk=execution.pk).update(note="anna.svensson@example.com wrote, 19850412-1234, once")
    assert not proof_of(fresh(execution)).is_whole


@pytest.mark.parametrize("moved", [True, False])
def test_what_a_person_settled_is_whole(attempt: Attempt, admin: User, second: User, moved: bool) -> None:
    execution = attempt("timeout-before")
    settle_by_hand(execution, who(second), moved=moved, where="portal", found="x", seen=execution.evidence.last().pk)  # type: ignore[union-attr]
    assert proof_of(fresh(execution)).says == []


# Its entries


def without_triggers() -> None:
    drop_triggers("default")


@pytest.mark.parametrize("day", ["", "decline", "timeout-before", "pending"])
def test_a_proof_without_its_entries_is_not_whole(attempt: Attempt, day: str) -> None:
    execution = attempt(day)
    without_triggers()
    Entry.objects.filter(order_id=execution.order_id).delete()
    proof = proof_of(execution)
    assert "state" in {flaw.column for flaw in proof.flaws}
    assert len(proof.unnamed) >= 3


def test_evidence_that_no_entry_names_is_not_whole(attempt: Attempt) -> None:
    execution = attempt()
    add(execution, Kind.PERSON, {"moved": True, "where": "bank", "found": "All of it", "why": ["person"]}, "the boss")
    assert [each.by for each in proof_of(execution).unnamed] == ["the boss"]
    assert not proof_of(execution).is_whole


def test_what_was_read_again_and_changed_nothing_waits_for_its_entry(attempt: Attempt) -> None:
    execution = attempt("pending")
    add(execution, Kind.CHECK, {"payment": None, "verdict": "pending", "why": [], "moves": []})
    assert proof_of(execution).says == []


def test_an_entry_that_was_rewritten_with_its_hash_is_seen_from_the_one_after_it(attempt: Attempt) -> None:
    execution = attempt("decline")
    attempt()
    without_triggers()
    outcome = Entry.objects.get(action="payment.action.execute", kind="outcome", target=execution.payment_id)
    outcome.username = "somebody"
    outcome.hash = digest(outcome)
    outcome.save(update_fields=["username", "hash"])
    proof = proof_of(execution)
    assert [link.entry.sequence for link in proof.links if not link.holds] == [outcome.sequence]
    assert f"Entry {outcome.sequence} of the log does not hold." in proof.says


def test_a_log_without_the_intent_of_what_was_sent_is_not_whole(attempt: Attempt) -> None:
    execution = attempt("decline")
    assert unwritten("default") == ""
    without_triggers()
    Entry.objects.filter(order_id=execution.order_id).delete()
    assert unwritten("default") == f"payment action {execution.pk} was sent, and no entry says that it was to be"


# What is found after the end


@pytest.fixture
def contradicted(api: OrderApi, attempt: Attempt) -> Execution:
    """A capture that was done, and then refused by the provider all the same."""
    execution = attempt()
    assert execution.state == State.DONE
    before = Snapshot.from_json(json.loads(execution.before_json)).offers(execution.action_id)
    assert before
    failed = PaymentTransaction(
        event=PaymentEvent.read("capture"), is_success=False, psp_status="FAILED", amount=Decimal(499),
        created=timezone.now() + dt.timedelta(seconds=1),
        payment_action=PaymentAction(
            id=before.id, adapter_id=before.adapter, type=before.type, url="https://adapters.example/capture"
        ),
    )  # fmt: skip
    api.payments.add_transaction(execution.order_id, execution.payment_id, failed)
    reconciliation.check(execution, api)
    assert fresh(execution).state == State.CONTRADICTED
    return fresh(execution)


@pytest.mark.parametrize("changed", [{"outcome": ""}, {"outcome": State.REFUSED}, {"state": State.DONE}], ids=str)
def test_what_contradicts_an_outcome_is_whole_and_the_first_one_stays(
    contradicted: Execution, changed: dict[str, Any]
) -> None:
    assert proof_of(contradicted).says == []
    Execution.objects.filter(pk=contradicted.pk).update(**changed)
    assert {flaw.column for flaw in proof_of(fresh(contradicted)).flaws} >= set(changed)


def test_an_amount_that_a_person_found_is_compared(contradicted: Execution, second: User) -> None:
    seen = contradicted.evidence.last()
    assert seen
    found = {"where": "portal", "found": "4 of them", "amount": Decimal("100.50"), "seen": seen.pk}
    settle_by_hand(contradicted, who(second), moved=True, **found)  # type: ignore[arg-type]
    assert proof_of(fresh(contradicted)).says == []
    Execution.objects.filter(pk=contradicted.pk).update(moved_amount=499)
    assert [flaw.column for flaw in proof_of(fresh(contradicted)).flaws] == ["moved_amount"]


@pytest.mark.parametrize("changed", [{"payment_reference": "psp-9"}, {"provider": "klarna"}, {"outcome": State.DONE}])
def test_which_money_it_is_about_is_compared_with_what_was_seen(attempt: Attempt, changed: dict[str, Any]) -> None:
    execution = attempt()
    Execution.objects.filter(pk=execution.pk).update(**changed)
    assert {flaw.column for flaw in proof_of(fresh(execution)).flaws} == set(changed)
