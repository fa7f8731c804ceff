"""What the board's templates show in many places."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.channels import Channel
from domain.money import Amount
from index.checks import PLACED
from orders.list.filters.fields import MINUTE
from overview.trend import Day
from ui.formats import format_money, format_weekday

register = template.Library()


@register.simple_tag
def sums(amounts: Sequence[Amount]) -> SafeString:
    """Amounts of several currencies beside one another; they are never added up."""
    said = [(format_money(*each),) for each in amounts] or [("–",)]
    return format_html("<span>{}</span>", format_html_join(" · ", '<span class="nowrap">{}</span>', said))


@register.simple_tag
def weekday(day: dt.date) -> str:
    """A day with its weekday."""
    return format_weekday(day)


@register.simple_tag
def value_of(day: Day, currency: str) -> Decimal | None:
    """What the orders of a day come to in that currency."""
    return day.sums.get(currency)


@register.simple_tag
def placed_on(channel: Channel | None, day: dt.date, by: dt.datetime | None = None) -> str:
    """The list of a channel's orders, or, without one, of those of all, that were placed on that day; `by`: before that
    time of the day, in the reader's zone."""
    until = dt.datetime.combine(day, by.time()).strftime(MINUTE) if by else day.isoformat()
    query = [*(("status", name) for name in PLACED), ("date_from", day.isoformat()), ("date_to", until)]
    base = reverse("order-list", args=(channel,)) if channel else reverse("orders-anywhere")
    return f"{base}?{urlencode(query)}"
