"""The proof of one execution: what was seen, sent, answered and found, and where in the audit log that stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from audit.chain import GENESIS, digest
from audit.models import Entry, Outcome
from payments.executions.ledger import Figures, figures_of
from payments.executions.readings import seen_of
from payments.executions.snapshot import Snapshot
from payments.models import Evidence, Execution, State
from payments.presentation.evidence_log import Piece, pieces_of


class Link(NamedTuple):
    """An entry of the audit log. `holds`: its hash fits its content, and the entry before it is the
    one that it names."""

    entry: Entry
    holds: bool


class Found(NamedTuple):
    """A piece of evidence, and the entry of the log that names its digest, if one does."""

    piece: Piece
    sequence: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    execution: Execution
    seen: Snapshot
    figures: Figures | None
    found: list[Found]
    links: list[Link]
    missing: list[str]
    """Digests that the log names, of evidence that is not there any more."""

    @property
    def call(self) -> str:
        """What was called, below the Order API's own address."""
        execution = self.execution
        return f"orders/{execution.order_id}/payments/{execution.payment_id}/actions/{execution.action_id}/execute"

    @property
    def is_whole(self) -> bool:
        is_intact = all(link.holds for link in self.links) and all(each.piece.is_intact for each in self.found)
        return is_intact and not self.missing and self.is_as_logged

    @property
    def is_as_logged(self) -> bool:
        """Whether the row says of the money what the log says: that it moved, and how much."""
        entries = [link.entry for link in self.links]
        amounts = {entry.details["amount"] for entry in entries if entry.details.get("amount") is not None}
        says_done = any(entry.outcome == Outcome.DONE for entry in entries)
        is_amount = all(Decimal(amount) == self.execution.amount for amount in amounts)
        return is_amount and (says_done == (self.execution.state == State.DONE))


def proof_of(execution: Execution) -> Proof:
    """Three queries: the evidence, the entries of the order, and those before them."""
    evidence: Sequence[Evidence] = list(execution.evidence.all())
    links = links_of(entries_of(execution))
    newest_first = reversed(links)  # so that the first entry that names it stays
    named = {mark: link.entry.sequence for link in newest_first for mark in link.entry.details.get("evidence", [])}
    there = {each.digest for each in evidence}
    seen = seen_of(execution)
    return Proof(
        execution=execution,
        seen=seen,
        figures=figures_of(seen),
        found=[Found(piece, named.get(piece.evidence.digest)) for piece in pieces_of(execution, evidence)],
        links=links,
        missing=[mark for mark in named if mark not in there],
    )


def entries_of(execution: Execution) -> list[Entry]:
    """What the audit log says about it, oldest first. The outcome of an attempt belongs to it even
    where it does not name it."""
    of_order = Entry.objects.filter(
        order_id=execution.order_id, merchant=execution.merchant, channel=execution.channel
    ).order_by("sequence")
    entries = [each for each in of_order if each.target == execution.payment_id]
    attempts = {each.attempt for each in entries if _names(each, execution)} - {None}
    return [each for each in entries if _names(each, execution) or each.attempt in attempts]


def _names(entry: Entry, execution: Execution) -> bool:
    return entry.details.get("execution") == str(execution.pk)


def links_of(entries: Iterable[Entry]) -> list[Link]:
    """The entries, each checked against its own hash and that of the entry before it."""
    entries = list(entries)
    before = Entry.objects.filter(sequence__in=[each.sequence - 1 for each in entries])
    hashes = {0: GENESIS, **dict(before.values_list("sequence", "hash"))}
    return [
        Link(each, digest(each) == each.hash and hashes.get(each.sequence - 1) == each.previous) for each in entries
    ]
