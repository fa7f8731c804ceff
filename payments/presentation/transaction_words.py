"""What a payment's transactions say of its money, in words: how much was moved, and what is left after it."""

from collections.abc import Callable, Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from domain.money import code_of
from domain.states import MONEY_ACTIONS
from order_api.schemas import Payment, PaymentTransaction
from payments.executions.ledger import refund_steps
from payments.executions.profiles import profile_of
from payments.executions.snapshot import TransactionMark
from payments.presentation.card_figures import ledger_by
from payments.presentation.vocabulary import action_words
from ui.formats import format_amount, format_money

SaysOf = Callable[[PaymentTransaction], str]


def words_for(payment: Payment, transactions: Iterable[PaymentTransaction]) -> SaysOf:
    """For the payment's transactions, what each says of its money; nothing of one that moves none."""
    lines = tuple(transactions)
    ledger, profile = ledger_by(payment, lines), profile_of(payment.adapter_id or "")
    currency = code_of(payment.currency)
    steps = (
        refund_steps(ledger, payment.amount, profile.amounts, currency) if ledger and payment.amount is not None else {}
    )

    def says(line: PaymentTransaction) -> str:
        kind, amount = (line.event or "").lower(), line.amount
        if kind not in MONEY_ACTIONS:
            return ""
        words = action_words(kind)
        if line.is_success is False:
            return str(capfirst(str(words.noun)))
        if not line.is_success or not profile.is_final(line.psp_status or ""):
            return _("%(noun)s, not done yet") % {"noun": capfirst(str(words.noun))}
        said = {"done": capfirst(str(words.did)), "amount": format_money(amount, currency)}
        if step := steps.get(TransactionMark.of(line).mark):
            said |= {"moved": format_money(step.moved, currency), "left": format_amount(step.left, currency)}
            return _("%(done)s %(moved)s (left: %(left)s)") % said
        if kind == "refund":
            return _("%(done)s; its transaction names %(amount)s") % said if amount is not None else str(said["done"])
        moved = payment.amount if kind == "cancel" or amount is None else amount
        return f"{said['done']} {format_money(moved, currency)}" if moved is not None else str(said["done"])

    return says
