"""Which payment actions there are on a payment, and why those that people look for are not."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from domain.money import figures_of
from domain.states import MONEY_ACTIONS, PAYMENT, Bucket
from order_api.schemas import Payment
from payments.executions.profiles import profile_of
from payments.presentation.vocabulary import action_words, provider_name
from ui.formats import format_money


class Offer(NamedTuple):
    """An action that can be executed (`action_id`), or one that cannot, with the reason (`why`). `amount`: what it
    would move, as far as the payment's state tells; empty where that is not known."""

    kind: str
    verb: str
    action_id: str = ""
    why: str = ""
    amount: str = ""

    @property
    def label(self) -> str:
        """The words of the button that opens the dialog."""
        return f"{self.whole % {'money': self.amount}}…" if self.amount else f"{self.verb} …"

    @property
    def whole(self) -> str:
        """What it does, with `%(money)s`."""
        return str(action_words(self.kind).whole)

    @property
    def ask(self) -> str:
        """The words of the button for who may only ask for it."""
        return str(action_words(self.kind).ask)


def offers_of(payment: Payment, others: Iterable[Payment] = (), currency: str | None = None) -> list[Offer]:
    """What the adapter offers, each action under its own id, then what is missed and why. Removed
    payments offer nothing.

    `others` are the live payments of the order, `currency` is its currency, for a payment that names none.
    """
    if not PAYMENT.of(payment.state).is_live:
        return []
    left = figures_of(payment.state, payment.amount).left
    amount = format_money(left, payment.currency or currency) if left > 0 else ""
    there = [
        Offer(a.type, str(action_words(a.type).verb), a.id, amount=amount if a.type.lower() in MONEY_ACTIONS else "")
        for a in payment.actions
        if a.id and a.type
    ]
    kinds = {offer.kind.lower() for offer in there}
    missing = [
        Offer(kind, str(action_words(kind).verb), why=why)
        for kind in MONEY_ACTIONS
        if kind not in kinds and (why := _why_not(kind, payment, others))
    ]
    return [*there, *missing]


def _why_not(kind: str, payment: Payment, others: Iterable[Payment]) -> str:
    """Why the action is not offered, and what to do instead; nothing where nobody would look for it."""
    state = PAYMENT.of(payment.state)
    if kind in state.actions:
        return " ".join(filter(None, (_kept_elsewhere(payment), _paid_in_two_ways(payment, others))))
    if kind == "refund" and "cancel" in state.actions:
        return _("Not captured yet: cancel the reservation instead.")
    if kind == "cancel" and "refund" in state.actions:
        return _("Captured already: refund it instead.")
    if kind == "capture" and state.is_early:
        return _("Not reserved yet: the customer or the provider is not done.")
    if kind == "refund" and state.bucket is Bucket.RETURNED:
        return _("Refunded already.")
    return ""


def _kept_elsewhere(payment: Payment) -> str:
    if payment.type in ("voucher", "prepaid"):
        return _("Vouchers and prepaid means are settled by their own adapter, not from here.")
    provider = provider_name(payment.adapter_id or "") or _("The provider")
    if payment.adapter_id and not profile_of(payment.adapter_id).manages_orders:
        words = _("%(provider)s cannot do this from here: the money is managed in the provider's own screens.")
        return words % {"provider": provider}
    words = _("As far as Checkout knows, %(provider)s does not offer it now. Look at the provider's own screens.")
    return words % {"provider": provider}


def _paid_in_two_ways(payment: Payment, others: Iterable[Payment]) -> str:
    """That the action of the other payment, which people may take for this one's, leaves this part where it is."""
    names = [each.name or each.adapter_id or each.id or "" for each in others if _type(each) != _type(payment)]
    if not names:
        return ""
    return _("The order is paid with two types of payment: what is done to %(others)s leaves this part as it is.") % {
        "others": ", ".join(names)
    }


def _type(payment: Payment) -> str:
    return payment.type or "default"
