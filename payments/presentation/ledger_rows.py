"""A payment's ledger as people read it: how much of it is where, and on how many transactions that rests."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from order_api.schemas import Payment, PaymentTransaction
from payments.executions.ledger import Lines, ledger_of
from payments.executions.snapshot import Snapshot, TransactionMark
from ui.formats import format_money


class LedgerRow(NamedTuple):
    """`says` stands in place of an amount where none can be told."""

    label: str
    says: str
    rests_on: str


def ledger_rows(payment: Payment, transactions: Iterable[PaymentTransaction]) -> list[LedgerRow]:
    """Nothing where the API names no amount, or where nothing was authorised yet."""
    seen = Snapshot.of(payment, map(TransactionMark.of, transactions), timezone.now())
    ledger, currency = ledger_of(seen), seen.currency
    if ledger is None or not ledger.figures.authorised:
        return []
    figures = ledger.figures
    left = format_money(figures.left, currency)
    if not ledger.is_sure:
        left = _("up to %s") % format_money(figures.most_left, currency)
    rows: list[LedgerRow | None] = [
        LedgerRow(_("Authorised"), format_money(figures.authorised, currency), ""),
        _pending(_("Capture pending"), ledger.capture_pending),
        LedgerRow(_("Captured"), format_money(figures.captured, currency), _count(ledger.capture_lines)),
        _pending(_("Refund pending"), ledger.refund_pending),
        LedgerRow(_("Refunded"), format_money(figures.refunded, currency), _count(ledger.refund_lines)),
        _pending(_("Taken back"), ledger.contradicted),
        LedgerRow(_("Left"), left, ""),
    ]
    return [row for row in rows if row]


def _pending(label: str, lines: Lines) -> LedgerRow | None:
    return LedgerRow(label, "", _count(lines)) if lines else None


def _count(lines: Lines) -> str:
    if not lines:
        return ""
    return ngettext("%d transaction", "%d transactions", len(lines)) % len(lines)
