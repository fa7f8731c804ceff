"""Notes on orders, for staff only: written, edited by who wrote them, never deleted, with all that they ever said.

They are not in the Order API, so nothing outside of this desk knows them. Each write is in the audit log, without its
text: the log is kept for longer than a note should have to be.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.channels import Channel
from audit import log
from audit.actions import AuditAction
from orders.models import Note, NoteVersion
from orders.notes import telling
from teamwork.services import About
from ui.statements import Exists

LONGEST = 5000  # characters


class NoteChangedError(Exception):
    """The note says something else by now than what the person saw."""


class Written(NamedTuple):
    """A note as it is read: its last version, and when it was first written."""

    note: Note
    versions: Sequence[NoteVersion]

    @property
    def last(self) -> NoteVersion:
        return self.versions[-1]

    @property
    def first(self) -> NoteVersion:
        return self.versions[0]

    @property
    def is_edited(self) -> bool:
        return len(self.versions) > 1


def notes_of(order_id: str, channel: Channel) -> list[Written]:
    """The notes on an order, as they are now, in no order. Two queries."""
    notes = Note.objects.filter(order_id=order_id, merchant=channel.merchant, channel=channel.name)
    return [Written(note, list(note.versions.all())) for note in notes.prefetch_related("versions")]


IN_SIGHT = 3
"""Notes that stand on the order's page; the rest is in its timeline."""


class Latest(NamedTuple):
    """The newest notes, newest first, and how many older ones there are."""

    notes: Sequence[Written]
    older: int


_has_any = Exists(
    lambda merchant, channel, order_id: Note.objects.filter(order_id=order_id, merchant=merchant, channel=channel)
)


def latest_notes(order_id: str, channel: Channel) -> Latest:
    """What the order's page shows of the notes. One query, two more where there are any."""
    if not _has_any(channel.merchant, channel.name, order_id):
        return Latest((), 0)
    notes = sorted(notes_of(order_id, channel), key=lambda note: note.first.at, reverse=True)
    return Latest(notes[:IN_SIGHT], max(0, len(notes) - IN_SIGHT))


def write(  # noqa: PLR0913 - what a note is, and where it is told
    who: log.Who,
    user: User,
    subject: log.Subject,
    text: str,
    mark: uuid.UUID,
    *,
    reference: str | None = None,
    answers: Collection[int] = (),
    job: str = "",
) -> Note | None:
    """Keeps a new note; None if the form with that mark was taken before. `reference`: of the order, by which people
    know it in the log; `answers`: the tasks of the writer that it does; `job`: what the log calls the many orders that
    it is one of. Whom it mentions, and whoever asked, finds it
    in their queue. Raises log.AuditUnavailable, and then nothing is kept."""
    if Note.objects.filter(mark=mark).exists():
        return None
    try:
        with transaction.atomic():
            note = Note.objects.create(
                mark=mark, merchant=subject.merchant, channel=subject.channel, order_id=subject.order_id,
                author=user, author_name=user.get_full_name() or user.get_username(),
            )  # fmt: skip
            _add_version(note, 1, text)
            _record(who, AuditAction.ORDER_NOTE_CREATE, subject, note, 1, reference=reference, job=job)
            about = About(subject.order_id, subject.merchant, subject.channel, reference or "")
            named = telling.tell_mentioned(who, note, about, text)
            telling.answer(who, user, note, about, tasks=answers, mentioned_people=named)
    except IntegrityError:
        return None
    return note


def edit(  # noqa: PLR0913 - as above
    who: log.Who, note: Note, subject: log.Subject, text: str, seen: int, *, reference: str | None = None
) -> None:
    """Lets the note say something else; what it said stays. `seen`: the number of the version that the person saw.
    Whom it mentions now and did not before finds it in their queue.

    Raises NoteChangedError if that is not the last one any more, and log.AuditUnavailable; then nothing is kept.
    """
    last = note.versions.order_by("-number")[0]
    if last.number != seen:
        raise NoteChangedError
    if last.text == text:
        return
    try:
        with transaction.atomic():
            _add_version(note, seen + 1, text)
            _record(who, AuditAction.ORDER_NOTE_UPDATE, subject, note, seen + 1)
            about = About(subject.order_id, subject.merchant, subject.channel, reference or "")
            telling.tell_mentioned(who, note, about, text, before=last.text)
    except IntegrityError:
        raise NoteChangedError from None


def _add_version(note: Note, number: int, text: str) -> None:
    NoteVersion.objects.create(note=note, number=number, text=text, at=timezone.now())


def _record(  # noqa: PLR0913 - as `write`
    who: log.Who,
    action: AuditAction,
    subject: log.Subject,
    note: Note,
    version: int,
    *,
    reference: str | None = None,
    job: str = "",
) -> None:
    about = log.Subject(subject.order_id, subject.merchant, subject.channel, target=str(note.pk))
    details: dict[str, object] = {"version": version, **({"job": job} if job else {})}
    log.event(who, action, about, details={**details, "reference": reference} if reference else details)
