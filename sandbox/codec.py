"""JSON as the sandbox reads and writes it: amounts as Decimal, so that a cent stays a cent; times
in UTC; ids from a random source."""

import secrets
import string
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils import timezone

Document = dict[str, Any]
MAX_DEPTH = 64
PLACES = range(-30, 21)  # powers of ten with which a number may begin; 1e999999999 would be a gigabyte, written out
MOST_VALUES = 200_000
_UNITS = Decimal(10_000)


class NotJsonError(ValueError):
    """The text is no JSON, or JSON that no client could mean; str() says why."""


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if number.adjusted() not in PLACES:
        raise NotJsonError("a number is too large or too small")
    return number


_decoder = msgspec.json.Decoder(float_hook=_number)
_encoder = msgspec.json.Encoder(decimal_format="number")


def decode(text: str | bytes) -> Any:
    """The value of a JSON text; numbers with a point are Decimal. Raises NotJsonError."""
    try:
        value = _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, NotJsonError) as error:
        raise NotJsonError(str(error)) from error
    if _deeper_than(value, MAX_DEPTH):
        raise NotJsonError(f"nested deeper than {MAX_DEPTH} levels")
    return value


def _deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    while layer and levels >= 0:
        layer = [
            part
            for whole in layer
            if isinstance(whole, dict | list)
            for part in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(part, dict | list)
        ]
        levels -= 1
    return bool(layer)


def decode_body(body: bytes) -> Any:
    """As `decode`, for a body that anybody may send: NotJsonError too where its values would take
    many times its own size."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise NotJsonError(f"it holds more than {MOST_VALUES:,} values")
    return decode(body)


def encode(value: Any) -> bytes:
    """The value as JSON, Decimal as a number with the digits it has."""
    return _encoder.encode(value)


def new_id(prefix: str) -> str:
    """An id of the API's kind: `o_`, `p_`, `s_`, `ci_` or `oc_` and 26 random letters."""
    return prefix + "_" + "".join(secrets.choice(string.ascii_letters) for _ in range(26))


def stamp(moment: datetime | None = None) -> str:
    """The moment (now, where none is given) as the API writes times: RFC 3339, UTC."""
    return (moment or timezone.now()).astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """An RFC 3339 time as an aware datetime; UTC where it names no zone. Raises ValueError."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def units(amount: Any) -> int:
    """An amount of the major unit in whole 1/10000, for columns that are summed."""
    return round(Decimal(str(amount or 0)) * _UNITS)


def amount(units_: int) -> Decimal:
    """The amount that so many 1/10000 are."""
    return Decimal(units_) / _UNITS
