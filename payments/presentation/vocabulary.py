"""Payment actions and their states as people read them. Action types are an open set: one
without a line stands as it is written."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.adapters import adapter_name

Words = str | Promise


class ActionWords(NamedTuple):
    """How one type of action is spoken of. `verb` alone is its name, `whole` a button or a title with `%(money)s`
    ("Refund 499.00 kr"), `did` ends a sentence ("499.00 kr was refunded"). `ask` opens the dialog of who may only ask
    for it, `ask_for` is the button in it, with `%(money)s`."""

    verb: Words
    whole: Words
    noun: Words
    did: Words
    ask: Words
    ask_for: Words


ACTIONS: Mapping[str, ActionWords] = MappingProxyType(
    {
        "capture": ActionWords(
            _("Capture"), _("Capture %(money)s"), _("capture"), _("captured"), _("Ask for a capture…"),
            _("Ask for %(money)s to be captured"),
        ),
        "cancel": ActionWords(
            _("Cancel"), _("Cancel %(money)s"), _("cancellation"), _("cancelled"), _("Ask for a cancellation…"),
            _("Ask for %(money)s to be cancelled"),
        ),
        "refund": ActionWords(
            _("Refund"), _("Refund %(money)s"), _("refund"), _("refunded"), _("Ask for a refund…"),
            _("Ask for %(money)s to be refunded"),
        ),
    }
)  # fmt: skip


def action_words(kind: str) -> ActionWords:
    """The words for a type of action, in whatever case the adapter writes it; its own name where it
    is not known here."""
    return ACTIONS.get(kind.lower()) or ActionWords(
        _("Execute “%s”") % kind,
        f"{_('Execute “%s”') % kind.replace('%', '%%')} %(money)s",
        f"“{kind}”",
        _("executed"),
        _("Ask for “%s”…") % kind,
        _("Ask for “%s” to be executed") % kind.replace("%", "%%"),
    )


provider_name = adapter_name
"""The provider of a payment as people call it."""


def names_it(method: str, provider: str) -> bool:
    """Whether the means of payment has its provider in its name already."""
    return provider.casefold() in method.casefold()


# What the codes in the evidence mean (payments.executions.verdict, engine, reconcile, approvals, by_hand).
WHY: Mapping[str, Words] = MappingProxyType(
    {
        "succeeded": _("There is a new transaction that says it was done."),
        "state": _("The payment is in the state that this leads to."),
        "action-gone": _("The payment no longer offers this action."),
        "twice": _(
            "There are two such transactions: one of them is not from this desk. Look at the provider's own screens."
        ),
        "unnamed": _("It does not say what caused it: it may have been somebody at the provider's own screens."),
        "failed": _("There is a new transaction that says it failed."),
        "other-amount": _("It is of another amount than was asked for."),
        "late-success": _("It came through after all: there is evidence that it was done."),
        "late-pending": _("The provider is at it after all: a new transaction names this action."),
        "second-move": _("It was done twice: there are two transactions that name this action."),
        "taken-back": _("It was taken back: a later transaction says that it failed."),
        "state-back": _("The payment is back in a state from before it."),
        "api-refused": _("The Order API refused it."),
        "contradiction": _("These contradict each other, so nothing is concluded."),
        "pending": _("The provider has taken it on and will finish it later."),
        "nothing-new": _("The payment is as it was before. It may still be on its way."),
        "unclear": _("Something has changed, but nothing that proves this."),
        "unread": _("The payment could not be read."),
        "never-sent": _("The Order API could not be reached, so nothing was sent."),
        "lost-before": _("The program was interrupted before anything was sent. It cannot be sent any more."),
        "lost-after": _("The program was interrupted while it was being sent."),
        "lost-mark": _("The program was interrupted when it was about to be sent. It may have been sent."),
        "order-busy": _("Somebody else was changing this order, so nothing was sent."),
        "moved": _("The payment had changed since it was looked at, so nothing was sent."),
        "unrecorded": _("It could not be written into the audit log, so nothing was sent."),
        "expired": _("Nobody approved it in time."),
        "taken-up": _("Somebody who may carried out what was asked for."),
        "taken-up-above": _("Somebody who may took it up. It is above a limit, so a third person has to approve it."),
        "approved": _("A second person approved it."),
        "approved-first": _("A first person approved it. It takes two, so nothing was sent yet."),
        "approved-second": _("A second of two people approved it."),
        "turned-down": _("A second person turned it down."),
        "withdrawn": _("It was withdrawn by the person who had asked for it."),
        "person": _("A person looked and said what they found."),
        "person-first": _(
            "A first person looked and said what they found. It was above a limit, so it takes a second."
        ),
    }
)


def why_words(codes: list[str]) -> list[Words]:
    return [WHY.get(code, code) for code in codes]


# What moved between two looks (payments.executions.snapshot.Difference.kind).
MOVED: Mapping[str, Words] = MappingProxyType(
    {
        "state": _("State of the payment"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "reference": _("Reference at the provider"),
        "adapter": _("Adapter"),
        "type": _("Type of payment"),
        "limit": _("Upper limit"),
        "attributes": _("What the adapter keeps with the payment"),
        "order_state": _("State of the order"),
        "order_total": _("Total of the order"),
        "customer": _("Customer"),
        "action-gone": _("Action that is gone"),
        "action-new": _("New action"),
        "line-new": _("New transaction"),
        "line-gone": _("Transaction that is gone"),
        "attempt": _("Another attempt through this desk"),
    }
)


def above_words(kind: str, limit: str, would_be: str) -> str:
    """A limit that is passed (payments.limits.rules.Excess), in a sentence; the amounts come written for the reader."""
    words = {
        "action": _("More than the limit of %(limit)s for one action."),
        "order": _("With what was done on this order already it would be %(would_be)s; the limit for an order is "
                   "%(limit)s."),
        "day": _("With what was done that day already it would be %(would_be)s; the limit for a person and day is "
                 "%(limit)s."),
        "count": _("It would be number %(would_be)s of the day; the limit for a person is %(limit)s."),
        "currency": _("The limits are in %(limit)s, and this payment is in %(would_be)s."),
        "type": _("There are limits, none of them for “%(would_be)s”, and this desk does not know what that does."),
        "amount": _("The API names no amount, so it cannot be compared with the limits."),
        "up-to": _("The transactions can be read in two ways: it may move up to %(would_be)s."),
        "repeat": _("The same was done on this payment before."),
        "role": _("There are limits, and none of them is for your role."),
        "always": _("Here it always takes a second person."),
        "two": _("It may move %(would_be)s; above %(limit)s it takes two people besides whoever asks."),
        "two-unsure": _("Above %(limit)s it takes two people besides whoever asks, and this cannot be compared with "
                        "that."),
        "contested": _("A transaction of this payment was taken back by another."),
    }.get(kind, kind)  # fmt: skip
    return str(words) % {"limit": limit, "would_be": would_be}
