"""The proof of one execution: what was seen, sent, answered and found, and where in the audit log that stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from audit.chain import GENESIS, digest, head
from audit.models import Entry
from domain.money import Figures
from payments.executions.ledger import ledger_of
from payments.executions.readings import seen_of
from payments.executions.snapshot import Snapshot
from payments.models import Evidence, Execution, Kind, State
from payments.presentation.consistency import Flaw, flaws_of
from payments.presentation.evidence_log import Piece, pieces_of


class Link(NamedTuple):
    """An entry of the audit log. `holds`: its hash fits its content, the entry before it is the one that it names, and
    the one after it names this one."""

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
    flaws: list[Flaw]
    """Columns that are not as the evidence or the log has them."""

    @property
    def call(self) -> str:
        """What was called, below the Order API's own address."""
        execution = self.execution
        return f"orders/{execution.order_id}/payments/{execution.payment_id}/actions/{execution.action_id}/execute"

    @property
    def unnamed(self) -> list[Evidence]:
        """Evidence that no entry of the log names. What is read again and says nothing new of the state is named by the
        next entry; so is what was read just before a call that is under way."""
        execution, found = self.execution, []
        is_looked_at = execution.is_open or execution.state == State.CONTRADICTED
        for each in reversed(self.found):
            evidence = each.piece.evidence
            is_underway = execution.state == State.SENDING and evidence.kind == Kind.BEFORE
            if each.sequence is None and (evidence.kind == Kind.CHECK or is_underway) and is_looked_at:
                continue
            if each.sequence is None:
                found.append(evidence)
        return found[::-1]

    @property
    def says(self) -> list[str]:
        """What does not match, in words; nothing if it is whole."""
        said = [flaw.says for flaw in self.flaws]
        said += [_("Entry %s of the log does not hold.") % link.entry.sequence for link in self.links if not link.holds]
        for each in self.found:
            if not each.piece.is_intact:
                said.append(_("The evidence of %s is not as it was written.") % each.piece.evidence.at.isoformat())
        said += [_("No entry of the log names the evidence of %s.") % each.at.isoformat() for each in self.unnamed]
        return said + [_("The log names evidence that is not here: %s.") % mark for mark in self.missing]

    @property
    def is_whole(self) -> bool:
        return not self.says


def proof_of(execution: Execution) -> Proof:
    """Four queries: the evidence, the entries of the order, those before and after them, and the log's head."""
    evidence: Sequence[Evidence] = list(execution.evidence.all())
    entries = entries_of(execution)
    links = links_of(entries)
    newest_first = reversed(links)  # so that the first entry that names it stays
    named = {mark: link.entry.sequence for link in newest_first for mark in link.entry.details.get("evidence", [])}
    there = {each.digest for each in evidence}
    seen = seen_of(execution)
    ledger = ledger_of(seen)
    return Proof(
        execution=execution,
        seen=seen,
        figures=ledger.figures if ledger else None,
        found=[Found(piece, named.get(piece.evidence.digest)) for piece in pieces_of(execution, evidence)],
        links=links,
        missing=[mark for mark in named if mark not in there],
        flaws=flaws_of(execution, evidence, entries),
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
    """The entries, each checked against its own hash, the entry before it and what the next one says of it."""
    entries = list(entries)
    around = {each.sequence + step for each in entries for step in (-1, 1)}
    rows = Entry.objects.filter(sequence__in=around).values_list("sequence", "previous", "hash")
    hashes, said = {0: GENESIS}, {}
    for sequence, previous, own in rows:
        hashes[sequence], said[sequence - 1] = own, previous
    last = head()
    if last:
        said[last.sequence] = last.hash
    return [
        Link(
            each,
            digest(each) == each.hash
            and hashes.get(each.sequence - 1) == each.previous
            and said.get(each.sequence) == each.hash,
        )
        for each in entries
    ]
