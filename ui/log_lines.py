"""The server's own log lines, without secrets and personal data: what an API says in an error may
quote what it was sent."""

import logging
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from types import TracebackType

from privacy import LOG, PAGE, mask_text

_LINE = replace(PAGE, longest=50_000)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class MaskedFormatter(logging.Formatter):
    """A formatter whose lines, with their traceback, are masked as a provider's answer is on a page; the words of an
    error, which are mostly somebody else's, as in the audit log."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple) and any(isinstance(each, BaseException) for each in record.args):
            record = copy(record)
            record.args = tuple(_words(each) if isinstance(each, BaseException) else each for each in record.args or ())
        return mask_text(super().format(record), _LINE)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - its name in logging
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            text = text.replace(str(error), _words(error)) if str(error) else text
        return text


def _words(error: BaseException) -> str:
    return mask_text(str(error), LOG)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
