"""What somebody has to act on: the band under the head of an order's page. Silence means that nothing waits for anybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.formats import format_amount
from domain.states import ORDER, PAYMENT, SHIPPING, Stage
from orders.api.schemas import Order
from orders.present.payments import Money, Payments
from orders.present.shippings import Shippings
from orders.present.totals import Totals

BAD, WAIT = "is-bad", "is-wait"


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong, in a sentence, and what that means; `target` is the id of the part of the page that tells more."""

    tone: str
    title: str
    says: str
    target: str


@dataclass(frozen=True, slots=True)
class _Facts:
    order: Order
    status: str
    payments: Payments
    shippings: Shippings
    totals: Totals

    @property
    def stage(self) -> Stage:
        return ORDER.of(self.status).stage

    @property
    def money(self) -> Money:
        return self.payments.money

    def amount(self, value: Decimal) -> str:
        """An amount with its currency, on one line."""
        number = format_amount(value, self.order.currency)
        return f"{number}\N{NO-BREAK SPACE}{(self.order.currency or '').upper()}".strip()


def present_alerts(order: Order, payments: Payments, shippings: Shippings, totals: Totals) -> list[Alert]:
    """What needs action, the money first."""
    status = (order.state.current_status if order.state else None) or ""
    facts = _Facts(order, status, payments, shippings, totals)
    checks = (
        _given_up,
        _other_currency,
        _payment_failed,
        _not_covered,
        _shipping_failed,
        _consent_missing,
        _does_not_add_up,
    )
    return [alert for check in checks for alert in check(facts)]


def _given_up(facts: _Facts) -> Iterator[Alert]:
    """The order is over, but money is still held or taken."""
    money = facts.money
    if facts.stage is not Stage.GIVEN_UP or not (money.taken or money.held):
        return
    says = _("Nothing will be delivered. The money has to be given back, or the reservation let go.")
    held = money.taken + money.held
    title = _("The order is “%(state)s”, but %(amount)s is still captured or reserved.")
    figures = {"state": ORDER.of(facts.status).word, "amount": facts.amount(held)}
    yield Alert(BAD, title % figures, says, "payments")


def _other_currency(facts: _Facts) -> Iterator[Alert]:
    """A payment in another currency than the order's: what it covers cannot be told."""
    if facts.money.foreign:
        title = _("Not every payment is in the order's currency.")
        yield Alert(WAIT, title, _("So it cannot be said whether the payments cover the order."), "payments")


def _payment_failed(facts: _Facts) -> Iterator[Alert]:
    """A payment failed and no other covers for it."""
    failed = [c for c in facts.payments.live if PAYMENT.of(c.payment.state).is_failure]
    if facts.stage is Stage.GIVEN_UP or not failed or facts.money.foreign or facts.money.gap >= 0:
        return
    title = _("%(payment)s did not go through.") % {"payment": failed[0].title}
    says = _("%(amount)s of the order is not covered by any payment.") % {"amount": facts.amount(-facts.money.gap)}
    yield Alert(BAD, title, says, "payments")


def _not_covered(facts: _Facts) -> Iterator[Alert]:
    """The payments' amounts must equal the total exactly (Norce docs, order/callbacks), once the customer has paid.

    Money that was paid back is left to who reads: the API does not say what was paid back of an amount.
    """
    gap = facts.money.gap
    if facts.stage is not Stage.PLACED or not gap or facts.money.returned or facts.money.lost or facts.money.foreign:
        return
    figures = {
        "gap": facts.amount(abs(gap)), "covered": facts.amount(facts.money.covered), "total": facts.amount(facts.money.total)
    }  # fmt: skip
    title = (_("Paid %(gap)s too much.") if gap > 0 else _("%(gap)s is not covered by any payment.")) % figures
    says = _("The payments cover %(covered)s, the order comes to %(total)s.") % figures
    yield Alert(BAD if gap < 0 else WAIT, title, says, "payments")


def _shipping_failed(facts: _Facts) -> Iterator[Alert]:
    failed = [c for c in facts.shippings.live if SHIPPING.of(c.shipping.state).is_failure]
    if failed and facts.stage is not Stage.GIVEN_UP:
        title = _("%(shipping)s could not be booked.") % {"shipping": failed[0].title}
        yield Alert(BAD, title, _("The carrier's system did not take the delivery."), "shipping")


def _consent_missing(facts: _Facts) -> Iterator[Alert]:
    """A required consent holds the order in checkout (Norce reference, schemas/consent)."""
    missing = [c for c in facts.order.consents if c.required and not c.checked]
    if facts.stage is Stage.SHOPPING and missing:
        title = ngettext(
            "A required consent is not given.", "%(count)d required consents are not given.", len(missing)
        ) % {"count": len(missing)}
        yield Alert(WAIT, title, _("The order cannot leave checkout before it is."), "consents")


def _does_not_add_up(facts: _Facts) -> Iterator[Alert]:
    gap = facts.totals.total_gap
    if gap:
        title = _("The items and shippings do not add up to the order's total.")
        says = _("They add up to %(lines)s, the order says %(order)s: a difference of %(by)s.") % {
            "lines": facts.amount(gap.lines), "order": facts.amount(gap.order), "by": facts.amount(gap.by)
        }  # fmt: skip
        yield Alert(WAIT, title, says, "items")
