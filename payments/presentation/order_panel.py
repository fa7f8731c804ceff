"""What the order's pages say about executions: what is open, what waits, what somebody has to look at, and what was
done before."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.channels import Channel
from payments.models import REQUESTED, Execution, ExternalMove, State
from payments.presentation.available_actions import Offer
from payments.presentation.summary import title_of
from ui.statements import Exists


class OfPayment(NamedTuple):
    """The executions of one payment: the one that is open, requests that wait for a person's word, what is contradicted
    and the rest, newest first; and what others moved that nobody has acknowledged."""

    open: Execution | None
    waiting: tuple[Execution, ...]
    past: tuple[Execution, ...]
    contradicted: tuple[Execution, ...] = ()
    moves: tuple[ExternalMove, ...] = ()


class OfOrder(NamedTuple):
    """All executions of an order, newest first, and what others moved on its payments that nobody has acknowledged."""

    executions: Sequence[Execution]
    moves: Sequence[ExternalMove] = ()

    @property
    def unsettled(self) -> list[Execution]:
        """What stands in the band of the order's page: whatever is contradicted, open, or waits; the loudest first."""
        contradicted = [each for each in self.executions if each.state == State.CONTRADICTED]
        return contradicted + [each for each in self.executions if each.is_open or each.is_request]

    @property
    def is_moving(self) -> bool:
        """Whether anything is in flight, so that it is worth looking again."""
        return any(each.is_open for each in self.executions)

    @property
    def asked_again(self) -> str:
        """What the bands are asked with: of which order, and what was not settled when its page was written."""
        order = [("order", each.order_id) for each in self.executions[:1]]
        return urlencode([*order, *(("seen", str(each.pk)) for each in self.unsettled)])

    @property
    def read_at(self) -> dt.datetime:
        return timezone.now()

    def of(self, payment_id: str | None) -> OfPayment:
        own = [each for each in self.executions if each.payment_id == payment_id]
        return OfPayment(
            open=next((each for each in own if each.is_open), None),
            waiting=tuple(each for each in own if each.is_request),
            past=tuple(each for each in own if not each.is_open and each.state not in _IN_THE_BAND),
            contradicted=tuple(each for each in own if each.state == State.CONTRADICTED),
            moves=tuple(each for each in self.moves if each.execution.payment_id == payment_id),
        )


_IN_THE_BAND = frozenset({*REQUESTED, State.CONTRADICTED})


_has_any = Exists(
    lambda merchant, channel, order_id: Execution.objects.filter(merchant=merchant, channel=channel, order_id=order_id)
)


def of_order(channel: Channel, order_id: str) -> OfOrder:
    """One query, and two more where there is anything."""
    if not _has_any(channel.merchant, channel.name, order_id):
        return OfOrder(())
    open_ones = ExternalMove.objects.filter(acknowledged_at=None).order_by("found_at", "pk")
    rows = Execution.objects.filter(merchant=channel.merchant, channel=channel.name, order_id=order_id)
    found = tuple(rows.order_by("-created_at").prefetch_related(Prefetch("external_moves", open_ones, "open_moves")))
    return OfOrder(found, tuple(move for each in found for move in each.open_moves))


def held(offers: Iterable[Offer], mine: OfPayment) -> list[Offer]:
    """The offers of the payment; what cannot be done again until somebody has looked has no id, and says why."""
    return [
        each._replace(action_id="", why=why) if each.action_id and (why := _waits_for(each.kind, mine)) else each
        for each in offers
    ]


def is_held(kind: str, mine: OfPayment) -> bool:
    """Whether the payment's card has no button for this type of action now."""
    return mine.open is not None or bool(_waits_for(kind, mine))


def _waits_for(kind: str, mine: OfPayment) -> str:
    for execution in mine.contradicted:
        if execution.action_type.lower() == kind.lower():
            words = _("It waits: what became of “%(title)s” is contradicted, and a person has to look first.")
            where = reverse("execution-detail", args=[execution.in_channel, execution.pk])
            return _with_link(words % {"title": title_of(execution)}, where, _("Look at it"))
    for move in mine.moves:
        if move.action_type.lower() == kind.lower():
            words = _("It waits: others did the same to this payment, and nobody has said yet what that was.")
            return _with_link(
                words, reverse("external-acknowledge", args=[move.execution.in_channel, move.pk]), _("Acknowledge…")
            )
    return ""


def _with_link(words: str, where: str, link: str) -> str:
    return format_html('{} <a href="{}">{}</a>', words, where, link)
