"""By what other orders of a customer are found: e-mail addresses and phone numbers, read from one order.

Pure: nobody is asked here. What is decided in it:

- An e-mail in another case is the same one. It is asked for as it was written and in small letters, as the API's
  reference does not say how it compares (Norce reference, checkout/getcheckoutorders).
- What follows a + in an e-mail is not taken off: nobody can ask for all that may follow, and to some providers these
  are two mailboxes. Where a phone brings such an order, it is said that its e-mail is the same but for that.
- What stands in for an e-mail or phone (guest@…, 000000) is not asked for: whoever shares it is somebody else.
- Who pays is the customer. A match on where an order was delivered to is another kind of match.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.customers import customer_name
from domain.phones import compact, every_spelling, subscriber
from domain.typed import plain
from order_api.schemas import Address, Order


class Kind(StrEnum):
    """What a key is; its value begins the names of the API's filters."""

    EMAIL = "emails"
    PHONE = "phones"


class Key(NamedTuple):
    """An e-mail or a phone as the order has it. `is_delivery`: it is of who gets the order, and not of who pays.
    `side`: in which address it stands, as the API's filters name them."""

    kind: Kind
    text: str
    is_delivery: bool = False
    side: str = "billing"

    @property
    def folded(self) -> str:
        return fold(self.kind, self.text)


class Match(StrEnum):
    """How an order was found. `…_ELSEWHERE`: on one of the two orders it belongs to the delivery, not to who pays.
    `UNSHOWN`: the API says so, and the order does not show why."""

    EMAIL = "email"
    PHONE = "phone"
    EMAIL_ELSEWHERE = "email-elsewhere"
    PHONE_ELSEWHERE = "phone-elsewhere"
    UNSHOWN = "unshown"


SURE = frozenset({Match.EMAIL, Match.PHONE})
_OF = {
    (Kind.EMAIL, True): Match.EMAIL,
    (Kind.PHONE, True): Match.PHONE,
    (Kind.EMAIL, False): Match.EMAIL_ELSEWHERE,
    (Kind.PHONE, False): Match.PHONE_ELSEWHERE,
}


class Keys(NamedTuple):
    """`usable` are asked for; `stand_ins` are not, as they are nobody's own."""

    usable: tuple[Key, ...] = ()
    stand_ins: tuple[Key, ...] = ()

    def of(self, kind: Kind) -> list[Key]:
        return [key for key in self.usable if key.kind is kind]


def keys_of(order: Order) -> Keys:
    """The keys of an order: those of who pays first."""
    bill, delivery = _addresses(order)
    found: dict[tuple[Kind, str], Key] = {}
    for kind in Kind:
        for text in bill[kind]:
            found.setdefault((kind, fold(kind, text)), Key(kind, text))
        for text in delivery[kind]:
            found.setdefault((kind, fold(kind, text)), Key(kind, text, bool(bill[kind]), "shipping"))
    keys = tuple(found.values())
    usable = tuple(key for key in keys if not is_stand_in(key))
    return Keys(usable, tuple(key for key in keys if key not in usable))


_Texts = Mapping[Kind, list[str]]


def _addresses(order: Order) -> tuple[_Texts, _Texts]:
    """What stands in the address of the bill, and in that of the delivery."""
    customer = order.customer
    return (_texts(customer.billing), _texts(customer.shipping)) if customer else (_texts(None), _texts(None))


def _sides(order: Order) -> tuple[_Texts, _Texts]:
    """Those of who pays, and of who gets it. Where the bill names none, the delivery's stand for it."""
    bill, delivery = _addresses(order)
    return {kind: bill[kind] or delivery[kind] for kind in Kind}, delivery


def _texts(address: Address | None) -> _Texts:
    email, phone = (address.email, address.phone) if address else (None, None)
    return {
        Kind.EMAIL: [email.strip()] if email and "@" in email else [],
        Kind.PHONE: [phone.strip()] if phone and compact(plain(phone)) else [],
    }


def fold(kind: Kind, text: str) -> str:
    """The same for two spellings of one e-mail or phone."""
    written = plain(text)
    return written.casefold() if kind is Kind.EMAIL else subscriber(written)


