"""What the page of a customer shows of what has been found."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel
from domain.customers import customer_name
from domain.money import code_of
from orders.customer.asking import NEWEST, Found
from orders.customer.found import Customer, CustomerOrder, united
from orders.customer.payments import Line, lines_of
from orders.customer.sealed import Sought
from orders.customer.text import text_of_orders, text_of_payments
from orders.customer.twins import Block, Twins, Verdict, blocks_of
from orders.customer.words import found_by, looked_by, notes_on, same_amount, verdict_of, why_apart, why_not_asked
from orders.list.rows import MoneyNote, note_of
from orders.page.money_words import standing_words
from trade.totals import order_total
from ui.formats import isolated

ORDERS, PAYMENTS = "orders", "payments"
SHOWN = (ORDERS, PAYMENTS)


class OrderRow(NamedTuple):
    """An order as the table has it. `name`: the customer's, as it is written on this order."""

    one: CustomerOrder
    url: str
    name: str
    found_by: str
    total: Decimal | None
    currency: str
    payment: str | None
    standing: str
    note: MoneyNote | None


class TwinsShown(NamedTuple):
    """What stands over twins: what makes them twins, what they come to, and what to know besides."""

    same: str
    says: str
    notes: list[str]
    tone: str


class LineRow(NamedTuple):
    """A payment as the table has it."""

    line: Line
    url: str


class BlockShown(NamedTuple):
    rows: list[LineRow]
    twins: TwinsShown | None


def customer_context(sought: Sought, channel: Channel, answers: Iterable[Found], show: str) -> Mapping[str, Any]:
    """All that the table of what was found is written from. One query."""
    customer = united(sought.order, channel, sought.keys, answers)
    lines = lines_of(customer.orders)
    blocks = blocks_of(lines)
    twins = [block.twins for block in blocks if block.twins]
    context: dict[str, Any] = {
        "show": show,
        "customer": customer,
        "cut": cut_words(customer),
        "says": [*map(why_not_asked, sought.keys.stand_ins), *map(why_apart, customer.shared)],
        "twins_say": twins_words(lines, twins),
        "worst": min((_tone_of(each) for each in twins if each.verdict.is_alarm), default=""),
    }
    if show == PAYMENTS:
        return context | {
            "blocks": [_block(block) for block in blocks],
            "text": text_of_payments(lines) if lines else "",
        }
    return context | {
        "rows": [_row(one) for one in customer.orders],
        "apart": [_row(one) for one in customer.apart],
        "text": text_of_orders(customer.orders, customer.sums),
    }


def head_of(sought: Sought) -> Mapping[str, str]:
    """Whose page it is: what they are called on the order, and by what others are looked for."""
    person = sought.order.customer
    return {
        "name": isolated(customer_name(person.billing, person.shipping)) if person else "",
        "looked_by": looked_by(sought.keys.usable),
    }


def address_of(one: CustomerOrder) -> str:
    """The page of an order, in its own channel."""
    return reverse("order-detail", args=(one.channel, one.order.id)) if one.order.id else ""


def _row(one: CustomerOrder) -> OrderRow:
    person = one.order.customer
    return OrderRow(
        one=one,
        url=address_of(one),
        name=customer_name(person.billing, person.shipping) if person else "",
        found_by=found_by(one.matches, is_tagged=one.is_tagged),
        total=order_total(one.order),
        currency=code_of(one.order.currency),
        payment=one.money.standing.state if one.money.standing else None,
        standing=standing_words(one.money),
        note=note_of(one.stage, one.money),
    )


def _block(block: Block) -> BlockShown:
    rows = [LineRow(line, address_of(line.order)) for line in block.lines]
    if block.twins is None:
        return BlockShown(rows, None)
    twins = block.twins
    return BlockShown(rows, TwinsShown(same_amount(twins), verdict_of(twins), notes_on(twins), _tone_of(twins)))


def _tone_of(twins: Twins) -> str:
    """Red (the first by name) where money was taken twice for the same thing; amber where somebody has to look."""
    is_same = twins.verdict is Verdict.BOTH_CAPTURED and (twins.is_of_same_items or bool(twins.given_up))
    if is_same or twins.verdict is Verdict.PAID_TWICE:
        return "is-bad"
    return "is-wait" if twins.verdict.is_alarm else "is-done"


def twins_words(lines: Sequence[Line], twins: Sequence[Twins]) -> str:
    """What the question “charged twice?” comes to, in a sentence."""
    alarms = sum(each.verdict.is_alarm for each in twins)
    if alarms:
        words = ngettext(
            "Charged twice? There is %(count)d group of equal amounts to look at",
            "Charged twice? There are %(count)d groups of equal amounts to look at",
            alarms,
        )
        return words % {"count": alarms}
    if twins:
        return _("No double charge: of equal amounts within a day, one alone holds money")
    return _("No two equal amounts within a day") if lines else _("No payments")


def cut_words(customer: Customer) -> str:
    """Said where a channel has more than was read, so that nobody takes sums for all there is."""
    if not customer.is_cut:
        return ""
    return _("Of each shop the %(count)d newest orders are here; sums are of these alone.") % {"count": NEWEST}
