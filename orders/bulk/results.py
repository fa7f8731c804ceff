"""What became of each order of a job, as it is by now: of a payment that was in doubt, what its execution says."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from accounts.channels import channels_of
from domain.states import BAD, BUSY, DONE, OFF, RAW, WAIT
from jobs.models import Job, JobRow, RowState
from jobs.registry import Words
from orders.bulk.actions import KIND
from orders.bulk.captures import UNDER_WAY, outcome_of
from orders.bulk.words import OUTCOMES, UNANSWERED
from orders.models import Batch
from payments.models import Execution
from ui.sheets import BYTE_ORDER_MARK, cell

MOST_LISTED = 200
SEES_ALL = "audit.view_entry"
"""Whoever reads the whole log sees the jobs of others, in their channels."""
ORDER = (
    RowState.IN_DOUBT, RowState.REFUSED, RowState.PASSED_OVER, RowState.BEGUN, RowState.WAITING, RowState.DONE,
)  # fmt: skip
"""What somebody has to look at first."""
_TONES: Mapping[RowState, str] = {
    RowState.IN_DOUBT: WAIT, RowState.REFUSED: BAD, RowState.PASSED_OVER: OFF, RowState.BEGUN: BUSY,
    RowState.WAITING: RAW, RowState.DONE: DONE,
}  # fmt: skip
_NOT_AGAIN = frozenset({"already", "taken-already", "gone", "no-payment", "not-next", "several"})
"""What would come to the same again."""


class Result(NamedTuple):
    """A row as it is by now. `url`: of the order; `proof`: of the execution and what it rests on."""

    row: JobRow
    state: RowState
    words: Words
    said: str
    url: str
    proof: str
    amount: Decimal | None
    currency: str

    @property
    def tone(self) -> str:
        """The class of its colour."""
        return _TONES[self.state]

    @property
    def name(self) -> str:
        return self.row.reference or self.row.order_id


def job_of(person: User, pk: UUID) -> Job:
    """The job, for its owner, whoever approved it, and whoever may read the whole log in all its channels. Raises
    Http404."""
    job = Job.objects.filter(pk=pk, kind__startswith=KIND).first()
    if job is None:
        raise Http404
    approved = Q(decided_by=person, job=job.pk)
    if job.owner_id == person.pk or person.has_perm(SEES_ALL) or Batch.objects.filter(approved).exists():
        channels = set(job.rows.values_list("merchant", "channel").distinct())
        if job.owner_id == person.pk or channels <= {tuple(each) for each in channels_of(person)}:
            return job
    raise Http404


def jobs_for(person: User) -> list[Job]:
    """What others have done with many orders, for whoever may read the whole log, as far as all its channels are
    theirs; newest first. None for others. Two queries."""
    if not person.has_perm(SEES_ALL):
        return []
    jobs = list(Job.objects.filter(kind__startswith=KIND).exclude(owner=person)[:MOST_LISTED])
    theirs = {tuple(each) for each in channels_of(person)}
    where = JobRow.objects.filter(job__in=jobs).values_list("job", "merchant", "channel").distinct()
    foreign = {pk for pk, *channel in where if tuple(channel) not in theirs}
    return [job for job in jobs if job.pk not in foreign]


def results_of(rows: Sequence[JobRow]) -> list[Result]:
    """With what their executions say by now; one query for all of them."""
    keys = [row.execution for row in rows if row.execution]
    executions = Execution.objects.in_bulk(keys) if keys else {}
    return [_result(row, executions.get(row.execution) if row.execution else None) for row in rows]


def _result(row: JobRow, execution: Execution | None) -> Result:
    state, outcome = RowState(row.state), row.outcome
    if execution is not None and execution.state not in UNDER_WAY and state != RowState.BEGUN:
        state, now = outcome_of(execution)
        outcome = outcome if (state, now) == (row.state, "not-sent") else now
    return Result(
        row,
        state,
        OUTCOMES.get(outcome, outcome),
        row.words,
        reverse("order-detail", args=(row.where, row.order_id)),
        reverse("execution-detail", args=(row.where, execution.pk)) if execution else "",
        Decimal(row.facts["amount"]) if row.facts.get("amount") else None,
        str(row.facts.get("currency", "")),
    )


def counts_of(results: Iterable[Result]) -> list[tuple[RowState, int]]:
    """How many stand where, as far as there are any."""
    counted = Counter(result.state for result in results)
    return [(state, counted[state]) for state in ORDER if counted[state]]


def can_try_again(job: Job, result: Result) -> bool:
    """Whether it may be chosen anew, to be looked at and confirmed like any other: not what was done, nor a payment
    that may have moved, nor what would come to the same."""
    if result.state in (RowState.DONE, RowState.BEGUN, RowState.WAITING) or result.row.outcome in _NOT_AGAIN:
        return False
    return result.state != RowState.IN_DOUBT or job.kind != f"{KIND}capture"


def is_unread(result: Result) -> bool:
    return result.row.outcome == UNANSWERED


COLUMNS = ("position", "merchant", "channel", "order_id", "reference", "amount", "currency", "state", "outcome",
           "words", "said", "execution", "at_utc")  # fmt: skip


def csv_lines(results: Iterable[Result]) -> Iterator[str]:
    """The results as a spreadsheet opens them, line by line."""
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for each in results:
        row = each.row
        yield _line(
            (row.position, row.merchant, row.channel, row.order_id, row.reference, each.amount, each.currency,
             each.state.value, row.outcome, str(each.words), each.said, row.execution or "",
             row.at.isoformat() if row.at else "")
        )  # fmt: skip


def _line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([cell(value) for value in values])
    return out.getvalue()
