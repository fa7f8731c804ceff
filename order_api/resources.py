"""The API's resources. Every method is one operation; `operation` names it in the contract, by verb and path.

All of them raise the errors of `order_api.errors`: Unavailable, Unauthorized, NotFound, Rejected and BadAnswer;
what changes something also NoAnswer; what creates an order, a payment or a shipping also Conflict. Everything is
said of the merchant and channel that the OrderApi is bound to: an order of another one is NotFound, and Foreign
where it was the API that did not say so. A change that is answered with 202 is accepted and not applied yet; that shows
in the OrderApi's `last_change`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from order_api import answers
from order_api.call import Call
from order_api.query import OrderQuery, on_the_wire
from order_api.resource import Resource
from order_api.schemas import (
    Address,
    Callback,
    Cart,
    Consent,
    Hook,
    Notification,
    Order,
    OrderPaginationSet,
    Payment,
    PaymentAction,
    PaymentTransaction,
    Shipping,
    ValidationError,
)
from order_api.unfit import UnfitOrder
from order_api.unread import UnreadOrders, unread


class Orders(Resource):
    """The orders of one merchant and channel, and all that hangs on them but payments and shippings."""

    def list(self, *, limit: int = 25, offset: int = 0, **query: Unpack[OrderQuery]) -> OrderPaginationSet:
        """GET orders: one page of full orders. `limit` and `offset` are always sent; the API may
        serve less and says so.

        The orders do not keep their `raw`: get one before changing it. A time without a zone is a ValueError.
        """
        params = [("limit", str(limit)), ("offset", str(offset)), *on_the_wire(query)]
        return self._get(OrderPaginationSet, "orders", params=params, whole=False)

    def list_unread(self, *, limit: int = 25, offset: int = 0, **query: Unpack[OrderQuery]) -> UnreadOrders:
        """GET orders, as `list`: but of each order no more is read than whose it is, until it is asked for."""
        params = [("limit", str(limit)), ("offset", str(offset)), *on_the_wire(query)]
        answer = self._send("GET", "orders", params=params)
        found = unread(answer)
        self._tenancy.check(answer, found.owners)
        return found

    def get(self, order_id: str) -> Order:
        """GET orders/{order_id}: the order with its payments and shippings, the document itself in `raw`."""
        return self._get(Order, "orders/{order_id}", order_id=order_id)

    def look(self, order_id: str) -> Order | UnfitOrder:
        """GET orders/{order_id}, as `get`; one that does not fit is no error: its document can still be shown."""
        answer = self._send("GET", "orders/{order_id}", order_id=order_id)
        found = answers.order_or_why(answer)
        if isinstance(found, UnfitOrder) and not isinstance(found.document, dict):
            raise answers.unreadable(answer, found.misfit)
        self._tenancy.check(answer, found.owner if isinstance(found, UnfitOrder) else found)
        return found

    def create(self, order: Order) -> str:
        """POST orders: creates an order in checkout and returns its id. Conflict: one with this
        cart reference is there."""
        return self._create("orders", order)

    def delete(self, order_id: str) -> None:
        """DELETE orders/{order_id}: the order is gone, for every call. The state `removed` is the soft way."""
        self._do("DELETE", "orders/{order_id}", order_id=order_id)

    def update_state(self, order_id: str, status: str) -> None:
        """PUT orders/{order_id}/state: asks the hooks first, so that it can be slow and be refused
        for reasons of others."""
        self._do("PUT", "orders/{order_id}/state", {"currentStatus": status}, order_id=order_id)

    def update_cart(self, order_id: str, cart: Cart) -> None:
        """PUT orders/{order_id}/cart: replaces the cart. One that is only accepted can still end, or give way to a
        newer change."""
        self._do("PUT", "orders/{order_id}/cart", cart, order_id=order_id)

    def update_billing(self, order_id: str, address: Address) -> None:
        """PUT orders/{order_id}/customer/billing: replaces the billing address."""
        self._do("PUT", "orders/{order_id}/customer/billing", address, order_id=order_id)

    def update_shipping_address(self, order_id: str, address: Address) -> None:
        """PUT orders/{order_id}/customer/shipping: replaces the shipping address."""
        self._do("PUT", "orders/{order_id}/customer/shipping", address, order_id=order_id)

    def create_consent(self, order_id: str, consent: Consent) -> None:
        """POST orders/{order_id}/consents: adds a consent under the id that it brings."""
        self._do("POST", "orders/{order_id}/consents", consent, order_id=order_id)

    def patch_consents(self, order_id: str, consents: Sequence[Consent]) -> None:
        """PATCH orders/{order_id}/consents: sets `checked` of each; the API ignores the rest of them."""
        self._do("PATCH", "orders/{order_id}/consents", consents, order_id=order_id)

    def remove_consent(self, order_id: str, consent_id: str) -> None:
        """DELETE orders/{order_id}/consents/{consent_id}."""
        self._do("DELETE", "orders/{order_id}/consents/{consent_id}", order_id=order_id, consent_id=consent_id)

    def patch_consent(self, order_id: str, consent_id: str, consent: Consent) -> None:
        """PATCH orders/{order_id}/consents/{consent_id}: sets `checked`; the API ignores the rest."""
        self._do("PATCH", "orders/{order_id}/consents/{consent_id}", consent, order_id=order_id, consent_id=consent_id)

    def patch_attributes(self, order_id: str, attributes: Mapping[str, Any]) -> None:
        """PATCH orders/{order_id}/attributes: sets these keys and leaves the others as they are."""
        self._do("PATCH", "orders/{order_id}/attributes", dict(attributes), order_id=order_id)

    def create_validation(self, order_id: str, validation: Callback) -> None:
        """POST orders/{order_id}/validations: registers who is asked by `validate`. Its id stands
        in the order afterwards."""
        self._do("POST", "orders/{order_id}/validations", validation, order_id=order_id)

    def update_validation(self, order_id: str, validation_id: str, validation: Callback) -> None:
        """PUT orders/{order_id}/validations/{validation_id}: replaces it."""
        template = "orders/{order_id}/validations/{validation_id}"
        self._do("PUT", template, validation, order_id=order_id, validation_id=validation_id)

    def remove_validation(self, order_id: str, validation_id: str) -> None:
        """DELETE orders/{order_id}/validations/{validation_id}."""
        template = "orders/{order_id}/validations/{validation_id}"
        self._do("DELETE", template, order_id=order_id, validation_id=validation_id)

    def validate(self, order_id: str) -> tuple[ValidationError, ...]:
        """POST orders/{order_id}/validate: why the order does not validate; empty if it does.

        The API answers 400 with the list of reasons, which is no error here; a 400 without any reason is Rejected.
        """
        answer = self._send("POST", "orders/{order_id}/validate", order_id=order_id)
        return answers.reasons(answer)

    def update_reference(self, order_id: str, reference: str) -> None:
        """PUT orders/{order_id}/reference: the body is the bare JSON string (Norce reference,
        checkout/createcheckoutorderhook)."""
        self._do("PUT", "orders/{order_id}/reference", reference, order_id=order_id)

    def create_hook(self, order_id: str, hook: Hook) -> None:
        """POST orders/{order_id}/hooks: registers who is asked before a change. Its id stands in
        the order afterwards."""
        self._do("POST", "orders/{order_id}/hooks", hook, order_id=order_id)

    def delete_hook(self, order_id: str, hook_id: str) -> None:
        """DELETE orders/{order_id}/hooks/{hook_id}: also the way out when a dead hook refuses every change."""
        self._do("DELETE", "orders/{order_id}/hooks/{hook_id}", order_id=order_id, hook_id=hook_id)

    def create_notification(self, order_id: str, notification: Notification) -> None:
        """POST orders/{order_id}/notifications: registers who is told after a change. Its id stands
        in the order afterwards."""
        self._do("POST", "orders/{order_id}/notifications", notification, order_id=order_id)

    def delete_notification(self, order_id: str, notification_id: str) -> None:
        """DELETE orders/{order_id}/notifications/{notification_id}."""
        template = "orders/{order_id}/notifications/{notification_id}"
        self._do("DELETE", template, order_id=order_id, notification_id=notification_id)


class Payments(Resource):
    """The payments of an order. There is no operation that deletes one: its state becomes `removed`."""

    def list(self, order_id: str) -> tuple[Payment, ...]:
        """GET orders/{order_id}/payments: all of them, removed ones too."""
        return self._get(tuple[Payment, ...], "orders/{order_id}/payments", order_id=order_id)

    def get(self, order_id: str, payment_id: str) -> Payment:
        """GET orders/{order_id}/payments/{payment_id}."""
        return self._get(Payment, "orders/{order_id}/payments/{payment_id}", order_id=order_id, payment_id=payment_id)

    def create(self, order_id: str, payment: Payment) -> str:
        """POST orders/{order_id}/payments: adds one and returns its id."""
        return self._create("orders/{order_id}/payments", payment, order_id=order_id)

    def update(self, order_id: str, payment_id: str, payment: Payment) -> Payment | None:
        """PUT orders/{order_id}/payments/{payment_id}: replaces it and returns it as it then is,
        or None where it is only accepted. Start from one that was got."""
        template = "orders/{order_id}/payments/{payment_id}"
        return self._do_for(Payment, "PUT", template, payment, order_id=order_id, payment_id=payment_id)

    def transactions(self, order_id: str, payment_id: str) -> tuple[PaymentTransaction, ...]:
        """GET orders/{order_id}/payments/{payment_id}/transactions: the payment's log, in the API's order."""
        template = "orders/{order_id}/payments/{payment_id}/transactions"
        return self._get(tuple[PaymentTransaction, ...], template, order_id=order_id, payment_id=payment_id)

    def add_transaction(
        self, order_id: str, payment_id: str, transaction: PaymentTransaction
    ) -> PaymentTransaction | None:
        """POST orders/{order_id}/payments/{payment_id}/transactions: adds a line to the log and
        returns it with its time."""
        template = "orders/{order_id}/payments/{payment_id}/transactions"
        return self._do_for(PaymentTransaction, "POST", template, transaction, order_id=order_id, payment_id=payment_id)

    def add_actions(self, order_id: str, payment_id: str, actions: Sequence[PaymentAction]) -> None:
        """POST orders/{order_id}/payments/{payment_id}/actions: offers these actions on the payment."""
        template = "orders/{order_id}/payments/{payment_id}/actions"
        self._do("POST", template, actions, order_id=order_id, payment_id=payment_id)

    def execute(
        self, order_id: str, payment_id: str, action_id: str, *, may_begin: Callable[[], bool] | None = None
    ) -> None:
        """POST orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute: **may move
        money**; sent once, without a body, over a connection of its own. `may_begin` is asked right before its first
        byte leaves: if it says no, nothing is sent, and Unavailable is raised.

        Returning says only that the API took it: what became of it stands in the payment's state and log, read again.
        NoAnswer, and BadAnswer with `may_have_happened`, leave open whether money moved.
        """
        template = "orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute"
        ids = {"order_id": order_id, "payment_id": payment_id, "action_id": action_id}
        answers.require_done(self._go(Call("POST", template, ids, alone=True, may_begin=may_begin)))


class Shippings(Resource):
    """The shippings of an order. There is no operation that deletes one: its state becomes `removed`."""

    def list(self, order_id: str) -> tuple[Shipping, ...]:
        """GET orders/{order_id}/shippings: all of them, removed ones too."""
        return self._get(tuple[Shipping, ...], "orders/{order_id}/shippings", order_id=order_id)

    def get(self, order_id: str, shipping_id: str) -> Shipping:
        """GET orders/{order_id}/shippings/{shipping_id}."""
        return self._get(
            Shipping, "orders/{order_id}/shippings/{shipping_id}", order_id=order_id, shipping_id=shipping_id
        )

    def create(self, order_id: str, shipping: Shipping) -> str:
        """POST orders/{order_id}/shippings: adds one and returns its id. `total` and `vat_rate` are required."""
        return self._create("orders/{order_id}/shippings", shipping, order_id=order_id)

    def update(self, order_id: str, shipping_id: str, shipping: Shipping) -> Shipping | None:
        """PUT orders/{order_id}/shippings/{shipping_id}: replaces it and returns it as it then is,
        or None where it is only accepted. Start from one that was got."""
        template = "orders/{order_id}/shippings/{shipping_id}"
        return self._do_for(Shipping, "PUT", template, shipping, order_id=order_id, shipping_id=shipping_id)
