"""Documents that do not fit the contract: where, and what came instead. They can still be shown as they came."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from order_api.schemas import Order
from order_api.words import sentence

_MESSAGE = re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<found>[^`]+)`")
_PLACE = re.compile(r"`(?P<place>\$[^`]*)`$")
WHOLE, NUMBER = sentence("a whole number"), sentence("a number")
WITH_DECIMALS = sentence("a number with decimals")
_LIST, _OBJECT, _NOTHING = sentence("a list"), sentence("an object"), sentence("nothing")
KINDS = {
    "str": sentence("text"),
    "int": WHOLE,
    "float": NUMBER,
    "decimal": NUMBER,
    "bool": sentence("true or false"),
    "array": _LIST,
    "list": _LIST,
    "object": _OBJECT,
    "dict": _OBJECT,
    "null": _NOTHING,
    "NoneType": _NOTHING,
    "datetime": sentence("a time"),
}
"""What msgspec calls a kind of value, and what people do."""
_DOCUMENT = sentence("the document")
_NOT_READ = sentence("%(place)s has a value that cannot be read")
_NOT_EXPECTED = sentence("%(place)s is %(found)s, where %(expected)s was expected")


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit. `place` is a path such as `cart.items[0].quantity`, empty for the whole document; `expected`
    and `found` are of KINDS, empty where all that is known is that the value cannot be. No value stands in it: it may
    be somebody's."""

    place: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        where = self.place or _DOCUMENT
        if not self.expected:
            return _NOT_READ % {"place": where}
        return _NOT_EXPECTED % {"place": where, "found": self.found, "expected": self.expected}


@dataclass(frozen=True, slots=True)
class UnfitOrder:
    """An order that came and does not fit: of whom it is, as far as it says so, why, and the document as it came."""

    owner: Order
    misfit: Misfit
    document: Any


def misfit(error: msgspec.ValidationError) -> Misfit:
    """What the decoder says, taken apart."""
    text = str(error)
    place = _PLACE.search(text)
    where = place["place"].removeprefix("$").removeprefix(".") if place else ""
    told = _MESSAGE.search(text)
    if told is None:
        return Misfit("" if "[...]" in where else where)
    expected, found = _kind(told["expected"]), _kind(told["found"])
    return Misfit(where, expected, WITH_DECIMALS if (expected, found) == (WHOLE, NUMBER) else found)


def _kind(name: str) -> str:
    first = name.partition("|")[0].strip()
    return KINDS.get(first, first)


def owner(content: bytes) -> Order:
    """Whose an order is, and nothing else of it, however little of the rest fits. Raises msgspec.DecodeError where the
    text is no JSON."""
    try:
        found = _owners.decode(content)
        return Order(id=found.id, merchant=found.merchant, channel=found.channel)
    except msgspec.ValidationError:
        value = msgspec.json.decode(content)
    said = value if isinstance(value, dict) else {}
    return Order(id=_text(said.get("id")), merchant=_text(said.get("merchant")), channel=_text(said.get("channel")))


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, list | dict | bool) else str(value)


class _Owner(msgspec.Struct):
    id: str | None = None
    merchant: str | None = None
    channel: str | None = None


_owners = msgspec.json.Decoder(_Owner)
