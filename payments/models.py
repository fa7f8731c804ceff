"""What was asked of a payment provider through this desk, what became of it, and the evidence for that."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel
from domain.states import EXECUTION, ExecutionRow, ExecutionState
from payments.alerts import models as alert_models  # noqa: F401 - so that Django finds them
from ui.fields import OutsideText

State = ExecutionState
"""[asked →] [waiting →] prepared → sending → done | refused | pending | in doubt; pending and in doubt are settled by
evidence or by a person."""


def _states(holds: Callable[[ExecutionRow], bool]) -> tuple[State, ...]:
    return tuple(State(row.name) for row in EXECUTION.where(holds))


OPEN = _states(lambda row: row.is_open)
"""While an execution is in one of these, the payment is locked for all others, on every machine that shares the
database."""
REQUESTED = _states(lambda row: row.is_request)
"""Nothing was sent, and nothing is before somebody else has said so: they lapse with the payment, and lock nothing."""
UNSETTLED = _states(lambda row: row.is_unsettled)
"""Whether money moved is not known yet."""
WATCHED = _states(lambda row: row.is_watched)
"""Ended, and still looked at: a provider can be late, repeat a call, or take back what it did."""
MAY_HAVE_MOVED = _states(lambda row: row.may_have_moved)
"""What counts towards limits."""


class Answer(models.TextChoices):
    """What the one call came back with."""

    NONE = "", _("Nothing yet")
    ACCEPTED = "accepted", _("Taken by the Order API (2xx)")
    REFUSED = "refused", _("Refused by the Order API (4xx)")
    SILENT = "silent", _("No answer that says what happened")
    NEVER_SENT = "never_sent", _("Never left this machine")


class Execution(models.Model):
    """One intent to execute one payment action. Written before anything is sent; sent at most once; never deleted.

    `amount` is in the currency's major unit. `seen_json` is what the person saw of the payment, `baseline` stands for
    it, so that the same form sent twice is one intent.

    JSON is kept as text: what a provider wrote may hold what PostgreSQL's JSON refuses (U+0000), and must not keep an
    attempt from being recorded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    created_at = models.DateTimeField()
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    order_reference = OutsideText(blank=True)
    payment_id = models.CharField(max_length=200)
    payment_reference = OutsideText(blank=True)
    provider = OutsideText(blank=True)
    """The adapter's id."""
    method = OutsideText(blank=True)
    """The payment's name, as people call the means of payment."""
    action_id = models.CharField(max_length=200)
    action_type = OutsideText()
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    moved_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    """What really moved, where a person found that it was another amount than was asked for."""
    currency = OutsideText(blank=True)
    customer = models.CharField(max_length=64, blank=True)
    """A digest of the customer's e-mail address, by which earlier refunds to the same customer are found."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=100)
    """A code of `payments.reasons.services.WORDS`, or the text that an admin wrote."""
    note = OutsideText(blank=True)
    excess_json = models.TextField(default="[]")
    """Which limits it is above, in words of then; empty where no approval was needed."""
    expires_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who carries out what somebody asked for who may not execute; their limits count then."""
    taken_by_name = models.CharField(max_length=150, blank=True, default="")
    taken_at = models.DateTimeField(null=True)
    taken_note = OutsideText(blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by_name = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = OutsideText(blank=True)

    baseline = models.CharField(max_length=64)
    seen_json = models.TextField()
    before_json = models.TextField(default="null")
    """The payment as it was read just before sending: what the outcome is compared with."""
    tried = models.PositiveIntegerField(default=0)
    """How many attempts on this payment had been sent, and had ended, when the person saw it."""

    state = models.CharField(max_length=12)
    outcome = models.CharField(max_length=12, blank=True)
    """How it ended first, an `ExecutionState`, where something found later contradicted that; it stays."""
    """An `ExecutionState`; its words are in its row of `domain.states`, so that they change without a migration."""
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, choices=Answer, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    code = OutsideText(blank=True)
    message = OutsideText(blank=True)
    request_id = OutsideText(blank=True)
    ended_at = models.DateTimeField(null=True)
    checks = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    check_error = OutsideText(blank=True)
    """Why the last reading failed; empty if it did not."""
    next_check_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "order_id", "payment_id", "action_id", "baseline"],
                name="one_execution_per_intent",
            ),
            models.UniqueConstraint(
                fields=["merchant", "channel", "order_id", "payment_id"],
                condition=Q(state__in=OPEN),
                name="one_open_execution_per_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "created_at"], name="execution_by_person"),
            models.Index(fields=["order_id", "payment_id", "created_at"], name="execution_of_payment"),
            models.Index(fields=["customer", "created_at"], name="execution_by_customer"),
            models.Index(fields=["payment_id"], name="execution_by_payment_id"),
            models.Index(fields=["created_at", "id"], name="execution_by_time"),
            models.Index(fields=["merchant", "channel", "created_at", "id"], name="execution_of_channel"),
            models.Index(fields=["state", "created_at", "id"], name="execution_of_state"),
        ]

    def __str__(self) -> str:
        return f"{self.action_type} {self.payment_id}: {self.state}"

    @property
    def in_channel(self) -> Channel:
        return Channel(self.merchant, self.channel)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_request(self) -> bool:
        """Whether it waits for somebody's word, and nothing was sent."""
        return self.state in REQUESTED

    @property
    def begun_at(self) -> dt.datetime:
        """When somebody last said that it is to be sent: on approval, on taking it up, or by asking. One of many orders
        was approved before it was asked for by itself."""
        return max(filter(None, (self.decided_at, self.taken_at, self.created_at)))

    @property
    def is_unsettled(self) -> bool:
        return self.state in UNSETTLED

    @property
    def needs_person(self) -> bool:
        """Whether a person can look and say what happened, as it may never be settled by itself."""
        return EXECUTION.of(self.state).needs_person

    @cached_property
    def excess(self) -> list[dict[str, Any]]:
        return list(json.loads(self.excess_json))


