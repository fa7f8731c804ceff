"""Tells those outside the desk, by webhook and mail: once when an alert begins and once when it ends.

What nobody took is tried again, ever later, for a day. Several processes can do so at once: each takes its own. A
process that dies, or an answer that is lost, can have one told twice, with the same `id`.
"""

import datetime as dt
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import channel_name
from order_api.posting import NotTakenError, post
from payments.alerts import rules
from payments.alerts.checks import may_be_called
from payments.alerts.models import Alert, Event, Notice, Way

logger = logging.getLogger(__name__)

CALL_SECONDS = 5.0
AT_ONCE = 20.0  # seconds that one round may take; what is left is for the next
LEASE = dt.timedelta(minutes=2)
"""For so long nobody else tells what somebody is telling."""
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
GIVEN_UP_AFTER = dt.timedelta(hours=24)
KEPT = dt.timedelta(days=90)
"""What has ended is forgotten then."""
MOST_IN_A_MAIL = 50


class Told(NamedTuple):
    """What became of one round."""

    sent: int = 0
    left: int = 0


def ways() -> list[Way]:
    """How the settings want somebody told."""
    wanted = {Way.WEBHOOK: bool(settings.ALERT_WEBHOOK_URL), Way.MAIL: bool(settings.ALERT_MAIL_TO)}
    return [way for way, is_wanted in wanted.items() if is_wanted]


def refresh(now: dt.datetime | None = None) -> None:
    """Write down which alerts began and which ended."""
    now = now or timezone.now()
    # Read before the alarms: what somebody else begins or ends meanwhile is left to them.
    known = {(row.kind, row.subject): row for row in Alert.objects.filter(ended_at=None)}
    with translation.override(settings.LANGUAGE_CODE):
        alarms = {(str(alarm.kind), alarm.subject): alarm for alarm in rules.alarms(now=now)}
    for key, alarm in alarms.items():
        if key not in known:
            _begin(alarm, now)
    for key, row in known.items():
        if key not in alarms:
            _end(row, now)
    Alert.objects.filter(ended_at__lt=now - KEPT).delete()


def _begin(alarm: rules.Alarm, now: dt.datetime) -> None:
    values = {name: getattr(alarm, name) for name in ("subject", "merchant", "channel", "says", "address", "since")}
    try:
        with transaction.atomic():
            row = Alert.objects.create(kind=str(alarm.kind), first_seen=now, **values)
            _note(row, Event.BEGAN, ways(), now)
    except IntegrityError:  # another process was quicker
        logger.debug("Alert %s was begun by another process", alarm.kind)


@transaction.atomic
def _end(row: Alert, now: dt.datetime) -> None:
    """What nobody heard of yet is not told any more, neither that it began nor that it ended."""
    if not Alert.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now):
        return
    begun = Notice.objects.filter(alert=row, event=Event.BEGAN)
    heard = [way for way in ways() if begun.filter(way=way, tries__gt=0).exists()]
    begun.filter(sent_at=None).update(next_try_at=None)
    _note(row, Event.ENDED, heard, now)


def _note(row: Alert, event: Event, to: list[Way], now: dt.datetime) -> None:
    Notice.objects.bulk_create(Notice(alert=row, event=event, way=way, created_at=now, next_try_at=now) for way in to)


def due(way: Way, now: dt.datetime) -> "QuerySet[Notice]":
    return Notice.objects.filter(way=way, next_try_at__lte=now).select_related("alert").order_by("created_at", "pk")


def send_due(now: dt.datetime | None = None) -> Told:
    """Tell what is to be told by now. After the first that nobody took, that way is left alone until the next round."""
    sent = 0
    if Way.MAIL in ways():
        sent += _mail([notice for notice in due(Way.MAIL, now or timezone.now())[:MOST_IN_A_MAIL] if _take(notice)])
    began = time.monotonic()
    if Way.WEBHOOK in ways():
        for notice in due(Way.WEBHOOK, now or timezone.now()):
            if time.monotonic() - began > AT_ONCE:
                break
            if not _take(notice):
                continue
            if not _call(notice):
                break
            sent += 1
    return Told(sent, Notice.objects.filter(way__in=ways(), next_try_at__isnull=False).count())


