"""Whether an execution's row says what the evidence and the audit log say of it: every column that its proof prints.

The row can be changed by whoever can write to the database. Evidence has digests, the log names them, and its entries
hang together by hashes; so what the row says has to stand there too, word for word or, in the log, as far as it is not
masked there. What stands in neither is listed in docs/audit.md.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import log, tidy
from audit.actions import AuditAction
from audit.models import Entry
from audit.models import Kind as EntryKind
from payments.executions.evidence import OUTCOMES
from payments.executions.readings import before_of, seen_of
from payments.models import Evidence, Execution, Kind, State
from payments.presentation.vocabulary import Words

SAME_MOMENT = dt.timedelta(minutes=1)
"""Times that were taken in one transaction; waiting for a lock may lie between them."""
REQUEST, END = AuditAction.PAYMENT_APPROVAL_REQUEST, AuditAction.PAYMENT_APPROVAL_END
ASK, TAKE_UP, ASK_END = AuditAction.PAYMENT_ASK, AuditAction.PAYMENT_ASK_TAKE_UP, AuditAction.PAYMENT_ASK_END
EXECUTE, NOT_SENT = AuditAction.PAYMENT_ACTION_EXECUTE, AuditAction.PAYMENT_ACTION_NOT_SENT
CONTRADICT = AuditAction.PAYMENT_ACTION_CONTRADICT
WORDS: dict[str, Words] = {
    "action_id": gettext_lazy("Action"),
    "action_type": gettext_lazy("Action"),
    "amount": gettext_lazy("Amount"),
    "answer": gettext_lazy("Answer"),
    "asked_by_name": gettext_lazy("Asked for by"),
    "baseline": gettext_lazy("Baseline"),
    "before_json": gettext_lazy("Read just before sending"),
    "code": gettext_lazy("Code"),
    "created_at": gettext_lazy("Asked for at"),
    "currency": gettext_lazy("Currency"),
    "decided_at": gettext_lazy("Decided at"),
    "decided_by_name": gettext_lazy("Decided by"),
    "decision_note": gettext_lazy("Note of who decided"),
    "ended_at": gettext_lazy("Ended"),
    "excess": gettext_lazy("Above a limit"),
    "message": gettext_lazy("Message"),
    "moved_amount": gettext_lazy("Amount that moved"),
    "note": gettext_lazy("Note"),
    "outcome": gettext_lazy("First outcome"),
    "payment_reference": gettext_lazy("Payment"),
    "provider": gettext_lazy("Provider"),
    "reason": gettext_lazy("Reason"),
    "request_id": gettext_lazy("Request id"),
    "seen_json": gettext_lazy("What they saw"),
    "sent_at": gettext_lazy("Sent"),
    "state": gettext_lazy("State"),
    "status": gettext_lazy("Status"),
    "taken_at": gettext_lazy("Taken up at"),
    "taken_by_name": gettext_lazy("Taken up by"),
    "taken_note": gettext_lazy("Note of who took it up"),
}
# What an entry's details call it, and the column.
DETAILS = {
    "action": "action_type",
    "amount": "amount",
    "currency": "currency",
    "baseline": "baseline",
    "reason": "reason",
    "note": "note",
    "asked by": "asked_by_name",
    "taken up by": "taken_by_name",
    "above": "excess",
    "provider": "provider",
    "reference": "payment_reference",
}


class Flaw(NamedTuple):
    """A column of the row that is not as it is written elsewhere. `where`: the entry or piece of evidence, in words."""

    column: str
    here: str
    there: str
    where: str

    @property
    def says(self) -> str:
        return _("%(what)s: “%(here)s” here, “%(there)s” in %(where)s.") % {
            "what": WORDS.get(self.column, self.column),
            "here": self.here,
            "there": self.there,
            "where": self.where,
        }


def flaws_of(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> list[Flaw]:
    """All of them; none if the row says what the evidence and the entries (oldest first) say."""
    return [
        *_of_evidence(execution, evidence),
        *_of_details(execution, entries),
        *_of_answer(execution, evidence, entries),
        *_of_decision(execution, evidence, entries),
        *_of_taking_up(execution, evidence, entries),
        *_of_times(execution, evidence, entries),
        *_of_state(execution, evidence, entries),
        *_of_what_came_later(execution, evidence, entries),
    ]


def _of_evidence(execution: Execution, evidence: Sequence[Evidence]) -> Iterator[Flaw]:
    """What was seen, by whom, and just before sending."""
    seen = next((each for each in evidence if each.kind == Kind.SEEN), None)
    if seen is None:
        yield Flaw("seen_json", _("something"), _("nothing"), _("the evidence"))
        return
    where = _piece(seen)
    if seen.data.get("payment") != json.loads(execution.seen_json):
        yield Flaw("seen_json", _("one thing"), _("another"), where)
    snapshot, before = seen_of(execution), _before(evidence)
    # An adapter may have renewed the id by the time of sending; it was the one of an action that does the same.
    offered = snapshot.offers(execution.action_id) or before_of(execution).offers(execution.action_id)
    facts = {
        "asked_by_name": seen.by,
        "action_id": execution.action_id if offered else "–",
        "action_type": offered.type if offered else execution.action_type,
        "currency": snapshot.currency or execution.currency,
        "payment_reference": snapshot.reference,
        "provider": snapshot.adapter,
    }
    yield from _differing(execution, {name: value for name, value in facts.items() if value is not None}, where)
    if before and before.data.get("payment") != json.loads(execution.before_json):
        yield Flaw("before_json", _("one thing"), _("another"), _piece(before))


def _before(evidence: Sequence[Evidence]) -> Evidence | None:
    """The reading just before it was sent; one that says why it was not is none."""
    return next((each for each in reversed(evidence) if each.kind == Kind.BEFORE and "why" not in each.data), None)


def _of_details(execution: Execution, entries: Sequence[Entry]) -> Iterator[Flaw]:
    """What the entries of the request and of the attempt say of it."""
    for entry in (each for each in entries if each.action in (REQUEST, ASK, TAKE_UP) or _is_intent(each)):
        names = {"above": "excess"} if entry.action == TAKE_UP else DETAILS  # the note there is of who took it up
        for key, column in names.items():
            if key in entry.details and not _is_logged(key, getattr(execution, column), entry.details[key]):
                yield Flaw(column, _text(getattr(execution, column)), _text(entry.details[key]), _entry(entry))
    if execution.excess and not any(entry.action in (REQUEST, TAKE_UP) for entry in entries):
        yield Flaw("excess", _text(execution.excess), _("nothing"), _("the log"))


def _of_answer(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> Iterator[Flaw]:
    """What came back, as the evidence has it to the letter, and the entry of the outcome as far as it is not masked."""
    answers = [each for each in evidence if each.kind == Kind.ANSWER]
    if not answers:
        nothing: dict[str, Any] = {"status": None, "code": "", "message": "", "request_id": ""}
        yield from _differing(execution, nothing, _("the evidence"))
        return
    data = answers[0].data
    names = {"answer": "answer", "status": "status", "code": "code", "message": "message", "request_id": "request"}
    yield from _differing(execution, {name: data.get(key) for name, key in names.items()}, _piece(answers[0]))
    for entry in (each for each in entries if _is_outcome(each) and each.details.get("evidence")):
        for name in ("status", "code", "message", "request_id"):
            here, there = getattr(execution, name), getattr(entry, name)
            is_same = here == there if name == "status" else _is_logged(name, here, there)
            if not is_same:
                yield Flaw(name, _text(here), _text(there), _entry(entry))


def _of_decision(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> Iterator[Flaw]:
    """Who said yes or no: the entry that ends the request, and the word of that person among the evidence."""
    decisions = [each for each in entries if each.action in (END, ASK_END) and _new_state(each) in _DECIDED]
    yield from _of_word(execution, evidence, decisions, ("decided_by_name", "decision_note", "decided_at"))


def _of_taking_up(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> Iterator[Flaw]:
    """Who carried out what somebody asked for."""
    taken = [each for each in entries if each.action == TAKE_UP]
    yield from _of_word(execution, evidence, taken, ("taken_by_name", "taken_note", "taken_at"))


def _of_word(
    execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry], columns: tuple[str, str, str]
) -> Iterator[Flaw]:
    """The name, note and time of somebody's word: in the last of the entries about it, and among the evidence."""
    name, note, at = columns
    if not entries:
        yield from _differing(execution, {name: "", note: ""}, _("the log"))
        return
    entry = entries[-1]
    named = set(entry.details.get("evidence", []))
    said = [each for each in evidence if each.kind == Kind.PERSON and each.digest in named]
    facts = {name: entry.username}
    if said:
        facts |= {note: said[-1].data.get("note", "")}
    yield from _differing(execution, facts, _entry(entry))
    yield from _at_once(execution, at, entry.at, _entry(entry))


