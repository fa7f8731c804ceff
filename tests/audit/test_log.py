import json
import logging
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from audit import log
from audit.log import AuditUnavailableError, Change, Outcome, Result, Subject, Who, unmasked
from audit.models import Entry, Kind
from audit.verify import verify
from tests.audit.helpers import log_out_of_reach, of, the_one

pytestmark = pytest.mark.django_db

BILLING = [
    Change("billing.emailAddress", "asa@example.se", "asa.lind@example.se"),
    Change("billing.city", "Umeå", "Luleå"),
]


class Timeout(Exception):  # noqa: N818
    """What a caller's classifier knows."""


def classify(error: Exception) -> Result | None:
    if isinstance(error, Timeout):
        return Result(Outcome.FAILED, {"status": 503, "code": "timeout", "message": "not sent", "request_id": "r-9"})
    return None


def test_an_attempt_is_an_intent_and_an_outcome(signe: Who, order: Subject) -> None:
    attempt = log.begin(signe, "order.billing.update", order, BILLING, details={"form": "dialog"})
    attempt.done(status=200, request_id="r-1")
    intent, outcome = Entry.objects.filter(order_id=order.order_id).order_by("sequence")
    assert (intent.kind, outcome.kind) == (Kind.INTENT, Kind.OUTCOME)
    assert intent.attempt == outcome.attempt == attempt.id
    assert (intent.outcome, outcome.outcome) == ("", Outcome.DONE)
    assert (outcome.status, outcome.request_id) == (200, "r-1")
    assert intent.details == {"form": "dialog"}


def test_both_say_who_from_where_what_and_whereon(signe: Who) -> None:
    order = Subject("o-both", "norce", "se", "payment p1")
    log.begin(signe, "payment.update", order).done()
    for entry in Entry.objects.filter(order_id="o-both"):
        assert (entry.username, entry.user_id, entry.ip, entry.agent) == ("signe", 7, "192.0.2.17", "Firefox")
        assert (entry.action, entry.merchant, entry.channel, entry.target) == (
            "payment.update",
            "norce",
            "se",
            "payment p1",
        )


def test_changes_stand_in_the_intent_with_personal_data_masked(signe: Who, order: Subject) -> None:
    log.begin(signe, "order.billing.update", order, BILLING).done()
    record = the_one(order)
    assert record.changes == [
        Change("billing.emailAddress", "a•••@example.se", "a•••@example.se"),
        Change("billing.city", "Umeå", "Luleå"),
    ]
    assert record.entry.changes == []


def test_a_caller_may_mask_in_its_own_way(signe: Who, order: Subject) -> None:
    change = Change("role", "support", "manager")
    log.event(signe, "person.role.change", order, [change], mask=lambda path, value: f"{path}:{value}")
    log.event(signe, "person.role.change", order, [change], mask=unmasked)
    plain, own = of(order)
    assert own.changes == [Change("role", "role:support", "role:manager")]
    assert plain.changes == [change]


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("done", Outcome.DONE), ("accepted", Outcome.ACCEPTED), ("refused", Outcome.REFUSED),
        ("failed", Outcome.FAILED), ("unanswered", Outcome.UNANSWERED),
    ],
)  # fmt: skip
def test_an_outcome_says_what_the_api_answered(how: str, outcome: Outcome, signe: Who, order: Subject) -> None:
    getattr(log.begin(signe, "order.delete", order), how)(status=409, code="conflict", message="No.", request_id="r-2")
    entry = the_one(order).entry
    assert (entry.outcome, entry.status, entry.code, entry.message, entry.request_id) == (
        outcome,
        409,
        "conflict",
        "No.",
        "r-2",
    )


def test_a_message_of_the_api_is_masked(signe: Who, order: Subject) -> None:
    log.begin(signe, "order.billing.update", order).refused(message="asa@example.se is no address of 19850709-9805")
    assert the_one(order).entry.message == "a•••@example.se is no address of •••"


