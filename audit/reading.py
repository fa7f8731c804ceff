"""The log as people read it: an attempt is one line, made of its intent and its outcome."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from audit.actions import MONEY
from audit.models import Change, Entry, Kind

EVERYTHING = ("*", "*")  # a grant of every merchant and every channel
UNDER_WAY = dt.timedelta(minutes=1)  # longer than any call to the API may take


class Record(NamedTuple):
    """One line: an event, an attempt with its outcome, or an attempt whose outcome was not recorded."""

    entry: Entry
    """What the line shows: the event, the outcome or, where there is none, the intent."""
    intent: Entry | None

    @property
    def at(self) -> dt.datetime:
        """When it was tried."""
        return self.intent.at if self.intent else self.entry.at

    @property
    def changes(self) -> list[Change]:
        return self.intent.changes if self.intent else self.entry.changes

    @property
    def is_open(self) -> bool:
        return self.entry.kind == Kind.INTENT

    @property
    def is_under_way(self) -> bool:
        """Whether the outcome may still be about to come."""
        return self.is_open and timezone.now() - self.entry.at < UNDER_WAY


def visible(grants: Collection[tuple[str, str]]) -> "QuerySet[Entry]":
    """The entries about these merchants and channels, and those about none; `*` stands for every one."""
    if EVERYTHING in grants:
        return Entry.objects.all()
    seen = Q(merchant="", channel="")
    for grant in grants:
        seen |= Q(**{name: part for name, part in zip(("merchant", "channel"), grant, strict=True) if part != "*"})
    return Entry.objects.filter(seen)


def about_money(grants: Collection[tuple[str, str]]) -> "QuerySet[Entry]":
    """Of these merchants and channels, what orders' payments are about; nothing that is about no channel."""
    # Not the column itself: the index of actions would find them, and sort them all by time for each page.
    named = visible(grants).alias(named=Concat("action", Value(""))).filter(named__in=sorted(MONEY))
    return named.exclude(channel="")


def lines(entries: "QuerySet[Entry] | None" = None) -> "QuerySet[Entry]":
    """One entry for each line, newest first: all but the intents that have an outcome."""
    entries = Entry.objects.all() if entries is None else entries
    ended = Entry.objects.using(entries.db).filter(attempt=OuterRef("attempt"), kind=Kind.OUTCOME)
    # Only intents are without an outcome of their own; asked this way, the index alone can tell.
    return entries.filter(~Q(outcome="") | ~Exists(ended)).order_by("-at", "-sequence")


def records(entries: Iterable[Entry]) -> list[Record]:
    """The lines with the intents of those that are outcomes; one query."""
    entries = list(entries)
    attempts = [entry.attempt for entry in entries if entry.kind == Kind.OUTCOME]
    found = Entry.objects.filter(attempt__in=attempts, kind=Kind.INTENT) if attempts else ()
    intents = {intent.attempt: intent for intent in found}
    return [Record(entry, entry if entry.kind == Kind.INTENT else intents.get(entry.attempt)) for entry in entries]


def entries_of(order_id: str, merchant: str, channel: str, *, limit: int = 200) -> Sequence[Record]:
    """What was done to an order, or tried, newest first: for its timeline. Two queries."""
    theirs = Entry.objects.filter(order_id=order_id, merchant=merchant, channel=channel)
    return records(lines(theirs)[:limit])