_STAND_IN_NAMES = re.compile(
    r"(?:guest|gast|gäst|gjest|gæst|vieras|anonym|anonymous|no-?reply|noreply|none|no-?e?-?mail|unknown|okänd|ukjent|"
    r"ukendt|unbekannt|missing|saknas|dummy|placeholder|kund-?saknas|inte?-?angett|not-?provided)[\d._-]{0,10}"
)
_STAND_IN_HOSTS = re.compile(r"(?:.{0,60}\.)?(?:invalid|localhost|localdomain)|no-?(?:e-?)?mail\..{1,30}")
_FIGURES_IN_A_ROW = ("0123456789", "1234567890", "9876543210")
_FEWEST_FIGURES = 5


def is_stand_in(key: Key) -> bool:
    """Whether it is nobody's own: what shops and tills write where a customer gave none."""
    if key.kind is Kind.EMAIL:
        name, _at, host = key.folded.rpartition("@")
        return bool(_STAND_IN_NAMES.fullmatch(name) or _STAND_IN_HOSTS.fullmatch(host))
    figures = key.folded
    return (
        len(figures) < _FEWEST_FIGURES
        or len(set(figures)) == 1
        or any(figures in row for row in _FIGURES_IN_A_ROW)
    )  # fmt: skip


def filters_of(keys: Keys) -> list[Mapping[str, Sequence[str]]]:
    """The filters that find orders by these keys, each for a call of its own, as the API joins filters by *and*: four
    at most."""
    found: list[Mapping[str, Sequence[str]]] = []
    for kind in Kind:
        if spelled := _spelled(keys.of(kind)):
            found += [{f"{side}_{kind}": spelled} for side in ("billing", "shipping")]
    return found


def first_filter(keys: Keys) -> tuple[Key, Mapping[str, Sequence[str]]] | None:
    """The one filter that counts best: by the e-mail of who pays, else by their phone; None without either."""
    key = next(iter([*keys.of(Kind.EMAIL), *keys.of(Kind.PHONE)]), None)
    if key is None:
        return None
    return key, {f"{key.side}_{key.kind}": _spelled([key])}


def _spelled(keys: Iterable[Key]) -> list[str]:
    spelled: dict[str, None] = {}
    for key in keys:
        written = plain(key.text)
        ways = [key.text, written, written.lower()] if key.kind is Kind.EMAIL else [key.text, *every_spelling(written)]
        spelled |= dict.fromkeys(ways)
    return list(spelled)


def matches(order: Order, keys: Keys) -> tuple[Match, ...]:
    """How that order has to do with these keys, the surest first. Never nothing: what came was found by them."""
    paying, delivery = _sides(order)
    found: dict[Match, None] = {}
    for key in keys.usable:
        pays = key.folded in [fold(key.kind, text) for text in paying[key.kind]]
        gets = key.folded in [fold(key.kind, text) for text in delivery[key.kind]]
        if pays or gets:
            found[_OF[key.kind, pays and not key.is_delivery]] = None
    return tuple(sorted(found, key=list(Match).index)) or (Match.UNSHOWN,)


def folded_of(order: Order, kind: Kind) -> list[str]:
    """The e-mails or phones of who pays an order, folded."""
    return [fold(kind, text) for text in _sides(order)[0][kind]]


def differs_by_its_tag(order: Order, keys: Keys) -> bool:
    """Whether an order's e-mail is one of the keys but for what follows a + in it."""
    plainly = {_untagged(key.folded) for key in keys.of(Kind.EMAIL)}
    theirs = folded_of(order, Kind.EMAIL)
    return any(_untagged(each) in plainly for each in theirs) and not {k.folded for k in keys.usable} & set(theirs)


def _untagged(email: str) -> str:
    name, _at, host = email.rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def named(order: Order) -> str:
    """What the customer of an order is called, for comparing; empty where nobody is named."""
    customer = order.customer
    name = customer_name(customer.billing, customer.shipping) if customer else ""
    return " ".join(name.casefold().split())
