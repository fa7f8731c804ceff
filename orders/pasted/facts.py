"""What of an order stands in the table of a paste: taken where the answer comes, shown later, in its reader's words."""

from typing import Any, NamedTuple

from domain.customers import customer_name
from domain.money import code_of, money_of
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from trade.totals import order_total


class Facts(NamedTuple):
    """Texts as they came, and an amount as a decimal's text; empty where there is none. `status` and `payment` are
    states of the API, by name; `payment` is empty where there is no payment that counts."""

    id: str
    reference: str = ""
    customer: str = ""
    status: str = ""
    payment: str = ""
    total: str = ""
    currency: str = ""


def facts_of(order: Order | UnfitOrder) -> Facts:
    """Of an order that does not fit, no more than whose it is: the page of the order shows the document."""
    if isinstance(order, UnfitOrder):
        return Facts(order.owner.id or "", order.owner.reference or "")
    customer = order.customer
    total = order_total(order)
    standing = money_of(order.payments, total, order.currency).standing
    return Facts(
        id=order.id or "",
        reference=order.reference or "",
        customer=customer_name(customer.billing, customer.shipping) if customer else "",
        status=(order.state.current_status or "") if order.state else "",
        payment=standing.state if standing else "",
        total="" if total is None else str(total),
        currency=code_of(order.currency),
    )


def read_facts(kept: Any) -> Facts:
    """As they were kept; an older version may have kept fewer."""
    return Facts(*map(str, kept[: len(Facts._fields)]))
