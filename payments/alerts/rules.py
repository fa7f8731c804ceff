"""What is an alert now: questions to the database, which change nothing.

No sentence has a person, an amount or a word of a provider in it: it may leave the desk.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import (
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.channels import channel_name, grants_of
from accounts.models import ANY
from payments.alerts import heartbeat
from payments.alerts.models import Heartbeat
from payments.executions.access import given, unacknowledged
from payments.models import OPEN, REQUESTED, Evidence, Execution, ExternalMove, State
from payments.models import Kind as EvidenceKind
from payments.presentation.vocabulary import ACTIONS, action_words
from ui.said import said
from ui.statements import Written, counted

MAY_SEE = "accounts.execute_payment_action"
MAY_SEE_DESK = "accounts.manage_people"
"""Who hears besides of what concerns the whole desk: admins."""


class Kind(TextChoices):
    """What is sent as `kind`; receivers rely on these words."""

    DOUBT = "in-doubt"
    PENDING = "long-pending"
    CONTRADICTED = "contradicted-outcome"
    EXTERNAL = "external-move"
    APPROVAL = "approval-waits"
    HEARTBEAT = "no-heartbeat"
    LOG = "broken-log"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that somebody should look at. `subject` tells two of a kind apart; the address is one of the desk's."""

    kind: Kind
    subject: str
    since: dt.datetime
    says: str
    address: str
    merchant: str = ""
    channel: str = ""

    @property
    def where(self) -> str:
        """The channel's name; empty where it concerns the whole desk."""
        return channel_name(f"{self.merchant}/{self.channel}") if self.merchant else ""


class Reach(NamedTuple):
    """Whose alarms: of the channels of these `grants` (`accounts.channels.grants_of`); `but` is the account of who
    asked for what they cannot approve themselves; `desk`, whether what concerns the whole desk is among them."""

    grants: tuple[tuple[str, str], ...] = ((ANY, ANY),)
    but: int | None = None
    desk: bool = True


EVERYTHING = Reach()
BEGAN = Coalesce("sent_at", "created_at")
"""Since when it is not known whether money moved."""


def reach_of(user: User | AnonymousUser) -> Reach | None:
    """What of it concerns a person: their channels, by what they were given, so that one which was taken out of the
    settings hides nothing. None for who may not execute."""
    if not isinstance(user, User) or not user.has_perm(MAY_SEE):
        return None
    return Reach(grants_of(user), user.pk, user.has_perm(MAY_SEE_DESK))


class Since(NamedTuple):
    """Now, and the moments before which each thing has to have begun to be an alarm. In a statement that is written
    once, what stands for them."""

    now: Any
    doubt: Any
    pending: Any
    approval: Any
    heartbeat: Any


def _since(now: dt.datetime) -> Since:
    return Since(
        now,
        now - settings.PAYMENT_ALERT_DOUBT,
        now - settings.PAYMENT_ALERT_PENDING,
        now - settings.PAYMENT_ALERT_APPROVAL,
        heartbeat.a_while_before(now),
    )


def alarms(reach: Reach = EVERYTHING, now: dt.datetime | None = None, most: int | None = None) -> list[Alarm]:
    """What is an alarm, the oldest first; `most` of the executions and as many of what others moved."""
    now = now or timezone.now()
    checks = Evidence.objects.filter(execution=OuterRef("pk"), kind=EvidenceKind.CHECK).order_by("-pk")
    executions = _executions(reach, _since(now)).annotate(found_at=Subquery(checks.values("at")[:1])).order_by(BEGAN)
    moves = unacknowledged(reach.grants).select_related("execution").order_by("found_at")
    found = [_of_execution(each) for each in executions[:most]] + [_of_move(each) for each in moves[:most]]
    if reach.desk:
        found += _of_desk(now)
    return sorted(found, key=lambda alarm: alarm.since)


def count(reach: Reach, now: dt.datetime | None = None) -> int:
    """How many there are, in one statement, which is asked with each page."""
    person = {} if reach.but is None else {"but": reach.but}
    found = _counts(reach.grants, reach.desk, **_since(now or timezone.now())._asdict(), **person)
    return sum(min(n, 1) if what == "stale" else n for what, n in found)


