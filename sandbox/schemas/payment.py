"""Payments, what can be done to them, and what was."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from sandbox.codec import NotJsonError, decode
from sandbox.schemas.base import STORED, Amount, Flag, Free, Model, Time
from sandbox.schemas.enums import PaymentEventField, PaymentStateField, PaymentTypeField, UpsellStateField

CURRENCY = r"^[A-Za-z]{3,3}$"


def described(**schema: Any) -> Any:
    """A property whose documented limits are shown and not held: the reference's own example breaks
    them ("string" for a currency)."""
    return Field(None, json_schema_extra=schema)


def _json(text: str, info: ValidationInfo) -> str:
    """What senders write has to be JSON; what is stored may be what a provider really said: XML, or cut off."""
    if info.context == STORED:
        return text
    try:
        decode(text)
    except NotJsonError:
        raise PydanticCustomError("json", "is not valid JSON") from None
    return text


JsonText = Annotated[str, AfterValidator(_json)]


class PaymentAction(Model):
    read_only = frozenset({"id"})

    id: str | None = None
    adapterId: str
    type: str
    url: str


class Recurring(Model):
    token: str
    description: str | None = None
    attributes: Free | None = None


class UpsellTransaction(Model):
    id: str | None = None
    state: UpsellStateField | None = None
    attributes: Free | None = None


class Upsell(Model):
    eligible: Flag | None = None
    expiration: Time | None = None
    transactions: list[UpsellTransaction] | None = None
    attributes: Free | None = None


class Payment(Model):
    read_only = frozenset({"id"})

    id: str | None = None
    adapterId: str | None = None
    name: str | None = None
    merchant: str | None = None
    channel: str | None = None
    currency: str | None = described(pattern=CURRENCY)
    type: PaymentTypeField | None = None
    orderId: str | None = None
    amount: Amount | None = None
    upperLimitAmount: Amount | None = None
    state: PaymentStateField | None = None
    reference: str | None = None
    attributes: Free | None = None
    actions: list[PaymentAction] | None = None
    recurring: Recurring | None = None
    upsell: Upsell | None = None


class PaymentTransaction(Model):
    read_only = frozenset({"created"})

    event: PaymentEventField | None = None
    pspEvent: str | None = None
    amount: Amount | None = None
    isSuccess: Flag | None = None
    errorDetail: str | None = None
    pspStatus: str | None = None
    requestJson: JsonText | None = None
    responseJson: JsonText | None = None
    created: Time | None = None
    paymentAction: PaymentAction | None = None
