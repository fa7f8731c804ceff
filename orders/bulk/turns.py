"""The turn of one order in a job that does something with many: each of its states is committed before and after its
effect, so that whoever takes the job over knows what may have happened, and does nothing twice."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from audit import log
from gateway.connection import order_api
from jobs.ending import end
from jobs.models import Job, JobRow, RowState, State
from jobs.running import Step
from order_api import OrderApi
from orders.bulk.words import MANY_DOUBTS
from privacy import LOG, mask_text

MOST_DOUBTS = 3
"""A job stops by itself after so many orders of which nobody knows whether it happened; anew each time that somebody
lets it go on."""
_LONGEST = 500  # characters of what an API said


class Turn:
    """One row of a job, and the step that it is done in."""

    def __init__(self, step: Step, row: JobRow) -> None:
        self.step = step
        self.row = row

    @property
    def api(self) -> OrderApi:
        """The Order API, bound to the order's own channel."""
        return order_api(self.row.merchant, self.row.channel, self.step.who)

    @property
    def job_name(self) -> str:
        """What the log calls the job."""
        return str(self.step.job.pk)

    @property
    def key(self) -> uuid.UUID:
        """Stands for this row in whatever is made of it: what is made under the same key is made once."""
        return uuid.uuid5(self.step.job.pk, str(self.row.position))

    @property
    def subject(self) -> log.Subject:
        return log.Subject(self.row.order_id, self.row.merchant, self.row.channel)

    @property
    def details(self) -> dict[str, object]:
        """What every entry of the log about it says."""
        return {"job": self.job_name, **({"reference": self.row.reference} if self.row.reference else {})}

    def begin(self, execution: uuid.UUID | None = None) -> None:
        """From here on it may have happened. Raises LostError where somebody else has the job: then nothing must be
        sent."""
        with self.step.committing():
            self._write(RowState.BEGUN, execution=execution)

    def give_back(self) -> None:
        """Nothing was sent: it is its turn again later."""
        with self.step.committing():
            self._write(RowState.WAITING)

    def settle(
        self, state: RowState, outcome: str, words: str = "", *, effect: Callable[[], Any] | None = None, **facts: Any
    ) -> None:
        """What became of it. `effect` is done in the same transaction: both, or nothing."""
        with self.step.committing() as job:
            if effect is not None:
                effect()
            self._write(state, outcome=outcome, words=mask_text(words, LOG)[:_LONGEST])
            if facts:
                self.row.facts = {**self.row.facts, **facts}
                self.row.save(update_fields=["facts"])
            job.done += 1
            if state == RowState.IN_DOUBT:
                _stop_at_many_doubts(job)

    def wait(self, seconds: float) -> None:
        """It cannot be done now, since somebody is at it: the job looks again in so long."""
        with self.step.committing() as job:
            job.state, job.holder, job.until = State.WAITING, None, None
            job.next_at = timezone.now() + dt.timedelta(seconds=seconds)
            job.save(update_fields=["state", "holder", "until", "next_at"])

    def stop(self, code: str, **facts: Any) -> None:
        """The job stops here, until somebody lets it go on; of this row nothing was done, or it is still to be looked
        at."""
        with self.step.committing() as job:
            end(job, State.STOPPED, code, facts)

    def _write(self, state: RowState, **fields: Any) -> None:
        row = self.row
        row.state, row.at = state, timezone.now()
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=["state", "at", *fields])


def _stop_at_many_doubts(job: Job) -> None:
    """A stop that somebody went on from is not held against the job again."""
    doubts = job.rows.filter(state=RowState.IN_DOUBT).count()
    if doubts - int(job.cursor.get("doubts", 0)) >= MOST_DOUBTS:
        job.cursor = {**job.cursor, "doubts": doubts}
        end(job, State.STOPPED, MANY_DOUBTS, {"n": MOST_DOUBTS})
