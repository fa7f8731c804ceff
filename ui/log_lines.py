"""The server's own log lines, without secrets and personal data: what an API says in an error may
quote what it was sent."""

import datetime as dt
import json
import logging
import re
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from types import TracebackType

from privacy import LOG, PAGE, mask_text
from ui import own_database, request_ids

_LINE = replace(PAGE, longest=50_000)
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class MaskedFormatter(logging.Formatter):
    """A formatter whose lines, with their traceback, are masked as a provider's answer is on a page; the words of an
    error, which are mostly somebody else's, as in the audit log. That the desk's own database is out takes one line,
    and no traceback. `request_id` is that of the request which it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_ids.current() or "-"
        if isinstance(record.args, tuple) and any(isinstance(each, BaseException) for each in record.args):
            record = copy(record)
            record.args = tuple(_words(each) if isinstance(each, BaseException) else each for each in record.args or ())
        error = _error_of(record)
        if own_database.is_why(error):
            record = copy(record)
            left_out = getattr(record, "left_out", 0)
            record.msg = f"{record.getMessage()}: the desk's own database does not work: {error}"
            record.msg += f" ({left_out} more since the last such line)" if left_out else ""
            record.args, record.exc_info, record.exc_text = (), None, None
        return mask_text(super().format(record), _LINE)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - its name in logging
        """On one line: what somebody sent, an address say, begins none that looks like another."""
        record.message = _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), record.message)
        return super().formatMessage(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - its name in logging
        """In UTC, with its zone."""
        del datefmt
        return (
            dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - its name in logging
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            text = text.replace(str(error), _words(error)) if str(error) else text
        return text


class JsonFormatter(MaskedFormatter):
    """The same, masked alike, as one JSON object a line: at, level, logger, request, message."""

    def __init__(self) -> None:
        super().__init__("{message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request": request_ids.current() or "-",
            "message": super().format(record),
        }
        return json.dumps(said, ensure_ascii=False)


class OneLineForAll(logging.Filter):
    """While the desk's own database is out, everything that needs it fails alike: what a logger says of that passes
    once a minute, with how much was left out since (`left_out`)."""

    EVERY = 60.0  # seconds

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not own_database.is_why(_error_of(record)):
            return True
        now, name = time.monotonic(), record.name
        if now - self._said.get(name, -self.EVERY) < self.EVERY:
            self._left_out[name] = self._left_out.get(name, 0) + 1
            return False
        self._said[name], record.left_out = now, self._left_out.pop(name, 0)
        return True


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _words(error: BaseException) -> str:
    return mask_text(str(error), LOG)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
