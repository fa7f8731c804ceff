"""Asking a payment's adapter what the provider thinks, so that the payment shows it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from order_api import OrderApi
from order_api.schemas import Order
from orders.changes.base import OrderChange
from orders.changes.explanation import Explanation, Words
from orders.changes.payments import payment_of
from payments.executions.refreshing import where_to_ask, whom_to_ask


class PaymentRefreshExplanation(Explanation["PaymentRefresh"]):
    doubt = _("Look at the payment. Asking twice does no harm.")

    def closed(self) -> Words:
        if self.form.where:
            return ""
        return gettext("This payment's adapter cannot be asked: what stands here is as far as Checkout knows.")

    def consequences(self) -> list[Words]:
        return [
            gettext(
                "%(provider)s is asked for the state that the payment has there. No money moves; what the payment "
                "offers, and its state, may change."
            )
            % {"provider": whom_to_ask(self.form.payment)}
        ]


class PaymentRefresh(OrderChange):
    """POST refresh at the payment's adapter, which is no operation of the Order API."""

    title = _("Ask for a payment's state")
    verb = _("Ask now")
    done = _("The provider was asked. What it said stands in the payment.")
    action = AuditAction.PAYMENT_REFRESH
    permission = "accounts.execute_payment_action"
    anchor = "payments"
    explanation_class = PaymentRefreshExplanation

    def current(self, order: Order) -> dict[str, object]:
        self.payment = payment_of(order, self.ids["payment_id"])
        self.where = where_to_ask(self.payment)
        return {}

    def send(self, api: OrderApi, order: Order) -> None:
        api.adapters.refresh(self.where, order.id or "", self.ids["payment_id"])
