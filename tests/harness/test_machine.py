"""People, faults, outsiders, the provider's days and reconciliations in random order, as a state machine
with the same invariants throughout."""

import datetime as dt
from collections import Counter
from contextlib import AbstractContextManager, nullcontext, suppress

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from order_api.errors import ApiError
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.approvals import requests
from payments.executions import engine, intent, reconciliation
from payments.models import Execution, State
from sandbox.delivery import deliver_due
from sandbox.models import Settlement
from tests.harness import steps
from tests.harness.aftermath import SOON, open_of, reconcile_all, settle, settle_truthfully
from tests.harness.conftest import Bench
from tests.harness.invariants import Elsewhere, counted, tally_of, violations
from tests.harness.steps import PLAIN_DAYS, POINTS, Interrupted, Point
from tests.payments.conftest import CHANNEL, asked_by

pytestmark = pytest.mark.django_db(transaction=True)
Fault = tuple[str, Point] | None
PEOPLE = st.integers(0, 2)
HOW = ("press", "press", "press", "ask", "leave")
KINDS = ("exception", "database", "commit", "outsider")
FAULTS = st.one_of(
    st.none(),
    st.none(),
    st.tuples(st.sampled_from(KINDS), st.sampled_from(POINTS)),
)
"""Most often none. A commit that is lost is one only where the step makes one."""


