"""Looks up a paste, a part of it at a time: each line first in the channel that it is likely to be of, then in the
others, until the time of the part is over. What is left is the next part's.

Pure of pages: a part is one request's, so that nothing is asked that nobody waits for.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.channels import Channel
from domain.phones import every_spelling
from gateway.fanout import SpentError, calls_left, fan_out
from order_api import OrderApi
from order_api.errors import ApiError, NoAnswer, Unauthorized, Unavailable
from orders.list.find import Reading, Try
from orders.list.looking import look
from orders.list.met import Met, known_of, met_in, prefix_of
from orders.models import Paste, PastedLine
from orders.pasted.facts import facts_of
from orders.pasted.kept import Told, kind_of, lines_of, said_of, save_given_up, told_json, told_of
from orders.pasted.scan import Kind, is_phone_without_plus

PART = 1.5
"""Seconds that a part of the work takes: then the page says how far it is."""
LONGEST_PART = 8.0
"""Seconds of a part where no script asks for the next one."""
_CALL = 3.0
"""Seconds that the last call of a part may take beyond it."""
MOST_SHOWN = 5
"""Orders of one line and channel that are told one by one."""
_PATIENCE = 2
"""Parts in a row in which a channel fails before it is given up, until somebody asks it again."""
_WAIT = 0.02
_LEFT_TO_OTHERS = 0.25
"""Of the calls that may be made in a minute: for whoever has a caller on the line while a long paste is looked up."""


class Line:
    """A line on its way: what it is asked for as, whom first, and what was answered."""

    def __init__(self, row: PastedLine, own: Channel, met: Mapping[Channel, Met]) -> None:
        self.row = row
        self.kind = kind_of(row)
        self.told = told_of(row)
        self.first = self._first(own, met)
        self.is_changed = False

    def _first(self, own: Channel, met: Mapping[Channel, Met]) -> Channel:
        """The channel that a link named, else the only one whose references are known to begin so, else the own one."""
        named = [channel for channel in met if str(channel) == self.row.channel]
        prefix = prefix_of(self.row.text) if self.kind is Kind.REFERENCE else ""
        known = [channel for channel in met if prefix and prefix in met[channel].prefixes]
        return (named or (known if len(known) == 1 else []) or [own])[0]

    def wants(self, channel: Channel) -> bool:
        """Whether the channel is to be asked now."""
        if str(channel) in self.told:
            return False
        if channel == self.first or self.kind in (Kind.EMAIL, Kind.PHONE):
            return True
        return str(self.first) in self.told and not self.is_found

    @property
    def is_found(self) -> bool:
        return any(told.found for told in self.told.values())

    def is_through(self, channels: Iterable[Channel]) -> bool:
        """Whether nobody is left to be asked."""
        return not any(self.wants(channel) for channel in channels)


class Board:
    """The lines of a paste, from which the threads of the channels take what is theirs. `spent`: the budget of calls is
    used up for the moment, `answered` who told anything, `failed` who did not any more, and why."""

    def __init__(self, lines: Sequence[Line], own: Channel, until: float, most: int) -> None:
        self.lines = lines
        self.own = own
        self.is_spent = False
        self.failed: dict[Channel, str] = {}
        self.answered: set[Channel] = set()
        self._until = until
        self._left = most
        self._changed = threading.Condition()
        self._at: dict[Channel, Line] = {}
        self._next: dict[Channel, int] = {}
        self._own_is_through = False
        self._is_closed = False

    def take(self, channel: Channel) -> Line | None:
        """The next line that the channel is to be asked for; waits while the first channel may still leave one over.
        None when there is none, or the time is over."""
        with self._changed:
            while not self._is_closed and time.monotonic() < self._until:
                line = next((line for line in self.lines if line.wants(channel)), None)
                if line is not None and self._left <= 0:
                    self.is_spent = True
                    break
                if line is not None:
                    self._left -= 1
                    self._at[channel] = line
                    return line
                if channel == self.own or self._own_is_through:
                    break
                self._changed.wait(_WAIT)
            if channel == self.own:
                self._own_is_through = True
                self._changed.notify_all()
            return None

    def tell(self, channel: Channel, line: Line, told: Told) -> None:
        """What the channel answered to the line."""
        with self._changed:
            if self._is_closed:
                return
            line.told[str(channel)] = told
            line.is_changed = True
            self._at.pop(channel, None)
            if not told.failed:
                self.answered.add(channel)
            self._changed.notify_all()

    def end(self, channel: Channel, failed: str = "") -> None:
        """The channel's turn is over; what it was asked for last has no answer, if it failed."""
        with self._changed:
            line = self._at.pop(channel, None)
            if failed:
                self.failed[channel] = failed
                if line is not None and not self._is_closed:
                    line.told[str(channel)] = Told(failed=failed)
                    line.is_changed = True
            if channel == self.own:
                self._own_is_through = True
            self._changed.notify_all()

    def close(self) -> None:
        """What comes from now on comes too late."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()


def claim(paste: Paste, seconds: float) -> bool:
    """Takes the paste for a part of that length. False while another request, of another tab, is at it."""
    now = timezone.now()
    free = Paste.objects.filter(Q(busy_until__isnull=True) | Q(busy_until__lt=now), pk=paste.pk, is_stopped=False)
    return bool(free.update(busy_until=now + dt.timedelta(seconds=seconds + _CALL + 2)))


class Part(NamedTuple):
    """What a part of the work came to: the places of the lines of which more is known now. `is_spent`: the budget is
    used up for the moment; `is_elsewhere`: another request, as of a second tab, is at it."""

    places: tuple[int, ...] = ()
    is_spent: bool = False
    is_elsewhere: bool = False


def look_on(request: Any, paste: Paste, channels: Sequence[Channel], seconds: float = PART) -> Part:
    """Looks up for so long, and says what it came to."""
    if not channels or not claim(paste, seconds):
        return Part(is_elsewhere=True)
    try:
        given_up = said_of(paste).given_up
        asked = [channel for channel in channels if str(channel) not in given_up]
        own = next((channel for channel in channels if str(channel) == paste.own_channel), channels[0])
        known = known_of(map(str, channels))
        met = {channel: known[str(channel)] for channel in channels}
        lines = [Line(row, own, met) for row in lines_of(paste)]
        _skip(lines, channels, given_up)
        most = calls_left() - int(_LEFT_TO_OTHERS * settings.FAN_OUT_CALLS_A_MINUTE)
        board = Board(lines, own, time.monotonic() + seconds, most)
        first = sorted(asked, key=lambda channel: channel != own)
        if own not in asked:
            board.end(own)

        def ask(api: OrderApi, channel: Channel) -> None:
            _ask(board, api, channel, met[channel].prefixes)

        for answer in fan_out(request, first, ask, deadline=seconds + _CALL):
            if answer.is_spent:
                board.is_spent = True
            failed = "late" if answer.is_late else type(answer.error).__name__ if answer.error else ""
            board.end(answer.channel, "" if answer.is_spent else failed)
        board.close()
        _give_up(paste, board, lines, channels, given_up)
        _learn(lines, channels)
        return Part(_saved(lines), board.is_spent)
    finally:
        Paste.objects.filter(pk=paste.pk).update(busy_until=None)


def _skip(lines: Iterable[Line], channels: Sequence[Channel], given_up: dict[str, str]) -> None:
    """A channel that is given up has no answer to what it was not asked."""
    for line in lines:
        for channel in channels:
            if str(channel) in given_up and line.wants(channel):
                line.told[str(channel)] = Told(failed=given_up[str(channel)])
                line.is_changed = True


def _give_up(
    paste: Paste, board: Board, lines: Sequence[Line], channels: Sequence[Channel], given_up: dict[str, str]
) -> None:
    """A channel that failed so often in a row, or refused, is asked no more; what is left has no answer of it."""
    now = dict(given_up)
    for channel, failed in board.failed.items():
        silent = sum(bool((told := line.told.get(str(channel))) and told.failed) for line in lines)
        if failed == Unauthorized.__name__ or (silent >= _PATIENCE and channel not in board.answered):
            now[str(channel)] = failed
    if now != given_up:
        save_given_up(paste, now)
        _skip(lines, channels, now)


class _Seen(NamedTuple):
    """What `met_in` learns from an order."""

    currency: str | None
    prefix: str


def _learn(lines: Iterable[Line], channels: Sequence[Channel]) -> None:
    """What the references of each channel begin with: the next paste asks the right one first."""
    for channel in channels:
        told = [line.told[str(channel)] for line in lines if line.is_changed and str(channel) in line.told]
        if seen := {_Seen(facts.currency, prefix_of(facts.reference)) for each in told for facts in each.found}:
            met_in(str(channel), sorted(seen, key=str))


def _saved(lines: Iterable[Line]) -> tuple[int, ...]:
    changed = [line for line in lines if line.is_changed]
    for line in changed:
        line.row.answers_json = told_json(line.told)
    with transaction.atomic():
        PastedLine.objects.bulk_update([line.row for line in changed], ["answers_json"], batch_size=100)
    return tuple(line.row.place for line in changed)


def _ask(board: Board, api: OrderApi, channel: Channel, prefixes: Sequence[str]) -> None:
    """In a thread of the channel's own: one line after the other. A channel that does not answer ends its turn."""
    while (line := board.take(channel)) is not None:
        try:
            board.tell(channel, line, _told(api, line, prefixes))
        except (SpentError, Unavailable, Unauthorized, NoAnswer):
            raise
        except ApiError as error:
            board.tell(channel, line, Told(failed=type(error).__name__))


