"""Why somebody asks for a payment action: a list for each type of action, which admins can change.

A reason that came with the desk is a code, whose words are translated where they are shown; one that an admin wrote is
its own text. An execution keeps what it was given, whatever becomes of the list.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import log
from audit.actions import AuditAction
from audit.log import unmasked
from payments.models import ReasonList
from payments.presentation.vocabulary import Words

OTHER = "other"
"""The last of every list; it takes a note."""
LONGEST = 100  # characters of one
MOST = 30  # of one list, beside the other one

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "delivered": _("Goods were sent"),
        "collected": _("Customer collected the goods"),
        "provided": _("Service was provided"),
        "returned": _("Customer returned the goods"),
        "withdrawn": _("Customer withdrew from the purchase"),
        "defective": _("Goods were defective or wrong"),
        "undelivered": _("Goods were not delivered"),
        "out-of-stock": _("Goods are out of stock"),
        "goodwill": _("Goodwill"),
        "duplicate": _("Order or payment was made twice"),
        "fraud": _("Suspected fraud"),
        "mistake": _("Mistake of ours"),
        OTHER: _("Another reason"),
    }
)
DEFAULTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "capture": ("delivered", "collected", "provided"),
        "cancel": ("withdrawn", "out-of-stock", "undelivered", "duplicate", "fraud", "mistake"),
        "refund": (
            "returned", "withdrawn", "defective", "undelivered", "out-of-stock", "goodwill", "duplicate", "fraud",
            "mistake",
        ),
    }
)  # fmt: skip
"""By type of action. One without a list has all of them."""


class ListChangedError(Exception):
    """Somebody else has changed the list meanwhile."""


def words_of(reason: str) -> Words:
    """A reason as people read it."""
    return WORDS.get(reason, reason)


def reasons_for(action_type: str) -> list[str]:
    """What can be chosen for that type of action, in whatever case the adapter writes it, in order and without the
    last, which is always OTHER. One query."""
    kept = ReasonList.objects.filter(action_type=action_type.lower()).first()
    return list(kept.reasons) if kept else list(_defaults(action_type))


def choices_for(action_type: str) -> list[tuple[str, Words]]:
    return [(each, words_of(each)) for each in (*reasons_for(action_type), OTHER)]


def _defaults(action_type: str) -> Sequence[str]:
    return DEFAULTS.get(action_type.lower()) or tuple(code for code in WORDS if code != OTHER)


def as_codes(texts: Iterable[str]) -> list[str]:
    """The reasons that these lines are, each once: the code of what came with the desk, else the text."""
    codes = {str(words).casefold(): code for code, words in WORDS.items()}
    each = (codes.get(text.casefold(), text) for line in texts if (text := " ".join(line.split())))
    return [reason for reason in dict.fromkeys(each) if reason != OTHER]


def change_reasons(who: log.Who, action_type: str, reasons: Sequence[str], seen: Sequence[str]) -> bool:
    """Sets the list of a type of action; whether that was any change. `seen`: what it was when this was decided.

    Raises ListChangedError if it is not that any more, and AuditUnavailableError; then nothing was changed.
    """
    kind = action_type.lower()
    with transaction.atomic():
        ReasonList.objects.select_for_update().filter(action_type=kind).first()
        was = reasons_for(kind)
        if was != list(seen):
            raise ListChangedError
        if was == list(reasons):
            return False
        if tuple(reasons) == tuple(_defaults(kind)):
            ReasonList.objects.filter(action_type=kind).delete()
        else:
            kept = {"reasons_json": json.dumps(list(reasons))}
            ReasonList.objects.update_or_create(action_type=kind, defaults=kept)
        change = log.Change("reasons", was, list(reasons))
        log.event(who, AuditAction.PAYMENT_REASONS_UPDATE, log.Subject(target=kind), [change], mask=unmasked)
    return True
