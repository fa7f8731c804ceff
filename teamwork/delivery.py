"""Mail about queues, sent by the worker that looks after payments: at once, or once a day, as each person chose.

What is to be said at once was written down with its task (`teamwork.outbox`), so no page waits for a mail server, and
none loses a mail. Several processes can send: each takes its own. A process that dies over its work, or an answer that
is lost, can have one sent twice, with the same Message-ID. After the first that a server did not take, the round ends.

In a mail stand orders' references and links, and nothing else of anybody.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone, translation

from accounts.models import preference_of
from teamwork import access, mail_words, outbox, queue
from teamwork.models import Mail, Mailing, Task

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
"""For so long nobody else sends what somebody is sending."""
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
GIVEN_UP_AFTER = dt.timedelta(days=3)
KEPT = dt.timedelta(days=30)
DAILY_FROM = dt.time(7)
"""In the person's zone."""
MOST_AT_ONCE, MOST_LINES = 200, 20


class NotTakenError(Exception):
    """The mail server did not take it."""


def send_due(now: dt.datetime | None = None) -> int:
    """Sends what is to be sent by now; how many mails that were. Nothing where the desk sends no mail."""
    if not outbox.is_on():
        return 0
    now = now or timezone.now()
    try:
        return _at_once(now) + _daily(now)
    except NotTakenError:
        return 0
    finally:
        Mail.objects.filter(created_at__lt=now - KEPT, next_try_at=None).delete()


# At once


def _at_once(now: dt.datetime) -> int:
    """One mail a person, about all that they are to be told of."""
    due = Mail.objects.filter(next_try_at__lte=now).select_related("task", "to__preference").order_by("to", "pk")
    sent = 0
    for person, theirs in groupby(due[:MOST_AT_ONCE], key=lambda mail: mail.to):
        mails = [mail for mail in theirs if _take(mail, now)]
        sent += bool(mails) and _tell(person, mails, now)
    return sent


def _take(mail: Mail, now: dt.datetime) -> bool:
    """Whether it is ours to send."""
    ours = Mail.objects.filter(pk=mail.pk, next_try_at=mail.next_try_at)
    return bool(ours.update(next_try_at=now + LEASE, tries=F("tries") + 1))


def _tell(person: User, mails: Sequence[Mail], now: dt.datetime) -> bool:
    """Whether there was anything to tell: what is done or somebody else's by now is not."""
    still = set(access.mine(person).filter(pk__in=[mail.task_id for mail in mails]).values_list("pk", flat=True))
    if not (person.is_active and person.email):
        still = set()
    over = [mail.pk for mail in mails if mail.task_id not in still]
    Mail.objects.filter(pk__in=over).update(next_try_at=None, error="over")
    left = [mail for mail in mails if mail.task_id in still]
    if not left:
        return False
    try:
        _send(person, [mail.task for mail in left], len(left), f"task-{'-'.join(str(mail.pk) for mail in left)}")
    except NotTakenError as error:
        for mail in left:
            _put_off(mail, str(error), now)
        raise
    sent = Mail.objects.filter(pk__in=[mail.pk for mail in left])
    sent.update(sent_at=timezone.now(), next_try_at=None, error="")
    return True


def _put_off(mail: Mail, why: str, now: dt.datetime) -> None:
    """Try it again later; not for ever."""
    pause = _pause(mail.tries + 1)
    is_old = now + pause > mail.created_at + GIVEN_UP_AFTER
    Mail.objects.filter(pk=mail.pk).update(next_try_at=None if is_old else now + pause, error=why[:200])


def _pause(tries: int) -> dt.timedelta:
    return min(FIRST_PAUSE * (1 << min(tries - 1, 12)), LONGEST_PAUSE)


# Once a day


def _daily(now: dt.datetime) -> int:
    """One mail a day, from the morning on in the person's zone, about all that waits for them then."""
    wanting = Mailing.objects.filter(when=Mailing.When.DAILY, user__is_active=True).exclude(user__email="")
    sent = 0
    for mailing in wanting.select_related("user__preference").order_by("pk"):
        there = now.astimezone(preference_of(mailing.user).zone)
        is_told = mailing.told_on is not None and mailing.told_on >= there.date()
        is_waiting = mailing.next_try_at is not None and mailing.next_try_at > now
        if not (is_told or is_waiting or there.time() < DAILY_FROM) and _take_day(mailing, now):
            sent += _tell_day(mailing, there.date(), now)
    return sent


def _take_day(mailing: Mailing, now: dt.datetime) -> bool:
    ours = Mailing.objects.filter(pk=mailing.pk, told_on=mailing.told_on, next_try_at=mailing.next_try_at)
    return bool(ours.update(next_try_at=now + LEASE, tries=F("tries") + 1))


def _tell_day(mailing: Mailing, day: dt.date, now: dt.datetime) -> bool:
    mine = Mailing.objects.filter(pk=mailing.pk)
    page = queue.page_of_mine(mailing.user, 0, MOST_LINES)
    if page.total:
        try:
            _send(mailing.user, page.rows, page.total, f"day-{day.isoformat()}-{mailing.user_id}")
        except NotTakenError:
            mine.update(next_try_at=now + _pause(mailing.tries + 1))
            raise
    mine.update(told_on=day, next_try_at=None, tries=0)
    return bool(page.total)


# Both


def _send(person: User, rows: Sequence[Task | queue.Item], total: int, key: str) -> None:
    """Raises NotTakenError."""
    preference = preference_of(person)
    with translation.override(preference.language or settings.LANGUAGE_CODE), timezone.override(preference.zone):
        subject, body = mail_words.words(rows, total)
    digest = hashlib.sha256(f"{settings.DESK_URL} {key}".encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{digest}@{urlsplit(settings.DESK_URL).hostname}>", "Auto-Submitted": "auto-generated"}
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email], headers=headers)
    try:
        message.send()
    except Exception as error:  # whatever a mail server, a library or a name service can come up with
        logger.warning("A mail about a queue could not be sent: %s", type(error).__name__)
        raise NotTakenError(type(error).__name__) from error
