"""Filters by which templates say what is known of an execution."""

from django import template

from payments.models import Execution
from payments.presentation import summary as words
from payments.presentation.order_panel import OfOrder, OfPayment

register = template.Library()


@register.filter
def title(execution: Execution) -> str:
    """As in "Refund 499.00 SEK"."""
    return words.title_of(execution)


@register.filter
def known(execution: Execution) -> str:
    """What is known about the money, in one sentence."""
    return words.known(execution)


@register.filter
def how(execution: Execution) -> str:
    """When it was sent and what came back."""
    return words.how(execution)


@register.filter
def of_payment(executions: OfOrder, payment_id: str | None) -> OfPayment:
    """The executions of this payment."""
    return executions.of(payment_id)
