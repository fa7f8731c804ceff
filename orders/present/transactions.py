"""A payment's log: what was asked of the provider when, and what it answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from orders.api.schemas import PaymentTransaction
from orders.masking import mask_text
from orders.present.tree import Payload, payload


@dataclass(frozen=True, slots=True)
class Transaction:
    """One line of the log. `result` is ok, failed or unknown; `error` is masked, as providers repeat what they were sent."""

    transaction: PaymentTransaction
    event: str
    result: str
    error: str
    request: Payload | None
    answer: Payload | None

    @property
    def opens(self) -> bool:
        """Whether there is more to it than its line says."""
        return bool(self.request or self.answer or self.error or self.transaction.payment_action)


def present_transactions(transactions: Iterable[PaymentTransaction]) -> list[Transaction]:
    """The log, newest first; lines without a time keep their place at the end."""
    given = list(transactions)
    dated = sorted((t for t in given if t.created), key=_moment, reverse=True)
    return [_transaction(t) for t in [*dated, *(t for t in given if not t.created)]]


def _moment(transaction: PaymentTransaction) -> float:
    return transaction.created.timestamp() if transaction.created else 0.0


def _transaction(transaction: PaymentTransaction) -> Transaction:
    return Transaction(
        transaction=transaction,
        event=transaction.event or transaction.psp_event or "–",
        result={True: "ok", False: "failed", None: "unknown"}[transaction.is_success],
        error=mask_text(transaction.error_detail or ""),
        request=payload(transaction.request_json),
        answer=payload(transaction.response_json),
    )
