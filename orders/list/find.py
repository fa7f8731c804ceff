"""One box for whatever the caller says: what a text may be, and in which spellings it is asked for.

Pure: nobody is asked here. What the API's own `search` looks in, and how it compares, is not documented (Norce
reference, checkout/getcheckoutorders), so that nothing relies on it: what a text looks like is asked for by the filters
that name it, spelled as others may have written it, and `search` is one way among them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain.phones import compact, every_spelling, subscriber
from domain.typed import MOST_SPELLINGS, name_spellings, plain, tidy

ORDER, SEARCH = "order", "search"
WAYS = (
    ORDER, "payment_id", "reference", "cart_reference", "billing_emails", "shipping_emails", "billing_phones",
    "shipping_phones", "billing_names", "shipping_names", SEARCH,
)  # fmt: skip
"""What a text can be found as: `order` for an id, and names of the API's filters."""
MOST_TRIES = 10
"""No text is asked for in more ways than these, and each is one call. Most take one or two: the first that hits ends
it."""
LONGEST_TEXT = 200
"""Characters that are looked for as they are; of a longer text, the one reference that it holds."""
LONGEST_PASTE = 1000

# Ids are a letter, sometimes an underscore, and letters (Norce docs: o_yClTSySjyAuuBjmiBlHCjuEcTf,
# oanzNtkz, pfwLhFoDPFBKtfJkSoVHDaMTIiT).
_ORDER_ID = re.compile(r"o_[A-Za-z]{4,40}|o(?=[a-z]{0,6}[A-Z])[A-Za-z]{7}|o(?=[a-z]{0,25}[A-Z])[A-Za-z]{26}")
_PAYMENT_ID = re.compile(r"p_[A-Za-z]{4,40}|p(?=[a-z]{0,25}[A-Z])[A-Za-z]{26}")
_EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@(?:[^@\s,;.<>()\"]{1,63}\.){1,8}[^@\s,;.<>()\"]{1,63}")
_NAMED_EMAIL = re.compile(rf"[^<>@]{{0,120}}[<(\[]\s?(?:mailto:)?({_EMAIL.pattern})\s?[>)\]]", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]{1,60}(?:[ '’ʼ.\-]{1,3}[^\W\d_]{1,60}){0,12}\.?")
_FAMILY_FIRST = re.compile(rf"({_NAME.pattern}),\s?({_NAME.pattern})")
_MOST_WORDS = 4
"""A name of more words is not turned around: there would be too many ways."""

_WRAPPING = "\"'“”„«»‘’<>()[]"
_LEFT_BEHIND = ",;:.!?…"
"""What a sentence puts behind whatever is pasted out of it."""

_ADDRESS = re.compile(
    r"https?://[^\s/]{1,255}(?:/[^\s/]{0,100}){0,12}?/orders/([\w-]{1,100})(?:[/?#]\S{0,2000})?",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:order|ordre|beställning|bestilling|bestellung|tilaus)s?\s?"
    r"(?:nummer|number|numero|no|nr|id|ref|reference|referens)?[\s.:]{1,5}(?=#?(?:[op]_|[^\s\d]{0,60}\d)\S{0,200}$)",
    re.IGNORECASE,
)
"""What people write before an order's id or number; only where one follows, so that no name loses a word."""
_REFERENCE = re.compile(r"(?=\D{0,20}\d)#?[A-Za-z0-9][A-Za-z0-9_/\-]{3,60}")
_DIGITS = re.compile(r"\d")
_NO_REFERENCE = re.compile(r"\d{4}-\d\d-\d\d(?:T\S{0,30})?|\d{1,2}[/\-]\d{1,2}[/\-]\d{2,4}|\d{6}(?:\d\d)?[\-+]\d{4}")
"""Dates, and what is built like a personal number: nobody means an order by them."""
_FEWEST_DIGITS = 4
"""Of what is taken for a reference in the middle of a sentence."""
_PHONE_WITHIN = re.compile(r"(?<![\w+])(?:\+|0)\d[\d \-/()]{5,20}\d(?!\w)")


class Try(NamedTuple):
    """One way to look: the parameters of the API for it, and the spellings of the text that it looks for, to be told.
    `order` has no parameters: the order of that id is asked for."""

    way: str
    params: Mapping[str, Any]
    spelled: Sequence[str]


class Reading(NamedTuple):
    """What the text may be, the likeliest first, at most MOST_TRIES. `text` is it without what it was wrapped in.

    `several`: how many references are in it, where it is more than one.
    """

    text: str
    tries: tuple[Try, ...] = ()
    several: int = 0


def read(text: str, prefixes: Iterable[str] = ()) -> Reading:
    """What somebody means by that text. `prefixes` are what references of the channel are known to begin with.

    A number may be an order's or a phone's; one that starts with + or 0, or is written in groups, is rather a phone's.
    As it was typed comes before what is read out of it.
    """
    typed = tidy(text)
    said, literal = _unwrapped(typed)
    if not said:
        return Reading("")
    if len(said) <= LONGEST_TEXT and (tries := _tries(said, literal, prefixes)):
        return Reading(said, tuple(_apart(tries))[:MOST_TRIES])
    whole = [Try(SEARCH, {SEARCH: said}, [said])] if len(said) <= LONGEST_TEXT else []
    found = mentioned(typed)
    if len(found) == 1:
        return Reading(said, tuple(_apart([*whole, *_tries(*_unwrapped(found[0]), prefixes)]))[:MOST_TRIES])
    if whole and not found:
        whole += _both("names", name_spellings(said))  # names of firms have figures and signs in them
    return Reading(said, tuple(whole), len(found))


def mentioned(text: str) -> list[str]:
    """What a sentence, a mail or a column of a sheet names: order ids and references, else payments, else addresses of
    e-mail, else phone numbers. All of the first kind that is there."""
    words = [_unwrapped(word)[1] for word in text.split()]
    kinds = (
        [word for word in words if _ORDER_ID.fullmatch(word) or _is_reference(word)],
        [word for word in words if _PAYMENT_ID.fullmatch(word)],
        [word for word in words if _EMAIL.fullmatch(word)],
        [phone for phone in _PHONE_WITHIN.findall(plain(text)) if compact(phone)],
    )
    return list(dict.fromkeys(next(filter(None, kinds), [])))


def is_order_id(word: str) -> bool:
    """Whether it is built as the ids of orders are."""
    return bool(_ORDER_ID.fullmatch(word))


def is_payment_id(word: str) -> bool:
    """Whether it is built as the ids of payments are."""
    return bool(_PAYMENT_ID.fullmatch(word))


def _is_reference(word: str) -> bool:
    is_built_so = _REFERENCE.fullmatch(word) and not _NO_REFERENCE.fullmatch(word)
    is_phone = word.startswith("0") and compact(word) and not word.isalpha()
    return bool(is_built_so) and not is_phone and len(_DIGITS.findall(word)) >= _FEWEST_DIGITS


def _unwrapped(typed: str) -> tuple[str, str]:
    """The text without quotes, labels and addresses around it; and with the # that may be a part of it."""
    said = typed.strip(_WRAPPING + " ").rstrip(_LEFT_BEHIND + _WRAPPING + " ")
    if named := _NAMED_EMAIL.fullmatch(typed.rstrip(_LEFT_BEHIND + " ")):
        said = named[1]
    said = re.sub(r"^(mailto|tel):", "", said, flags=re.IGNORECASE)
    if address := _ADDRESS.fullmatch(said):
        said = address[1]
    literal = _LABEL.sub("", said, count=1).lstrip(_WRAPPING)
    return literal.lstrip("#" + _WRAPPING).rstrip("#"), literal


def _tries(said: str, literal: str, prefixes: Iterable[str]) -> list[Try]:
    """By what it looks like; nothing where it looks like a sentence."""
    shape = plain(said)
    if tries := _identified(said, shape):
        return tries
    if compact(shape) or shape.isdecimal():
        return _number(said, shape, literal, prefixes)
    if _NAME.fullmatch(shape) or _FAMILY_FIRST.fullmatch(shape):
        return _name(said)
    return _word(said, shape, literal) if " " not in said else []


def _identified(said: str, shape: str) -> list[Try]:
    """Ids and addresses of e-mail, which look like nothing else."""
    if _ORDER_ID.fullmatch(said):
        return [Try(ORDER, {}, [said]), *_references([said]), _anything(said)]
    if _PAYMENT_ID.fullmatch(said):
        return [Try("payment_id", {"payment_id": said}, [said]), _anything(said)]
    if _EMAIL.fullmatch(shape):
        return [*_both("emails", list(dict.fromkeys([said, shape, shape.lower()]))), _anything(shape)]
    return []


def _word(said: str, shape: str, literal: str) -> list[Try]:
    """Most likely a reference, in whatever case; or the beginning of something else."""
    if "@" in said:
        return [_anything(said), *_references([said])]
    exact = list(dict.fromkeys([literal, said, shape, shape.upper()]))
    searched = _anythings([literal, said, shape])
    return [*_references(exact), *searched, *_references([shape.lower()]), _cart(shape)]


def _behind(prefixes: Iterable[str], number: str) -> list[str]:
    """The references that a number may be the end of."""
    return [f"{prefix}{number}" for prefix in prefixes] if number.isdecimal() else []


def _number(said: str, shape: str, literal: str, prefixes: Iterable[str]) -> list[Try]:
    phones = _both("phones", every_spelling(shape)) if compact(shape) else []
    references = _references(list(dict.fromkeys([literal, said, shape, *_behind(prefixes, shape)])))
    if said[0] in "+0(" or " " in said:
        return [*phones, *references[:2], *_anythings([said, subscriber(shape)])]
    carts = [_cart(said)] if said.isalnum() else []
    return [*references, *carts, *_anythings([literal, said]), *phones]


def _name(said: str) -> list[Try]:
    """A name of several words is asked for as one at once; of one word `search` knows more."""
    spelled = name_spellings(said)
    around = list(dict.fromkeys(each for name in turned(plain(said)) for each in name_spellings(name)))[:MOST_SPELLINGS]
    if not set(" ,") & set(said):
        return [*_references([said]), _anything(said), *_both("names", spelled)]
    return [*_both("names", spelled), _anything(said), *(_both("names", around) if around else ())]


def _both(field: str, values: Sequence[str]) -> list[Try]:
    """Filters hold together in the API, so that billing and shipping are two calls."""
    return [Try(f"{side}_{field}", {f"{side}_{field}": values}, values) for side in ("billing", "shipping")]


def _references(spelled: Sequence[str]) -> list[Try]:
    return [Try("reference", {"reference": each}, [each]) for each in spelled]


def _cart(said: str) -> Try:
    return Try("cart_reference", {"cart_reference": said}, [said])


def _anything(said: str) -> Try:
    return Try(SEARCH, {SEARCH: said}, [said])


def _anythings(spelled: Iterable[str]) -> list[Try]:
    return [_anything(each) for each in dict.fromkeys(spelled) if each]


def _apart(tries: Iterable[Try]) -> Iterator[Try]:
    """Without what was there before."""
    seen: list[Mapping[str, Any]] = []
    for each in tries:
        if each.way == ORDER or each.params not in seen:
            seen.append(each.params)
            yield each


def turned(name: str) -> list[str]:
    """A name with its first words behind the others, as lists have it: “Ek Karin Ängla” is Karin Ängla Ek to the API.

    A comma says where the family name ends; without one, each place where it may end is a way.
    """
    if parts := _FAMILY_FIRST.fullmatch(name):
        return [f"{parts[2]} {parts[1]}"]
    words = name.split()
    return [" ".join(words[n:] + words[:n]) for n in range(1, len(words))] if len(words) <= _MOST_WORDS else []
