"""What adapters and payment providers say to each other, as they log it: each in its own words.

The bodies hold what real ones hold, personal numbers, tokens and card data among it, so that whoever shows them has to
mask them. The card numbers are the ones that providers publish for tests.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.seeding.draw import Draw, draw_for
from sandbox.seeding.money import Json, major

TEST_CARDS = ("4111111111111111", "5555444433331111", "4988438843884305", "2222400070000005")
DIGITS = "0123456789"
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


@dataclass(slots=True)
class Exchange:
    """The moment of a payment that is logged. `step` is open, process, confirm, capture, refund, cancel or reopen."""

    step: str
    ok: bool
    amount: int
    currency: str
    reference: str
    order_reference: str
    billing: Json
    status: str


Bodies = tuple[Json, Json]


def _address(billing: Json, *names: str) -> Json:
    """The billing address under the provider's names, in the order given, email, street, postal code, city, phone."""
    keys = ("givenName", "familyName", "email", "streetAddress", "postalCode", "city", "phone")
    return {name: billing.get(key, "") for name, key in zip(names, keys, strict=True)}


def klarna(draw: Draw, talk: Exchange) -> Bodies:
    """Klarna's words, and Kustom's: amounts in minor units, `order_id`, a client token."""
    if talk.step in ("capture", "refund", "cancel"):
        return {f"{talk.step}d_amount": talk.amount, "reference": talk.order_reference}, _short(
            draw, talk, "correlation_id"
        )
    words = ("given_name", "family_name", "email", "street_address", "postal_code", "city", "phone")
    asked: Json = {
        "purchase_currency": talk.currency,
        "order_amount": talk.amount,
        "merchant_reference1": talk.order_reference,
        "billing_address": _address(talk.billing, *words),
    }
    if number := talk.billing.get("nationalIdentificationNumber"):
        asked["customer"] = {"national_identification_number": number}
    told = {"order_id": talk.reference, "status": talk.status, "fraud_status": "ACCEPTED" if talk.ok else "REJECTED"}
    return asked, told | {"client_token": _jwt(draw)}


def adyen(draw: Draw, talk: Exchange) -> Bodies:
    """Adyen's words: `amount.value`, `pspReference`, card details and a stored token."""
    amount = {"currency": talk.currency, "value": talk.amount}
    if talk.step in ("capture", "refund", "cancel"):
        return {"modificationAmount": amount, "originalReference": talk.reference}, _short(draw, talk, "pspReference")
    kept = draw_for(0, talk.reference)  # the same card at every step
    card = kept.pick(TEST_CARDS)
    name = f"{talk.billing.get('givenName', '')} {talk.billing.get('familyName', '')}".strip()
    method = {
        "type": "scheme",
        "number": card,
        "cvc": f"{kept.randrange(1000):03}",
        "expiryMonth": "03",
        "expiryYear": "2030",
    }
    asked = {
        "amount": amount,
        "reference": talk.order_reference,
        "paymentMethod": method | {"holderName": name},
        "shopperEmail": talk.billing.get("email", ""),
        "shopperIP": f"192.0.2.{kept.randrange(1, 255)}",
    }
    extra = {"cardSummary": card[-4:], "cardHolderName": name, "recurring.recurringDetailReference": kept.token("", 16)}
    told = {"pspReference": talk.reference, "resultCode": talk.status, "additionalData": extra}
    return asked, told if talk.ok else told | {"refusalReason": "Not enough balance", "refusalReasonCode": "12"}


