"""Words for what the API's open sets hold besides states. What is not here is shown as it came."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.states import UPSELL

Words = dict[str, str | Promise]

EVENTS: Words = {
    "open": _("Opened"),
    "process": _("Processed"),
    "confirm": _("Confirmed"),
    "reopen": _("Reopened"),
    "cancel": _("Cancelled"),
    "paymentAction": _("Payment action"),
    "capture": _("Captured"),
    "refund": _("Refunded"),
}
PRODUCTS: Words = {
    "physical": _("goods"),
    "digital": _("digital"),
    "giftCard": _("gift card"),
    "bundle": _("bundle"),
}
PAYMENT_TYPES: Words = {
    "default": _("chosen by the customer"),
    "prepaid": _("prepaid"),
    "voucher": _("voucher"),
}
CUSTOMERS: Words = {
    "person": _("person"),
    "organization": _("organisation"),
}
LOGISTICS: Words = {
    "weight": _("Weight"),
    "length": _("Length"),
    "width": _("Width"),
    "height": _("Height"),
    "tags": _("Tags"),
    "shippingDate": _("Ships on"),
}
KINDS: dict[str, Words] = {
    "event": EVENTS,
    "product": PRODUCTS,
    "payment_type": PAYMENT_TYPES,
    "upsell": {state.name: state.word for state in UPSELL.values()},
    "customer": CUSTOMERS,
    "logistics": LOGISTICS,
}
