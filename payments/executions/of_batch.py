"""A payment action that is one of many, which one person has done at once."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from payments.limits import rules


class AboveLimitError(Exception):
    """It takes a second person by now, and as one of many orders nobody is asked for it alone. Nothing was sent."""

    def __init__(self, above: list[rules.Excess]) -> None:
        self.above = above


@dataclass(frozen=True, slots=True)
class OfBatch:
    """That it is one of many orders that somebody has the same done with. `key`: what the execution is to be called, so
    that each of them makes one at the most, whoever comes twice; `job`: what the log calls them all. `approver`: who
    approved all of them at once, where it took a second person."""

    key: UUID
    job: str
    approver: User | None = None
    approved_at: dt.datetime | None = None
    note: str = ""

    @property
    def decision(self) -> dict[str, Any]:
        """What of the execution says that somebody else has approved it."""
        if self.approver is None:
            return {}
        name = self.approver.get_username()
        return {
            "decided_by": self.approver,
            "decided_by_name": name,
            "decided_at": self.approved_at,
            "decision_note": self.note,
        }
