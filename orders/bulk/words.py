"""What is said of many orders at once: why one of them cannot be done with, and what became of it, each by a code."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jobs.registry import Words

POSSIBLE = "possible"
UNANSWERED = "unanswered"
MANY_DOUBTS, UNAUTHORIZED, BUSY = "many-doubts", "unauthorized", "busy"

VERDICTS: Mapping[str, Words] = {
    POSSIBLE: pgettext_lazy("of an order, before something is done with many", "Possible"),
    UNANSWERED: _("The Order API did not answer"),
    "gone": _("It is not there any more"),
    "unfit": _("The order cannot be read"),
    "refused-to-read": _("The Order API refused to show it"),
    "no-channel": _("Its channel is not one of yours"),
    "already": _("It is in that state already"),
    "not-next": _("The state cannot follow on the one that it is in"),
    "locked": _("A payment action on it is not settled"),
    "no-payment": _("There is no payment to capture"),
    "taken-already": _("It is captured already"),
    "not-reserved": _("The payment is not reserved yet"),
    "not-offered": _("The provider does not offer it now"),
    "several": _("Several of its payments can be captured: do that on the order"),
    "no-amount": _("How much would move is not known"),
    "look-first": _("Something about its payment has to be looked at first: do that on the order"),
    "two-people": _("It takes two more people: do that on the order"),
    "open-attempt": _("A payment action on it is not settled"),
    "moved-by-others": _("Others moved its money, and nobody has looked at that yet"),
}
"""By a row's verdict, before anything is done."""

WARNINGS: Mapping[str, Words] = {
    "missing-consent": _("A required consent is not given"),
    "final": _("The state is final: the order cannot leave it again"),
    "only-held": _("Money is reserved and not captured"),
    "held": _("Money is still captured or reserved, and nothing will be delivered for it"),
    "not-covered": _("Part of the total is not covered by any payment"),
    "too-much": _("Too much was paid"),
    "to-pay-back": _("Money is to be paid back"),
    "cannot-say": _("Whether the payments cover the order cannot be said"),
    "adapters": _("Adapters are asked first. They may refuse, and may move payments"),
    "acts-later": _("The provider answers before it has done it: it may stand as pending for a while"),
    "unknown-adapter": _("This desk does not know the adapter: it may stay in doubt until somebody has looked"),
}
"""What should be known of an order before it is done."""

OUTCOMES: Mapping[str, Words] = {
    **VERDICTS,
    "assigned": _("Assigned"),
    "noted": _("The note was written"),
    "changed": _("The state was changed"),
    "not-applied-yet": _("Accepted, and not applied yet"),
    "found-changed": _("The state was changed: there was no answer, and it was found so"),
    "unknown": _("There was no answer. Whether it was done is not known: look at the order"),
    "lost": _("The program was interrupted. Whether it was done is not known: look at the order"),
    "valid": _("Valid"),
    "not-valid": _("Not valid"),
    "answers-lost": _("The checks may have run; their answers are lost"),
    "refused": _("Refused"),
    "moved": _("It is not as it was when you looked at it, so it was left alone"),
    "too-old": _("It was looked at too long ago, so it was left alone"),
    "above-limit": _("By now it is above your limit, so it was left alone"),
    "person-gone": _("Whom it is for has not this channel, or no account any more"),
    "invalid": _("It cannot be done as the order is now"),
    "captured-now": _("Captured"),
    "not-sent": _("It was not sent"),
    "taken-on": _("The provider has taken it on; it is not done yet"),
    "in-doubt": _("In doubt: the payment is locked until it is settled"),
}
"""By a job's row, once it was its turn."""

PROBLEMS: Mapping[str, Words] = {
    "too-many": _(
        "More than %(most)s orders match, and so many are done at once at the most. Nothing was chosen: narrow the "
        "filter, or mark orders one by one."
    ),
    "none": _("No order matches any more. Nothing was chosen."),
    "silent": _("The channel did not answer, so it is not known which orders match. Try again in a moment."),
    "no-channel": _("The channel is not one of yours any more."),
    "not-applied": _("A filter could not be read, so it is not known which orders are meant. Put it right first."),
}
"""Why the orders of a filter could not be told."""
