"""Documents that do not fit the contract: where, and what came instead. They can still be shown as they came."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from order_api.schemas import Order

_MESSAGE = re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<found>[^`]+)`")
_PLACE = re.compile(r"`(?P<place>\$[^`]*)`$")
WHOLE, NUMBER, WITH_DECIMALS = "a whole number", "a number", "a number with decimals"
KINDS = {
    "str": "text",
    "int": WHOLE,
    "float": NUMBER,
    "decimal": NUMBER,
    "bool": "true or false",
    "array": "a list",
    "list": "a list",
    "object": "an object",
    "dict": "an object",
    "null": "nothing",
    "NoneType": "nothing",
    "datetime": "a time",
}
"""What msgspec calls a kind of value, and what people do."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit. `place` is a path such as `cart.items[0].quantity`, empty for the whole document; `expected`
    and `found` are of KINDS, empty where all that is known is that the value cannot be. No value stands in it: it may
    be somebody's."""

    place: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        where = self.place or "the document"
        if not self.expected:
            return f"{where} has a value that cannot be read"
        return f"{where} is {self.found}, where {self.expected} was expected"


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