def _take(notice: Notice) -> bool:
    """Whether it is ours to tell."""
    mine = Notice.objects.filter(pk=notice.pk, next_try_at=notice.next_try_at)
    if not mine.update(next_try_at=timezone.now() + LEASE, tries=F("tries") + 1):
        return False
    notice.tries += 1
    return True


def _call(notice: Notice) -> bool:
    try:
        _post(notice)
    except NotTakenError as error:
        _put_off(notice, str(error))
        return False
    _was_sent(notice)
    return True


def _post(notice: Notice) -> None:
    hand_over(told(notice))


def hand_over(told: Mapping[str, object]) -> None:
    """Posts that to the webhook, signed. Raises NotTakenError."""
    url = settings.ALERT_WEBHOOK_URL
    if not may_be_called(url) or not settings.ALERT_WEBHOOK_SECRET:
        raise NotTakenError("not https, or without a secret")
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "X-Desk-Signature": signature(body, int(time.time()))}
    post(url, body, headers, CALL_SECONDS)


def signature(body: bytes, at: int) -> str:
    """As docs/alerts.md shows how to check it."""
    code = hmac.new(settings.ALERT_WEBHOOK_SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={code}"


def told(notice: Notice) -> dict[str, object]:
    """What is sent; docs/alerts.md lists it."""
    alert = notice.alert
    return {
        "id": f"{alert.pk}-{notice.event}",
        "event": notice.event,
        "kind": alert.kind,
        "says": alert.says,
        "channel": f"{alert.merchant}/{alert.channel}" if alert.merchant else None,
        "address": settings.ALERT_DESK_URL + alert.address,
        "since": in_utc(alert.since),
        "ended": in_utc(alert.ended_at) if notice.event == Event.ENDED and alert.ended_at else None,
    }


def in_utc(moment: dt.datetime) -> str:
    """That time as it is sent, like 2026-11-28T10:30:00Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mail(notices: list[Notice]) -> int:
    """One mail about all of them."""
    if not notices:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        subject, text = _written(notices)
    message = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, settings.ALERT_MAIL_TO)
    try:
        message.send()
    except Exception as error:  # whatever a mail server, a library or a name service can come up with
        for notice in notices:
            _put_off(notice, type(error).__name__)
        return 0
    for notice in notices:
        _was_sent(notice)
    return len(notices)


def _written(notices: list[Notice]) -> tuple[str, str]:
    """Subject and text, in the language of now."""
    lines = [_line(notice) for notice in notices]
    many = ngettext("Order desk: %(count)s alert", "Order desk: %(count)s alerts", len(lines)) % {"count": len(lines)}
    since = _("Since %(since)s. %(address)s")
    paragraphs = [
        line + "\n" + since % {"since": in_utc(alert.since), "address": settings.ALERT_DESK_URL + alert.address}
        for line, alert in zip(lines, (notice.alert for notice in notices), strict=True)
    ]
    one = _("Order desk: %(says)s") % {"says": lines[0]}
    return one if len(lines) == 1 else many, "\n\n".join(paragraphs) + "\n"


def _line(notice: Notice) -> str:
    alert = notice.alert
    where = f"{channel_name(f'{alert.merchant}/{alert.channel}')}: " if alert.merchant else ""
    says = f"{where}{alert.says}"
    return says if notice.event == Event.BEGAN else _("Over: %(says)s") % {"says": says}


def _was_sent(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now(), next_try_at=None, error="")


def _put_off(notice: Notice, why: str) -> None:
    """Try it again later; not for ever, and not what is over by now."""
    now = timezone.now()
    pause = min(FIRST_PAUSE * (1 << min(notice.tries - 1, 12)), LONGEST_PAUSE)
    is_old = now + pause > notice.created_at + GIVEN_UP_AFTER
    is_over = notice.event == Event.BEGAN and not Alert.objects.filter(pk=notice.alert_id, ended_at=None).exists()
    Notice.objects.filter(pk=notice.pk).update(next_try_at=None if is_old or is_over else now + pause, error=why[:200])
    logger.warning("An alert (%s) could not be told by %s: %s", notice.alert.kind, notice.way, why)
