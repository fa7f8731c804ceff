"""What has to be settled, decided or looked at before an action can be sent, in words, with the way there."""

from typing import NamedTuple

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.names import person_name
from payments.executions.access import visible
from payments.executions.engine import external_moves_on, in_the_way_of
from payments.executions.intent import Intent, attempts_on
from payments.models import OPEN, REQUESTED, Execution, ExternalMove, State
from payments.presentation.moves import moved
from payments.presentation.summary import title_of


class InTheWay(NamedTuple):
    """`says`: what it is; `until`: what has to happen first. `address` is where, empty where this person may not see
    it; `link` its words."""

    says: str
    until: str
    address: str
    link: str


def in_the_way(case: Intent, user: User) -> InTheWay | None:
    """An attempt on the payment, or on the same money, that is not settled, the request that somebody made for this
    very thing, an outcome that is contradicted, or what others did; None where it can be sent."""
    attempts = attempts_on(case)
    if other := attempts.filter(state__in=OPEN).first() or in_the_way_of(case):
        return _of_attempt(other, case, user)
    if asked := attempts.filter(state__in=REQUESTED, action_id=case.action.id, baseline=case.baseline).first():
        words = _("%(name)s has asked for this already. It waits for a second person.")
        return _with_way(asked, "approval-detail", words % {"name": person_name(asked.asked_by_name)})
    if move := external_moves_on(case).select_related("execution").first():
        return _of_move(move)
    return None


def _of_attempt(other: Execution, case: Intent, user: User) -> InTheWay:
    if other.state == State.CONTRADICTED:
        words = _("What became of “%(title)s”, asked for by %(name)s, is contradicted: nobody knows what it moved.")
        says = words % {"title": title_of(other), "name": person_name(other.asked_by_name)}
        until = _("Nothing of the kind is sent until a person has looked and said what happened.")
        return InTheWay(says, until, reverse("execution-detail", args=[other.in_channel, other.pk]), _("Look at it"))
    if (other.order_id, other.payment_id) == (case.order_id, case.payment_id):
        words = _("The payment is locked: an attempt by %(name)s is not settled.")
        return _with_way(other, "execution-detail", words % {"name": person_name(other.asked_by_name)})
    words = _("Another payment is about the same money (%(reference)s): an attempt by %(name)s there is not settled.")
    said = {"name": person_name(other.asked_by_name), "reference": case.payment_reference}
    found = _with_way(other, "execution-detail", words % said)
    return found if visible(user).filter(pk=other.pk).exists() else found._replace(address="")


def _of_move(move: ExternalMove) -> InTheWay:
    until = _("Nothing of the kind is sent until somebody has said what that was.")
    return InTheWay(
        moved(move).says,
        until,
        reverse("external-acknowledge", args=[move.execution.in_channel, move.pk]),
        _("Acknowledge…"),
    )


def _with_way(other: Execution, page: str, says: str) -> InTheWay:
    return InTheWay(
        says, _("Nothing else is sent until it is."), reverse(page, args=[other.in_channel, other.pk]), _("Look at it")
    )
