"""The list's query parameters, typed, and how they are written on the wire."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypedDict


class OrderQuery(TypedDict, total=False):
    """The filters and the order of `GET orders`, named as the API names them; what is None or empty is not sent.

    Several values of one filter are sent as repeated keys. A date is sent as it is, a time (which
    must know its zone) in UTC.
    """

    search: str | None
    payment_id: str | None
    reference: str | None
    cart_reference: str | None
    date_from: date | datetime | None
    date_to: date | datetime | None
    status: Iterable[str]
    order_by: str | None
    order_by_direction: str | None
    countries: Iterable[str]
    billing_countries: Iterable[str]
    shipping_countries: Iterable[str]
    billing_emails: Iterable[str]
    shipping_emails: Iterable[str]
    billing_phones: Iterable[str]
    shipping_phones: Iterable[str]
    billing_names: Iterable[str]
    shipping_names: Iterable[str]


def on_the_wire(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The query's pairs. A time without a zone is a ValueError: nobody could tell which orders are meant."""
    return [(name, _text(each)) for name, value in params.items() for each in _each(value)]


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, str | date | int):
        yield from () if value == "" else (value,)
    elif value is not None:
        yield from (each for each in value if each not in (None, ""))


def _text(value: str | date | int) -> str:
    if not isinstance(value, datetime):
        return value.isoformat() if isinstance(value, date) else str(value)
    if value.tzinfo is None:
        raise ValueError("A time to filter by needs a time zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
