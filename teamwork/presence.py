"""Who has an order open now: who looks, who is changing it, who is preparing a payment action. It keeps nobody out.

A page that is seen beats every 20 seconds; what has not beaten for 60 is gone. Each page has a row of its own, so that
closing one of two tabs leaves the other; a person counts once. It is written over and thrown away, and is in no log.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.channels import Channel
from audit.names import initials, person_name
from domain.states import MONEY_ACTIONS
from teamwork.models import Presence

Mode = Presence.Mode
BEATS_EVERY: Final = 20
"""Seconds between two beats of a page."""
LASTS = dt.timedelta(seconds=60)
KEPT = 2 * LASTS
"""After so long without a beat it is thrown away."""
TIDIED_AT_ONCE = 100
PAGE = re.compile(r"[A-Za-z0-9-]{8,36}", re.ASCII)
"""What a page calls itself: a number that it draws when it is loaded."""
_RANKS: Mapping[str, int] = {Mode.VIEW: 0, Mode.EDIT: 1, Mode.MONEY: 2}
_JSON = {"sqlite": ("json_group_array", "json_array"), "postgresql": ("json_agg", "json_build_array")}
_BEAT = """
INSERT INTO {table} (person_id, username, page, merchant, channel, order_id, mode, what, since, until)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (person_id, page) DO UPDATE SET
    merchant = excluded.merchant, channel = excluded.channel, order_id = excluded.order_id,
    mode = CASE WHEN {table}.mode = 'gone' THEN {table}.mode ELSE excluded.mode END, what = excluded.what,
    until = CASE WHEN {table}.mode = 'gone' THEN {table}.until ELSE excluded.until END,
    since = CASE WHEN {table}.mode = excluded.mode AND {table}.order_id = excluded.order_id
            THEN {table}.since ELSE excluded.since END
RETURNING since, (
    SELECT {array}({row}(other.username, other.mode, other.what, other.since)) FROM {table} other
    WHERE other.merchant = {table}.merchant AND other.channel = {table}.channel
      AND other.order_id = {table}.order_id AND other.person_id <> {table}.person_id AND other.until > %s
)
"""
_COLUMNS = ("username", "mode", "what", "since")


class Spot(NamedTuple):
    """A page of an order. `page` is its own number (`PAGE`); one of another person is another page."""

    channel: Channel
    order_id: str
    page: str


class Here(NamedTuple):
    """A colleague who has the order open. `what` is the type of payment action that is being prepared, where it is
    known; `since` is when they began with that."""

    account: str
    mode: str
    what: str
    since: dt.datetime

    @property
    def name(self) -> str:
        return person_name(self.account)

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def is_at_work(self) -> bool:
        """Whether they have a form open, and do not only look."""
        return self.mode != Mode.VIEW

    @property
    def says(self) -> str:
        """As in "Astrid Nyman is preparing a refund"."""
        return _sentence(self.mode, self.what) % {"name": self.name}


def beat(user: User, spot: Spot, mode: str, what: str = "") -> list[Here]:
    """Says that the person has this page of an order open, and gives who else has it: one statement. One more, which
    tidies, where a page begins or goes over to something else. What is no mode is `view`."""
    now = timezone.now()
    began, others = _written(user, spot, _known(mode, what), now)
    if began == now:
        tidy()
    return _by_person(others)


def leave(user: User, spot: Spot) -> None:
    """The page is closed, and does not come back by a beat that was on its way. One statement."""
    now, (merchant, channel) = timezone.now(), spot.channel
    gone = Presence(
        person=user, username=user.get_username(), page=spot.page, merchant=merchant, channel=channel,
        order_id=spot.order_id, mode=Mode.GONE, since=now, until=now,
    )  # fmt: skip
    Presence.objects.bulk_create(
        [gone], update_conflicts=True, unique_fields=("person", "page"), update_fields=("mode", "until")
    )


def others(user: User, channel: Channel, order_id: str) -> list[Here]:
    """Who else has the order open, those at work first. One statement."""
    rows = _alive(channel).filter(order_id=order_id).exclude(person=user)
    return _by_person(Here(*row) for row in rows.values_list(*_COLUMNS))


def at_orders(user: User, channel: Channel, order_ids: Collection[str]) -> dict[str, list[Here]]:
    """Who else has which of these orders open; those that nobody has are not in it. One statement."""
    rows = _alive(channel).filter(order_id__in=order_ids).exclude(person=user)
    found: dict[str, list[Here]] = defaultdict(list)
    for order_id, *row in rows.values_list("order_id", *_COLUMNS):
        found[order_id].append(Here(*row))
    return {order_id: _by_person(each) for order_id, each in found.items()}


def tidy() -> None:
    """Takes away some of what is over for long enough. Each page that begins does so; it adds one."""
    old = Presence.objects.filter(until__lt=timezone.now() + LASTS - KEPT).order_by("until").values("pk")
    Presence.objects.filter(pk__in=old[:TIDIED_AT_ONCE]).delete()


def _alive(channel: Channel) -> Any:
    return Presence.objects.filter(merchant=channel.merchant, channel=channel.name, until__gt=timezone.now())


def _known(mode: str, what: str) -> tuple[str, str]:
    mode = mode if mode in _RANKS else Mode.VIEW
    what = what.lower()
    return mode, what if mode == Mode.MONEY and what in MONEY_ACTIONS else ""


def _by_person(rows: Iterable[Here]) -> list[Here]:
    """Everybody once, by what they do most: money before other forms, and those before looking."""
    found: dict[str, Here] = {}
    for row in sorted(rows, key=lambda row: (-_RANKS.get(row.mode, 0), row.since)):
        found.setdefault(row.account, row)
    return list(found.values())


def _sentence(mode: str, what: str) -> str:
    if mode == Mode.EDIT:
        return _("%(name)s is changing this order")
    if mode != Mode.MONEY:
        return _("%(name)s looks at this order")
    return {
        "capture": _("%(name)s is preparing a capture"),
        "cancel": _("%(name)s is preparing a cancellation"),
        "refund": _("%(name)s is preparing a refund"),
    }.get(what) or _("%(name)s is preparing a payment action")


def _written(user: User, spot: Spot, doing: tuple[str, str], now: dt.datetime) -> tuple[dt.datetime, list[Here]]:
    """Since when the page does that, and the others. Written in SQL, as the row and what is beside it are asked for and
    answered in one statement; both databases give the others as they were before it, which is what they are."""
    array, row = _JSON[connection.vendor]
    table = connection.ops.quote_name(Presence._meta.db_table)
    sql = _BEAT.format(table=table, array=array, row=row)
    at, until = (connection.ops.adapt_datetimefield_value(each) for each in (now, now + LASTS))
    place = (*spot.channel, spot.order_id)
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk, user.get_username(), spot.page, *place, *doing, at, until, at])
        since, found = cursor.fetchone()
    rows = json.loads(found) if isinstance(found, str) else found or []
    return _moment(since), [Here(account, mode, what, _moment(at)) for account, mode, what, at in rows]


def _moment(value: Any) -> dt.datetime:
    """A time as the database hands it out beside the ORM: SQLite as text, without a zone."""
    moment = value if isinstance(value, dt.datetime) else parse_datetime(str(value))
    if moment is None:
        raise ValueError(f"{value!r} is no time.")
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=dt.UTC)
