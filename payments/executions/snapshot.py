"""What is compared: a payment and its transactions at one moment, what stands for them, and how two
such moments differ."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple, Self, TypeVar

from domain.money import code_of
from order_api.schemas import Order, Payment, PaymentAction, PaymentTransaction
from privacy import LOG, mask_text


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

    @property
    def means(self) -> tuple[str, ...]:
        """What it does, whatever its id, which some adapters renew with each reading."""
        return self[1:]


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
    def means(self) -> tuple[Any, ...]:
        """What it says, whatever way it is written in: an API may give its texts, or parts of a second, differently
        each time."""
        amount = None if self.amount is None else Decimal(self.amount)
        return (self.event.lower(), self.action_id, self.created[:_SECOND], self.success, self.status, amount)

    @property
    def mark(self) -> str:
        """Stands for the transaction in what we keep, however it is written."""
        return digest_of([str(part) for part in self.means])

    @property
    def exact_mark(self) -> str:
        """What stood for it in evidence of before: that of every letter."""
        return digest_of(list(self))


_SECOND = len("2026-11-22T10:00:00")


T = TypeVar("T", Action, TransactionMark)


class Difference(NamedTuple):
    """One thing that is not as it was; `kind`: a name of COMPARED, action-gone, action-new, line-new, line-gone,
    attempt."""

    kind: str
    old: str
    new: str


COMPARED = (
    "state", "amount", "currency", "reference", "adapter", "type", "limit", "attributes",
    "order_state", "order_total", "customer",
)  # fmt: skip
"""What tells which money it is, and whether it may be moved. Of `attributes` and `customer` only a digest, as they may
be personal."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A payment as it was read at `read_at` (UTC). What was not read is None, and is not compared: a payment that is
    read without its order tells nothing of that."""

    state: str
    amount: str | None
    currency: str
    actions: tuple[Action, ...]
    lines: tuple[TransactionMark, ...]
    read_at: str
    reference: str | None = None
    adapter: str | None = None
    type: str | None = None
    limit: str | None = None
    attributes: str | None = None
    order_state: str | None = None
    order_total: str | None = None
    customer: str | None = None

    @classmethod
    def of(
        cls, payment: Payment, lines: Iterable[TransactionMark], read_at: dt.datetime, order: Order | None = None
    ) -> Self:
        return cls(
            state=payment.state or "",
            amount=_number(payment.amount),
            currency=code_of(payment.currency),
            actions=tuple(sorted(Action.of(action) for action in payment.actions)),
            lines=tuple(lines),
            read_at=read_at.astimezone(dt.UTC).isoformat(),
            reference=payment.reference or "",
            adapter=payment.adapter_id or "",
            type=str(payment.type or "default"),
            limit=_number(payment.upper_limit_amount) or "",
            attributes=digest_of(json.loads(json.dumps(payment.attributes, default=str))),
            **(_of_order(order) if order else {}),
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
        """Stands for what is seen here, at whatever time it was read, and however it was written. `after`: the last
        attempt through this desk that has ended, so that what was refused without a trace can be tried again on
        purpose, and nothing by accident."""
        seen = [
            *(getattr(self, name) for name in COMPARED),
            sorted(list(action.means) for action in self.actions),
            sorted(str(line.means) for line in self.lines),
        ]
        return digest_of([seen, after])

    def without_order(self) -> Self:
        """As it is read alone, without its order."""
        return replace(self, order_state=None, order_total=None, customer=None)

    def without_words(self) -> Self:
        """Without what a provider wrote of an error, which nothing is compared by."""
        return replace(self, lines=tuple(line._replace(error="") for line in self.lines))

    def offers(self, action_id: str) -> Action | None:
        return next((action for action in self.actions if action.id == action_id), None)

    def offers_like(self, action: Action) -> Action | None:
        """The action itself or, where its id was renewed, the one that does the same; None if several do."""
        alike = [each for each in self.actions if each.means == action.means]
        return self.offers(action.id) or (alike[0] if len(alike) == 1 else None)

    def lines_since(self, before: "Snapshot") -> tuple[TransactionMark, ...]:
        """The transactions that were not there before, oldest first."""
        return _without(self.lines, before.lines)


def differences(before: Snapshot, now: Snapshot) -> list[Difference]:
    """What moved between the two, as far as both know it."""
    found = [
        Difference(name, *(("", "") if name in ("attributes", "customer") else (old or "", new or "")))
        for name in COMPARED
        for old, new in [(getattr(before, name), getattr(now, name))]
        if old != new and (name in _ALWAYS or None not in (old, new))
    ]
    found += [Difference("action-gone", action.type, "") for action in _without(before.actions, now.actions)]
    found += [Difference("action-new", "", action.type) for action in _without(now.actions, before.actions)]
    found += [Difference("line-new", "", _words(line)) for line in _without(now.lines, before.lines)]
    found += [Difference("line-gone", _words(line), "") for line in _without(before.lines, now.lines)]
    return found


_ALWAYS = ("state", "amount", "currency")
"""What every reading knows: None is an amount that the API does not name."""


def _without(these: Sequence[T], those: Sequence[T]) -> tuple[T, ...]:
    """What of these is not among those by what it means, as often as it is there."""
    left = Counter(each.means for each in those)
    rest = []
    for each in these:
        if left[each.means]:
            left[each.means] -= 1
        else:
            rest.append(each)
    return tuple(rest)


def _of_order(order: Order) -> dict[str, Any]:
    total = order.cart.total.including_vat if order.cart and order.cart.total else None
    billing = order.customer.billing if order.customer else None
    person = [billing.email, billing.given_name, billing.family_name, billing.organization_name] if billing else []
    return {
        "order_state": (order.state.current_status if order.state else None) or "",
        "order_total": _number(total) or "",
        "customer": digest_of([part or "" for part in person]),
    }


def _words(line: TransactionMark) -> str:
    return " ".join(part for part in (line.event, line.status, line.created) if part)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")
