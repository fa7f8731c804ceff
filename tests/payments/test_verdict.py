"""What the evidence says: the rules, case by case, without a database or an API."""

from typing import NamedTuple

import pytest

from payments.executions.snapshot import Action, Snapshot, TransactionMark
from payments.executions.verdict import Verdict, judge
from payments.models import Answer, State

CAPTURE, CANCEL, REFUND = Action("pa_1", "capture"), Action("pa_2", "cancel"), Action("pa_3", "refund")
INVOICE = Action("pa_9", "ActivateInvoice")
OLD = "2026-11-01T10:00:00+00:00"


def line(
    event: str = "capture",
    status: str = "",
    created: str = "2026-11-22T10:00:00+00:00",
    *,
    success: bool | None = True,
    action: Action | None = CAPTURE,
) -> TransactionMark:
    return TransactionMark(event, event.upper(), "499", success, status, "", created, action.id if action else "", "")


def payment(
    state: str = "reserved", *lines: TransactionMark, actions: tuple[Action, ...] = (CAPTURE, CANCEL)
) -> Snapshot:
    return Snapshot(state, "499", "SEK", actions, lines, OLD)


BEFORE = payment("reserved", line("confirm", created=OLD, action=None))
CONFIRMED = BEFORE.lines[0]
FAILED = line(success=False, status="DECLINED")
PENDING = line("paymentAction", status="PENDING")


def after(state: str, *lines: TransactionMark, actions: tuple[Action, ...] = (REFUND,)) -> Snapshot:
    return payment(state, CONFIRMED, *lines, actions=actions)


STAYED = (CAPTURE, CANCEL)


class Case(NamedTuple):
    """What was answered and read, and what follows."""

    name: str
    answer: Answer
    read: Snapshot | None
    state: State
    why: tuple[str, ...]