def paypal(draw: Draw, talk: Exchange) -> Bodies:
    """PayPal's words: decimal strings, a payer, an access token in the header."""
    amount = {"currency_code": talk.currency, "value": f"{talk.amount // 100}.{talk.amount % 100:02}"}
    asked = {
        "headers": {"Authorization": f"Bearer {draw.token('A21AA', 40)}"},
        "body": {"amount": amount, "invoice_id": talk.order_reference},
    }
    payer = {
        "payer_id": draw.token("", 13, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
        "email_address": talk.billing.get("email", ""),
        "name": {"given_name": talk.billing.get("givenName", ""), "surname": talk.billing.get("familyName", "")},
    }
    return asked, {"id": talk.reference, "status": talk.status, "payer": payer}


def invoice(draw: Draw, talk: Exchange) -> Bodies:
    """The words of the Nordic invoice providers (Walley, Qliro, Svea, Avarda): a personal number, a session."""
    if talk.step in ("capture", "refund", "cancel"):
        return {"orderId": talk.reference, "amount": major(talk.amount)}, _short(draw, talk, "transactionId")
    words = ("firstName", "lastName", "email", "street", "postalCode", "city", "mobileNumber")
    customer = _address(talk.billing, *words)
    for number in ("nationalIdentificationNumber", "organizationIdentificationNumber"):
        if number in talk.billing:
            customer["personalNumber"] = talk.billing[number]
    asked = {
        "merchantReference": talk.order_reference,
        "totalPrice": major(talk.amount),
        "currency": talk.currency,
        "customer": customer,
    }
    return asked, {
        "orderId": talk.reference,
        "status": talk.status,
        "accessToken": draw.token("", 32),
        "signature": draw.token("", 24),
    }


def voucher(draw: Draw, talk: Exchange) -> Bodies:
    """Awardit's words: a card number with its PIN."""
    kept = draw_for(0, talk.reference)
    asked = {"cardNumber": kept.token("", 16, DIGITS), "pin": kept.token("", 4, DIGITS), "amount": major(talk.amount)}
    return asked, {"authorizationId": talk.reference, "status": talk.status, "signature": draw.token("", 24)}


def manual(_draw: Draw, talk: Exchange) -> Bodies:
    """No provider at all: the adapter writes down that the merchant handles it."""
    return {"reference": talk.order_reference}, {"status": talk.status, "handledBy": "merchant"}


def _short(draw: Draw, talk: Exchange, name: str) -> Json:
    return {name: draw.token("", 16, DIGITS + "ABCDEF"), "status": talk.status} | (
        {} if talk.ok else {"error_code": talk.status}
    )


def _jwt(draw: Draw) -> str:
    return f"eyJhbGciOiJSUzI1NiJ9.{draw.token('eyJ', 40)}.{draw.token('', 43)}"


WORDS: dict[str, Callable[[Draw, Exchange], Bodies]] = {
    "klarna_checkout_adapter": klarna,
    "klarna_payments_adapter": klarna,
    "adyen_dropin_adapter": adyen,
    "paypal_adapter": paypal,
    "walley_checkout_adapter": invoice,
    "qliro_checkout_adapter": invoice,
    "svea_adapter": invoice,
    "avarda_adapter": invoice,
    "awardit_adapter": voucher,
    "nonpsp_adapter": manual,
}

# Each provider's names for how it went.
STATUSES: dict[str, dict[str, str]] = {
    "klarna": {"open": "checkout_incomplete", "process": "checkout_incomplete", "confirm": "AUTHORIZED",
    "capture": "CAPTURED",
               "refund": "REFUNDED", "cancel": "CANCELLED", "reopen": "checkout_incomplete", "pending": "PENDING",
               "declined": "REJECTED", "failed": "SERVICE_UNAVAILABLE"},
    "adyen": {"open": "Created", "process": "RedirectShopper", "confirm": "Authorised", "capture": "[capture-received]",
              "refund": "[refund-received]", "cancel": "[cancel-received]", "reopen": "Cancelled", "pending": "Pending",
              "declined": "Refused", "failed": "Error"},
    "paypal": {"open": "CREATED", "process": "PAYER_ACTION_REQUIRED", "confirm": "APPROVED", "capture": "COMPLETED",
               "refund": "REFUNDED", "cancel": "VOIDED", "reopen": "CREATED", "pending": "PENDING",
               "declined": "DECLINED", "failed": "INTERNAL_SERVER_ERROR"},
    "other": {"open": "Created", "process": "InProgress", "confirm": "Completed", "capture": "Invoiced",
    "refund": "Credited",
              "cancel": "Cancelled", "reopen": "Created", "pending": "OnHold", "declined": "Rejected",
              "failed": "Failed"},
}  # fmt: skip


def status(adapter: str, outcome: str) -> str:
    """The provider's own word for an outcome: a step, or `pending`, `declined`, `failed`."""
    return STATUSES.get(adapter.partition("_")[0], STATUSES["other"])[outcome]


def bodies(draw: Draw, adapter: str, talk: Exchange) -> tuple[str, str]:
    """Request and response as JSON texts, in the words of the adapter's provider."""
    asked, told = WORDS[adapter](draw, talk)
    return _encode(asked), _encode(told)
