"""What the pages about payment actions ask of a request."""

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User

from accounts.channels import Channel
from dashboard.pages import Request
from orders.api import OrderApi

may_view = permission_required("accounts.view_order", raise_exception=True)
may_execute = permission_required("accounts.execute_payment_action", raise_exception=True)


class PaymentRequest(Request):
    """A signed-in person's request, bound to the one channel that they work in."""

    user: User
    channel: Channel
    api: OrderApi
