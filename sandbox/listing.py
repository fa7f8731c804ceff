"""The list: its twenty parameters, the rows they select, and the page as ready bytes.

What the parameters mean where the reference is silent stands in docs/sandbox.md.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sandbox.codec import NotJsonError, amount, decode, encode
from sandbox.models import Order, OrderDocument, OrderPayment
from sandbox.schemas.base import INT32, Model
from sandbox.schemas.enums import DirectionField, OrderByField, OrderStatusField
from sandbox.scope import Scope
from sandbox.text import column, fold, phone_tail

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


COUNTRIES = {"countries": "country", "billing_countries": "billing_country", "shipping_countries": "shipping_country"}
COLUMN_OF = {
    None: "created",
    "created": "created",
    "billingEmail": "billing_email",
    "billingName": "billing_name",
    "cartTotal": "cart_total",
}


def page(scope: Scope, query: ListQuery) -> bytes:
    """One page of the channel's orders as `OrderPaginationSet`, in JSON.

    `size` counts the orders that match, `totalSize` all of the channel's, and `valueSum` adds up what matches.
    """
    everything = Order.objects.filter(merchant=column(scope.merchant), channel=column(scope.channel))
    matching = _matching(everything, query)
    few = {} if matching is everything else {"low": Min("number"), "high": Max("number")}
    sums = matching.aggregate(size=Count("number"), value=Sum("total"), **few)
    limit, offset = min(LIMIT if query.limit is None else query.limit, LARGEST_LIMIT), query.offset or 0
    pagination = {
        "offset": offset,
        "limit": limit,
        "size": sums["size"],
        "valueSum": amount(sums["value"] or 0),
        "totalSize": sums["size"] if matching is everything else everything.count(),
    }
    if few and sums["size"] <= 2:  # they are known by now: no second search for them
        matching = everything.filter(number__in={sums["low"], sums["high"]} - {None})
    bodies = _bodies(_sorted(matching, query)[offset : offset + limit])
    return b'{"data":[' + b",".join(bodies) + b'],"pagination":' + encode(pagination) + b"}"


def _bodies(rows: QuerySet[Order]) -> list[bytes]:
    numbers = list(rows.values_list("number", flat=True))
    found = dict(OrderDocument.objects.filter(order__in=numbers).values_list("order_id", "body"))
    return [found[number].encode() for number in numbers if number in found]


def _sorted(rows: QuerySet[Order], query: ListQuery) -> QuerySet[Order]:
    name = COLUMN_OF[query.order_by]
    down = query.order_by_direction == "desc" or (query.order_by_direction is None and name == "created")
    sign = "-" if down else ""
    return rows.order_by(*(sign + part for part in dict.fromkeys((name, "created", "public_id"))))


def _matching(rows: QuerySet[Order], query: ListQuery) -> QuerySet[Order]:
    wanted = [*_exact(query), *_several(query)]
    if query.search and (term := fold(query.search)):
        wanted.append(Q(search__contains=term))
    for condition in wanted:
        rows = rows.filter(condition)
    return rows


def _exact(query: ListQuery) -> list[Q]:
    """The conditions of parameters that take one value."""
    found = []
    if query.reference:
        found.append(Q(reference=column(query.reference)))
    if query.cart_reference:
        found.append(Q(cart_reference=column(query.cart_reference)))
    if query.payment_id:
        found.append(Q(number__in=OrderPayment.objects.filter(public_id=column(query.payment_id)).values("order")))
    if query.date_from:
        found.append(Q(created__gte=query.date_from))
    if query.date_to:
        found.append(Q(created__lt=query.date_to))
    return found


def _several(query: ListQuery) -> list[Q]:
    """The conditions of parameters whose values are alternatives."""
    found = [Q(status__in=query.status)] if query.status else []
    for parameter, name in COUNTRIES.items():
        if values := getattr(query, parameter):
            found.append(Q(**{f"{name}__in": [column(fold(value)) for value in values]}))
    for side in ("billing", "shipping"):
        if emails := getattr(query, f"{side}_emails"):
            found.append(Q(**{f"{side}_email__in": [column(email.strip().casefold()) for email in emails]}))
        if phones := getattr(query, f"{side}_phones"):
            tails = dict.fromkeys(phone_tail(phone) or "-" for phone in phones)
            found.append(Q(**{f"{side}_phone__in": list(tails)}))
        if names := getattr(query, f"{side}_names"):
            found.append(_any_name(f"{side}_name__contains", names))
    return found


def _any_name(lookup: str, names: list[str]) -> Q:
    condition = Q()
    for name in dict.fromkeys(map(fold, names)):  # spellings that are the same here are looked for once
        condition |= Q(**{lookup: name})
    return condition
