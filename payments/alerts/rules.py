"""What is an alert now: questions to the database, which change nothing.

No sentence has a person, an amount or a word of a provider in it: it may leave the desk.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import (
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.channels import channel_name, grants_of
from accounts.models import ANY
from payments.alerts import heartbeat
from payments.alerts.models import Heartbeat
from payments.models import OPEN, REQUESTED, Evidence, Execution, ExternalMove, State
from payments.models import Kind as EvidenceKind
from payments.presentation.vocabulary import ACTIONS, action_words
from ui.said import said

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
    """Whose alarms: `rows` narrows them to channels, by the path to the execution; `but` is who asked for what they
    cannot approve themselves; `desk`, whether what concerns the whole desk is among them."""

    rows: Callable[[str], Q] = lambda _path: Q()
    but: User | None = None
    desk: bool = True


EVERYTHING = Reach()
BEGAN = Coalesce("sent_at", "created_at")
"""Since when it is not known whether money moved."""


def reach_of(user: User | AnonymousUser) -> Reach | None:
    """What of it concerns a person: their channels, by what they were given, so that one which was taken out of the
    settings hides nothing. None for who may not execute."""
    if not isinstance(user, User) or not user.has_perm(MAY_SEE):
        return None
    return Reach(partial(_within, grants_of(user)), user, user.has_perm(MAY_SEE_DESK))


def _within(grants: tuple[tuple[str, str], ...], path: str) -> Q:
    if (ANY, ANY) in grants:
        return Q()
    theirs = Q(pk__in=[])
    for merchant, channel in grants:
        names = {f"{path}merchant": merchant, f"{path}channel": channel}
        theirs |= Q(**{name: value for name, value in names.items() if value != ANY})
    return theirs


def alarms(reach: Reach = EVERYTHING, now: dt.datetime | None = None, most: int | None = None) -> list[Alarm]:
    """What is an alarm, the oldest first; `most` of the executions and as many of what others moved."""
    now = now or timezone.now()
    checks = Evidence.objects.filter(execution=OuterRef("pk"), kind=EvidenceKind.CHECK).order_by("-pk")
    executions = _executions(reach, now).annotate(found_at=Subquery(checks.values("at")[:1])).order_by(BEGAN)
    moves = _moves(reach).select_related("execution").order_by("found_at")
    found = [_of_execution(each) for each in executions[:most]] + [_of_move(each) for each in moves[:most]]
    if reach.desk:
        found += _of_desk(now)
    return sorted(found, key=lambda alarm: alarm.since)


def count(reach: Reach, now: dt.datetime | None = None) -> int:
    """How many there are, in one statement."""
    now = now or timezone.now()
    parts = [_counted(_executions(reach, now)), _counted(_moves(reach))]
    if reach.desk:
        is_stale = ~Exists(heartbeat.fresh(now))
        parts.append(_counted(heartbeat.to_look_at(now).filter(is_stale), "stale"))
        parts.append(_counted(Heartbeat.objects.filter(log_broken_at__isnull=False)))
    found = list(parts[0].union(*parts[1:], all=True))
    return sum(min(n, 1) if what == "stale" else n for what, n in found)


def _counted(
    rows: "QuerySet[Execution] | QuerySet[ExternalMove] | QuerySet[Heartbeat]", what: str = "rows"
) -> QuerySet:  # type: ignore[type-arg]
    named = rows.order_by().annotate(what=Value(what, output_field=CharField())).values("what")
    return named.annotate(n=Count("pk")).values_list("what", "n")


def _executions(reach: Reach, now: dt.datetime) -> "QuerySet[Execution]":
    """Those that are an alarm."""
    doubts = [state for state in OPEN if state != State.PENDING]
    in_time = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    waits = Q(state__in=REQUESTED, created_at__lte=now - settings.PAYMENT_ALERT_APPROVAL) & in_time
    if reach.but is not None:
        waits &= Q(asked_by__isnull=True) | ~Q(asked_by=reach.but)
        waits &= Q(taken_by__isnull=True) | ~Q(taken_by=reach.but)
    return Execution.objects.annotate(
        began=BEGAN
    ).filter(
        Q(state__in=doubts, began__lte=now - settings.PAYMENT_ALERT_DOUBT)
        | Q(state=State.PENDING, began__lte=now - settings.PAYMENT_ALERT_PENDING)
        | Q(state=State.CONTRADICTED)
        | waits,
        reach.rows(""),
    )  # fmt: skip


def _moves(reach: Reach) -> "QuerySet[ExternalMove]":
    return ExternalMove.objects.filter(reach.rows("execution__"), acknowledged_at__isnull=True)


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
    if waiting_since and not heartbeat.fresh(now).exists():
        says = _("Nobody looks at what is open: no worker and no payments_reconcile has done so for minutes.")
        since = max(row.looked_at, waiting_since) if row.looked_at else waiting_since
        found.append(Alarm(Kind.HEARTBEAT, "", since, says, reverse("doubt-list")))
    if row.log_broken_at:
        says = _("The audit log does not hold: %s.") % said(row.log_says)
        found.append(Alarm(Kind.LOG, "", row.log_broken_at, says, reverse("audit-list")))
    return found
