"""The one table of what a field's name says about its value, whatever style it is written in."""

import re
import unicodedata
from enum import Enum
from functools import lru_cache

_LONGEST = 200
"""Characters of a name; of a longer one its beginning and its end count."""
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_WORD = re.compile(r"[A-Z]{1,40}(?![a-z])|[A-Z]?[a-z]{1,40}|[0-9]{1,40}")
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L"}
)


class Kind(Enum):
    """What a field's name says about its value."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    CARD = "card"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"


# Anywhere in the name
_SECRET_PARTS = (
    "token", "secret", "password", "passwd", "passphrase", "passcode", "passkey", "credential", "cookie", "signature",
    "hmac", "cryptogram",
    "apikey", "accesskey", "privatekey", "signingkey", "encryptionkey", "sharedkey", "masterkey", "clientkey",
    "merchantkey", "authkey",
    "licensekey", "webhookkey", "onetimecode", "verificationcode", "recoverycode", "activationcode", "smscode",
    "securityanswer", "assertion",
    "securitycode", "cardverification", "trackdata", "magneticstripe",
    "nationalid", "personnummer", "personnumber", "personalnumber", "personalid", "personidentifier", "identitynumber",
    "identityno",
    "civicnumber", "socialsecurity", "socialinsurance", "nationalinsurance", "fodselsnummer", "foedselsnummer",
    "fodselsnr", "cprnumber",
    "cprnr", "henkilotunnus", "isikukood", "personalcode", "personkod", "codicefiscale", "steuerid", "taxpayer",
    "taxid", "birth", "passport",
    "driverslicen", "driverlicen", "drivinglicen", "identitycard", "idcard",
    "accountnumber", "bankaccount", "bankgiro", "plusgiro", "postgiro", "kontonummer", "routingnumber",
    "clearingnumber",
    "authorization", "remoteaddr", "clientaddr", "forwardedfor", "sessionid", "sessid", "sessiondata", "sessionkey",
)  # fmt: skip
_NOT_SECRET = {
    "isauthorization",
    "authorizationamount",
    "authorizationdate",
    "authorizationtime",
    "authorizationstatus",
}
# The whole name
_SECRET_NAMES = {
    "session",
    "pass",
    "idnumber",
    "idno",
    "idnr",
    "accountno",
    "accountnr",
    "passnummer",
    "passnumber",
    "sortcode",
}
# One word, at the end of the name or before what only says of which form it is: smsOtp, ip_address, pin-code, jwt.value
_SECRET_WORDS = {
    "ssn", "cpr", "hetu", "dob", "nin", "nino", "bsn", "pesel", "nif", "tin", "pin", "otp", "totp", "cvc", "cvv", "cid",
    "mac", "sig", "jwt", "jws",
    "jwe", "jwk", "pem", "auth", "oauth", "pwd", "csrf", "xsrf", "saml", "bearer", "ip", "ipaddress",
}  # fmt: skip
_RUN_TOGETHER = re.compile(
    r"(?:sms|user|client|customer|shopper|remote|source|card|login|access|new|old|my|x)?"
    r"(?:ssn|cpr|hetu|dob|bsn|pin|otp|cvc|cvv|jwt|pwd|ip|auth|sig)(?:code|value|number|no|nr|address|addr|header|v4|v6|\d)?"
)
_FORMS = {
    "code",
    "value",
    "number",
    "no",
    "nr",
    "hash",
    "address",
    "addr",
    "data",
    "string",
    "raw",
    "header",
    "key",
    "v",
}
_CARD_NAMES = {
    "pan",
    "cardnumber",
    "cardno",
    "card",
    "creditcard",
    "creditcardnumber",
    "debitcardnumber",
    "accountpan",
    "maskedpan",
    "iban",
    "bban",
}
_CARD_ENDS = ("cardnumber", "cardno", "iban")
_NAME_ENDS = (
    "givenname", "familyname", "firstname", "lastname", "middlename", "surname", "fullname", "maidenname",
    "customername", "holdername", "shoppername",
    "buyername", "payername", "ownername", "recipientname", "contactname", "consumername", "cardholder",
    "contactperson", "fornamn", "efternamn",
    "fornavn", "etternavn", "efternavn", "etunimi", "sukunimi", "vorname", "nachname",
)  # fmt: skip
_NAME_NAMES = {"attention", "attn", "address1", "address2"}
_NAME_PARTS = ("careof", "street", "addressline", "gatuadress", "gateadresse", "katuosoite", "strasse")
_EMAIL_ENDS = ("email", "emailaddress", "mail", "mailaddress", "epost", "epostadress")
_PHONE_ENDS = (
    "phone", "phonenumber", "phoneno", "mobile", "mobilenumber", "mobileno", "msisdn", "telephone", "cellphone",
    "payeralias", "telefon",
    "telefonnummer", "mobilnummer",
)  # fmt: skip
_PEOPLE = (
    "customer", "billing", "shippingaddress", "deliveryaddress", "payer", "consumer", "holder", "recipient", "buyer",
    "shopper", "person", "addressee", "contact",
)  # fmt: skip
NAMING = frozenset(
    {"name", "key", "field", "type", "id", "header", "param", "parameter", "property", "attribute", "label"}
)
"""Fields that name what stands in a field beside them, one of HOLDING."""
HOLDING = frozenset({"value", "values", "val", "content", "data", "text", "number", "old", "new"})


def plain(name: str) -> str:
    """The name in small ASCII letters and digits, without what parts its words."""
    if len(name) > _LONGEST:
        name = name[: _LONGEST // 2] + name[-_LONGEST // 2 :]
    simple = name if name.isascii() else unicodedata.normalize("NFKD", name.translate(_UNDECOMPOSED))
    return _NOT_LETTERS.sub("", simple.lower())


def _words(name: str) -> list[str]:
    name = unicodedata.normalize("NFKD", name[-_LONGEST:])
    words = [word.lower() for word in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    return words


def _is_secret(key: str, name: str, in_card: bool) -> bool:
    if name in _SECRET_NAMES or (in_card and name.startswith("exp")) or _RUN_TOGETHER.fullmatch(name[:40]):
        return True
    if any(part in name for part in _SECRET_PARTS) and name not in _NOT_SECRET:
        return True
    words = _words(key)
    if len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    return bool(words) and words[-1] in _SECRET_WORDS


@lru_cache(maxsize=4096)
def kind_of(key: str, parent: str = "") -> Kind | None:
    """What the name of a field says, in snake, camel or kebab case; None where it says nothing.

    `parent` is the name of the object it stands in: a `name` is a person's only inside a customer or an address.
    """
    name, within = plain(key), plain(parent)
    if _is_secret(key, name, "card" in within):
        return Kind.SECRET
    if name in _CARD_NAMES or name.endswith(_CARD_ENDS) or ("card" in within and name == "number"):
        return Kind.CARD
    bare = name.rstrip("0123456789")
    if bare.endswith(_EMAIL_ENDS):
        return Kind.EMAIL
    if bare.endswith(_PHONE_ENDS):
        return Kind.PHONE
    is_name = name in _NAME_NAMES or bare.endswith(_NAME_ENDS) or any(part in name for part in _NAME_PARTS)
    return Kind.NAME if is_name or (name == "name" and any(part in within for part in _PEOPLE)) else None
