"""Reading what a timeline is made of. The order is all that has to be there: what else cannot be
read is said, and the rest is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel
from audit import reading
from domain.states import PAYMENT
from order_api import OrderApi
from order_api.errors import ApiError, Unavailable
from order_api.events import Event
from order_api.schemas import Order
from orders.notes.services import notes_of
from orders.page.payments import present_payment
from orders.timeline.presentation import Day, Logs, Sources, is_delivered, present_timeline
from payments.presentation.origins import origins_of
from ui.said import said

MOST_LOGS = 8
"""Each payment's log is a call of its own, one after the other."""
MOST_RECORDS = 200


@dataclass(slots=True)
class Timeline:
    """`problems`: what could not be read, in sentences. `delivered`, `undelivered`: how many of the order's
    notifications somebody took, and how many were tried and nobody did; both nothing where it has none."""

    days: list[Day] = field(default_factory=list)
    logs: Logs = ()
    problems: list[str] = field(default_factory=list)
    delivered: int = 0
    undelivered: int = 0

    @property
    def is_told(self) -> bool:
        """Whether anything is known of how the order's notifications were taken."""
        return bool(self.delivered or self.undelivered)


def timeline_of(order: Order, api: OrderApi, channel: Channel, show: str) -> Timeline:
    """The order's timeline, of what `show` asks for. Raises none of the API's errors."""
    timeline, order_id = Timeline(), order.id or ""
    records = reading.entries_of(order_id, channel.merchant, channel.name, limit=MOST_RECORDS)
    if len(records) == MOST_RECORDS:
        timeline.problems.append(
            _("What was done here before the last %d changes stands in the audit log.") % MOST_RECORDS
        )
    sources = Sources(
        logs=_logs(order, api, timeline.problems),
        events=_events(order_id, api, timeline.problems),
        records=records,
        notes=notes_of(order_id, channel),
        origins=origins_of(channel, order_id),
    )
    timeline.delivered = sum(is_delivered(event) for event in sources.events)
    timeline.undelivered = sum(bool(event.attempts) and not is_delivered(event) for event in sources.events)
    timeline.days = present_timeline(order, sources, show)
    timeline.logs = sources.logs
    return timeline


def _logs(order: Order, api: OrderApi, problems: list[str]) -> Logs:
    """The logs of the payments, live ones first, removed ones too. Where the API is out of reach it
    is not asked again."""
    payments = sorted((each for each in order.payments if each.id), key=lambda each: not PAYMENT.of(each.state).is_live)
    logs = []
    for payment in payments[:MOST_LOGS]:
        try:
            logs.append((payment, api.payments.transactions(order.id or "", payment.id or "")))
        except ApiError as error:
            problems.append(
                _("The transactions of %(name)s could not be read. %(error)s")
                % {"name": present_payment(payment).title, "error": said(error)}
            )
            if isinstance(error, Unavailable):
                break
    if left := len(payments) - MOST_LOGS:
        problems += _left_out(left)
    return logs


def _left_out(count: int) -> list[str]:
    if count <= 0:
        return []
    words = ngettext(
        "The transactions of %d more payment are on its own page.",
        "The transactions of %d more payments are on their own pages.",
        count,
    )
    return [words % count]


def _events(order_id: str, api: OrderApi, problems: list[str]) -> Sequence[Event]:
    try:
        return api.events.list(order_id)
    except ApiError as error:
        problems.append(_("The deliveries of notifications could not be read. %s") % said(error))
        return ()