class Desk(RuleBasedStateMachine):
    """One payment, three people, and everything that may come between them."""

    bench: Bench
    settings: Settings
    dialogs: Bundle[intent.Intent] = Bundle("dialogs")

    @initialize(state=st.sampled_from(("reserved", "reserved", "captured")), day=st.sampled_from(PLAIN_DAYS))
    def an_order_comes_in(self, state: str, day: str) -> None:
        self.settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
        self.ids = self.bench.make_payment(state, sandbox=day)
        self.elsewhere, self.owed_to_others = Elsewhere(), Counter[str]()

    @property
    def payment_id(self) -> str:
        return self.ids[1]

    def requests(self) -> list[Execution]:
        return list(Execution.objects.filter(payment_id=self.payment_id, state=State.WAITING))

    def dialog(self, number: int) -> intent.Intent:
        """Of one of the actions that are offered; of one that is gone, where none is."""
        actions = self.bench.api.payments.get(*self.ids).actions
        action_id = (actions[number % len(actions)].id if actions else "") or "pa_gone"
        return intent.read(self.bench.api, CHANNEL, *self.ids, action_id).case

    @rule(target=dialogs, number=st.integers(0, 1), person=PEOPLE, fault=FAULTS, how=st.sampled_from(HOW))
    def act(self, number: int, person: int, fault: Fault, how: str) -> intent.Intent:
        """Open a dialog, and press its button, ask for approval, or leave it open."""
        dialog = self.dialog(number)
        if how != "leave":
            self.send(dialog, person, fault, wants_approval=how == "ask")
        return dialog

    @rule(dialog=dialogs, person=PEOPLE, fault=FAULTS)
    def press_an_old_button(self, dialog: intent.Intent, person: int, fault: Fault) -> None:
        self.send(dialog, person, fault)

    def send(self, dialog: intent.Intent, person: int, fault: Fault, *, wants_approval: bool = False) -> None:
        asked = asked_by(self.bench.people[person])
        with self.interruption(fault) as fired:
            with suppress(Interrupted, Error, ApiError, engine.DuplicateIntentError, engine.PaymentChangedError):
                engine.execute(self.bench.api, dialog, asked, wants_approval=wants_approval)
            self.bench.tally.interrupted += bool(fired)

    def interruption(self, fault: Fault) -> AbstractContextManager[list[str]]:
        if fault is None:
            return nullcontext([])
        kind, point = fault
        match kind:
            case "exception":
                return steps.raising(Interrupted(), point)
            case "database":
                return steps.refusing(point)
            case "commit":
                return steps.losing_commit(point)
        return steps.meanwhile(self.outsider_executes, point)

    @precondition(lambda self: self.requests())
    @rule(person=PEOPLE, fault=FAULTS, says=st.sampled_from(("yes", "yes", "no", "back")))
    def decide(self, person: int, fault: Fault, says: str) -> None:
        """Somebody approves a request, turns it down, or takes it back."""
        request, user = self.requests()[0], self.bench.people[person]
        who = asked_by(user).who
        with (
            self.interruption(fault),
            suppress(
                Interrupted, Error, ApiError, engine.DuplicateIntentError, requests.RequestClosedError, PermissionDenied
            ),
        ):
            match says:
                case "yes":
                    requests.approve(self.bench.api, request, user, who)
                    assert request.asked_by_id != user.pk
                case "no":
                    requests.turn_down(request, user, who, "No.")
                case _:
                    requests.withdraw(request, user, who)

    @rule(what=st.sampled_from(("day", "executes", "writes")), day=st.sampled_from(PLAIN_DAYS))
    def others_are_at_it(self, what: str, day: str) -> None:
        """The provider's day changes, somebody at its portal moves the payment, or an adapter logs what is no move."""
        match what:
            case "day":
                self.the_provider_has_a_day(day)
            case "executes":
                self.outsider_executes()
            case _:
                confirmed = PaymentTransaction(event=PaymentEvent("confirm"), is_success=True)
                self.bench.api.payments.add_transaction(*self.ids, confirmed)

    def the_provider_has_a_day(self, day: str) -> None:
        payment = self.bench.api.payments.get(*self.ids)
        self.bench.api.payments.update(*self.ids, payment.changed(attributes={"sandbox": day}))

    def outsider_executes(self) -> None:
        """Somebody at the provider's portal, or another program, moves the payment."""
        before, owed = counted(self.payment_id), self.owed()
        actions = self.bench.api.payments.get(*self.ids).actions
        if actions:
            with suppress(ApiError):
                self.bench.api.payments.execute(*self.ids, actions[0].id or "")
        after = counted(self.payment_id)
        self.elsewhere.calls += after.calls - before.calls
        self.elsewhere.moves += after.moves - before.moves
        self.owed_to_others += self.owed() - owed

    def owed(self) -> Counter[str]:
        """What the provider took on and has not finished."""
        return Counter(Settlement.objects.filter(payment=self.payment_id).values_list("action", flat=True))

    @rule(what=st.sampled_from(("worker", "provider", "person")), person=PEOPLE)
    def time_passes(self, what: str, person: int) -> None:
        """The worker looks again, the provider finishes what it took on, or a person looks at the provider's portal."""
        match what:
            case "worker":
                self.the_worker_looks()
            case "provider":
                self.the_provider_finishes()
            case _:
                self.somebody_looks_at_the_portal(person)

    def the_worker_looks(self) -> None:
        reconciliation.check_due()
        reconcile_all(self.payment_id)
        for request in self.requests():
            reconciliation.check(request)

    def the_provider_finishes(self) -> None:
        before = counted(self.payment_id).moves
        deliver_due(timezone.now() + SOON)
        self.elsewhere.moves += (counted(self.payment_id).moves - before) & self.owed_to_others
        self.owed_to_others.clear()

    def somebody_looks_at_the_portal(self, person: int) -> None:
        """And says truthfully what they found about what is in doubt; nothing while the provider is still at it."""
        if self.owed():
            return
        for execution in open_of(self.payment_id):
            if execution.state in (State.IN_DOUBT, State.PENDING):
                settle_truthfully(execution, self.bench.controller)

    @invariant()
    def money_moved_once_for_every_intent(self) -> None:
        assert violations(self.payment_id, self.elsewhere) == []

    def teardown(self) -> None:
        self.the_provider_finishes()
        settle(self.payment_id, self.bench.controller)
        assert violations(self.payment_id, self.elsewhere) == []
        assert open_of(self.payment_id) == []
        self.bench.tally += tally_of(self.payment_id, self.elsewhere)


def test_whatever_people_outsiders_faults_and_reconciliations_do(bench: Bench, settings: Settings) -> None:
    machine = type("TheDesk", (Desk,), {"bench": bench, "settings": settings})
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=50 if connection.vendor == "sqlite" else 10,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
        ),
    )