class Kind(models.TextChoices):
    """What a piece of evidence is."""

    SEEN = "seen", _("What the person saw")
    BEFORE = "before", _("Read just before sending")
    ANSWER = "answer", _("The answer to the call")
    AFTER = "after", _("Read after the call")
    LOST = "lost", _("The program was interrupted")
    CHECK = "check", _("Read again")
    PERSON = "person", _("Found by a person")


class Evidence(models.Model):
    """One thing that was found, as it was found. Only ever added. Its digest stands in the audit log, which nobody
    can change."""

    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="evidence")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.CharField(max_length=150, blank=True)
    data_json = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.execution_id}"

    @cached_property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.data_json))


class ExternalMove(models.Model):
    """Money that moved on a payment that this desk watches, and not through this desk: somebody acknowledges it.

    `mark` stands for the transaction, or for the state where there is none. `amount` is what the transaction says, in
    the currency's major unit.
    """

    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="external_moves")
    """By whose watch it was found; the order and the payment are its."""
    mark = models.CharField(max_length=64)
    action_type = models.CharField(max_length=20)
    """Which type of action does the same; it waits until this is acknowledged."""
    amount = OutsideText(blank=True)
    line_json = models.TextField(default="null")
    found_at = models.DateTimeField(db_index=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    acknowledged_by_name = models.CharField(max_length=150, blank=True)
    note = OutsideText(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["execution", "mark"], name="one_external_move_of_a_mark")]

    def __str__(self) -> str:
        return f"{self.action_type} {self.mark[:8]} of {self.execution_id}"


class Line(models.Model):
    """A line of what people may execute alone. `*` for the merchant or the channel means all of them, an empty action
    type all actions; the line that says most counts."""

    merchant = models.CharField(max_length=200, default="*")
    channel = models.CharField(max_length=200, default="*")
    action_type = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()


class Limit(Line):
    """What people of a role may execute without a second person, in one currency. An empty amount sets no limit."""

    role = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    per_action = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    per_order = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    per_day = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    per_day_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["role", "merchant", "channel", "action_type", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "merchant", "channel", "action_type", "currency"], name="one_limit_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.merchant}/{self.channel} {self.action_type or '*'} {self.currency}"


class FourEyes(Line):
    """When it takes a second person at all, whatever somebody's role is, and above which amount two of them. Where no
    line says anything, it is above a limit."""

    class Mode(models.TextChoices):
        NEVER = "never", _("Never")
        LIMIT = "limit", _("Above a limit")
        ALWAYS = "always", _("Always")

    mode = models.CharField(max_length=6, choices=Mode, default=Mode.LIMIT)
    two_above = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    """Of `two_above`; empty where there is none."""

    class Meta:
        default_permissions = ()
        ordering = ["merchant", "channel", "action_type"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "channel", "action_type"], name="one_four_eyes_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.merchant}/{self.channel} {self.action_type or '*'} {self.mode}"


class ReasonList(models.Model):
    """The reasons that can be chosen for a type of action, where an admin has changed those that came with the desk:
    codes of `payments.reasons.services.WORDS`, and texts."""

    action_type = models.CharField(max_length=200, unique=True)
    """In small letters."""
    reasons_json = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.action_type}: {self.reasons_json}"

    @property
    def reasons(self) -> list[str]:
        return [str(each) for each in json.loads(self.reasons_json)]
