"""What the log and the queue say of the board's checks."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.telling import Words
from overview.checks import CHECKS

OF_TASKS: Mapping[str, Promise] = {f"check.{name}": check.title for name, check in CHECKS.items()}
"""Words for the `code` of tasks that *Take it* makes."""
_LABELS = {"check": _("Needs attention"), "reason": _("Reason")}
_OF_ATTENTION = "order.attention."


def label_of(action: str, field: str) -> Words | None:
    return _LABELS.get(field) if action.startswith(_OF_ATTENTION) else None


def value_of(action: str, field: str, value: Any) -> Words | None:
    if action.startswith(_OF_ATTENTION) and field == "check" and value in CHECKS:
        return CHECKS[value].title
    return None
