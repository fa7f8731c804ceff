"""Money that others moved, as people read it: in words that claim no amount which nobody knows."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from payments.executions.profiles import Amounts, profile_of
from payments.executions.snapshot import TransactionMark
from payments.models import ExternalMove
from payments.presentation.preview import through
from payments.presentation.summary import via
from payments.presentation.vocabulary import action_words
from ui.formats import format_money


@dataclass(frozen=True, slots=True)
class Moved:
    """`title`: as in "Refund by others". `says`: what happened, in a sentence. `amount`: what its transaction names,
    with the currency; empty where there is none. `meaning`: what that amount is, where it is not plain."""

    move: ExternalMove
    title: str
    says: str
    amount: str
    meaning: str
    through: str
    line: TransactionMark | None
    created: dt.datetime | None
    """When the transaction says that it was written."""


def moved(move: ExternalMove) -> Moved:
    execution, words = move.execution, action_words(move.action_type)
    amount = format_money(Decimal(move.amount), execution.currency) if move.amount else ""
    meaning = _meaning(move)
    sure = amount if amount and not meaning else _("this payment, or a part of it,")
    kept = json.loads(move.line_json)
    line = TransactionMark(*kept) if kept else None
    return Moved(
        move=move,
        title=capfirst(_("%(what)s by others") % {"what": words.noun}),
        says=capfirst(
            _("%(what)s was %(did)s, and not through this desk.") % {"what": sure, "did": words.did},
        ),
        amount=amount,
        meaning=meaning,
        through=through(via(execution), execution.provider),
        line=line,
        created=dt.datetime.fromisoformat(line.created) if line and line.created else None,
    )


def _meaning(move: ExternalMove) -> str:
    """What the amount of the transaction is, where it need not be what moved (schemas/paymenttransaction: "Amount
    after transaction")."""
    if not move.amount:
        return _("Only the state of the payment says so; no transaction names an amount.")
    if move.action_type.lower() != "refund":
        return ""
    match profile_of(move.execution.provider).amounts:
        case Amounts.MOVED:
            return ""
        case Amounts.AFTER:
            return _("This is what is left of the payment after it.")
    return _("Its transaction names this amount: what was moved, or what is left after it.")
