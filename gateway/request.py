"""What the pages that talk to the Order API ask of a request."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from accounts.channels import Channel
from ui.pages import Request

if TYPE_CHECKING:
    from order_api import OrderApi


class ApiRequest(Request):
    """A signed-in person's request, bound to the channel in its address."""

    user: User
    channel: Channel
    api: "OrderApi"
