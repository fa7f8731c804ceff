"""All payments of a customer's orders in time, with what this desk did to them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.adapters import called
from domain.money import code_of
from domain.states import PAYMENT, Bucket
from order_api.schemas import Payment
from orders.customer.found import CustomerOrder
from orders.customer.moments import paid_at
from payments.models import Execution
from payments.presentation.vocabulary import names_it, provider_name
from ui.formats import isolated


@dataclass(frozen=True, slots=True)
class Line:
    """One payment. `at`: when its order was placed, as payments have no time of their own. `executions` are this desk's
    own, the oldest first."""

    order: CustomerOrder
    payment: Payment
    at: dt.datetime | None
    executions: tuple[Execution, ...] = ()

    @property
    def amount(self) -> Decimal | None:
        return self.payment.amount

    @property
    def currency(self) -> str:
        return code_of(self.payment.currency or self.order.order.currency)

    @property
    def bucket(self) -> Bucket:
        """Where its money is, by the state that the API has now."""
        return PAYMENT.of(self.payment.state).bucket

    @property
    def is_unsure(self) -> bool:
        """Whether nobody knows where its money is: its state is unknown, or something that was sent is not settled."""
        return self.bucket is Bucket.UNKNOWN or any(each.is_unsettled for each in self.executions)

    @property
    def is_live(self) -> bool:
        return PAYMENT.of(self.payment.state).is_live

    @property
    def title(self) -> str:
        return isolated(called(self.payment.name, self.payment.adapter_id) or self.payment.id or "")

    @property
    def named(self) -> str:
        """What tells it from others: its order, and its own reference or, without one, what it was paid with."""
        return f"{self.order.name}, {self.payment.reference or self.title}"

    @property
    def provider(self) -> str:
        """Who handles it, where its title does not say so."""
        provider = provider_name(self.payment.adapter_id or "")
        return "" if not provider or names_it(self.title, provider) else provider


def lines_of(orders: Sequence[CustomerOrder]) -> list[Line]:
    """Every payment of these orders, the newest first; one query."""
    mine = _executions(orders)
    lines = [
        Line(
            order=each,
            payment=payment,
            at=paid_at(each.order),
            executions=tuple(mine.get((each.channel, each.order.id, payment.id), ())),
        )
        for each in orders
        for payment in each.order.payments
    ]
    return sorted(lines, key=lambda line: line.at.timestamp() if line.at else 0.0, reverse=True)


def _executions(orders: Iterable[CustomerOrder]) -> dict[tuple[object, ...], list[Execution]]:
    """This desk's executions on these orders, by channel, order and payment."""
    channels = {each.order.id: each.channel for each in orders if each.order.payments}
    if not channels:
        return {}
    found: dict[tuple[object, ...], list[Execution]] = {}
    for one in Execution.objects.filter(order_id__in=list(channels)).order_by("created_at"):
        channel = channels[one.order_id]
        if (one.merchant, one.channel) == tuple(channel):
            found.setdefault((channel, one.order_id, one.payment_id), []).append(one)
    return found
