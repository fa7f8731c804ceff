"""Payments, what was done to them, and what can be done."""

from decimal import Decimal
from typing import Any

from msgspec import field

from order_api.schemas.base import Document, Moment, Numbered
from order_api.schemas.sets import PaymentEvent, PaymentState, PaymentType, UpsellState


class PaymentAction(Document):
    """Something that can be done to the payment, such as a capture; its `type` is free text of the adapter."""

    id: str | None = None
    adapter_id: str | None = None
    type: str | None = None
    url: str | None = None


class PaymentTransaction(Numbered):
    """One line of a payment's log. `amount` is the payment's amount *after* it (Norce reference,
    schemas/paymenttransaction).

    `request_json` and `response_json` are text that should be JSON: what was said to the provider and what it answered.
    """

    event: PaymentEvent | None = None
    psp_event: str | None = None
    amount: Decimal | None = None
    is_success: bool | None = None
    error_detail: str | None = None
    psp_status: str | None = None
    request_json: str | None = None
    response_json: str | None = None
    created: Moment | None = None
    payment_action: PaymentAction | None = None


class Recurring(Document):
    """What lets a provider draw again without the customer. The token is a secret."""

    token: str | None = None
    description: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class UpsellTransaction(Document):
    id: str | None = None
    state: UpsellState | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Upsell(Document):
    """Whether items may still be added after the order was accepted, and until when."""

    eligible: bool | None = None
    expiration: Moment | None = None
    transactions: tuple[UpsellTransaction, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)


class Payment(Numbered):
    """A payment. `amount` is what it covers, `upper_limit_amount` the most that it may, such as a voucher's balance."""

    id: str | None = None
    adapter_id: str | None = None
    name: str | None = None
    merchant: str | None = None
    channel: str | None = None
    currency: str | None = None
    type: PaymentType | None = None
    order_id: str | None = None
    amount: Decimal | None = None
    upper_limit_amount: Decimal | None = None
    state: PaymentState | None = None
    reference: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    actions: tuple[PaymentAction, ...] = ()
    recurring: Recurring | None = None
    upsell: Upsell | None = None