def test_there_is_one_outcome_and_the_first_counts(
    signe: Who, order: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = log.begin(signe, "order.delete", order)
    attempt.done()
    attempt.failed()
    assert the_one(order).entry.outcome == Outcome.DONE
    assert "came too late" in caplog.text


def test_an_intent_that_cannot_be_written_stops_the_caller(signe: Who, order: Subject) -> None:
    sent = []
    with log_out_of_reach(), pytest.raises(AuditUnavailableError, match="not sent"):
        log.begin(signe, "order.delete", order)
        sent.append("order.delete")
    assert sent == []


def test_an_event_that_cannot_be_written_stops_the_caller(signe: Who) -> None:
    with log_out_of_reach(), pytest.raises(AuditUnavailableError):
        log.event(signe, "personal-data.view")


def test_an_intent_in_a_transaction_is_refused_for_its_rollback_would_lose_it(signe: Who) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        log.begin(signe, "order.delete")


def test_a_success_stays_one_although_its_outcome_cannot_be_written(
    signe: Who, order: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = log.begin(signe, "order.delete", order)
    with log_out_of_reach():
        attempt.done(status=204)
    record = the_one(order)
    assert record.is_open
    assert record.entry.outcome == ""
    assert "was not recorded: done" in caplog.text
    assert verify().broken is None


def test_an_exception_is_recorded_as_the_caller_classifies_it_and_goes_on(signe: Who, order: Subject) -> None:
    with pytest.raises(Timeout), log.begin(signe, "order.delete", order, classify=classify):
        raise Timeout
    entry = the_one(order).entry
    assert (entry.outcome, entry.status, entry.code, entry.message) == (Outcome.FAILED, 503, "timeout", "not sent")


@pytest.mark.parametrize("error", [ValueError("a bug of ours"), KeyboardInterrupt(), SystemExit(1)])
def test_an_exception_that_nobody_classifies_may_have_come_too_late(
    error: BaseException, signe: Who, order: Subject
) -> None:
    with pytest.raises(type(error)), log.begin(signe, "order.delete", order, classify=classify):
        raise error
    entry = the_one(order).entry
    assert (entry.outcome, entry.message) == (Outcome.UNANSWERED, type(error).__name__)


def test_a_classifier_that_fails_hides_neither_the_error_nor_the_attempt(signe: Who, order: Subject) -> None:
    def broken(error: Exception) -> Result | None:
        raise ZeroDivisionError

    with pytest.raises(Timeout), log.begin(signe, "order.delete", order, classify=broken):
        raise Timeout
    assert the_one(order).entry.outcome == Outcome.UNANSWERED


def test_an_outcome_that_was_recorded_inside_is_not_recorded_again(signe: Who, order: Subject) -> None:
    with pytest.raises(Timeout), log.begin(signe, "order.delete", order, classify=classify) as attempt:
        attempt.done(status=204)
        raise Timeout
    assert the_one(order).entry.outcome == Outcome.DONE


def test_a_block_that_says_nothing_of_the_outcome_leaves_it_open(
    signe: Who, order: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    with log.begin(signe, "order.delete", order):
        pass
    assert the_one(order).is_open
    assert "without an outcome" in caplog.text


def test_an_event_stands_and_falls_with_what_it_records(signe: Who, order: Subject) -> None:
    with transaction.atomic():
        log.event(signe, "person.role.change", order)
        transaction.set_rollback(True)
    assert of(order) == []
    log.event(signe, "person.role.change", order)
    assert the_one(order).entry.outcome == Outcome.DONE


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("499.00"), "499.00"), (1e22, 1e22), (float("nan"), "nan"), ("\x00ok\ud800", " ok "),
        ({1: {2, }}, {"1": [2]}),
        ([None, True, 0], [None, True, 0]), ("1\N{NO-BREAK SPACE}847 👩‍💻", "1\N{NO-BREAK SPACE}847 👩‍💻"),
        ("\u202egnp.exe", " gnp.exe"), ("x" * 5000, "x" * 3900 + "••• (5000 characters)"),
    ],
)  # fmt: skip
def test_whatever_a_value_is_it_can_be_written_and_proved(value: Any, kept: Any, signe: Who, order: Subject) -> None:
    log.event(signe, "order.attributes.update", order, [Change("attribute", None, value)])
    assert Entry.objects.get(order_id=order.order_id).changes == [Change("attribute", None, kept)]
    assert verify().broken is None


def test_long_and_broken_text_does_not_keep_an_entry_out(order: Subject) -> None:
    who = Who("n" * 500, 7, "", "\x00" + "Mozilla " * 100)
    log.event(who, "a" * 300, order, status=-1, code="c" * 900, request_id="\ud800")
    entry = the_one(order).entry
    assert (len(entry.username), len(entry.agent), len(entry.action), len(entry.code)) == (150, 200, 80, 200)
    assert entry.status is None
    assert verify().broken is None


def test_the_programs_own_log_has_no_personal_data(
    signe: Who, order: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), log_out_of_reach(), pytest.raises(AuditUnavailableError):
        log.begin(signe, "order.billing.update", order, BILLING)
    assert "asa@example.se" not in caplog.text


def test_changes_are_stored_as_one_plain_json_list(signe: Who, order: Subject) -> None:
    log.begin(signe, "order.billing.update", order, BILLING[1:])
    stored = Entry.objects.get(order_id=order.order_id).changes_json
    assert json.loads(stored) == [{"field": "billing.city", "old": "Umeå", "new": "Luleå"}]


def test_the_history_of_an_order_is_newest_first_and_its_own(signe: Who, order: Subject) -> None:
    log.begin(signe, "order.reference.update", order).done()
    log.event(signe, "personal-data.view", order)
    log.begin(signe, "order.delete", order)
    log.event(signe, "personal-data.view", Subject(order.order_id, "norce", "no"))
    history = of(order)
    assert [record.entry.action for record in history] == [
        "order.delete",
        "personal-data.view",
        "order.reference.update",
    ]
    assert [record.is_open for record in history] == [True, False, False]


def test_the_history_of_an_order_costs_two_queries(
    signe: Who, order: Subject, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        log.begin(signe, "order.reference.update", order, BILLING).done()
    with django_assert_num_queries(2):
        assert all(record.changes for record in of(order))
