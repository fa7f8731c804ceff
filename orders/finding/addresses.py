"""Where what was found is, in whatever channel."""

from django.urls import reverse
from django.utils.http import urlencode

from accounts.channels import Channel


def order_url(channel: Channel, order_id: str) -> str:
    """The page of an order of that channel."""
    return reverse("order-detail", args=(channel, order_id))


def list_url(channel: Channel, text: str, way: str) -> str:
    """The list of that channel's orders which match the text in the way in which some were found."""
    return f"{reverse('order-list', args=(channel,))}?{urlencode({'search': text, 'way': way})}"
