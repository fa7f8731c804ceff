"""The way back from an order to the list that it was opened from, with its filters, page and order."""

from django.http import HttpRequest
from django.urls import reverse

SESSION_KEY = "order-lists"
_LONGEST = 2000


def remember_list(request: HttpRequest, channel: str, address: str) -> None:
    """Keeps the address of the list that the person looks at in that channel. Writes only when it is another one."""
    lists: dict[str, str] = request.session.get(SESSION_KEY, {})
    if len(address) <= _LONGEST and (lists.get(channel) or reverse("order-list")) != address:
        request.session[SESSION_KEY] = {**lists, channel: address}


def list_address(request: HttpRequest, channel: str) -> str:
    """The list that the person looked at last in that channel; all orders, if they looked at none."""
    lists: dict[str, str] = request.session.get(SESSION_KEY, {})
    return lists.get(channel, reverse("order-list"))
