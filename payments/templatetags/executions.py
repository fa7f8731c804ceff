"""Filters by which templates say what is known of an execution."""

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

from payments.models import Execution
from payments.presentation import receipt
from payments.presentation import summary as words
from payments.presentation.order_panel import OfOrder, OfPayment
from payments.presentation.proof import Proof

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


@register.filter
def receipt_digest(proof: Proof) -> str:
    """What the signed receipt of this proof has to have as its SHA-256."""
    return receipt.digest_of(proof)


@register.filter
def qr_code(text: str) -> SafeString:
    """A drawing that a phone reads; black on white, whatever the page's colours, as readers want it."""
    drawing: str = segno.make(text, error="m", micro=False).svg_inline(scale=3, light="#fff")
    return mark_safe(drawing)  # noqa: S308 - numbers and names of the library's own
