"""What a person found out about an execution in doubt, or contradicted, where no reading can prove it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import log
from payments.executions.access import tie_of
from payments.executions.evidence import settle
from payments.models import Evidence, Execution, Kind, State

BY_HAND = (State.IN_DOUBT, State.PENDING, State.CONTRADICTED)
"""What a person's word ends."""


class AlreadySettledError(Exception):
    """It is not in doubt any more."""


class OwnSettlementError(Exception):
    """Who asked for it, or has said their word on it already, or may act as one who has, cannot be the one to settle
    it."""


class TooSoonError(Exception):
    """It was sent a moment ago: a provider that is late would prove the word wrong."""

    def __init__(self, earliest: dt.datetime) -> None:
        self.earliest = earliest


class NewEvidenceError(Exception):
    """There is evidence that the person has not seen: what they say may be about what was before it."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence


@transaction.atomic
def settle_by_hand(  # noqa: PLR0913 - who found what where, by name
    execution: Execution,
    who: log.Who,
    *,
    moved: bool,
    where: str,
    found: str,
    seen: int | None = None,
    amount: Decimal | None = None,
) -> Execution:
    """End the doubt on a person's word: `moved` is whether money moved, `where` they looked, `found` what they saw
    there, `amount` how much it was, if not all that was asked for (major units). What was above a limit takes two
    people who say the same: after the first one it is as open as before, and their word stands among the evidence.

    `seen` is the last evidence that they were shown. Raises OwnSettlementError, TooSoonError, AlreadySettledError where
    it was settled meanwhile, NewEvidenceError where there is more evidence than that, and AuditUnavailable; nothing was
    changed then.
    """
    now = Execution.objects.select_for_update().get(pk=execution.pk)
    if now.state not in BY_HAND:
        raise AlreadySettledError
    last = now.evidence.last()
    if last and seen not in (None, last.pk):
        raise NewEvidenceError(last)
    if is_askers(now, who):
        raise OwnSettlementError
    if (earliest := settled_from(now)) > timezone.now():
        raise TooSoonError(earliest)
    before = word_before(now)
    ties = (tie_of(now, each, who.user_id) for each in (now.asked_by_id, now.taken_by_id))
    if (before and before.by == who.username) or any(ties):
        raise OwnSettlementError
    how_much = str(amount) if amount is not None and moved else None
    agrees = before is not None and (before.data["moved"], before.data.get("amount")) == (moved, how_much)
    is_enough = not now.excess or agrees
    to = (State.DONE if moved else State.NOT_DONE) if is_enough else State(now.state)
    data = {"why": ["person" if is_enough else "person-first"], "moved": moved, "where": where, "found": found}
    if how_much is not None:
        data["amount"] = how_much
    fields: dict[str, Any] = {"moved_amount": amount if moved else None}
    if not is_enough:
        fields = {"next_check_at": now.next_check_at, "ended_at": now.ended_at}
    if not settle(execution, Kind.PERSON, data, to, by=who, expected=BY_HAND, fields=fields):
        raise AlreadySettledError
    return execution


def is_askers(execution: Execution, who: log.Who) -> bool:
    """Whether it is the one who asked for it, or who took up what somebody asked for: nobody judges their own."""
    return who.username in (execution.asked_by_name, execution.taken_by_name)


def settled_from(execution: Execution) -> dt.datetime:
    """The time from which on a person's word is taken."""
    cooling: dt.timedelta = settings.PAYMENT_SETTLE_AFTER
    return (execution.sent_at or execution.created_at) + cooling


def word_before(execution: Execution) -> Evidence | None:
    """What a first person has said of what takes two; None where nobody has, or something was found since."""
    last = execution.evidence.last()
    is_first = last is not None and last.kind == Kind.PERSON and "person-first" in last.data.get("why", ())
    return last if is_first else None
