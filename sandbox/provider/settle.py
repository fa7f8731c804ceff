"""What the provider does with a payment: how states move, what is logged, and what is put off."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from sandbox import rules, store
from sandbox.codec import Document, encode, stamp
from sandbox.conf import conf
from sandbox.models import Move, ProviderCall, Settlement
from sandbox.problems import Problem, not_found
from sandbox.provider.actions import bad_day, wanted
from sandbox.scope import Scope
from sandbox.store import Draft

logger = logging.getLogger(__name__)
AFTERWARDS = {"capture": "captured", "cancel": "cancelled", "refund": "refunded"}


@dataclass(frozen=True)
class Order:
    """What the provider is told to do: which action, by its type, on which payment."""

    order_id: str
    payment_id: str
    kind: str


def payment_of(document: Document, payment_id: str) -> Document:
    """The payment. Raises Problem `payment-not-found`."""
    payment = rules.find(document.get("payments"), payment_id)
    if payment is None:
        raise not_found("payment", payment_id)
    return payment


def count(order: Order) -> None:
    """Keep that the provider was called, whatever it does about it."""
    ProviderCall.objects.create(order=order.order_id, payment=order.payment_id, kind=order.kind, at=timezone.now())


def carry_out(scope: Scope, order: Order) -> None:
    """Move the payment, count what moved, log the transaction, renew the actions. Raises Problem
    where the state does not allow it."""

    def edit(draft: Draft) -> None:
        payment = payment_of(draft.document, order.payment_id)
        duplicate = bad_day(payment, order.kind) == "duplicate"
        if order.kind not in wanted(payment) and not duplicate:
            raise Problem(400, "payment-error", f"The payment is {payment.get('state')}: {order.kind} is not possible.")
        draft.lines.append((order.payment_id, _line(payment, order.kind, succeeded=True)))
        draft.moves.append(_move(order, payment))
        payment["state"] = AFTERWARDS[order.kind]

    store.change(scope, order.order_id, edit)


def refuse(scope: Scope, order: Order) -> None:
    """Log that the provider said no; the payment stays as it is."""

    def edit(draft: Draft) -> None:
        payment = payment_of(draft.document, order.payment_id)
        draft.lines.append((order.payment_id, _line(payment, order.kind, succeeded=False)))

    store.change(scope, order.order_id, edit)


def put_off(scope: Scope, order: Order) -> None:
    """Take the order on and carry it out later: logged as pending, and no more actions until then."""

    def edit(draft: Draft) -> None:
        payment = payment_of(draft.document, order.payment_id)
        due = timezone.now() + timedelta(seconds=conf("SANDBOX_PENDING_SECONDS"))
        draft.lines.append((order.payment_id, _line(payment, order.kind, succeeded=True, pending=True)))
        draft.owed.append(Settlement(payment=order.payment_id, action=order.kind, due=due))
        payment["actions"] = []

    store.change(scope, order.order_id, edit)


def settle_later(settlement: Settlement) -> bool:
    """Carry out what was put off. False where somebody else is at it; they get a minute."""
    mine = Settlement.objects.filter(pk=settlement.pk, due=settlement.due)
    if not mine.update(due=settlement.due + timedelta(minutes=1)):
        return False
    row = settlement.order
    try:
        carry_out(Scope(row.merchant, row.channel), Order(row.public_id, settlement.payment, settlement.action))
    except Problem as problem:
        logger.warning("The provider cannot %s payment %s any more: %s", settlement.action, settlement.payment, problem)
    Settlement.objects.filter(pk=settlement.pk).delete()
    return True


def _move(order: Order, payment: Document) -> Move:
    amount = payment.get("amount") or 0
    return Move(order=order.order_id, payment=order.payment_id, kind=order.kind, amount=amount, at=timezone.now())


def _line(payment: Document, kind: str, *, succeeded: bool, pending: bool = False) -> Document:
    amount = payment.get("amount") or 0
    action = next((action for action in payment.get("actions") or () if action["type"] == kind), None)
    status = "PENDING" if pending else AFTERWARDS[kind].upper() if succeeded else "DECLINED"
    line: Document = {
        "event": "paymentAction" if pending else kind,
        "pspEvent": kind.upper(),
        "amount": amount if kind == "capture" or pending or not succeeded else 0,
        "isSuccess": succeeded,
        "pspStatus": status,
        "requestJson": _json(
            {
                "operation": kind,
                "reference": payment.get("reference"),
                "amount": amount,
                "currency": payment.get("currency"),
            }
        ),
        "responseJson": _json({"status": status, "reference": payment.get("reference")}),
        "created": stamp(),
    }
    if not succeeded:
        line["errorDetail"] = f"The provider declined to {kind} this payment."
    return line | ({"paymentAction": action} if action else {})


def _json(value: Document) -> str:
    return encode({key: part for key, part in value.items() if part is not None}).decode()
