"""Hides what nobody needs to read in a provider's JSON: identity numbers, card data, tokens; and shortens who it is about.

Two ways lead to a mask: the name of a field (`nationalIdentificationNumber`, `client_token`), and the look of a value
(a card number that passes Luhn, a Nordic identity number, a bearer token), so that a field with an innocent name does
not leak. When in doubt the value is hidden: a masked reference costs a click in the provider's portal, a leaked number
cannot be taken back.
"""

import json
import re
from collections.abc import Callable, Mapping
from enum import Enum

from orders import secrets_in_text

DOTS = "••••••"
MAX_DEPTH = 60  # deeper than any provider nests; what lies below is hidden, not walked
_NOT_LETTERS = re.compile(r"[^a-z0-9]")


class Masked(str):
    """Text that stands in for a value that was hidden, wholly or in part."""

    __slots__ = ()


class Kind(Enum):
    """What a field's name says about its value."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    CARD = "card"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"


_SECRET_PARTS = (
    "token", "secret", "password", "passwd", "passphrase", "apikey", "privatekey", "credential", "cookie",
    "nationalid", "personnummer", "personnumber", "personalnumber", "personalid", "personidentifier", "identitynumber",
    "civicnumber", "socialsecurity", "fodselsnummer", "foedselsnummer", "cprnumber", "henkilotunnus", "taxpayerid",
    "dateofbirth", "birthdate", "birthday", "passport", "driverslicen", "securitycode", "cardverification", "trackdata",
    "magneticstripe", "cryptogram", "signature", "hmac",
)  # fmt: skip
_SECRET_NAMES = {
    "ssn", "cpr", "hetu", "dob", "nin", "bsn", "pin", "pincode", "mac", "sig", "session", "sessionid", "sessiondata", "cvc", "cvc2", "cvv", "cvv2", "cid", "otp", "auth", "jwt",
    "accountnumber", "bankaccount", "bankaccountnumber", "bankgiro", "plusgiro", "ip", "ipaddress", "customerip", "shopperip",
    "clientip", "remoteaddr", "authorization", "proxyauthorization", "authorizationheader",
}  # fmt: skip
_CARD_NAMES = {"pan", "cardnumber", "cardno", "card", "creditcardnumber", "accountpan", "maskedpan", "iban", "bban"}
_NAME_NAMES = {
    "givenname", "familyname", "firstname", "lastname", "middlename", "surname", "fullname", "customername", "holdername",
    "cardholder", "cardholdername", "careof", "attention", "attn", "streetaddress", "streetaddress2", "street",
    "streetname", "address1", "address2", "addressline1", "addressline2", "shoppername", "buyername", "payername",
    "ownername", "recipientname", "contactname", "contactperson",
}  # fmt: skip
_PEOPLE = (
    "customer", "billing", "shippingaddress", "deliveryaddress", "payer", "consumer", "holder", "recipient", "buyer",
    "shopper", "person", "addressee", "contact",
)  # fmt: skip
_PARTS_OF = {
    Kind.EMAIL: ("email", "emailaddress", "mail"),
    Kind.PHONE: ("phone", "phonenumber", "mobile", "mobilenumber", "msisdn", "telephone", "cellphone", "payeralias"),
}


def _plain(key: str) -> str:
    return _NOT_LETTERS.sub("", key.lower())


def kind_of(key: str, parent: str = "") -> Kind | None:
    """What the name of a field says, whatever its style (snake, camel, kebab); None where it says nothing.

    `parent` is the name of the object it stands in: a `name` is a person's only inside a customer or an address.
    """
    name = _plain(key)
    in_card = "card" in _plain(parent)
    if name in _SECRET_NAMES or any(part in name for part in _SECRET_PARTS) or (in_card and name.startswith("exp")):
        return Kind.SECRET
    if name in _CARD_NAMES or (in_card and name == "number"):
        return Kind.CARD
    for kind, endings in _PARTS_OF.items():
        if name.endswith(endings):
            return kind
    if name in _NAME_NAMES or (name == "name" and any(part in _plain(parent) for part in _PEOPLE)):
        return Kind.NAME
    return None


def _tail(value: str, count: int) -> str:
    """The last characters of a number, but never more than a third of it."""
    figures = [c for c in value if c.isalnum()]
    return "".join(figures[-count:]) if len(figures) >= 3 * count else ""


def _mask_name(value: str) -> str:
    return f"{value.strip()[:1]}{DOTS}"


def _mask_email(value: str) -> str:
    name, at, domain = value.strip().rpartition("@")
    return f"{name[:1]}{DOTS}@{domain}" if at and name else DOTS


def _mask_phone(value: str) -> str:
    return f"{DOTS} {_tail(value, 2)}".rstrip()


def _mask_card(value: str) -> str:
    if not any(c.isdigit() for c in value):
        return value  # `card: "visa"` names the brand
    return f"{DOTS} {_tail(value, 4)}".rstrip()


_MASKS: dict[Kind, Callable[[str], str]] = {
    Kind.SECRET: lambda _value: DOTS,
    Kind.CARD: _mask_card,
    Kind.NAME: _mask_name,
    Kind.EMAIL: _mask_email,
    Kind.PHONE: _mask_phone,
}
_ABOUT_PEOPLE = {Kind.NAME, Kind.EMAIL, Kind.PHONE}


def mask_as(kind: Kind, value: str) -> Masked:
    """The value as its kind allows it to be seen. Nothing is masked longer or shorter for being long or short."""
    return Masked(_MASKS[kind](value))


def mask_text(text: str, *, people: bool = True) -> str:
    """Free text with everything hidden that looks like a secret, by name (`"token": "…"`, `token=…`, `<Token>…`) or by look.

    A `Masked` where something was hidden, the text itself where nothing was. `people` also shortens e-mails, phones and names.
    """

    def by_name(key: str, value: str) -> str | None:
        kind = kind_of(key)
        if value[:1] in (
            "{",
            "[",
        ):  # an object, cut off or escaped: what belongs to the secret cannot be told from the rest
            return DOTS if kind is Kind.SECRET else None
        return None if kind is None or (kind in _ABOUT_PEOPLE and not people) else mask_as(kind, value)

    masked = secrets_in_text.hide_named(text, by_name)
    masked = secrets_in_text.hide_by_look(masked, dots=DOTS)
    if people:
        masked = secrets_in_text.EMAIL.sub(lambda found: _mask_email(found[0]), masked)
        masked = secrets_in_text.PHONE.sub(lambda found: _mask_phone(found[0]), masked)
    return text if masked == text else Masked(masked)


def _mask_scalar(value: object, kind: Kind | None, people: bool, depth: int) -> object:
    if value is None or isinstance(value, bool) or value == "":
        return value
    text = str(value)
    if kind is not None:
        masked: str = mask_as(kind, text)
    else:
        masked = _mask_inside(text, people, depth) or mask_text(text, people=people)
    return Masked(masked) if masked != text else value


def _mask_inside(text: str, people: bool, depth: int) -> str | None:
    """A string that is itself JSON, masked as such: providers wrap one answer in another. None where it is none."""
    if not text.startswith(("{", "[")):
        return None
    try:
        inside = json.loads(text)
    except (ValueError, RecursionError):
        return None
    masked = _mask(inside, None, people, "", depth + 1)
    return text if masked == inside else json.dumps(masked, ensure_ascii=False)


def mask(document: object, *, people: bool = True, key: str = "", parent: str = "") -> object:
    """A copy of a JSON value in which every hidden scalar is a `Masked`; yes, no and null are never hidden.

    Everything below a secret's name is secret too. With `people=False` names, e-mails, phones and streets stay readable,
    for pages that show the customer anyway.
    """
    kind = kind_of(key, parent) if key else None
    if kind in _ABOUT_PEOPLE and not people:
        kind = None
    return _mask(document, kind, people, key, 0)


def _mask(value: object, kind: Kind | None, people: bool, key: str, depth: int) -> object:
    if not isinstance(value, Mapping | list | tuple):
        return _mask_scalar(value, kind, people, depth)
    if depth >= MAX_DEPTH:
        return Masked(DOTS)
    if isinstance(value, Mapping):
        return {
            mask_text(str(name), people=people): _mask(
                item, _inherit(kind, str(name), key, people), people, str(name), depth + 1
            )
            for name, item in value.items()
        }
    return [_mask(item, kind, people, key, depth + 1) for item in value]


def _inherit(above: Kind | None, key: str, parent: str, people: bool) -> Kind | None:
    """A secret above holds for all below it; of the others only the field itself is meant (`card: {brand}` stays readable)."""
    if above is Kind.SECRET:
        return above
    kind = kind_of(key, parent)
    return None if kind in _ABOUT_PEOPLE and not people else kind
