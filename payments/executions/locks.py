"""Which payments and orders nobody changes for now, as an execution on them is not settled."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from payments.models import OPEN, Execution
from payments.presentation.summary import title_of


def lock(order_id: str, payment_id: str | None = None) -> str | Promise:
    """Why a payment, or an order with all its payments, cannot be changed now; empty where it can.

    A change of the payment would be taken for evidence, or hide it. The API's ids are unique, so
    the channel is not asked for.
    """
    rows = Execution.objects.filter(order_id=order_id, state__in=OPEN)
    execution = (rows.filter(payment_id=payment_id) if payment_id is not None else rows).first()
    if execution is None:
        return ""
    says = _(
        "“%(title)s” is not settled. Until it is, nothing is changed here that would be taken for evidence, or hide it."
    )
    words = says % {"title": title_of(execution)}
    return format_html(
        '{} <a href="{}">{}</a>',
        words,
        reverse("execution-detail", args=[execution.in_channel, execution.pk]),
        _("Look at it"),
    )
