"""The contract's types, one module a subject. They read bodies; what they leave is plain JSON values."""

from sandbox.schemas.base import CreateResponse, Model, ValidationError
from sandbox.schemas.callbacks import Callback, Hook, Notification
from sandbox.schemas.cart import Cart, Item, Price
from sandbox.schemas.customer import Address, Consent, Customer
from sandbox.schemas.order import BaseError, Order, OrderPaginationSet, Pagination, State, Transition
from sandbox.schemas.payment import Payment, PaymentAction, PaymentTransaction
from sandbox.schemas.shipping import Shipping

__all__ = [
    "Address",
    "BaseError",
    "Callback",
    "Cart",
    "Consent",
    "CreateResponse",
    "Customer",
    "Hook",
    "Item",
    "Model",
    "Notification",
    "Order",
    "OrderPaginationSet",
    "Pagination",
    "Payment",
    "PaymentAction",
    "PaymentTransaction",
    "Price",
    "Shipping",
    "State",
    "Transition",
    "ValidationError",
]
