"""How much of everything there is, and how old: what an operator watches, as numbers. No person, order or reference."""

import datetime as dt
import shutil
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from accounts.channels import all_channels
from audit.chain import head
from gateway.connection import shut_for
from index import reading
from jobs.models import Job
from jobs.models import State as JobState
from operations import backup
from payments.alerts import heartbeat, rules
from payments.models import OPEN, REQUESTED, Execution, ExternalMove, State
from teamwork.models import State as TaskState
from teamwork.models import Task

LISTED = (*OPEN, *REQUESTED, State.CONTRADICTED)


class Figure(NamedTuple):
    """`values`: each with its labels. Ages are in seconds."""

    name: str
    says: str
    values: list[tuple[dict[str, str], float]]


def figures() -> list[Figure]:
    """All of them, of now. Raises DatabaseError or InterfaceError where the desk's own database does not answer."""
    now = timezone.now()
    return [*_payments(now), *_work(), *_index(now), *_log(now), *_machine()]


def _payments(now: dt.datetime) -> list[Figure]:
    rows = Execution.objects.filter(state__in=LISTED).values("state").annotate(n=Count("pk"), first=Min("created_at"))
    found = {row["state"]: row for row in rows.order_by()}
    moves = ExternalMove.objects.filter(acknowledged_at__isnull=True).count()
    return [
        Figure(
            "payment_actions",
            "Payment actions that are open, wait, or are contradicted, by state",
            [({"state": state}, found[state]["n"] if state in found else 0) for state in LISTED],
        ),
        Figure(
            "payment_actions_oldest_seconds",
            "Age of the oldest of them, by state",
            [({"state": state}, _age(found[state]["first"], now) if state in found else 0) for state in LISTED],
        ),
        Figure("external_moves", "Money that others moved and nobody has acknowledged", [({}, moves)]),
        Figure("alerts", "Alerts that stand", [({}, rules.count(rules.EVERYTHING, now))]),
    ]


def _work() -> list[Figure]:
    jobs = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    under_way = (JobState.WAITING, JobState.RUNNING)
    return [
        Figure("tasks", "Tasks of people that are open", [({}, Task.objects.filter(state=TaskState.OPEN).count())]),
        Figure("jobs", "Jobs that wait or run", [({"state": state.value}, jobs.get(state, 0)) for state in under_way]),
    ]


def _index(now: dt.datetime) -> list[Figure]:
    known = reading.freshness(all_channels())
    aged = [({"channel": str(each.channel)}, _age(each.as_of, now)) for each in known if each.as_of]
    return [
        Figure(
            "index_orders", "Orders in the index", [({"channel": str(each.channel)}, each.orders) for each in known]
        ),
        Figure("index_age_seconds", "Age of what the index knows of a channel", aged),
    ]


def _log(now: dt.datetime) -> list[Figure]:
    last, seen = head(), heartbeat.row()
    anchors = Path(settings.AUDIT_ANCHOR_DIR) / "anchors.jsonl"
    found = [
        Figure("audit_head", "Number of the last entry of the log", [({}, last.sequence if last else 0)]),
        Figure("audit_broken", "Whether the log was found broken", [({}, 1 if seen.log_broken_at else 0)]),
    ]
    if anchors.exists():
        anchored = dt.datetime.fromtimestamp(anchors.stat().st_mtime, dt.UTC)
        found.append(Figure("audit_anchor_age_seconds", "Age of the last anchor", [({}, _age(anchored, now))]))
    if seen.looked_at:
        says = "Since somebody last looked at payment actions"
        found.append(Figure("worker_age_seconds", says, [({}, _age(seen.looked_at, now))]))
    if made := backup.last_made():
        found.append(Figure("backup_age_seconds", "Age of the last backup", [({}, _age(made, now))]))
    return found


def _machine() -> list[Figure]:
    shut = [({"channel": str(each)}, float(shut_for(each.merchant, each.name) > 0)) for each in all_channels()]
    total, _, free = shutil.disk_usage(settings.DATA_DIR)
    return [
        Figure("api_shut", "Whether the process that answered asks a channel for nothing now", shut),
        Figure("disk_free_ratio", "Share of the disk of DATA_DIR that is free", [({}, free / total)]),
    ]


def _age(then: dt.datetime, now: dt.datetime) -> float:
    return max(0.0, (now - then).total_seconds())
