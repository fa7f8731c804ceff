"""The contract's enumerations, read in any case and written as they stand here."""

from enum import StrEnum
from typing import Annotated

from sandbox.schemas.base import any_case


class OrderStatus(StrEnum):
    checkout = "checkout"
    processing = "processing"
    accepted = "accepted"
    completed = "completed"
    declined = "declined"
    removed = "removed"


class PaymentState(StrEnum):
    intent = "intent"
    removed = "removed"
    processing = "processing"
    failed = "failed"
    confirmed = "confirmed"
    pending = "pending"
    declined = "declined"
    reserved = "reserved"
    credited = "credited"
    captured = "captured"
    cancelled = "cancelled"
    refunded = "refunded"


class PaymentEvent(StrEnum):
    open = "open"
    process = "process"
    confirm = "confirm"
    reopen = "reopen"
    cancel = "cancel"
    payment_action = "paymentAction"
    capture = "capture"
    refund = "refund"


class PaymentType(StrEnum):
    default = "default"
    prepaid = "prepaid"
    voucher = "voucher"


class ShippingState(StrEnum):
    intent = "intent"
    removed = "removed"
    processing = "processing"
    failed = "failed"
    confirmed = "confirmed"


class CustomerType(StrEnum):
    person = "person"
    organization = "organization"


class DiscountType(StrEnum):
    item = "item"
    shipping = "shipping"


class ProductType(StrEnum):
    physical = "physical"
    digital = "digital"
    gift_card = "giftCard"
    bundle = "bundle"


class OrderVersion(StrEnum):
    v0 = "v0"
    v1 = "v1"


class UpsellState(StrEnum):
    created = "created"
    action_required = "actionRequired"
    completed = "completed"
    failed = "failed"


class OrderListOrderBy(StrEnum):
    created = "created"
    billing_email = "billingEmail"
    billing_name = "billingName"
    cart_total = "cartTotal"


class OrderListOrderByDirection(StrEnum):
    asc = "asc"
    desc = "desc"


OrderStatusField = Annotated[OrderStatus, any_case(*OrderStatus)]
PaymentStateField = Annotated[PaymentState, any_case(*PaymentState)]
PaymentEventField = Annotated[PaymentEvent, any_case(*PaymentEvent)]
PaymentTypeField = Annotated[PaymentType, any_case(*PaymentType)]
ShippingStateField = Annotated[ShippingState, any_case(*ShippingState)]
CustomerTypeField = Annotated[CustomerType, any_case(*CustomerType)]
DiscountTypeField = Annotated[DiscountType, any_case(*DiscountType)]
ProductTypeField = Annotated[ProductType, any_case(*ProductType)]
OrderVersionField = Annotated[OrderVersion, any_case(*OrderVersion)]
UpsellStateField = Annotated[UpsellState, any_case(*UpsellState)]
OrderByField = Annotated[OrderListOrderBy, any_case(*OrderListOrderBy)]
DirectionField = Annotated[OrderListOrderByDirection, any_case(*OrderListOrderByDirection)]
