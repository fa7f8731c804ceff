"""What the page of a customer says: how an order was found, how far apart payments are, and what twins come to."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from domain.states import Bucket
from orders.customer.twins import Twins, Verdict
from trade.customer_keys import Key, Kind, Match
from ui.formats import format_money, isolated

_FOUND_BY: Mapping[Match, Promise] = {
    Match.EMAIL: gettext_lazy("same e-mail"),
    Match.PHONE: gettext_lazy("same phone"),
    Match.EMAIL_ELSEWHERE: gettext_lazy("same e-mail, but of the delivery"),
    Match.PHONE_ELSEWHERE: gettext_lazy("same phone, but of the delivery"),
    Match.UNSHOWN: gettext_lazy("the Order API says so; the order does not show why"),
}


def found_by(matches: Iterable[Match], *, is_tagged: bool = False) -> str:
    """By what an order was found, as in "same e-mail, same phone"."""
    said = [str(_FOUND_BY[match]) for match in matches]
    if is_tagged:
        said.append(_("its e-mail differs only behind the +"))
    return ", ".join(said)


def looked_by(keys: Iterable[Key]) -> str:
    """The keys as they are written, in one line."""
    return ", ".join(isolated(key.text) for key in keys)


def why_not_asked(key: Key) -> str:
    """Why nothing was looked up by a key that is nobody's own."""
    if key.kind is Kind.EMAIL:
        words = _("%(key)s stands in for an e-mail that was not given: nobody is looked up by it.")
    else:
        words = _("%(key)s stands in for a phone number that was not given: nobody is looked up by it.")
    return words % {"key": isolated(key.text)}


def why_apart(key: Key) -> str:
    """Why what was found by a key does not say who somebody is."""
    if key.kind is Kind.EMAIL:
        words = _("The e-mail %(key)s is on orders of many different customers: what it alone finds is not added up.")
    else:
        words = _("The phone %(key)s is on orders of many different customers: what it alone finds is not added up.")
    return words % {"key": isolated(key.text)}


def span(between: dt.timedelta) -> str:
    """How much time, in at most two units: "4 min", "3 h 20 min"."""
    minutes = int(between.total_seconds()) // 60
    if minutes < 1:
        return _("less than a minute")
    hours, left = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not left:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": left}


def same_amount(twins: Twins) -> str:
    """What makes them twins: "Same amount, 4 min apart"."""
    count, apart = len(twins.lines), twins.apart
    if _is_pair(twins):
        if apart is None:
            return _("Same amount, in one order")
        return _("Same amount, %(span)s apart") % {"span": span(apart)}
    if apart is None:
        return ngettext("%(count)d payment of the same amount", "%(count)d payments of the same amount", count) % {
            "count": count
        }
    words = ngettext(
        "%(count)d payment of the same amount within %(span)s",
        "%(count)d payments of the same amount within %(span)s",
        count,
    )
    return words % {"count": count, "span": span(apart)}


_OF_THE_OTHER: Mapping[Bucket, Promise] = {
    Bucket.FAILED: gettext_lazy("One was declined or failed: it took no money. Charged once."),
    Bucket.LET_GO: gettext_lazy("One was cancelled: its reservation was let go. Charged once."),
    Bucket.RETURNED: gettext_lazy("One was paid back. Charged once."),
    Bucket.OPEN: gettext_lazy("One was not finished: it has taken no money. Charged once."),
    Bucket.NONE: gettext_lazy("One was taken out of the order and does not count. Charged once."),
}
_RESERVED_ONCE: Mapping[Bucket, Promise] = {
    Bucket.FAILED: gettext_lazy("One was declined or failed: it took no money. The other is only reserved."),
    Bucket.LET_GO: gettext_lazy("One was cancelled: its reservation was let go. The other is only reserved."),
    Bucket.RETURNED: gettext_lazy("One was paid back. The other is only reserved."),
    Bucket.OPEN: gettext_lazy("One was not finished: it has taken no money. The other is only reserved."),
    Bucket.NONE: gettext_lazy("One was taken out of the order and does not count. The other is only reserved."),
}


_OF_A_PAIR: Mapping[Verdict, Promise] = {
    Verdict.PAID_TWICE: gettext_lazy("Both captured for one order: it is paid twice."),
    Verdict.BOTH_CAPTURED: gettext_lazy("Both captured."),
    Verdict.CAPTURED_AND_RESERVED: gettext_lazy("One was captured, one is only reserved."),
    Verdict.BOTH_RESERVED: gettext_lazy("Both only reserved: nothing was captured."),
    Verdict.PARTS: gettext_lazy("Both count for one order, which is paid exactly: no double charge."),
}
_OF_ALL: Mapping[Verdict, Promise] = {
    Verdict.PARTS: gettext_lazy("All count for one order, which is paid exactly: no double charge."),
    Verdict.UNCLEAR: gettext_lazy("It is not known yet whether one of them took money."),
    Verdict.NONE: gettext_lazy("None of them holds money now."),
}


def verdict_of(twins: Twins) -> str:
    """What they come to, in a sentence."""
    verdict = twins.verdict
    if verdict is Verdict.ONCE:
        return _once(twins)
    if words := (_OF_A_PAIR if _is_pair(twins) else _OF_ALL).get(verdict) or _OF_ALL.get(verdict):
        return str(words)
    if not twins.reserved:
        said = ngettext("%(count)d of them was captured.", "%(count)d of them were captured.", twins.captured)
        return said % {"count": twins.captured}
    said = _("Captured: %(taken)d, only reserved: %(held)d.")
    return said % {"taken": twins.captured, "held": twins.reserved}


def _is_pair(twins: Twins) -> bool:
    return len(twins.lines) == 2


def _once(twins: Twins) -> str:
    sentences = _OF_THE_OTHER if twins.captured else _RESERVED_ONCE
    if _is_pair(twins) and twins.rest[0] in sentences:
        return str(sentences[twins.rest[0]])
    return _("Only one of them was captured.") if twins.captured else _("Only one of them is reserved.")


def notes_on(twins: Twins) -> list[str]:
    """What whoever has the caller on the line needs to know besides, in sentences."""
    notes = []
    verdict = twins.verdict
    if twins.too_much and verdict.is_alarm:
        amount = format_money(*twins.too_much)
        notes.append(_("%(amount)s more than the order costs.") % {"amount": amount})
    if verdict.is_alarm and not twins.is_one_order:
        if twins.is_of_same_items:
            notes.append(_("The orders are for the same items."))
        else:
            notes.append(_("The orders are not for the same items."))
    if twins.reserved:
        notes.append(_("A reservation can show on a card statement too; it takes no money until it is captured."))
    notes += [
        _("%(order)s was given up, and its payment still holds money.") % {"order": isolated(order.name)}
        for order in twins.given_up
    ]
    return notes
