"""The figures on a payment's card: by its state at first, and by its transactions too once those were read."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from domain.money import NOTHING, Figures, code_of, figures_of, is_nothing
from order_api.schemas import Payment, PaymentState, PaymentTransaction
from payments.executions.ledger import Ledger, ledger_of
from payments.executions.snapshot import Snapshot, TransactionMark
from payments.presentation.order_panel import OfPayment, is_held
from ui.formats import format_money

_TOUCHED: Mapping[str, frozenset[str]] = {
    "capture": frozenset({"taken"}),
    "cancel": frozenset({"held"}),
    "refund": frozenset({"back"}),
}
_LONGEST = 200


class Cell(NamedTuple):
    """A figure with its name; `is_quiet` where there is nothing in it."""

    label: str
    says: str
    is_quiet: bool = False


class CardFigures(NamedTuple):
    """`id`: of the element that shows them. `refund`: what a refund would move, where its transactions tell another
    amount than the card did before they were read; empty otherwise."""

    id: str
    cells: list[Cell]
    refund: str = ""
    refund_id: str = ""
    is_fresh: bool = False
    tells_more: bool = False
    """Whether the transactions tell of money that the payment's state does not."""


def cells_of(
    figures: Figures | None, amount: Decimal | None, currency: str, mine: OfPayment | None = None
) -> list[Cell]:
    """Authorised, captured, refunded and left; before them what the payment is about, where that is none of those."""
    unknown, told = _unknown(mine), figures or NOTHING
    found = []
    if amount is None or not (told.authorised or told.let_go):
        found.append(Cell(_("Amount"), format_money(amount, currency)))
    if told.let_go:
        found.append(Cell(_("Let go"), format_money(told.let_go, currency)))
    left = format_money(told.left, currency)
    if told.more:
        left = _("up to %s") % format_money(told.most_left, currency)
    said = {
        "held": (_("Authorised"), told.authorised, ""),
        "taken": (_("Captured"), told.captured, ""),
        "back": (_("Refunded"), told.refunded, ""),
        "left": (_("Left"), told.left, left),
    }
    for name, (label, value, text) in said.items():
        is_known = amount is not None and name not in unknown
        words = (text or format_money(value, currency)) if is_known else _("unknown")
        found.append(Cell(label, words, is_known and is_nothing(value, currency)))
    return found


def _unknown(mine: OfPayment | None) -> frozenset[str]:
    """The figures that nobody knows while something sent through this desk is not settled."""
    if mine is None:
        return frozenset()
    unsettled = [each for each in (mine.open, *mine.contradicted) if each and each.is_unsettled]
    touched = [_TOUCHED.get(each.action_type.lower(), frozenset({"taken", "back"})) for each in unsettled]
    return frozenset().union(*touched, *([{"left"}] if unsettled else []))


def element_of(payment_id: str) -> str:
    return f"figures-{payment_id}"


def refund_of(payment_id: str) -> str:
    """The element in the refund's button that says how much."""
    return f"refund-of-{payment_id}"


def asked_with(payment: Payment, currency: str, *, offers_refund: bool) -> str:
    """What the panel of a payment's transactions is asked with: what the log alone does not know."""
    known = {
        "currency": currency,
        "state": payment.state or "",
        "amount": "" if payment.amount is None else format(payment.amount, "f"),
        "adapter": payment.adapter_id or "",
        "refund": "1" if offers_refund else "",
    }
    return urlencode({name: value for name, value in known.items() if value})


def refined(
    asked: Mapping[str, str], payment_id: str, transactions: Iterable[PaymentTransaction], mine: OfPayment
) -> CardFigures | None:
    """The figures of a card by its payment's transactions; None where the panel was not asked with the payment."""
    try:
        amount = Decimal(asked.get("amount", ""))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not asked.get("state"):
        return None
    payment = Payment(
        id=payment_id,
        state=PaymentState.read(asked["state"][:_LONGEST]),
        amount=amount,
        currency=code_of(asked.get("currency")),
        adapter_id=asked.get("adapter", "")[:_LONGEST],
    )
    ledger = ledger_by(payment, transactions)
    return card_by(payment, ledger, mine, offers_refund=bool(asked.get("refund"))) if ledger else None


def ledger_by(payment: Payment, transactions: Iterable[PaymentTransaction]) -> Ledger | None:
    """A payment's figures by its transactions; None where it names no amount."""
    return ledger_of(Snapshot.of(payment, map(TransactionMark.of, transactions), timezone.now()))


def card_by(payment: Payment, ledger: Ledger, mine: OfPayment, *, offers_refund: bool) -> CardFigures:
    figures, currency, payment_id = ledger.figures, code_of(payment.currency), payment.id or ""
    cells = cells_of(figures, payment.amount, currency, mine)
    has_button = offers_refund and not is_held("refund", mine)
    left = cells[-1].says if has_button and figures.refunded and figures.taken else ""
    tells_more = figures != figures_of(payment.state, payment.amount)
    return CardFigures(element_of(payment_id), cells, left, refund_of(payment_id), is_fresh=True, tells_more=tells_more)
