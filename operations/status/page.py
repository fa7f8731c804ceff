"""How everything stands. Asks the desk's own database and this machine, and nobody else: it answers while the Order API
hangs. Each part is looked at by itself, and fails alone."""

import logging
from collections.abc import Callable

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from operations.status.channels import channels
from operations.status.inside import database_and_machine, log_and_backups, workers
from operations.status.line import ChannelLine, Line, Part
from operations.status.telling import telling

logger = logging.getLogger(__name__)


def parts() -> list[Part]:
    """All of it, of now. Raises nothing."""
    now = timezone.now()
    looks: tuple[tuple[str, Promise, Callable[[], list[Line] | list[ChannelLine]]], ...] = (
        ("alerts", _("Alerts"), lambda: telling(now)),
        ("channels", _("Order API and index, by channel"), lambda: channels(now)),
        ("workers", _("Beside the pages"), lambda: workers(now)),
        ("log", _("Audit log and backups"), lambda: log_and_backups(now)),
        ("machine", _("Database and machine"), database_and_machine),
    )
    return [_part(code, title, look) for code, title, look in looks]


def _part(code: str, title: Promise, look: Callable[[], list[Line] | list[ChannelLine]]) -> Part:
    try:
        return Part(code, title, look())
    except Exception as error:
        logger.exception("The part %s of the status could not be looked at", code)
        return Part(code, title, [], type(error).__name__)
