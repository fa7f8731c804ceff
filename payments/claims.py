"""The audit log must have an intent of everything that was sent: it was on the disk before that."""

import json
from itertools import islice

from audit.actions import AuditAction
from audit.models import Entry, Kind
from payments.models import Execution
from ui.said import sentence

BATCH = 300
_UNWRITTEN = sentence("payment action %(execution)s was sent, and no entry says that it was to be")


def unwritten(using: str) -> str:
    """The first execution of which the log has no intent although it was sent, in words; empty if there is none."""
    sent = Execution.objects.using(using).filter(sent_at__isnull=False).order_by("created_at")
    rows = iter(sent.values_list("pk", "order_id").iterator(BATCH))
    while batch := list(islice(rows, BATCH)):
        entries = Entry.objects.using(using).filter(
            action=AuditAction.PAYMENT_ACTION_EXECUTE, kind=Kind.INTENT, order_id__in={order for _pk, order in batch}
        )
        named = {json.loads(text).get("execution") for text in entries.values_list("details_json", flat=True)}
        if lost := next((pk for pk, _order in batch if str(pk) not in named), None):
            return _UNWRITTEN % {"execution": lost}
    return ""
