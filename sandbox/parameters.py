"""The list's twenty parameters. What they mean where the reference is silent stands in docs/sandbox.md."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sandbox.codec import NotJsonError, decode
from sandbox.schemas.base import INT32, Model
from sandbox.schemas.enums import DirectionField, OrderByField, OrderStatusField

LIMIT, LARGEST_LIMIT = 25, 250
MOST_VALUES = 100
LONGEST_TEXT = 1000
_LAST = datetime.max.replace(tzinfo=UTC)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


def _count(value: Any) -> int:
    text = str(value)
    if not text.isascii() or not text.isdigit() or int(text[:11]) >= INT32:
        raise PydanticCustomError("count", "is not a whole number from 0 to 2147483647")
    return int(text)


def _texts(value: Any) -> list[str]:
    values = [text for text in value if text.strip()] if isinstance(value, list) else value
    if len(values) > MOST_VALUES:
        raise PydanticCustomError("many", f"has more than {MOST_VALUES} values")
    return [_text(text) for text in values]


def _text(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise PydanticCustomError("long", f"is longer than {LONGEST_TEXT} characters")
    if isinstance(value, str) and "\0" in value:
        raise PydanticCustomError("null", "has a NUL in it, which no order has where it can be looked for")
    return value


def _statuses(value: Any) -> Any:
    """`status` repeated, comma-separated, or as a JSON array."""
    found: list[Any] = []
    for text in _texts(value):
        try:
            read = decode(text) if text.startswith(("[", '"')) else text.split(",")
        except NotJsonError:
            read = text
        found += read if isinstance(read, list) else [read]
    return [part.strip() if isinstance(part, str) else part for part in found if part != ""]


def parse_date(text: str, *, end: bool) -> datetime:
    """A date as the moment its day begins (or, for an `end`, is over) in UTC; a date-time as it
    stands. Raises ValueError."""
    if _DATE.fullmatch(text):
        day = datetime.combine(datetime.fromisoformat(text).date(), time.max if end else time.min, UTC)
        return day + timedelta(microseconds=1) if end and day < _LAST else day
    if _DATE_TIME.fullmatch(text):
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    raise ValueError(text)


def _date(*, end: bool) -> BeforeValidator:
    def read(text: Any) -> datetime:
        try:
            return parse_date(str(text), end=end)
        except (ValueError, OverflowError):
            raise PydanticCustomError(
                "date", "is not a date (2026-01-31) or a date-time (2026-01-31T12:00:00Z)"
            ) from None

    return BeforeValidator(read)


Count32 = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "format": "int32", "minimum": 0})]
Text = Annotated[str, BeforeValidator(_text)]
# None stands inside: django-ninja looks for a list there to tell repeated keys from a single text.
Texts = Annotated[list[str] | None, BeforeValidator(_texts)]
Statuses = Annotated[list[OrderStatusField] | None, BeforeValidator(_statuses)]
From = Annotated[datetime, _date(end=False), WithJsonSchema({"type": "string"})]
To = Annotated[datetime, _date(end=True), WithJsonSchema({"type": "string"})]


class ListQuery(Model):
    offset: Count32 | None = None
    limit: Count32 | None = None
    search: Text | None = None
    payment_id: Text | None = None
    reference: Text | None = None
    cart_reference: Text | None = None
    date_from: From | None = None
    date_to: To | None = None
    status: Statuses = None
    order_by: OrderByField | None = None
    order_by_direction: DirectionField | None = None
    countries: Texts = None
    billing_countries: Texts = None
    shipping_countries: Texts = None
    billing_emails: Texts = None
    shipping_emails: Texts = None
    billing_phones: Texts = None
    shipping_phones: Texts = None
    billing_names: Texts = None
    shipping_names: Texts = None
