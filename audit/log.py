"""Writing to the log.

A change at the Order API, which must not be sent unless it is recorded:

    with log.begin(Who.of(request), AuditAction.ORDER_BILLING_UPDATE, subject, changes, classify=outcome_of) as attempt:
        api.orders.update_billing(order_id, billing)      # an exception is recorded as `classify` says, and goes on
        attempt.done(status=200)

Anything else is one entry: `log.event(Who.of(request), AuditAction.AUDIT_EXPORT, details={"up_to": 120})`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import Error

from audit import tidy
from audit.chain import append, canonical
from audit.models import Change, Entry, Kind, Outcome
from audit.who import Who
from privacy import LOG, mask_text
from privacy import mask as mask_value

__all__ = ["Attempt", "AuditUnavailableError", "Change", "Outcome", "Result", "Subject", "Who", "begin", "event"]

logger = logging.getLogger(__name__)


class AuditUnavailableError(Exception):
    """The log cannot be written, so what was to be recorded must not be done. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: an order in its channel and, where it is not the order itself, what
    of it (a payment's id)."""

    order_id: str = ""
    merchant: str = ""
    channel: str = ""
    target: str = ""


class Said(TypedDict, total=False):
    """What came back: the API's HTTP status and error code, a message in words, the request's id,
    and what else is worth keeping."""

    status: int | None
    code: str | None
    message: str | None
    request_id: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended: what a classifier makes of an exception."""

    outcome: Outcome
    said: Said = field(default_factory=Said)


Classify = Callable[[Exception], Result | None]
Mask = Callable[[str, Any], Any]
NOTHING = Subject()


def masked(path: str, value: Any) -> Any:
    """A value of the field with that dotted path as it may be written down for good: secrets
    hidden, personal data shortened."""
    return mask_value(value, LOG, path)


def unmasked(path: str, value: Any) -> Any:
    """For changes in which no person can stand, such as rights."""
    return value


def begin(  # noqa: PLR0913 - who, what, whereon; the rest has names
    who: Who,
    action: str,
    subject: Subject = NOTHING,
    changes: Iterable[Change] = (),
    *,
    details: Mapping[str, Any] | None = None,
    mask: Mask = masked,
    classify: Classify | None = None,
) -> "Attempt":
    """Record what is about to be tried. Committed when this returns; raises AuditUnavailable if it
    could not be, and then don't.

    `changes` are the fields with their values of before and after; `mask(path, value)` hides what must not stand in the
    log. RuntimeError inside a transaction: its rollback would take the record of something that was sent.
    """
    attempt = Attempt(uuid4(), who, action, subject, classify)
    draft = attempt.draft(Kind.INTENT, details, mask)
    draft.changes_json = canonical([_change(change, mask) for change in changes])
    try:
        append(draft, durable=True)
    except Error as error:
        logger.exception("The audit log cannot be written; %s was not sent", action)
        raise AuditUnavailableError(f"The audit log cannot be written, so {action} was not sent.") from error
    return attempt


def event(  # noqa: PLR0913 - as above
    who: Who,
    action: str,
    subject: Subject = NOTHING,
    changes: Iterable[Change] = (),
    *,
    outcome: Outcome = Outcome.DONE,
    mask: Mask = masked,
    **said: Unpack[Said],
) -> Entry:
    """Record something that is over, in one entry, in the caller's transaction if there is one.
    Raises AuditUnavailableError."""
    draft = _draft(Kind.EVENT, who, action, subject)
    draft.changes_json = canonical([_change(change, mask) for change in changes])
    _say(draft, outcome, said, mask)
    try:
        return append(draft)
    except Error as error:
        raise AuditUnavailableError(f"The audit log cannot be written: {action}.") from error


@dataclass(slots=True)
class Attempt:
    """An intent that is recorded and waits for its outcome, of which there is exactly one.

    Recording the outcome never raises: what the API did is done, whether or not we could write it down. The intent then
    stays open, and the log's page says so. As a context manager it records what an exception means, by `classify`; an
    exception that nobody classifies may have come after the request went out, so it counts as unanswered.
    """

    id: UUID
    who: Who
    action: str
    subject: Subject
    classify: Classify | None = None
    outcome: Outcome | None = None

    def done(self, **said: Unpack[Said]) -> None:
        """It happened."""
        self.end(Result(Outcome.DONE, said))

    def accepted(self, **said: Unpack[Said]) -> None:
        """It was taken on and will happen (202)."""
        self.end(Result(Outcome.ACCEPTED, said))

    def refused(self, **said: Unpack[Said]) -> None:
        """The API said no; nothing happened."""
        self.end(Result(Outcome.REFUSED, said))

    def failed(self, **said: Unpack[Said]) -> None:
        """It went wrong, and surely nothing happened: it was not sent, for instance."""
        self.end(Result(Outcome.FAILED, said))

    def unanswered(self, **said: Unpack[Said]) -> None:
        """Nobody knows whether it happened."""
        self.end(Result(Outcome.UNANSWERED, said))

    def end(self, result: Result) -> bool:
        """Whether it was recorded, in the caller's transaction if there is one: who must not go on
        without it can undo that."""
        if self.outcome is not None:
            logger.error("Attempt %s (%s) is %s; %s came too late", self.id, self.action, self.outcome, result.outcome)
            return False
        self.outcome = result.outcome
        try:
            draft = self.draft(Kind.OUTCOME)
            _say(draft, result.outcome, result.said, masked)
            append(draft)
        except Exception:
            logger.exception(
                "The outcome of attempt %s (%s) was not recorded: %s", self.id, self.action, result.outcome
            )
            return False
        return True

    def draft(self, kind: Kind, details: Mapping[str, Any] | None = None, mask: Mask = masked) -> Entry:
        draft = _draft(kind, self.who, self.action, self.subject)
        draft.attempt = self.id
        draft.details_json = _details(details, mask)
        return draft

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.outcome is not None:
            return
        if error is None:
            logger.error("Attempt %s (%s) was left without an outcome", self.id, self.action)
            return
        self.end(self._meaning_of(error))

    def _meaning_of(self, error: BaseException) -> Result:
        unknown = Result(Outcome.UNANSWERED, {"message": type(error).__name__})
        if self.classify is None or not isinstance(error, Exception):
            return unknown
        try:
            return self.classify(error) or unknown
        except Exception:
            logger.exception("The classifier of attempt %s (%s) failed", self.id, self.action)
            return unknown


def _draft(kind: Kind, who: Who, action: str, subject: Subject) -> Entry:
    return Entry(
        kind=kind.value,
        username=tidy.text(who.username, 150),
        user_id=who.user_id,
        ip=tidy.text(who.ip, 45),
        agent=tidy.text(who.agent, 200),
        action=tidy.text(action, 80),
        order_id=tidy.text(subject.order_id, 200),
        merchant=tidy.text(subject.merchant, 200),
        channel=tidy.text(subject.channel, 200),
        target=tidy.text(subject.target, 300),
        changes_json="[]",
        details_json="{}",
    )


def _say(draft: Entry, outcome: Outcome, said: Said, mask: Mask) -> None:
    status = said.get("status")
    draft.outcome = outcome.value
    draft.status = status if status is not None and 0 < status < 1000 else None
    draft.code = tidy.text(mask_text(said.get("code") or "", LOG), 200)
    draft.message = tidy.text(mask_text(said.get("message") or "", LOG))
    draft.request_id = tidy.text(said.get("request_id") or "", 200)
    draft.details_json = _details(said.get("details"), mask)


def _details(details: Mapping[str, Any] | None, mask: Mask) -> str:
    return canonical(tidy.plain({key: mask(key, value) for key, value in (details or {}).items()}))


def _change(change: Change, mask: Mask) -> dict[str, Any]:
    field, old, new = change
    return {
        "field": tidy.text(mask_text(field, LOG)),
        "old": tidy.plain(mask(field, old)),
        "new": tidy.plain(mask(field, new)),
    }
