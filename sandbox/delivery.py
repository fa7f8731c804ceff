"""Delivering what is due: notifications, and what the payment provider settles later.

Several processes and threads may do it at once: whoever moves an event's `due` forward has it, and if that one dies,
the event comes due again. So a receiver may be called twice, and never not at all.
"""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from sandbox import outside
from sandbox.codec import decode, encode
from sandbox.models import Attempt, Event, Settlement
from sandbox.provider.settle import settle_later
from sandbox.schemas.v1 import in_version
from sandbox.scope import Scope

TRIES = 3
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30))
LEASE = timedelta(minutes=1)
AT_ONCE = 50


def deliver_due(now: datetime | None = None) -> int:
    """Send what is due at that time (now) and settle what the provider owes by then; returns how
    many of both there were."""
    moment = now or timezone.now()
    done = 0
    for event in Event.objects.filter(state=Event.State.WAITING, due__lte=moment).order_by("due", "id")[:AT_ONCE]:
        if _claim(event, moment):
            _deliver(event, moment)
            done += 1
    for settlement in (
        Settlement.objects.filter(due__lte=moment).select_related("order").order_by("due", "pk")[:AT_ONCE]
    ):
        done += settle_later(settlement)
    return done


def let_pass(minutes: float) -> int:
    """Do now what comes due within so many minutes, and what follows from it by then; returns how much it was. People
    have `manage.py sandbox_pass` for it."""
    until = timezone.now() + timedelta(minutes=minutes)
    done = 0
    while more := deliver_due(until):
        done += more
    return done


def next_due() -> datetime | None:
    """When there is something to do next."""
    dues = [
        Event.objects.filter(state=Event.State.WAITING).order_by("due").values_list("due", flat=True).first(),
        Settlement.objects.order_by("due").values_list("due", flat=True).first(),
    ]
    return min((due for due in dues if due), default=None)


def _claim(event: Event, moment: datetime) -> bool:
    mine = Event.objects.filter(pk=event.pk, state=Event.State.WAITING, due=event.due)
    return bool(mine.update(due=moment + LEASE, tries=F("tries") + 1))


def _deliver(event: Event, moment: datetime) -> None:
    tried = event.tries + 1
    scope = Scope(event.merchant, event.channel)
    headers = scope.headers() | {"x-event-id": str(event.pk), "x-attempt": str(tried)}
    payload = decode(event.payload)
    body = in_version(payload["order"], payload["notification"].get("version"))
    answer = outside.post(event.url, encode(body), headers)
    Attempt.objects.create(
        event=event,
        made=moment,
        status=answer.status,
        answer=answer.body[:10_000].decode(errors="replace").replace("\x00", ""),
        error=answer.error,
    )
    if answer.is_ok:
        Event.objects.filter(pk=event.pk).update(state=Event.State.DELIVERED)
    elif tried >= TRIES:
        Event.objects.filter(pk=event.pk).update(state=Event.State.FAILED)
    else:
        Event.objects.filter(pk=event.pk).update(due=moment + BACK_OFF[tried - 1])


def send_again(event: Event) -> None:
    """Make the event due now, with all its tries before it."""
    Event.objects.filter(pk=event.pk).update(state=Event.State.WAITING, tries=0, due=timezone.now())
