"""What the log says of tasks: whose they became, and what they are about."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import WORDS
from audit.actions import AuditAction
from audit.names import person_name
from audit.reading import Record
from audit.telling import Said, Words, details_of
from teamwork.models import Kind

OF_TASKS = "task."
_LABELS = {"for": gettext_lazy("With"), "due": gettext_lazy("Due")}
PERSON, ROLE = "person:", "role:"


def tell(records: Sequence[Record]) -> Mapping[int, Said]:
    """What was asked of whom, in a sentence, for those that say it."""
    return {
        record.entry.sequence: _said(record)
        for record in records
        if record.entry.action == AuditAction.TASK_CREATE and "for" in details_of(record)
    }


def _said(record: Record) -> Said:
    details = details_of(record)
    names = {"name": whom(details["for"])}
    match details.get("kind"):
        case Kind.MENTION:
            did = _("mentioned %(name)s") % names
        case Kind.ANSWER:
            did = _("answered %(name)s") % names
        case _other:
            did = _("assigned the order to %(name)s") % names
    return Said(did, reference=str(details.get("reference") or ""))


def whom(value: str) -> str:
    """A person or a role as the log keeps them, in words."""
    if value.startswith(PERSON):
        return person_name(value.removeprefix(PERSON))
    role = value.removeprefix(ROLE)
    return str(WORDS.get(role, role)) if role else _("nobody")


def label_of(action: str, field: str) -> Words | None:
    return _LABELS.get(field) if action.startswith(OF_TASKS) else None


def value_of(action: str, field: str, value: Any) -> Words | None:
    if action.startswith(OF_TASKS) and field == "for" and isinstance(value, str):
        return whom(value)
    return None
