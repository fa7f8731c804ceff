"""Payments: create, read, update, their transactions, their actions."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from sandbox import outside, rules, store
from sandbox.api.base import Caller
from sandbox.api.orders import ONE, REFUSED, owned
from sandbox.codec import Document, new_id, stamp
from sandbox.entry import answer, json_bytes, nothing
from sandbox.problems import NoAnswer, Problem, bad_request, conflict, not_found
from sandbox.provider import reading
from sandbox.provider.actions import is_ours
from sandbox.provider.steps import payment_of
from sandbox.schemas import BaseError, CreateResponse, Payment, PaymentAction, PaymentTransaction
from sandbox.scope import Scope, own_headers
from sandbox.store import Draft

router = Router(tags=["Checkout Payment"])
PAYMENTS = ONE + "/payments"
PAYMENT = PAYMENTS + "/{payment_id}"


@router.post(PAYMENTS, response={201: CreateResponse, 409: BaseError} | REFUSED, operation_id="createPayment")
def create_payment(request: HttpRequest, order_id: str, headers: Caller, body: Payment) -> HttpResponse:
    """Create payment."""
    payment_id = new_id("p")

    def edit(draft: Draft) -> None:
        payment = _owned(
            draft.document, {"id": payment_id, "type": "default", "amount": 0, "state": "intent"} | body.values()
        )
        _number_actions(payment, [])
        payments = draft.document.setdefault("payments", [])
        if rules.twin(payments, payment):
            raise conflict(
                "payment-conflict",
                f"The order has a payment with reference {payment['reference']} of that adapter already.",
            )
        payments.append(payment)

    store.change(headers.scope, order_id, edit)
    return answer({"id": payment_id}, 201)


def _owned(order: Document, part: Document) -> Document:
    currency = part.get("currency") or order.get("currency")
    return owned(Payment, order, part | ({"currency": currency} if currency else {}))


def _number_actions(payment: Document, known: list[Document]) -> None:
    """Give ids to the actions that were sent; one that is there already keeps its own."""
    if payment.get("actions") is None:
        return
    ids = {(action["type"], action["url"]): action["id"] for action in known}
    for action in payment["actions"]:
        outside.check("actions.url", action["url"])
    payment["actions"] = [
        {"id": ids.get((action["type"], action["url"])) or new_id("pa")} | action for action in payment["actions"]
    ]


@router.get(PAYMENTS, response={200: list[Payment]} | REFUSED, operation_id="listPayments")
def list_payments(request: HttpRequest, order_id: str, headers: Caller) -> HttpResponse:
    """Get payments of an order."""
    return answer(reading.read(headers.scope, order_id).get("payments") or [])


@router.get(PAYMENT, response={200: Payment} | REFUSED, operation_id="getPayment")
def get_payment(request: HttpRequest, order_id: str, payment_id: str, headers: Caller) -> HttpResponse:
    """Get payment by id."""
    return answer(payment_of(reading.read(headers.scope, order_id), payment_id))


@router.put(PAYMENT, response={200: Payment} | REFUSED, operation_id="updatePayment")
def update_payment(
    request: HttpRequest, order_id: str, payment_id: str, headers: Caller, body: Payment
) -> HttpResponse:
    """Update payment. What is not sent is taken away, but for type, state, amount, currency and actions."""

    def edit(draft: Draft) -> None:
        old = payment_of(draft.document, payment_id)
        kept = {key: old[key] for key in ("id", "type", "state", "amount", "currency", "actions") if key in old}
        payment = _owned(draft.document, kept | body.values())
        if body.actions is not None:
            _number_actions(payment, old.get("actions") or [])
        others = [other for other in draft.document["payments"] if other is not old]
        if rules.twin(others, payment):
            raise bad_request(f"The order has a payment with reference {payment['reference']} of that adapter already.")
        draft.document["payments"] = [payment if one is old else one for one in draft.document["payments"]]

    draft = store.change(headers.scope, order_id, edit)
    return answer(payment_of(draft.document, payment_id))


@router.get(
    PAYMENT + "/transactions", response={200: list[PaymentTransaction]} | REFUSED, operation_id="listTransactions"
)
def list_transactions(request: HttpRequest, order_id: str, payment_id: str, headers: Caller) -> HttpResponse:
    """Get transactions of a payment, oldest first."""
    return json_bytes(b"[" + b",".join(reading.transactions(headers.scope, order_id, payment_id)) + b"]")


@router.post(PAYMENT + "/transactions", response={200: PaymentTransaction} | REFUSED, operation_id="addTransaction")
def add_transaction(
    request: HttpRequest, order_id: str, payment_id: str, headers: Caller, body: PaymentTransaction
) -> HttpResponse:
    """Add a transaction to the payment's log."""
    line = body.values() | {"created": stamp()}

    def edit(draft: Draft) -> None:
        payment_of(draft.document, payment_id)
        draft.lines.append((payment_id, line))

    store.change(headers.scope, order_id, edit)
    return answer(line)


@router.post(PAYMENT + "/actions", response={200: None} | REFUSED, operation_id="addPaymentActions")
def add_payment_actions(
    request: HttpRequest, order_id: str, payment_id: str, headers: Caller, body: list[PaymentAction]
) -> HttpResponse:
    """Add payment actions."""
    sent = [action.values() for action in body]

    def edit(draft: Draft) -> None:
        payment = payment_of(draft.document, payment_id)
        known = payment.get("actions") or []
        there = {(action["type"], action["url"]) for action in known}
        payment["actions"] = known + [action for action in sent if (action["type"], action["url"]) not in there]
        _number_actions(payment, known)

    store.change(headers.scope, order_id, edit)
    return nothing()


@router.post(
    PAYMENT + "/actions/{action_id}/execute", response={200: None} | REFUSED, operation_id="executePaymentAction"
)
def execute_payment_action(
    request: HttpRequest, order_id: str, payment_id: str, action_id: str, headers: Caller
) -> HttpResponse:
    """Execute a payment action: its URL is called once, and what comes of it shows in the payment
    and its transactions."""
    scope = headers.scope
    payment = payment_of(store.read(scope, order_id), payment_id)
    action = rules.find(payment.get("actions"), action_id)
    if action is None:
        raise not_found("payment-action", action_id)
    url = outside.filled(action["url"], order_id, action["adapterId"], payment_id)
    outcome = outside.post(url, b"", _headers(scope, action))
    return _told(action, outcome)


def _headers(scope: Scope, action: Document) -> dict[str, str]:
    return own_headers(scope) if is_ours(action) else scope.headers()


def _told(action: Document, outcome: outside.Answer) -> HttpResponse:
    if outcome.is_ok:
        return nothing()
    if outcome.status is None and is_ours(action):
        raise NoAnswer(done=outcome.done)
    status = 400 if outcome.status is not None and 400 <= outcome.status < 500 else 500
    raise Problem(status, "payment-error", f"{action['adapterId']} did not {action['type']}: {outcome.in_words()}")
