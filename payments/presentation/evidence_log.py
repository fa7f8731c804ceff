"""The evidence of an execution as people read it, in order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.executions.evidence import is_intact
from payments.executions.readings import before_of
from payments.executions.snapshot import Snapshot, TransactionMark
from payments.models import Answer, Evidence, Execution, Kind
from payments.presentation.vocabulary import MOVED, Words, why_words
from privacy import PAGE, mask_text
from ui.said import said as in_words

# Where a person can have looked; what is typed stands as it was typed.
PLACES: dict[str, Words] = {
    "portal": gettext_lazy("The provider's portal"),
    "bank": gettext_lazy("The bank account"),
    "support": gettext_lazy("The provider's support"),
    "other": gettext_lazy("Somewhere else"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """`says`: what it means, in sentences. `payment`: what was read of it, if anything; `new`: transactions
    that were not there before sending."""

    evidence: Evidence
    says: list[Words]
    payment: Snapshot | None
    new: tuple[TransactionMark, ...]
    is_intact: bool


def pieces_of(execution: Execution, evidence: Iterable[Evidence]) -> list[Piece]:
    """All of them, oldest first."""
    before = before_of(execution)
    return [_piece(each, before) for each in evidence]


def _piece(evidence: Evidence, before: Snapshot) -> Piece:
    found = evidence.data.get("payment")
    payment = Snapshot.from_json(found) if found else None
    is_later = evidence.kind in (Kind.AFTER, Kind.CHECK)
    return Piece(
        evidence=evidence,
        says=sayings(evidence),
        payment=payment,
        new=tuple(map(_masked, payment.lines_since(before))) if payment and is_later else (),
        is_intact=is_intact(evidence),
    )


def _masked(line: TransactionMark) -> TransactionMark:
    """Older evidence has errors as the provider wrote them."""
    return line._replace(error=mask_text(line.error, PAGE))


def sayings(evidence: Evidence) -> list[Words]:
    """What a piece of evidence says, in sentences."""
    data = evidence.data
    match evidence.kind:
        case Kind.ANSWER:
            return list(_of_answer(data))
        case Kind.PERSON if "found" in data:
            return list(_of_person(data))
    rest = in_words(data.get("error")), data.get("note")
    return [*why_words(data.get("why", [])), *_differences(data), *filter(None, rest)]


def _of_answer(data: dict[str, Any]) -> Iterable[Words]:
    yield Answer(data["answer"]).label
    parts = (data.get("status"), data.get("code"), in_words(data.get("message")))
    if text := " ".join(str(part) for part in parts if part):
        yield _("It said: %s") % text


def _of_person(data: dict[str, Any]) -> Iterable[Words]:
    yield _("Money moved.") if data["moved"] else _("No money moved.")
    if data.get("amount"):
        yield _("How much: %s") % data["amount"]
    yield _("Looked at: %s") % PLACES.get(data["where"], data["where"])
    yield _("Found: %s") % data["found"]


def _differences(data: dict[str, Any]) -> Iterable[Words]:
    for kind, old, new in data.get("differences", []):
        what = " → ".join(filter(None, (old, new)))
        yield f"{MOVED.get(kind, kind)}: {what}"