_DECIDED = {State.PREPARED, State.TURNED_DOWN}
_BEFORE_SENDING = {State.ASKED.value, State.WAITING.value, State.PREPARED.value}


def _of_times(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> Iterator[Flaw]:
    seen = [each for each in evidence if each.kind == Kind.SEEN]
    before = _before(evidence)
    if seen:
        yield from _at_once(execution, "created_at", seen[0].at, _piece(seen[0]))
    if before:
        yield from _at_once(execution, "sent_at", before.at, _piece(before))
    elif execution.sent_at:
        yield Flaw("sent_at", execution.sent_at.isoformat(), _("nothing"), _("the evidence"))
    if execution.sent_at and not any(map(_is_intent, entries)):
        yield Flaw("sent_at", execution.sent_at.isoformat(), _("nothing"), _("the log"))
    ends = [each for each in entries if _bears_state(each)]
    if execution.is_open or execution.is_request:
        yield from _differing(execution, {"ended_at": None}, _("the log"))
    elif ends:
        moment = execution.ended_at
        near = min(ends, key=lambda each: abs(each.at - moment)) if moment else ends[-1]
        yield from _at_once(execution, "ended_at", near.at, _entry(near))


def _of_state(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> Iterator[Flaw]:
    """The state is what the last entry about it says. While it is being asked for or sent there may be none yet."""
    state, bearers = State(execution.state), [each for each in entries if _bears_state(each)]
    last = bearers[-1] if bearers else None
    if last is None or (_new_state(last) == State.PREPARED and state in (State.PREPARED, State.SENDING)):
        begun = {
            State.ASKED: any(each.action == ASK for each in entries),
            State.WAITING: any(each.action == REQUEST for each in entries),
            State.PREPARED: True,
            State.SENDING: any(map(_is_intent, entries)),
        }
        if not begun.get(state, False):
            yield Flaw("state", state.value, _("nothing"), _("the log"))
        return
    said = _states_said_by(last, bearers, evidence)
    is_outcome_same = not last.outcome or OUTCOMES.get(state, log.Outcome.UNANSWERED) == last.outcome
    if (said and state not in said) or not is_outcome_same:
        yield Flaw("state", state.value, ", ".join(sorted(said)) or last.outcome, _entry(last))


def _of_what_came_later(execution: Execution, evidence: Sequence[Evidence], entries: Sequence[Entry]) -> Iterator[Flaw]:
    """The first outcome, where something contradicted it, and the amount that a person found."""
    changes = [change for each in entries if each.action == CONTRADICT for change in each.changes]
    first = next((str(change.old) for change in changes if change.field == "state"), "")
    yield from _differing(execution, {"outcome": first}, _("the log"))
    said = [each.data for each in evidence if each.kind == Kind.PERSON and "person" in each.data.get("why", ())]
    there = said[-1].get("amount") if said else None
    if _number(execution.moved_amount) != _number(there):
        yield Flaw("moved_amount", _text(execution.moved_amount), _text(there), _("the evidence"))


def _states_said_by(entry: Entry, bearers: Sequence[Entry], evidence: Sequence[Evidence]) -> set[str]:
    if new := _new_state(entry):
        return {new}
    if entry.action == NOT_SENT:
        return {State.NOT_SENT.value, State.LAPSED.value}
    named = set(entry.details.get("evidence", []))
    found = {each.data["verdict"] for each in evidence if each.digest in named and "verdict" in each.data}
    # Somebody may have settled it while it was being sent; then what came back is only added.
    return found | {new for each in bearers if (new := _new_state(each))} - _BEFORE_SENDING if found else set()


def _bears_state(entry: Entry) -> bool:
    return bool(_new_state(entry)) or _is_outcome(entry) or entry.action == NOT_SENT


def _new_state(entry: Entry) -> str:
    return next((str(change.new) for change in entry.changes if change.field == "state"), "")


def _is_intent(entry: Entry) -> bool:
    return entry.action == EXECUTE and entry.kind == EntryKind.INTENT


def _is_outcome(entry: Entry) -> bool:
    return entry.action == EXECUTE and entry.kind == EntryKind.OUTCOME


def _differing(execution: Execution, facts: dict[str, Any], where: str) -> Iterator[Flaw]:
    for column, there in facts.items():
        here = getattr(execution, column)
        if _clean(here) != _clean(there):
            yield Flaw(column, _text(here), _text(there), where)


def _at_once(execution: Execution, column: str, there: dt.datetime, where: str) -> Iterator[Flaw]:
    here: dt.datetime | None = getattr(execution, column)
    if here is None or abs(here - there) > SAME_MOMENT:
        yield Flaw(column, here.isoformat() if here else "–", there.isoformat(), where)


def _is_logged(key: str, here: Any, there: Any) -> bool:
    """Whether the log, which masks, says that of it. What it masked under older rules counts as far as it is shown."""
    if key == "amount":
        return _number(here) == _number(there)
    if tidy.plain(log.masked(key, here)) == there:
        return True
    here, there = _clean(here), _clean(there)
    shown = ".*".join(re.escape(part) for part in re.split("•+", there))
    return here == there or ("•" in there and re.fullmatch(shown, here, re.DOTALL) is not None)


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")


def _clean(value: Any) -> str:
    """As text that every database takes, since one of the two has been in one."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return tidy.text(text.replace("\N{REPLACEMENT CHARACTER}", " "), limit=10**6)


def _text(value: Any) -> str:
    return "–" if value in (None, "") else str(value)


def _entry(entry: Entry) -> str:
    return _("entry %(number)s of the log") % {"number": entry.sequence}


def _piece(evidence: Evidence) -> str:
    return _("the evidence “%(kind)s”") % {"kind": Kind(evidence.kind).label}
