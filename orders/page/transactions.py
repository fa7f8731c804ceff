"""A payment's log: what was asked of the provider when, and what it answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.states import Result, result_of
from order_api.schemas import PaymentTransaction
from orders.page.tree import Payload, payload, too_large
from payments.presentation.origins import Origin
from payments.presentation.transaction_words import SaysOf
from privacy import PAGE, mask_text

MAX_DOCUMENTS = 2_000_000
"""Characters of all requests and answers on one page."""
OriginOf = Callable[[PaymentTransaction], Origin | None]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One line of the log. `error` is masked, as providers repeat what they were sent.

    `origin`: through what it came about, if it is of an event that moves money; `says`: how much of it.
    """

    transaction: PaymentTransaction
    event: str
    result: Result
    error: str
    request: Payload | None
    answer: Payload | None
    origin: Origin | None = None
    says: str = ""

    @property
    def opens(self) -> bool:
        """Whether there is more to it than its line says."""
        is_ours = bool(self.origin and self.origin.execution)
        return bool(self.request or self.answer or self.error or self.transaction.payment_action or is_ours)


def present_transactions(
    transactions: Iterable[PaymentTransaction],
    origin_of: OriginOf = lambda _: None,
    says_of: SaysOf = lambda _: "",
) -> list[Transaction]:
    """The log, newest first; lines without a time keep their place at the end."""
    given = list(transactions)
    dated = sorted((t for t in given if t.created), key=_moment, reverse=True)
    budget = _Budget(MAX_DOCUMENTS)
    return [_transaction(t, origin_of(t), says_of(t), budget) for t in [*dated, *(t for t in given if not t.created)]]


class _Budget:
    """Documents as long as there is room on the page; a longer one, or one too many, is only counted."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def payload(self, document: str | None) -> Payload | None:
        self.left -= len(document or "")
        return payload(document) if self.left >= 0 else too_large(document)


def _moment(transaction: PaymentTransaction) -> float:
    return transaction.created.timestamp() if transaction.created else 0.0


def _transaction(transaction: PaymentTransaction, origin: Origin | None, says: str, budget: _Budget) -> Transaction:
    return Transaction(
        transaction=transaction,
        event=transaction.event or transaction.psp_event or "–",
        result=result_of(transaction.is_success),
        error=mask_text(transaction.error_detail or "", PAGE),
        request=budget.payload(transaction.request_json),
        answer=budget.payload(transaction.response_json),
        origin=origin,
        says=says,
    )