def _told(api: OrderApi, line: Line, prefixes: Sequence[str]) -> Told:
    found = look(api, Reading(line.row.text, tuple(tries_of(line.kind, line.row.text, prefixes))), {}, limit=MOST_SHOWN)
    facts = tuple(facts_of(each.read()) for each in found.data)
    counted = found.pagination.size if found.pagination else None
    return Told(facts, max(len(facts), counted or 0) if facts else 0)


def tries_of(kind: Kind, text: str, prefixes: Iterable[str]) -> list[Try]:
    """The ways in which a line is asked for: one exact call, as a rule. A number alone is the end of a reference
    first, where the channel's are numbers behind a prefix."""
    if kind is Kind.ORDER:
        return [Try("order", {}, [text])]
    if kind is Kind.PAYMENT:
        return [Try("payment_id", {"payment_id": text}, [text])]
    if kind is Kind.REFERENCE:
        spelled = [*(f"{prefix}{text}" for prefix in prefixes if text.isdecimal()), text]
        references = [Try("reference", {"reference": each}, [each]) for each in dict.fromkeys(spelled)]
        # A spreadsheet takes the + of a phone away.
        return [*references, *(tries_of(Kind.PHONE, f"+{text}", ()) if is_phone_without_plus(text) else ())]
    values = every_spelling(text) if kind is Kind.PHONE else list(dict.fromkeys([text, text.lower()]))
    return [Try(f"{side}_{kind}", {f"{side}_{kind}": values}, values) for side in ("billing", "shipping")]


def ask_again(paste: Paste, channel: Channel | None) -> None:
    """Goes on with what was stopped. What that channel failed at is forgotten, so that it is asked for it again."""
    Paste.objects.filter(pk=paste.pk).update(is_stopped=False)
    if channel is None:
        return
    given_up = dict(said_of(paste).given_up)
    given_up.pop(str(channel), None)
    save_given_up(paste, given_up)
    changed = []
    for row in lines_of(paste):
        told = told_of(row)
        if str(channel) in told and told[str(channel)].failed:
            del told[str(channel)]
            row.answers_json = told_json(told)
            changed.append(row)
    PastedLine.objects.bulk_update(changed, ["answers_json"], batch_size=100)
