"""The server's own log lines, without secrets and personal data: what an API says in an error may
quote what it was sent."""

import logging
from dataclasses import replace

from privacy import PAGE, mask_text

_LINE = replace(PAGE, longest=50_000)


class MaskedFormatter(logging.Formatter):
    """A formatter whose lines, with their traceback, are masked as a provider's answer is on a page."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_text(super().format(record), _LINE)