@Written
def _counts(
    grants: tuple[tuple[str, str], ...], desk: bool, but: Any = None, **moments: Any
) -> QuerySet[Execution, Any]:
    """By what they are: alarms, or what nobody has looked at, which is one alarm."""
    since = Since(**moments)
    parts: list[QuerySet[Any, Any]] = [counted(unacknowledged(grants))]
    if desk:
        is_stale = ~Exists(heartbeat.fresh(since.heartbeat))
        parts.append(counted(heartbeat.looked_for(since.heartbeat).filter(is_stale), "stale"))
        parts.append(counted(Heartbeat.objects.filter(log_broken_at__isnull=False)))
    return counted(_executions(Reach(grants, but), since)).union(*parts, all=True)


def _executions(reach: Reach, since: Since) -> "QuerySet[Execution]":
    """Those that are an alarm."""
    doubts = [state for state in OPEN if state != State.PENDING]
    in_time = Q(expires_at__isnull=True) | Q(expires_at__gt=since.now)
    waits = Q(state__in=REQUESTED, created_at__lte=since.approval) & in_time
    if reach.but is not None:
        waits &= Q(asked_by__isnull=True) | ~Q(asked_by=reach.but)
        waits &= Q(taken_by__isnull=True) | ~Q(taken_by=reach.but)
    return Execution.objects.annotate(
        began=BEGAN
    ).filter(
        Q(state__in=doubts, began__lte=since.doubt)
        | Q(state=State.PENDING, began__lte=since.pending)
        | Q(state=State.CONTRADICTED)
        | waits,
        given(reach.grants),
    )  # fmt: skip


def _of_execution(execution: Execution) -> Alarm:
    began = execution.sent_at or execution.created_at
    noun = action_words(execution.action_type).noun if execution.action_type.lower() in ACTIONS else _("payment action")
    kind, since, says = {
        State.PENDING: (Kind.PENDING, began, _("A %s is pending at the provider for long.")),
        State.CONTRADICTED: (
            Kind.CONTRADICTED,
            getattr(execution, "found_at", None) or execution.ended_at or began,
            _("What became of a %s is contradicted by what was found later."),
        ),
        State.WAITING: (Kind.APPROVAL, execution.created_at, _("A %s waits for a second person.")),
        State.ASKED: (Kind.APPROVAL, execution.created_at, _("A %s was asked for and waits for whoever may do it.")),
    }.get(State(execution.state), (Kind.DOUBT, began, _("It is not known whether a %s was done.")))
    page = "approval-detail" if kind == Kind.APPROVAL else "execution-detail"
    return Alarm(
        kind,
        str(execution.pk),
        since,
        says % noun,
        reverse(page, args=[execution.in_channel, execution.pk]),
        execution.merchant,
        execution.channel,
    )


def _of_move(move: ExternalMove) -> Alarm:
    execution = move.execution
    return Alarm(
        Kind.EXTERNAL,
        str(move.pk),
        move.found_at,
        _("Money moved on a payment, and not through this desk: somebody has to say what it was."),
        reverse("external-acknowledge", args=[move.execution.in_channel, move.pk]),
        execution.merchant,
        execution.channel,
    )


def _of_desk(now: dt.datetime) -> list[Alarm]:
    found, row = [], heartbeat.row()
    waiting_since = heartbeat.to_look_at(now).order_by("created_at").values_list("created_at", flat=True).first()
    if waiting_since and not heartbeat.fresh(heartbeat.a_while_before(now)).exists():
        says = _("Nobody looks at what is open: no worker and no payments_reconcile has done so for minutes.")
        since = max(row.looked_at, waiting_since) if row.looked_at else waiting_since
        found.append(Alarm(Kind.HEARTBEAT, "", since, says, reverse("doubt-list")))
    if row.log_broken_at:
        says = _("The audit log does not hold: %s.") % said(row.log_says)
        found.append(Alarm(Kind.LOG, "", row.log_broken_at, says, reverse("audit-list")))
    return found
