"""Pages by position instead of by number: the millionth is as fast as the first, and new entries do
not shift the rows."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q, QuerySet

from audit.models import Entry

PAGE = 50


class Page(NamedTuple):
    """Entries, newest first, and the positions from which their neighbours go on (None where there are none)."""

    entries: list[Entry]
    older: int | None
    newer: int | None


def page_of(
    entries: "QuerySet[Entry]",
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE,
    among: "QuerySet[Entry] | None" = None,
) -> Page:
    """The page that goes on before (older) or after (newer) the entry with that number; the newest
    if there is no such entry.

    `entries` are ordered newest first, by time and number. `among`: what the reader may see, so that the place of an
    entry of others is not found out; all of the log without it.
    """
    position, known = before or after, Entry.objects.all() if among is None else among
    anchor = known.filter(sequence=position).values_list("at", "sequence").first() if position else None
    if anchor and before:
        return _older(entries, anchor, size)
    if anchor:
        return _newer(entries, anchor, size) or page_of(entries, size=size)
    found = list(entries[: size + 1])
    return Page(found[:size], found[size - 1].sequence if len(found) > size else None, None)


def _older(entries: "QuerySet[Entry]", anchor: tuple[object, int], size: int) -> Page:
    at, sequence = anchor
    # The plain bound is for the index; the pair decides among entries of one moment.
    found = list(entries.filter(at__lte=at).filter(Q(at__lt=at) | Q(sequence__lt=sequence))[: size + 1])
    shown = found[:size]
    return Page(shown, shown[-1].sequence if len(found) > size else None, shown[0].sequence if shown else sequence)


def _newer(entries: "QuerySet[Entry]", anchor: tuple[object, int], size: int) -> Page | None:
    """None if these are the newest: that page is the one without a position."""
    at, sequence = anchor
    following = entries.filter(at__gte=at).filter(Q(at__gt=at) | Q(sequence__gt=sequence)).order_by("at", "sequence")
    found = list(following[: size + 1])
    if len(found) <= size:
        return None
    shown = found[:size][::-1]
    return Page(shown, shown[-1].sequence, shown[0].sequence)


def batches(entries: "QuerySet[Entry]", size: int = 500) -> Iterator[list[Entry]]:
    """All of them, newest first, with no more than one batch in memory."""
    page = page_of(entries, size=size)
    while page.entries:
        yield page.entries
        if page.older is None:
            return
        page = page_of(entries, before=page.older, size=size)
