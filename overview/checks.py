"""The checks of *Needs attention*: what each is called, what it adds up, and what to do about it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import F, Q, Value
from django.db.models.functions import Abs
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Beside(NamedTuple):
    """What is added up of payments in the index, and of which: few, which an index of their own has."""

    amount: Any
    which: Q


_ABROAD = Q(is_abroad=True)
"""Payments in another currency than their order's, which its own row does not count."""


class Check(NamedTuple):
    """`name` stands in addresses and in the log, and is one of `index.checks.CHECKS` where the index knows it.

    `amount` is what is added up, of a row of the index (whole ten-thousandths); `amount_word` says what that is. To
    that come amounts of payments (`beside`), each in the currency of its payment.
    `money`: what to do, for who may execute payment actions; `ask`: for who has to ask them. `icon` and `tone` are
    classes of the sheet.
    """

    name: str
    title: Promise
    amount: Any
    amount_word: Promise
    money: Promise
    ask: Promise
    icon: str = "alert"
    tone: str = "is-wait"
    beside: Beside | None = None


TOTAL = _("order totals")
_CAPTURE_FIRST = _(
    "The parcel is on its way and the money is only reserved. Open the order and capture the payment; the oldest "
    "first, since an authorisation runs out. If the provider refuses, ask the customer for another payment."
)
_ASK_FOR_CAPTURE = _(
    "The parcel is on its way and the money is only reserved. Open the order and ask for the capture with *Ask*, or "
    "assign the order to a manager; the oldest first, since an authorisation runs out."
)
BY_INDEX: tuple[Check, ...] = (
    Check(
        "not-captured", _("Completed, money only reserved"), F("held"), _("reserved"),
        _CAPTURE_FIRST, _ASK_FOR_CAPTURE, "card", beside=Beside(F("held"), _ABROAD),
    ),
    Check(
        "not-covered", _("Completed and not covered"), 0 - F("gap"), _("missing"),
        _(
            "It was handed over, and payments do not cover it: a reservation was let go, refunded or never enough. "
            "Look at what the provider says of the payment, then capture what is left or ask the customer to pay."
        ),
        _(
            "It was handed over, and payments do not cover it: a reservation was let go, refunded or never enough. "
            "Look whether the customer paid another way, then assign the order to a manager with what you found."
        ),
        "alert", "is-bad",
    ),
    Check(
        "held-for-nothing", _("Declined or removed, money held"), F("held") + F("taken"), _("held or captured"),
        _(
            "Nothing will be delivered, and money of the customer is held. Cancel what is reserved and refund what was "
            "captured, unless a new order of the same customer is to be paid with it."
        ),
        _(
            "Nothing will be delivered, and money of the customer is held. Ask for the cancellation or the refund from "
            "the order’s payment, and tell the customer when the bank shows it."
        ),
        "lock", "is-bad", Beside(F("held") + F("taken"), _ABROAD),
    ),
    Check(
        "stuck", _("Stuck on the way"), F("total"), TOTAL,
        _(
            "The customer is paying for too long, or nobody completes what was accepted. Look at the payment first: if "
            "nothing was promised, the customer has left; if money is reserved, the warehouse or an integration did "
            "not answer."
        ),
        _(
            "The customer is paying for too long, or nobody completes what was accepted. Look at the payment first: if "
            "nothing was promised, the customer has left; if money is reserved, assign the order to whoever looks "
            "after the warehouse’s integration."
        ),
        "clock",
    ),
    Check(
        "mismatch", _("Payments do not add up to the total"), Abs("undeclared"), _("apart"),
        _(
            "The amounts of the payments are not the order’s total, so the order does not validate. Compare cart, "
            "discounts and shipping with the payment; correct the cart, or capture less or refund the difference."
        ),
        _(
            "The amounts of the payments are not the order’s total, so the order does not validate. Compare cart, "
            "discounts and shipping with the payment, write down what is wrong, and assign it to a manager."
        ),
        "alert",
    ),
    Check(
        "shipping-failed", _("Shipping failed"), F("total"), TOTAL,
        _(
            "The carrier did not take the booking. Look at the address and the parcel’s data, correct them, and book "
            "again from the carrier’s side or add a shipping."
        ),
        _(
            "The carrier did not take the booking. Look at the address, correct it with the customer if it is wrong, "
            "and assign the order to a manager, who can add a shipping."
        ),
        "truck", "is-bad",
    ),
    Check(
        "consent-missing", _("Required consent not checked"), F("total"), TOTAL,
        _(
            "The order went past the checkout without a consent that it requires. Ask the customer and check it in "
            "their name with a note, or find out why the checkout let it through."
        ),
        _(
            "The order went past the checkout without a consent that it requires. Ask the customer, check it on the "
            "order, and write a note that says when they agreed."
        ),
        "note",
    ),
    Check(
        "twins", _("Same customer paid the same amount twice"), Value(0), _("paid or reserved"),
        _(
            "Two payments of one customer, of the same amount, within a day: often one purchase paid twice. Open the "
            "customer’s orders from the order; refund or cancel one only once the customer says that it is not meant."
        ),
        _(
            "Two payments of one customer, of the same amount, within a day: often one purchase paid twice. Ask the "
            "customer whether both are meant; if not, ask for the refund of one of them."
        ),
        "copy", beside=Beside(F("amount"), Q(twin__isnull=False)),
    ),
)  # fmt: skip
DOUBT = Check(
    "in-doubt", _("Payment actions in doubt or pending"), None, _("may or may not have moved"),
    _(
        "Nobody knows yet whether money moved. Look it up at the provider, then settle it here with what you found; "
        "never send it again by another way before that."
    ),
    _(
        "Nobody knows yet whether money moved. Tell no customer that it was refunded or captured, and leave it to "
        "those who may settle it; *Look again* reads the payment afresh."
    ),
    "doubt",
)  # fmt: skip
REQUESTS = Check(
    "requests", _("Requests waiting for somebody"), None, _("asked for"),
    _(
        "A colleague asked for a payment action, or one is above somebody’s limit. Open the request, look at the case, "
        "and approve it or turn it down with a reason; it lapses by itself when its time is over."
    ),
    _(
        "A colleague asked for a payment action and nobody has decided. Remind whoever may execute it; you are told in "
        "your queue what became of what you asked for."
    ),
    "approve",
)  # fmt: skip
CHECKS: Mapping[str, Check] = {check.name: check for check in (DOUBT, REQUESTS, *BY_INDEX)}
"""In the order in which the board shows them."""
INDEXED: Mapping[str, Check] = {check.name: check for check in BY_INDEX}
