"""The proof of one execution as a JSON document with the desk's signature, which `tools/check_receipt.py` checks
without the desk.

It says the same as long as nothing new is found: no time of its own is in it, and Ed25519 signs the same text the same
way. So the digest that is printed on the proof stays good. Of the log's entries it has what the proof shows of them;
who came from which address stays in the log.
"""

import hashlib
import json
from decimal import Decimal
from typing import Any

from audit import signing
from audit.models import Entry
from payments.executions.snapshot import Snapshot
from payments.models import Evidence, Execution
from payments.presentation.proof import Proof
from privacy import LOG, mask_text

FORMAT = "order-desk receipt, form 1"
COLUMNS = (
    "merchant", "channel", "order_id", "order_reference", "payment_id", "payment_reference", "provider", "method",
    "action_id", "action_type", "currency", "asked_by_name", "reason", "note", "decided_by_name", "decision_note",
    "baseline", "state", "answer", "status", "code", "message", "request_id",
    "outcome",
)  # fmt: skip
TIMES = ("created_at", "decided_at", "sent_at", "ended_at")
TAKEN = ("taken_by_name", "taken_note")
"""Only of what was taken up, so that the digest of every other one stays what it was."""


def receipt_of(proof: Proof) -> dict[str, Any]:
    """What is signed."""
    named = {mark for link in proof.links for mark in _named(link.entry)}
    evidence = [each.piece.evidence for each in proof.found]
    unnamed = {each.digest for each in proof.unnamed}
    return {
        "format": FORMAT,
        "execution": _execution(proof.execution),
        "call": f"POST {proof.call}",
        "evidence": [_evidence(each) for each in evidence],
        "entries": [_entry(link.entry) for link in proof.links],
        "not named yet": [each.digest for each in evidence if each.digest not in named | unnamed],
        "does not match": proof.says,
    }


def digest_of(proof: Proof) -> str:
    """SHA-256, in hex, of what is signed."""
    return hashlib.sha256(signing.text_of(receipt_of(proof))).hexdigest()


def signed(proof: Proof) -> dict[str, Any]:
    """The receipt with its signature. Raises `signing.KeyUnusableError`."""
    receipt = receipt_of(proof)
    signature = signing.sign(receipt)  # first, as it makes the key
    return {"receipt": receipt, "key": signing.public_key(), "signature": signature}


def _execution(execution: Execution) -> dict[str, Any]:
    times = {name: getattr(execution, name) for name in TIMES}
    return {
        "id": str(execution.pk),
        **{name: getattr(execution, name) for name in COLUMNS},
        **{name: moment.isoformat() if moment else None for name, moment in times.items()},
        **_taken(execution),
        "amount": _number(execution.amount),
        "moved_amount": _number(execution.moved_amount),
        "above": execution.excess,
    }


def _taken(execution: Execution) -> dict[str, Any]:
    if execution.taken_at is None:
        return {}
    return {name: getattr(execution, name) for name in TAKEN} | {"taken_at": execution.taken_at.isoformat()}


def _number(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount.normalize(), "f")


def _evidence(evidence: Evidence) -> dict[str, Any]:
    """Its text only where it is masked already: older evidence has what providers wrote."""
    return {
        "at": evidence.at.isoformat(),
        "kind": evidence.kind,
        "by": evidence.by,
        "text": evidence.data_json if _is_shown(evidence.data) else None,
        "digest": evidence.digest,
    }


def _is_shown(data: dict[str, Any]) -> bool:
    found = data.get("payment")
    errors = [line.error for line in Snapshot.from_json(found).lines] if found else []
    said = [str(data[key]) for key in ("message", "error") if data.get(key)]
    return all(mask_text(text, LOG) == text for text in (*errors, *said))


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "action": entry.action,
        "outcome": entry.outcome,
        "by": entry.username,
        "changes": json.loads(entry.changes_json),
        "evidence": _named(entry),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _named(entry: Entry) -> list[str]:
    return list(entry.details.get("evidence", []))
