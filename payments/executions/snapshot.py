"""What is compared: a payment and its transactions at one moment, what stands for them, and how two
such moments differ."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Self, TypeVar

from order_api.schemas import Payment, PaymentAction, PaymentTransaction
from privacy import LOG, mask_text

T = TypeVar("T", bound=tuple[Any, ...])


def digest_of(value: Any) -> str:
    """SHA-256, in hex, of a JSON value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


class Action(NamedTuple):
    """An action that the payment offers."""

    id: str
    type: str
    adapter: str = ""
    url: str = ""

    @classmethod
    def of(cls, action: PaymentAction) -> Self:
        return cls(action.id or "", action.type or "", action.adapter_id or "", mask_text(action.url or "", LOG))


class TransactionMark(NamedTuple):
    """A transaction, by what tells it from others: the API gives it no id. Of the two JSON texts only a digest, as they
    may be personal; of the error what the audit log would have of it, as providers repeat what they were sent.

    `amount` is the payment's amount after it, in major units, as text (Norce reference, schemas/paymenttransaction).
    """

    event: str
    psp_event: str
    amount: str | None
    success: bool | None
    status: str
    error: str
    created: str
    action_id: str
    texts: str

    @classmethod
    def of(cls, line: PaymentTransaction) -> Self:
        return cls(
            event=line.event or "",
            psp_event=line.psp_event or "",
            amount=_number(line.amount),
            success=line.is_success,
            status=line.psp_status or "",
            error=mask_text(line.error_detail or "", LOG),
            created=line.created.astimezone(dt.UTC).isoformat() if line.created else "",
            action_id=(line.payment_action.id or "") if line.payment_action else "",
            texts=digest_of([line.request_json, line.response_json]),
        )

    @property
    def mark(self) -> str:
        """Stands for the transaction in what we keep. Two that are equal in everything have one mark."""
        return digest_of(list(self))


class Difference(NamedTuple):
    """One thing that is not as it was; `kind`: state, amount, currency, action-gone, action-new,
    line-new, line-gone, attempt."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A payment as it was read at `read_at` (UTC)."""

    state: str
    amount: str | None
    currency: str
    actions: tuple[Action, ...]
    lines: tuple[TransactionMark, ...]
    read_at: str

    @classmethod
    def of(cls, payment: Payment, lines: Iterable[TransactionMark], read_at: dt.datetime) -> Self:
        return cls(
            state=payment.state or "",
            amount=_number(payment.amount),
            currency=(payment.currency or "").upper(),
            actions=tuple(sorted(Action.of(action) for action in payment.actions)),
            lines=tuple(lines),
            read_at=read_at.astimezone(dt.UTC).isoformat(),
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            **{
                **data,
                "actions": tuple(Action(*a) for a in data["actions"]),
                "lines": tuple(TransactionMark(*line) for line in data["lines"]),
            }
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"actions": [list(a) for a in self.actions], "lines": [list(line) for line in self.lines]}

    def fingerprint(self, after: str = "") -> str:
        """Stands for what is seen here, at whatever time it was read. `after`: the last attempt through this desk that
        has ended, so that what was refused without a trace can be tried again on purpose, and nothing by accident."""
        seen = [
            self.state,
            self.amount,
            self.currency,
            [list(a) for a in self.actions],
            sorted(map(list, self.lines), key=str),
        ]
        return digest_of([seen, after])

    def offers(self, action_id: str) -> Action | None:
        return next((action for action in self.actions if action.id == action_id), None)

    def lines_since(self, before: "Snapshot") -> tuple[TransactionMark, ...]:
        """The transactions that were not there before, oldest first."""
        return _without(self.lines, before.lines)


def differences(before: Snapshot, now: Snapshot) -> list[Difference]:
    """What moved between the two. Nothing if they have one fingerprint."""
    found = [
        Difference(kind, getattr(before, kind) or "", getattr(now, kind) or "")
        for kind in ("state", "amount", "currency")
        if getattr(before, kind) != getattr(now, kind)
    ]
    found += [Difference("action-gone", action.type, "") for action in _without(before.actions, now.actions)]
    found += [Difference("action-new", "", action.type) for action in _without(now.actions, before.actions)]
    found += [Difference("line-new", "", _words(line)) for line in _without(now.lines, before.lines)]
    found += [Difference("line-gone", _words(line), "") for line in _without(before.lines, now.lines)]
    return found


def _without(these: Sequence[T], those: Sequence[T]) -> tuple[T, ...]:
    left = Counter(those)
    rest = []
    for each in these:
        if left[each]:
            left[each] -= 1
        else:
            rest.append(each)
    return tuple(rest)


def _words(line: TransactionMark) -> str:
    return " ".join(part for part in (line.event, line.status, line.created) if part)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")
