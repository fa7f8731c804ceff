"""What somebody has to act on: the band under the head of an order's page. Silence means that nothing waits for
anybody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from domain.money import ZERO, Concern, Money, findings, is_nothing
from domain.states import ORDER, PAYMENT, SHIPPING, Stage
from order_api.schemas import Order
from orders.page.payments import Payments
from orders.page.shippings import Shippings
from trade.totals import Totals
from ui.formats import format_money

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
        return format_money(value, self.order.currency)


def present_alerts(order: Order, payments: Payments, shippings: Shippings, totals: Totals) -> list[Alert]:
    """What needs action, the money first."""
    status = (order.state.current_status if order.state else None) or ""
    facts = _Facts(order, status, payments, shippings, totals)
    checks = (_of_money, _shipping_failed, _consent_missing, _does_not_add_up)
    return [alert for check in checks for alert in check(facts)]


def _of_money(facts: _Facts) -> Iterator[Alert]:
    """What the list says of the money too, in more words."""
    for concern, amounts in findings(facts.stage, facts.money):
        if concern in _SAYS:
            yield _SAYS[concern](facts, " + ".join(format_money(*amount) for amount in amounts))


def _held_for_nothing(facts: _Facts, held: str) -> Alert:
    title = _("The order is “%(state)s”, but %(amount)s is still captured or reserved.")
    says = _("Nothing will be delivered. The money has to be given back, or the reservation let go.")
    return Alert(BAD, title % {"state": ORDER.of(facts.status).word, "amount": held}, says, "payments")


def _cannot_say(_facts: _Facts, _nothing: str) -> Alert:
    title = _("Not every payment is in the order's currency.")
    return Alert(WAIT, title, _("So it cannot be said whether the payments cover the order."), "payments")


def _not_covered(facts: _Facts, gap: str) -> Alert:
    """Where a payment went wrong, that comes first: it is why."""
    failed = next((card.title for card in facts.payments.live if PAYMENT.of(card.payment.state).is_failure), None)
    if failed is not None:
        says = _("%(amount)s of the order is not covered by any payment.") % {"amount": gap}
        return Alert(BAD, _("%(payment)s did not go through.") % {"payment": failed}, says, "payments")
    is_sent, own, currency = ORDER.of(facts.status).is_final, facts.money.own, facts.money.currency
    if is_sent and own.let_go and is_nothing(own.let_go + facts.money.gap, currency):
        return Alert(BAD, _("Sent, but %(gap)s was let go.") % {"gap": gap}, _cover(facts), "payments")
    title = _("%(gap)s is not covered by any payment.")
    let_go = _("%s was let go.") % format_money(own.let_go, currency) if own.let_go else ""
    return Alert(BAD, title % {"gap": gap}, " ".join(filter(None, (_cover(facts), let_go))), "payments")


def _too_much(facts: _Facts, gap: str) -> Alert:
    return Alert(WAIT, _("Paid %(gap)s too much.") % {"gap": gap}, _cover(facts), "payments")


def _to_pay_back(facts: _Facts, owed: str) -> Alert:
    says = _("The order comes to %s.") % facts.amount(facts.money.total or ZERO)
    return Alert(WAIT, _("%s is to be paid back.") % owed, says, "payments")


def _cover(facts: _Facts) -> str:
    money = facts.money
    figures = {"covered": format_money(money.own.covered, money.currency), "total": facts.amount(money.total or ZERO)}
    return _("The payments cover %(covered)s, the order comes to %(total)s.") % figures


_SAYS: Mapping[Concern, Callable[[_Facts, str], Alert]] = {
    Concern.HELD_FOR_NOTHING: _held_for_nothing,
    Concern.CANNOT_SAY: _cannot_say,
    Concern.NOT_COVERED: _not_covered,
    Concern.TOO_MUCH: _too_much,
    Concern.TO_PAY_BACK: _to_pay_back,
}


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
