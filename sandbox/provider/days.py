"""The provider's days: how it behaves towards one payment. docs/sandbox.md says of each what it means."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandbox.codec import Document

SOON = "SANDBOX_PENDING_SECONDS"
MUCH_LATER = "SANDBOX_LATER_SECONDS"


@dataclass(frozen=True, slots=True)
class Day:
    """What the provider does about a call, and what reads of the payment are like; as it stands here, a good one."""

    answer: str = ""  # nothing is a 2xx; else `refused`, `broken` or `silent`
    slow: bool = False  # answers late
    done: bool = True  # does what it was asked
    waits: str = ""  # the setting that says how many seconds later; at once without
    first: str = ""  # what it logs as it takes the call: `declined`, `pending`, `false-pending` or `in-process`
    hides: bool = False  # takes the actions away until it is done
    twice: bool = False  # moves the money twice, and logs the second time later
    taken_back: bool = False  # takes it back later
    share: Decimal = Decimal(1)  # how much moves of what was asked
    elsewhere: bool = False  # as the call comes in, somebody moves a part in the provider's portal
    logs: bool = True
    keeps_actions: bool = False  # goes on offering what was done
    again: bool = False  # does it again for a second call
    new_ids: bool = False  # renews the ids of actions with every reading
    stale: bool = False  # reads answer as before the call for a while
    still: bool = False  # lastModified does not move with payments and their lines
    reorders: bool = False  # the log comes in another order and spelling with every reading


DAYS: dict[str, dict[str, Any]] = {
    "decline": {"answer": "refused", "done": False, "first": "declined"},
    "error": {"answer": "broken", "done": False},
    "timeout-before": {"answer": "silent", "done": False},
    "timeout-after": {"answer": "silent"},
    "slow": {"slow": True},
    "pending": {"waits": SOON, "first": "pending", "hides": True},
    "duplicate": {"keeps_actions": True, "again": True},
    "refuse-but-do": {"answer": "refused"},
    "done-seconds-later": {"done": True, "waits": SOON},
    "done-minutes-later": {"done": True, "waits": MUCH_LATER},
    "done-twice": {"twice": True},
    "taken-back": {"taken_back": True},
    "no-log": {"logs": False},
    "keeps-actions": {"keeps_actions": True},
    "new-ids": {"new_ids": True},
    "false-pending": {"waits": SOON, "first": "false-pending"},
    "in-process": {"waits": SOON, "first": "in-process"},
    "other-amount": {"share": Decimal("0.5")},
    "partial-elsewhere": {"answer": "silent", "done": False, "elsewhere": True},
    "stale-reads": {"stale": True},
    "still-lastModified": {"still": True},
    "reordered-log": {"reorders": True},
}
AS_ADAPTER = "as-adapter"
HABITS = {
    "klarna_checkout_adapter": "stale-reads",
    "klarna_payments_adapter": "new-ids",
    "walley_checkout_adapter": "done-minutes-later",
    "qliro_checkout_adapter": "in-process",
    "svea_adapter": "keeps-actions",
    "avarda_adapter": "no-log",
    "paypal_adapter": "reordered-log",
}
"""What `as-adapter` means: a habit for each adapter. None is known of the real one; the point is that they differ."""


def day_of(payment: Document, kind: str | None = None) -> Day:
    """The day that `attributes.sandbox` chooses for this payment and type of action, or for all of them together.

    Words joined by `+` are lived through at once; where they disagree the last one holds.
    """
    day = Day()
    for word in _chosen(payment, kind).replace("+", " ").split():
        for each in HABITS.get(payment.get("adapterId") or "", "").split("+") if word == AS_ADAPTER else [word]:
            day = replace(day, **DAYS.get(each, {}))
    return day


def _chosen(payment: Document, kind: str | None) -> str:
    chosen = (payment.get("attributes") or {}).get("sandbox") or ""
    if isinstance(chosen, dict):
        chosen = (chosen.get(kind) or "") if kind else "+".join(filter(_is_text, chosen.values()))
    return chosen if _is_text(chosen) else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
