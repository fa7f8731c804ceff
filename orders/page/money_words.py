"""What is said of an order's money: in a badge, beside it, and in a sentence. The list and the page say the same."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from domain.money import Money, Paid
from domain.states import PAYMENT, Bucket
from ui.formats import format_amount, format_beside, format_money

_PAID: Mapping[Paid, Promise | str] = {
    Paid.NOTHING_TO_PAY: "",
    Paid.UNPAID: _("Nothing paid"),
    Paid.OPEN: _("Not paid yet"),
    Paid.HELD: _("Reserved in full"),
    Paid.TAKEN: _("Paid in full: captured"),
}
_PARTS: Mapping[Bucket, Promise] = {
    Bucket.TAKEN: _("captured %s"),
    Bucket.HELD: _("reserved %s"),
    Bucket.RETURNED: _("refunded %s"),
    Bucket.OPEN: _("started %s"),
    Bucket.UNKNOWN: _("in unknown states %s"),
    Bucket.LET_GO: _("let go %s"),
}
_COVERS: Mapping[Bucket, tuple[Promise, Promise]] = {
    Bucket.TAKEN: (_("Paid %(part)s of %(total)s"), _("paid %s")),
    Bucket.HELD: (_("Reserved %(part)s of %(total)s"), _("reserved %s")),
    Bucket.RETURNED: (_("Refunded %(part)s of %(total)s"), _("refunded %s")),
}


def standing_words(money: Money) -> str:
    """What a badge says besides the word of its state: nothing, or as in "Captured 381.00 of 868.00". Another currency
    than the order's is named, and compared with nothing."""
    part = part_words(money)
    return f"{PAYMENT.of(money.standing.state).word} {part}" if part and money.standing else ""


def part_words(money: Money) -> str:
    """The same without the word: "381.00 of 868.00"."""
    standing = money.standing
    if standing is None or standing.part is None:
        return ""
    part = format_beside(*standing.part, money.currency)
    if standing.of is None:
        return part
    return gettext("%(part)s of %(total)s") % {"part": part, "total": format_amount(standing.of, money.currency)}


def attempts_beside(money: Money) -> list[str]:
    """Payments that came to nothing, beside the one that did not."""
    if money.standing is None or PAYMENT.of(money.standing.state).bucket in (Bucket.FAILED, Bucket.LET_GO):
        return []
    found = []
    if money.failed:
        found.append(ngettext("%d failed attempt", "%d failed attempts", money.failed) % money.failed)
    if money.cancelled:
        found.append(ngettext("%d cancelled", "%d cancelled", money.cancelled) % money.cancelled)
    return found


def how_paid(money: Money) -> str:
    """How the order is paid, for the head of its page: in words, or by what is where; nothing where there is nothing
    to pay."""
    if money.paid is Paid.RETURNED:
        words = {
            "part": format_amount(money.own.refunded, money.currency),
            "total": format_money(money.total, money.currency),
        }
        return gettext("Refunded %(part)s of %(total)s") % words
    said = [str(_PAID[money.paid])] if money.paid in _PAID else []
    skip = frozenset(_PARTS) - {Bucket.LET_GO} if said else frozenset()
    said += [
        str(words) % format_beside(*amount, money.currency)
        for bucket, words in _PARTS.items()
        if bucket not in skip
        for amount in money.amounts(bucket)
    ]
    return capfirst(" · ".join(filter(None, said)))


def covered_by(money: Money) -> str:
    """Over the payments: how much of the order is paid, reserved and refunded; nothing where no money is."""
    return capfirst(" · ".join(_covered_by(money)))


def _covered_by(money: Money) -> Iterator[str]:
    compares = not money.foreign and money.total is not None
    for bucket, (of_total, alone) in _COVERS.items():
        for amount in money.amounts(bucket):
            if compares:
                total = format_money(money.total, money.currency)
                yield str(of_total) % {"part": format_amount(*amount), "total": total}
                compares = False
            else:
                yield str(alone) % format_money(*amount)
