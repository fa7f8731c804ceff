"""What has to hold of a payment whatever was done to the program: the desk's word against the count
of the sandbox's provider."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from audit.models import Entry
from audit.models import Kind as EntryKind
from payments.executions.evidence import ACTION, is_intact
from payments.models import OPEN, Execution, ExternalMove, Kind, State
from sandbox.models import Move, ProviderCall
from sandbox.provider.ledger import REVERSED
from tests.harness.tally import Tally

OVER_WITHOUT_A_MOVE = (
    State.REFUSED,
    State.NOT_DONE,
    State.NOT_SENT,
    State.LAPSED,
    State.TURNED_DOWN,
    State.WITHDRAWN,
    State.EXPIRED,
)


@dataclass
class Elsewhere:
    """What others than the desk had the provider do with a payment, by type of action."""

    calls: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)


def counted(payment_id: str) -> Elsewhere:
    """What the provider was called for, and what it moved for those calls, by type of action; by whomever."""
    calls = ProviderCall.objects.filter(payment=payment_id).values_list("kind", flat=True)
    moves = Move.objects.filter(payment=payment_id, source=Move.Source.ASKED).values_list("kind", flat=True)
    return Elsewhere(Counter(calls), Counter(moves))


def violations(payment_id: str, elsewhere: Elsewhere | None = None) -> list[str]:
    """What does not hold of this payment, in words; nothing if all is well."""
    executions = list(Execution.objects.filter(payment_id=payment_id))
    return [
        f"{payment_id}: {what}"
        for what in [*_of_money(executions, counted(payment_id), elsewhere or Elsewhere()), *_of_record(executions)]
    ]


def _of_money(executions: list[Execution], provider: Elsewhere, elsewhere: Elsewhere) -> Iterator[str]:
    for kind in {*provider.calls, *(each.action_type for each in executions)}:
        mine = [each for each in executions if each.action_type == kind]
        calls, moves = provider.calls[kind] - elsewhere.calls[kind], provider.moves[kind] - elsewhere.moves[kind]
        sent = sum(each.sent_at is not None for each in mine)
        states = Counter(each.state for each in mine)
        still_open = sum(states[state] for state in OPEN)
        if calls > sent:
            yield f"{kind}: {calls} calls for {sent} executions that were sent"
        if moves > sent:
            yield f"{kind}: {moves} moves for {sent} executions that were sent"
        taken_back = Move.objects.filter(
            payment__in={each.payment_id for each in executions},
            source=Move.Source.TAKEN_BACK,
            kind=f"{kind}{REVERSED}",
        ).count()
        if states[State.DONE] > provider.moves[kind]:
            yield f"{kind}: {states[State.DONE]} are done, and {provider.moves[kind]} moved"
        if moves - taken_back > states[State.DONE] + states[State.CONTRADICTED] + still_open:
            over = sum(states[state] for state in OVER_WITHOUT_A_MOVE)
            yield f"{kind}: {moves} moved, {states[State.DONE]} are done, and {over} are said not to have moved"
    if (count := sum(each.state in OPEN for each in executions)) > 1:
        yield f"{count} executions are open"


def _of_record(executions: list[Execution]) -> Iterator[str]:
    intents = {
        json.loads(entry.details_json).get("execution"): entry.at
        for entry in Entry.objects.filter(
            action=ACTION, kind=EntryKind.INTENT, order_id__in={each.order_id for each in executions}
        )
    }
    for each in executions:
        written = intents.get(str(each.pk))
        if each.sent_at and not (written and written <= each.sent_at):
            yield f"{each} was sent at {each.sent_at}, and its intent was not in the log before (at {written})"
        kinds = Counter(evidence.kind for evidence in each.evidence.all())
        was_lost = any("lost-mark" in evidence.data.get("why", ()) for evidence in each.evidence.all())
        if each.sent_at and not kinds[Kind.BEFORE] and not was_lost:
            yield f"{each} was sent, and what the payment was then is not kept"
        if not all(is_intact(evidence) for evidence in each.evidence.all()):
            yield f"{each} has evidence that is not as it was written"


def claimed_by(execution: Execution) -> Decimal:
    """How much the desk says that it moved."""
    amount = execution.moved_amount if execution.moved_amount is not None else execution.amount
    return amount if execution.state == State.DONE and amount is not None else Decimal(0)


def untold(payment_id: str) -> Iterator[str]:
    """What the provider did that the desk does not say, once all was watched: other amounts than it moved, a second
    move, money that was taken back, money that others moved."""
    executions = list(Execution.objects.filter(payment_id=payment_id))
    found = {code for each in executions for piece in each.evidence.all() for code in piece.data.get("why", ())}
    moves = Move.objects.filter(payment=payment_id)
    by_others = moves.filter(source=Move.Source.ELSEWHERE)
    if by_others.exists() and not ExternalMove.objects.filter(execution__in=executions).exists():
        yield f"{by_others.count()} moves by others are no task of anybody"
    if moves.filter(source=Move.Source.REPEATED).exists() and not found & {"second-move", "twice"}:
        yield "it was moved twice, and nobody was told"
    if moves.filter(source=Move.Source.TAKEN_BACK).exists() and not found & {"taken-back", "state-back", "failed"}:
        yield "it was taken back, and nobody was told"
    for kind in {each.action_type for each in executions}:
        asked = moves.filter(kind__in=(kind, kind + REVERSED)).exclude(source=Move.Source.ELSEWHERE)
        moved = sum((-move.amount if move.kind.endswith(REVERSED) else move.amount for move in asked), Decimal(0))
        claimed = sum((claimed_by(each) for each in executions if each.action_type == kind), Decimal(0))
        if claimed != moved and not found & {"second-move", "twice"}:
            yield f"{kind}: {claimed} is said to have moved, and {moved} did"


def was_in_doubt(execution: Execution) -> bool:
    found = [evidence.data for evidence in execution.evidence.all()]
    return any(data.get("verdict") == State.IN_DOUBT or "lost-after" in data.get("why", ()) for data in found)


def tally_of(payment_id: str, elsewhere: Elsewhere | None = None) -> Tally:
    """The counts of one payment, without what others than the desk did, and without those that only a run can know."""
    others = elsewhere or Elsewhere()
    executions = list(Execution.objects.filter(payment_id=payment_id))
    states, provider = Counter(each.state for each in executions), counted(payment_id)
    doubted = [each for each in executions if was_in_doubt(each)]
    return Tally(
        intents=len(executions),
        calls=provider.calls.total() - others.calls.total(),
        moves=provider.moves.total() - others.moves.total(),
        done=states[State.DONE],
        refused=states[State.REFUSED],
        not_sent=states[State.NOT_SENT],
        in_doubt=len(doubted),
        settled=sum(not each.is_open for each in doubted),
    )
