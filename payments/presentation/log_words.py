"""What entries of the log say of payments, for an order's timeline."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from audit.actions import AuditAction
from audit.models import Entry
from payments.presentation.vocabulary import action_words, why_words
from ui.formats import format_number

FOUND = frozenset({AuditAction.PAYMENT_ACTION_CONTRADICT, AuditAction.PAYMENT_EXTERNAL_FIND})
"""What the desk found by itself: it has no outcome of its own."""


def told(entry: Entry) -> str:
    """What was found, or said of it, in a sentence; empty for an action that says all by its name."""
    details = entry.details
    match entry.action:
        case AuditAction.PAYMENT_ACTION_CONTRADICT:
            return " ".join(map(str, why_words(list(details.get("why", [])))))
        case AuditAction.PAYMENT_EXTERNAL_FIND:
            return _of_move(str(details.get("action", "")), str(details.get("amount", "")))
        case AuditAction.PAYMENT_EXTERNAL_ACKNOWLEDGE:
            return str(details.get("note", ""))
    return ""


def _of_move(kind: str, amount: str) -> str:
    noun = action_words(kind).noun
    try:
        number = format_number(Decimal(amount), 2)
    except InvalidOperation:
        return _("A %(noun)s, of which only the state of the payment tells.") % {"noun": noun}
    return _("A %(noun)s; its transaction names %(amount)s.") % {"noun": noun, "amount": number}
