from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from accounts.channels import Channel
from dashboard.pages import Request

if TYPE_CHECKING:
    from orders.api import OrderApi


class OrderRequest(Request):
    """A signed-in person's request, bound to the one channel that they work in."""

    user: User
    channel: Channel
    api: "OrderApi"