A, S, R, N = Answer.ACCEPTED, Answer.SILENT, Answer.REFUSED, Answer.NEVER_SENT
CASES = [
    Case("done, in every respect", A, after("captured", line()), State.DONE, ("succeeded", "state", "action-gone")),
    Case("done, and no answer", S, after("captured", line()), State.DONE, ("succeeded", "state", "action-gone")),
    Case("the transaction alone", A, after("reserved", line(), actions=STAYED), State.DONE, ("succeeded",)),
    Case("the state and the action alone", A, after("captured"), State.DONE, ("state", "action-gone")),
    Case("the state, and the action stayed", A, after("captured", actions=STAYED), State.IN_DOUBT, ("unclear",)),
    Case("the action gone, and no state", A, after("reserved", actions=()), State.IN_DOUBT, ("unclear",)),
    Case("another action's state", A, after("cancelled", actions=()), State.IN_DOUBT, ("unclear",)),
    Case("2xx alone says nothing", A, BEFORE, State.IN_DOUBT, ("nothing-new",)),
    Case("silence alone says nothing", S, BEFORE, State.IN_DOUBT, ("nothing-new",)),
    Case("accepted, and unread", A, None, State.IN_DOUBT, ("unread",)),
    Case("silence, and unread", S, None, State.IN_DOUBT, ("unread",)),
    Case("refused, and unread", R, None, State.IN_DOUBT, ("api-refused", "unread")),
    Case("never sent", N, None, State.NOT_SENT, ("never-sent",)),
    Case("never sent, whatever is read", N, after("captured", line()), State.NOT_SENT, ("never-sent",)),
    Case("refused", R, BEFORE, State.REFUSED, ("api-refused",)),
    Case("refused and logged", R, after("reserved", FAILED, actions=STAYED), State.REFUSED, ("api-refused", "failed")),
    Case("refused, and yet a transaction", R, after("reserved", line(), actions=STAYED), State.IN_DOUBT,
    ("api-refused", "contradiction")),
    Case("refused, and yet the state", R, after("captured"), State.IN_DOUBT,
    ("api-refused", "state", "action-gone", "contradiction")),
    Case("refused, and yet pending", R, after("reserved", PENDING, actions=()), State.IN_DOUBT,
    ("api-refused", "contradiction")),
    Case("failed, by its transaction", A, after("reserved", FAILED, actions=STAYED), State.REFUSED, ("failed",)),
    Case("failed, and no answer", S, after("reserved", FAILED, actions=STAYED), State.REFUSED, ("failed",)),
    Case("failed, and yet the state", A, after("captured", FAILED), State.IN_DOUBT,
    ("failed", "state", "action-gone", "contradiction")),
    Case("failed, and another state", A, after("removed", FAILED, actions=()), State.IN_DOUBT, ("unclear",)),
    Case("failed, and then done", A, after("captured", FAILED, line()), State.DONE,
    ("succeeded", "state", "action-gone")),
    Case("two successes", A, after("captured", line(), line()), State.DONE,
    ("succeeded", "state", "action-gone", "twice")),
    Case("pending", A, after("reserved", PENDING, actions=()), State.PENDING, ("pending",)),
    Case("pending, and no answer", S, after("reserved", PENDING, actions=()), State.PENDING, ("pending",)),
    Case("pending, in the event's own name", A, after("reserved", line(status="Processing"), actions=STAYED),
    State.PENDING, ("pending",)),
    Case("pending, then done", A, after("captured", PENDING, line()), State.DONE,
    ("succeeded", "state", "action-gone")),
    Case("pending, then failed", A, after("reserved", PENDING, FAILED._replace(created="2026-11-22T10:05:00+00:00"),
    actions=STAYED), State.REFUSED, ("failed",)),
    Case("failed, then pending", A, after("reserved", FAILED, PENDING._replace(created="2026-11-22T10:05:00+00:00"),
    actions=STAYED), State.PENDING, ("pending",)),
    Case("pending and failed at one time", S, after("reserved", PENDING, FAILED, actions=STAYED), State.PENDING,
    ("pending",)),
    Case("failed and pending at one time", S, after("reserved", FAILED, PENDING, actions=STAYED), State.PENDING,
    ("pending",)),
    Case("a failure that names no action", A, after("reserved", FAILED._replace(action_id=""), actions=STAYED),
    State.IN_DOUBT, ("unclear",)),
    Case("a failure that names no action, and no answer", S, after("reserved", FAILED._replace(action_id=""),
    actions=STAYED), State.IN_DOUBT, ("unclear",)),
    Case("queued", A, after("reserved", line(status="QUEUED"), actions=STAYED), State.PENDING, ("pending",)),
    Case("pending, as a word of several", A, after("reserved", line(status="CAPTURE_PENDING"), actions=STAYED),
    State.PENDING, ("pending",)),
    Case("pending, as a word of a name", A, after("reserved", line(status="PendingCapture"), actions=STAYED),
    State.PENDING, ("pending",)),
    Case("of another action", A, after("reserved", line(action=CANCEL), actions=STAYED), State.IN_DOUBT, ("unclear",)),
    Case("another action's transaction explains the state", S,
    after("captured", line(action=Action("pa_8", "capture"))), State.IN_DOUBT, ("unclear",)),
    Case("another action's failure explains nothing", S, after("captured", line(success=False, action=Action("pa_8",
    "capture"))), State.DONE, ("state", "action-gone")),
    Case("both moved, each by its own", A, after("captured", line(), line(action=Action("pa_8", "capture"))),
    State.DONE, ("succeeded",)),
    Case("of another event", A, after("reserved", line("refund", action=None), actions=STAYED), State.IN_DOUBT,
    ("unclear",)),
    Case("of the event, naming no action", A, after("reserved", line(action=None), actions=STAYED), State.DONE,
    ("succeeded",)),
    Case("of the event, naming no action, and no answer", S, after("reserved", line(action=None), actions=STAYED),
    State.DONE, ("succeeded", "unnamed")),
    Case("that says neither", A, after("reserved", line(success=None), actions=STAYED), State.IN_DOUBT, ("unclear",)),
    Case("an adapter's own way of writing", A, after("reserved", line("Capture"), actions=STAYED), State.DONE,
    ("succeeded",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_capture_is_judged_by_what_is_there(case: Case) -> None:
    verdict = judge(BEFORE, case.read, CAPTURE, case.answer)
    assert (verdict.state, verdict.why) == (case.state, case.why)


def test_what_was_there_before_is_no_evidence() -> None:
    """Two captures that are equal in everything, one of them old: one is new."""
    captured_before = payment("reserved", line())
    assert judge(captured_before, payment("reserved", line()), CAPTURE, A).state == State.IN_DOUBT
    assert judge(captured_before, payment("reserved", line(), line()), CAPTURE, A).state == State.DONE


def test_the_verdict_names_the_transactions_that_it_rests_on() -> None:
    assert judge(BEFORE, after("captured", line()), CAPTURE, A).moves == (line(),)
    assert judge(BEFORE, after("reserved", FAILED, actions=STAYED), CAPTURE, A).moves == (FAILED,)


@pytest.mark.parametrize(
    ("action", "start", "end"),
    [(CAPTURE, "reserved", "captured"), (CANCEL, "reserved", "cancelled"), (REFUND, "captured", "refunded"),
    (REFUND, "captured", "credited")],
)  # fmt: skip
def test_each_action_leads_to_its_own_state(action: Action, start: str, end: str) -> None:
    before, now = payment(start, actions=(action,)), payment(end, actions=())
    assert judge(before, now, action, S) == Verdict(State.DONE, ("state", "action-gone"))


def test_a_payment_that_was_in_that_state_already_proves_nothing_by_it() -> None:
    before = payment("captured", actions=(CAPTURE,))
    assert judge(before, payment("captured", actions=()), CAPTURE, A).state == State.IN_DOUBT


class TestAnActionThatThisProgramDoesNotKnow:
    before = payment("reserved", actions=(INVOICE,))

    @pytest.mark.parametrize("state", ["captured", "refunded", "cancelled", "activated"])
    def test_leads_to_no_state_that_would_prove_it(self, state: str) -> None:
        assert judge(self.before, payment(state, actions=()), INVOICE, A).state == State.IN_DOUBT

    def test_is_done_by_a_transaction_that_names_it(self) -> None:
        named = line("paymentAction", status="ACTIVATED", action=INVOICE)
        assert judge(self.before, payment("reserved", named), INVOICE, A) == Verdict(
            State.DONE, ("succeeded",), (named,)
        )

    def test_is_not_done_by_one_that_names_none(self) -> None:
        unnamed = line("paymentAction", status="ACTIVATED", action=None)
        assert judge(self.before, payment("reserved", unnamed), INVOICE, A).state == State.IN_DOUBT

    def test_is_pending_as_long_as_the_provider_only_took_it_on(self) -> None:
        taken = line("paymentAction", action=INVOICE)
        assert judge(self.before, payment("reserved", taken), INVOICE, A).state == State.PENDING

    def test_is_refused_by_the_api_as_any_other(self) -> None:
        assert judge(self.before, self.before, INVOICE, R) == Verdict(State.REFUSED, ("api-refused",))
