"""What the page *Status* is made of."""

import datetime as dt
from typing import NamedTuple

from django.utils.functional import Promise

from accounts.channels import Channel
from domain.states import BAD, DONE, OFF, WAIT
from operations.standing import Mark

TONES = {Mark.OK: DONE, Mark.AMISS: WAIT, Mark.DOWN: BAD}


class Line(NamedTuple):
    """One thing that was looked at. `word` says how it stands; `at` is the time that `says` ends with; `runbook` names
    what to do about it, in docs/runbook.md. `mark` is None where it is switched off, or nobody can say. `way`: of
    telling somebody, which can be tried; `href`: a page about it."""

    name: str | Promise
    mark: Mark | None
    word: str | Promise
    says: str | Promise = ""
    at: dt.datetime | None = None
    runbook: str = ""
    way: str = ""
    href: str = ""

    @property
    def tone(self) -> str:
        return OFF if self.mark is None else TONES[self.mark]

    @property
    def is_amiss(self) -> bool:
        return self.mark in (Mark.AMISS, Mark.DOWN)


class ChannelLine(NamedTuple):
    """What is known of a channel. `line`: its API; `good_at`: when it last gave a good answer, as far as is known;
    `as_of` and `orders`: what the index has of it."""

    channel: Channel
    line: Line
    good_at: dt.datetime | None
    as_of: dt.datetime | None
    orders: int


class Part(NamedTuple):
    """A section of the page. `failed`: the kind of what went wrong while it was looked at."""

    code: str
    title: str | Promise
    lines: list[Line] | list[ChannelLine]
    failed: str = ""

    @property
    def amiss(self) -> int:
        """How much of it somebody should look at."""
        lines = [each.line if isinstance(each, ChannelLine) else each for each in self.lines]
        return bool(self.failed) + sum(line.is_amiss for line in lines)
