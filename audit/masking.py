"""What of a person goes into the log: enough to recognise it by, not to misuse it.

The log is kept for years and cannot be corrected, so personal data is shortened before it gets there. The name of a field
decides, in whatever style it is written (`givenName`, `given_name`, `billing.emailAddress`); free text is searched by look.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from dashboard.cards import hide_cards

DOTS = "•••"
Mask = Callable[[str, Any], Any]

_MAX_DEPTH = 40
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)\d[\d ()-]{6,16}\d(?!\w)|(?<!\w)0\d{1,3}[ -]\d{2,3}[\d ]{3,9}(?!\w)")
# Nordic identity numbers: day, month and year in either order, then what tells people of one day apart.
_NATIONAL_ID = re.compile(
    r"(?<!\w)(?:19|20)?\d{2}[01]\d[0-9]\d[-+A]?\d{4}(?!\w)|(?<!\w)[0-7]\d[01]\d{3}[-+A ]?\d{3}[\dA-Y]\d?(?!\w)"
)

# Made by a program and about nobody, although some hold a run of figures that looks like a card's number.
_ID_OR_DIGEST = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def mask_words(value: str) -> str:
    """`Åsa Lindström` → `Å••• L•••`; a street the same way, without its number."""
    return " ".join(word[0] + DOTS for word in value.split() if word[0].isalpha()) or DOTS


def mask_email(value: str) -> str:
    """`asa@example.se` → `a•••@example.se`."""
    name, at, domain = value.strip().rpartition("@")
    return f"{name[:1]}{DOTS}@{domain}" if at and name else DOTS


def mask_tail(value: str) -> str:
    """`+46 70 123 45 67` → `••• 67`: the last two characters, of six at least."""
    figures = [character for character in value if character.isalnum()]
    return f"{DOTS} {''.join(figures[-2:])}" if len(figures) >= 6 else DOTS


def hide(value: str) -> str:
    """Nothing of it, not even its length."""
    return DOTS


# Parts of a field's name, plain, → how its value is shortened. The first that is found decides.
_BY_NAME: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (
        re.compile(
            r"token|secret|password|passphrase|apikey|credential|authorization|cookie|cvc|cvv|^pan$|cardnumber|iban"
        ),
        hide,
    ),
    (
        re.compile(
            r"nationalid|personnummer|personalnumber|personalid|civicnumber|socialsecurity|^ssn$|identitynumber|birth"
        ),
        mask_tail,
    ),
    (re.compile(r"e?mail(address)?$"), mask_email),
    (re.compile(r"phone|mobile|msisdn|payeralias"), mask_tail),
    (
        re.compile(
            r"(given|first|family|last|middle|sur|full|holder|customer|recipient|contact)name\d?$|careof|attention|^attn"
        ),
        mask_words,
    ),
    (re.compile(r"street|addressline|^address\d$"), mask_words),
)
_PEOPLE = re.compile(r"customer|billing|shippingaddress|deliveryaddress|payer|consumer|recipient|buyer|person|contact")


def _masker(path: str) -> Callable[[str], str]:
    """How a value with that dotted path is shortened. A `name` is a person's only where its parent is one."""
    parts = [plain for part in path.split(".") if (plain := _plain(part)) and not plain.isdigit()]
    name = parts[-1] if parts else ""
    if name == "name" and any(_PEOPLE.search(part) for part in parts[:-1]):
        return mask_words
    return next((mask for pattern, mask in _BY_NAME if pattern.search(name)), mask_text)


def mask_text(text: str) -> str:
    """Free text without the e-mail addresses, phone numbers, identity numbers and card numbers that stand in it. A UUID or a SHA-256 stays whole."""
    if _ID_OR_DIGEST.fullmatch(text):
        return text
    text = _EMAIL.sub(lambda found: mask_email(found[0]), text)
    text = _NATIONAL_ID.sub(lambda found: mask_tail(found[0]), text)
    text = hide_cards(text, dots=DOTS)
    return _PHONE.sub(lambda found: mask_tail(found[0]), text)


def mask_personal(path: str, value: Any) -> Any:
    """A JSON value with whatever is personal in it shortened, by the name of each field in it; the rest as it is."""
    return _mask(path, value, 0)


def _mask(path: str, value: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        return DOTS
    if isinstance(value, Mapping):
        return {str(key): _mask(f"{path}.{key}", item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(path, item, depth + 1) for item in value]
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, str):
        return _masker(path)(value)
    masked, text = _masker(path), str(value)
    shown = hide_cards(text, dots=DOTS) if masked is mask_text else masked(text)
    return value if shown == text else shown


def unmasked(path: str, value: Any) -> Any:
    """For changes in which no person can stand, such as rights."""
    return value
