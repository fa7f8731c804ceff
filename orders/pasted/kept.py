"""Pastes as they are kept: of whom, for how long, and what of them.

Kept are the things to look up (ids, references, e-mail addresses, phones), and of each order that was found what its
row of the list shows: no text of the mail around them, and no identity number. All of it lies in the database alone,
for KEPT, of at most MOST_KEPT pastes of a person, and goes at once where they say so. Nothing of it stands in an
address or in the log: a paste is named by a mark that says nothing and opens for its owner alone.
"""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count
from django.http import Http404
from django.utils import timezone

from accounts.channels import Channel
from orders.models import Paste, PastedLine
from orders.pasted.facts import Facts, read_facts
from orders.pasted.noise import Passed
from orders.pasted.recognise import Recognised, shown
from orders.pasted.scan import Kind, Left

KEPT = dt.timedelta(hours=12)
"""As long as a session lasts."""
MOST_KEPT = 5
_MOST_LEFT = 200
"""Things that were passed over which are shown one by one; all are counted."""
_LONGEST_LEFT = 80


class Told(NamedTuple):
    """What a channel answered to a line: the orders, `size` of them in all, of which some are in `found`; or `failed`,
    the name of the error for which it did not."""

    found: tuple[Facts, ...] = ()
    size: int = 0
    failed: str = ""


class Said(NamedTuple):
    """What is to be said of a paste besides its lines. `given_up` are the channels that are not asked any more, each
    with the name of the error."""

    hidden: int = 0
    left: tuple[Left, ...] = ()
    counts: dict[str, int] = {}
    column: str | None = None
    other_columns: int = 0
    given_up: dict[str, str] = {}


def keep(person: User, own: Channel, found: Recognised, counts: dict[Passed, int]) -> Paste:
    """A new paste with its lines. What is over its time goes, whoever's it was, and the person's oldest."""
    now = timezone.now()
    tidy()
    older = Paste.objects.filter(owner=person).values_list("pk", flat=True)[MOST_KEPT - 1 :]
    forget(list(Paste.objects.filter(pk__in=list(older))))
    left = tuple(Left(each.why, each.text[:_LONGEST_LEFT]) for each in shown(found.left))[:_MOST_LEFT]
    column = found.column
    said = Said(
        found.hidden,
        left,
        {why.value: count for why, count in counts.items()},
        column.called if column else None,
        column.others if column else 0,
    )
    paste = Paste.objects.create(
        owner=person, at=now, until=now + KEPT, own_channel=str(own), said_json=_said_json(said)
    )
    PastedLine.objects.bulk_create(
        PastedLine(
            paste=paste,
            place=place,
            kind=find.kind,
            text=find.text,
            channel=find.channel,
            times=find.times,
            answers_json="{}",
        )
        for place, find in enumerate(found.finds, start=1)
    )
    return paste


def tidy() -> None:
    """Deletes what is over its time, whoever's it was. The worker does so, too (`payments.alerts.pulse`)."""
    if over := list(Paste.objects.filter(until__lt=timezone.now())):
        forget(over)


def forget(pastes: Sequence[Paste]) -> None:
    """Deletes them with their lines."""
    PastedLine.objects.filter(paste__in=pastes).delete()
    Paste.objects.filter(pk__in=[paste.pk for paste in pastes]).delete()


def paste_of(person: User, mark: uuid.UUID) -> Paste:
    """The person's own, while it is kept. Raises Http404, also where it is somebody else's."""
    try:
        return Paste.objects.get(pk=mark, owner=person, until__gte=timezone.now())
    except Paste.DoesNotExist:
        raise Http404 from None


def pastes_of(person: User) -> Sequence[Paste]:
    """The person's own, as far as they are kept, newest first, each with `size`, how many lines it has."""
    return list(Paste.objects.filter(owner=person, until__gte=timezone.now()).annotate(size=Count("lines")))


def said_of(paste: Paste) -> Said:
    """What is to be said of it."""
    kept = {"left": (), **json.loads(paste.said_json)}
    return Said(**{**kept, "left": tuple(Left(Passed(why), text) for why, text in kept["left"])})


def save_given_up(paste: Paste, given_up: dict[str, str]) -> None:
    """Which channels are not asked any more."""
    paste.said_json = _said_json(said_of(paste)._replace(given_up=given_up))
    paste.save(update_fields=["said_json"])


def _said_json(said: Said) -> str:
    return json.dumps({**said._asdict(), "left": [list(each) for each in said.left]})


def told_of(line: PastedLine) -> dict[str, Told]:
    """What each channel answered, by its name, as far as it was asked."""
    kept: dict[str, Any] = json.loads(line.answers_json)
    return {
        channel: Told(tuple(map(read_facts, told[0])), int(told[1]), str(told[2])) for channel, told in kept.items()
    }


def told_json(told: dict[str, Told]) -> str:
    """As it is kept."""
    return json.dumps(
        {channel: [[list(facts) for facts in each.found], each.size, each.failed] for channel, each in told.items()}
    )


def kind_of(line: PastedLine) -> Kind:
    return Kind(line.kind)


def lines_of(paste: Paste) -> Sequence[PastedLine]:
    """All lines in the order in which they were pasted."""
    return list(paste.lines.all())
