"""Where a page of rows begins or ends, as it stands in an address: short, the same in every row, and nothing that
anybody could do harm with. One that cannot be read is none."""

import base64
import binascii
import datetime as dt
import struct
from typing import NamedTuple

_SHAPE = struct.Struct(">qq")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_MOST = 2**63 - 1


_LENGTH = 1 + 22


class Position(NamedTuple):
    """The row with that value of what rows are sorted by, and that key. `currency`: where it stands among the others of
    its currency."""

    value: dt.datetime | int
    key: int
    currency: str = ""


def written(sort: str, value: dt.datetime | int, key: int, currency: str = "") -> str:
    """The position in a list that is sorted so."""
    number = (value - _EPOCH) // _MICROSECOND if isinstance(value, dt.datetime) else value
    return sort[0] + base64.urlsafe_b64encode(_SHAPE.pack(number, key)).rstrip(b"=").decode() + currency


def read(sort: str, text: str) -> Position | None:
    """None for what was not written for a list that is sorted so."""
    text, currency = text[:_LENGTH], text[_LENGTH:]
    if len(text) != _LENGTH or text[0] != sort[0] or not text.isascii() or (currency and sort != "total"):
        return None
    try:
        number, key = _SHAPE.unpack(base64.b64decode(text[1:] + "==", b"-_", validate=True))
        return Position(number if sort == "total" else _EPOCH + number * _MICROSECOND, key, currency)
    except (binascii.Error, struct.error, OverflowError):
        return None
