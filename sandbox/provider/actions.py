"""Which actions a payment has: those of the provider follow from its state, those that others
registered stay as they are."""

from sandbox.codec import Document, new_id
from sandbox.places import INTERNAL
from sandbox.provider.days import day_of

_ADYEN = "captures, cancels and refunds are done in Adyen's Customer Area"
NO_ORDER_MANAGEMENT = {
    "nonpsp_adapter": "the merchant sees to the money by other means",
    "awardit_adapter": "vouchers are settled as the order goes on",
    "adyen_dropin_adapter": _ADYEN,
    "adyen_adapter": _ADYEN,
}
"""Adapters without an order management of their own (Norce documentation, developer portal, adapters), and who has
it."""
BY_STATE = {"reserved": ("capture", "cancel"), "captured": ("refund",)}
_PREFIX = f"{INTERNAL}provider/"


def action_url(order_id: str, payment_id: str, kind: str) -> str:
    """Where the provider takes orders for an action, as adapters of the API name theirs."""
    return f"{_PREFIX}api/order/v1/orders/{order_id}/payments/{payment_id}/{kind}"


def is_ours(action: Document) -> bool:
    """Whether the embedded provider answers for this action."""
    return str(action.get("url", "")).startswith(_PREFIX)


def kept_elsewhere(payment: Document) -> str:
    """Why the payment's adapter has nothing to offer; nothing where it manages orders."""
    adapter = payment.get("adapterId") or ""
    why = NO_ORDER_MANAGEMENT.get(adapter.replace("-", "_")) if adapter else "no adapter stands behind it"
    return f"{adapter or 'The payment'} has no order management: {why}." if why else ""


def wanted(payment: Document) -> tuple[str, ...]:
    """The types of action that the payment's adapter and state allow."""
    return () if kept_elsewhere(payment) else possible(payment)


def possible(payment: Document) -> tuple[str, ...]:
    """What can become of the money in that state, whoever does it."""
    return BY_STATE.get(payment.get("state", ""), ())


def refresh(order_id: str, payment: Document) -> None:
    """Make `payment["actions"]` true to its state, in place; an action that stays keeps its id."""
    kinds = wanted(payment)
    known = payment.get("actions") or []
    kept = [
        action
        for action in known
        if not is_ours(action) or action["type"] in kinds or day_of(payment, action["type"]).keeps_actions
    ]
    there = {action["type"] for action in kept if is_ours(action)}
    new = [_action(order_id, payment, kind) for kind in kinds if kind not in there]
    if kept or new or known:
        payment["actions"] = kept + new


def _action(order_id: str, payment: Document, kind: str) -> Document:
    return {
        "id": new_id("pa"),
        "adapterId": payment["adapterId"],
        "type": kind,
        "url": action_url(order_id, payment["id"], kind),
    }
