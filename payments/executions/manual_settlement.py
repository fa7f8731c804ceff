"""What a person found out about an execution in doubt, where no reading can prove it."""

from django.db import transaction

from audit import log
from payments.executions.evidence import settle
from payments.models import Evidence, Execution, Kind, State

BY_HAND = (State.IN_DOUBT, State.PENDING, State.CONTRADICTED)
"""What a person's word ends."""


class AlreadySettledError(Exception):
    """It is not in doubt any more."""


class NewEvidenceError(Exception):
    """There is evidence that the person has not seen: what they say may be about what was before it."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence


@transaction.atomic
def settle_by_hand(  # noqa: PLR0913 - who found what where, by name
    execution: Execution, who: log.Who, *, moved: bool, where: str, found: str, seen: int | None = None
) -> Execution:
    """End the doubt on a person's word: `moved` is whether money moved, `where` they looked,
    `found` what they saw there.

    `seen` is the last evidence that they were shown. Raises AlreadySettledError where it was settled meanwhile,
    NewEvidenceError where there is more evidence than that, and AuditUnavailable; nothing was changed then.
    """
    now = Execution.objects.select_for_update().get(pk=execution.pk)
    last = now.evidence.last()
    if now.state in BY_HAND and last and seen not in (None, last.pk):
        raise NewEvidenceError(last)
    to = State.DONE if moved else State.NOT_DONE
    data = {"why": ["person"], "moved": moved, "where": where, "found": found}
    if not settle(execution, Kind.PERSON, data, to, by=who, expected=BY_HAND):
        raise AlreadySettledError
    return execution
