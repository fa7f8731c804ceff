"""What a person found out about an execution in doubt, where no reading can prove it."""

from audit import log
from payments.evidence import settle
from payments.models import Execution, Kind, State


class Settled(Exception):  # noqa: N818 - a state of affairs
    """It is not in doubt any more."""


def settle_by_hand(execution: Execution, who: log.Who, *, moved: bool, where: str, found: str) -> Execution:
    """End the doubt on a person's word: `moved` is whether money moved, `where` they looked, `found` what they saw there.

    Raises Settled where it was settled meanwhile, and AuditUnavailable; nothing was changed then.
    """
    to = State.DONE if moved else State.NOT_DONE
    data = {"why": ["person"], "moved": moved, "where": where, "found": found}
    if not settle(execution, Kind.PERSON, data, to, by=who, expected=(State.IN_DOUBT, State.PENDING)):
        raise Settled
    return execution
