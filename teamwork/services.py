"""What becomes of a task. Every function here is one step: it happens whole, with its entry in the log and the mails
that tell of it, or not at all.

Raises audit.log.AuditUnavailableError where it cannot be recorded, and then nothing was done. Who may do it is looked
at by whoever calls (`teamwork.access`).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.channels import Channel
from audit.actions import AuditAction
from audit.log import Change, Subject, Who, event, unmasked
from teamwork import outbox
from teamwork.models import Kind, State, Task

PERSON, ROLE = "person:", "role:"
LONGEST = 2000  # characters of a text


class TaskMovedError(Exception):
    """It is somebody else's by now, or done. Nothing was changed."""


class About(NamedTuple):
    """The order that a task is about: as audit.log.Subject, and the reference by which people know it."""

    order_id: str
    merchant: str
    channel: str
    reference: str = ""

    @property
    def in_channel(self) -> Channel:
        return Channel(self.merchant, self.channel)


def create(  # noqa: PLR0913 - what a task is
    kind: str,
    about: About,
    by: Who,
    *,
    for_person: User | None = None,
    for_role: str = "",
    text: str = "",
    due: dt.date | None = None,
    execution: UUID | None = None,
    code: str = "",
    note_id: int | None = None,
    mark: UUID | None = None,
    job: str = "",
) -> Task | None:
    """A new task: `kind` one of ask, mention, answer; for a person, or else for whoever of a role takes it.

    `job`: what the log calls the many orders that it is one of.
    `code`: what became of something, put into words by `queue.register_words`; `note_id`: the note that says it.
    None, and nothing is done, where it is for nobody (whoever asked has no account any more), or where the form of that
    `mark` was taken before.
    """
    if for_person is None and not for_role:
        return None
    try:
        with transaction.atomic():
            task = Task.objects.create(
                mark=mark, kind=Kind(kind), merchant=about.merchant, channel=about.channel, order_id=about.order_id,
                reference=about.reference or "", text=text, note_id=note_id, code=code, execution=execution, due=due,
                for_person=for_person, for_role=for_role, by_id=by.user_id,
                by_name=by.username if by.user_id is not None else "", created_at=timezone.now(),
            )  # fmt: skip
            _record(by, AuditAction.TASK_CREATE, task, {"for": whom(for_person, for_role), "job": job})
            outbox.tell(task, by)
    except IntegrityError:
        if mark is None or not Task.objects.filter(mark=mark).exists():
            raise
        return None
    return task


def close(task: Task, by: Who, note_id: int | None = None) -> bool:
    """It is done, by `by`; with the note that did it. False where it was done before."""
    with transaction.atomic():
        name = by.username if by.user_id is not None else ""
        ended = {"state": State.DONE, "done_by": by.user_id, "done_by_name": name, "done_at": timezone.now()}
        if not Task.objects.filter(pk=task.pk, state=State.OPEN).update(**ended):
            return False
        _record(by, AuditAction.TASK_DONE, task, {"note": note_id})
    task.state = State.DONE
    return True


def hand_over(  # noqa: PLR0913 - as above
    task: Task, by: Who, for_person: User | None, for_role: str = "", *, due: dt.date | None = None, text: str = ""
) -> None:
    """Somebody else has it from now on. Raises TaskMovedError."""
    changes = {"due": due, "text": text}
    _move(task, by, AuditAction.TASK_HAND_OVER, for_person, for_role, **changes)


def take(task: Task, by: Who, person: User) -> None:
    """The person has it from now on; a role that it was for stays to be given back to. Nothing where they have it.
    Raises TaskMovedError."""
    if task.for_person_id == person.pk:
        return
    _move(task, by, AuditAction.TASK_TAKE, person, task.for_role)


def give_back(task: Task, by: Who) -> None:
    """To the role that it was taken from, else to whoever asked. Raises TaskMovedError, also where they are gone."""
    asker = None if task.for_role else task.by
    if asker is None and not task.for_role:
        raise TaskMovedError
    _move(task, by, AuditAction.TASK_GIVE_BACK, asker, task.for_role)


def whom(person: User | None, role: str) -> str:
    """Whose a task is, as the log keeps it."""
    return f"{PERSON}{person.username}" if person else f"{ROLE}{role}"


def subject_of(task: Task) -> Subject:
    return Subject(task.order_id, task.merchant, task.channel, target=str(task.pk))


def _move(task: Task, by: Who, action: AuditAction, person: User | None, role: str, **more: object) -> None:
    was = whom(task.for_person, task.for_role)
    with transaction.atomic():
        seen = Task.objects.filter(pk=task.pk, state=State.OPEN, moves=task.moves)
        if not seen.update(for_person=person, for_role=role, moves=F("moves") + 1, **more):
            raise TaskMovedError
        changes = [Change("for", was, whom(person, role))]
        if "due" in more and more["due"] != task.due:
            changes.append(Change("due", _day(task.due), _day(more["due"])))
        _record(by, action, task, changes=changes)
        task.refresh_from_db()
        outbox.tell(task, by)


def _day(day: object) -> str:
    return day.isoformat() if isinstance(day, dt.date) else ""


def _record(
    by: Who,
    action: AuditAction,
    task: Task,
    details: Mapping[str, object] | None = None,
    changes: Iterable[Change] = (),
) -> None:
    known = {"kind": task.kind, **(details or {}), "reference": task.reference}
    said = {key: value for key, value in known.items() if value}
    event(by, action, subject_of(task), changes, mask=unmasked, details=said)


def about_task(task: Task) -> About:
    """The order of a task, for one more about it."""
    return About(task.order_id, task.merchant, task.channel, task.reference)
