"""What the frame's box needs of a page."""

from typing import Any

from django import template

from accounts.channels import Channel
from order_api.schemas import Order
from orders.finding.keys import Place, places
from orders.finding.recent import word_of

register = template.Library()


@register.simple_tag(takes_context=True)
def places_to_go(context: Any) -> list[Place]:
    """The places that the reader may go to, with the letter that leads there."""
    return places(context["user"], context["channel"])


@register.simple_tag
def word_of_order(channel: Channel | None, order: Order) -> str:
    """What the page sends back once somebody looks at its order; nothing where there is none to come back to."""
    return word_of(channel, order.id, order.reference or "") if channel and order.id else ""
