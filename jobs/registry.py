"""The kinds of jobs. Rooms of higher floors register theirs where they start (`AppConfig.ready`):

registry.kind("orders.export", run, words={"": _("Export"), "complete": _("All %(rows)s rows")}, may=may)
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.utils.functional import Promise

from jobs.models import Job
from jobs.words import COMMON
from ui.formats import format_number

Words = str | Promise
Run = Callable[[Any], None]
"""One bounded piece of the job, which is given a `running.Step`: of seconds, as it holds the job for `running.life()`
without saying so."""
May = Callable[[Job, User], str]
"""Asked before each piece whether the owner, read anew, still may: the code of why not, or nothing."""
Ended = Callable[[Job], None]
"""Told, in the transaction that ends it, that the job came to its end or was stopped. One that raises undoes that."""


def _always(_job: Job, _owner: User) -> str:
    return ""


def _nothing(_job: Job) -> None:
    return None


class Kind(NamedTuple):
    """`words` are by the job's `code`, with its `facts` put into them; those of "" say what it is."""

    name: str
    run: Run
    words: Mapping[str, Words]
    may: May = _always
    ended: Ended = _nothing
    url: Callable[[Job], str] | None = None
    """Where the job's own page is, where its kind has one."""


_kinds: dict[str, Kind] = {}


def kind(  # noqa: PLR0913 - by name
    name: str,
    run: Run,
    words: Mapping[str, Words],
    *,
    may: May = _always,
    ended: Ended = _nothing,
    url: Callable[[Job], str] | None = None,
) -> None:
    """To be called once for each kind, when the program starts. `run`, `may` and `ended` as above."""
    _kinds[name] = Kind(name, run, words, may, ended, url)


def kind_of(name: str) -> Kind | None:
    """The kind of that name; None where this version has none."""
    return _kinds.get(name)


def called(job: Job) -> str:
    """What the job is, in words."""
    found = kind_of(job.kind)
    return str(found.words.get("", job.kind)) if found else job.kind


def says(job: Job) -> str:
    """Why it stands as it does, in words; empty where there is nothing to say."""
    return worded(job.kind, job.code, job.facts)


def worded(kind: str, code: str, facts: Mapping[str, Any]) -> str:
    """What a code of that kind of job says, with these facts put into it."""
    found = kind_of(kind)
    words = (found.words.get(code) if found and code else None) or COMMON.get(code, "")
    return str(words) % {name: _shown(value) for name, value in facts.items()} if facts else str(words)


def _shown(value: Any) -> str:
    return format_number(Decimal(value), 0) if isinstance(value, int) else str(value)
