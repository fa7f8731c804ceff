"""What people are called on a page: their full name. The log, and what is proof, keep the name of the account."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save

FRESH_FOR = 60.0  # seconds: another process may have named somebody
_NAMING = {"username", "first_name", "last_name"}


class _Known(NamedTuple):
    names: Mapping[str, str]
    until: float


_known: dict[str, _Known] = {}


def person_name(account: str) -> str:
    """The full name of whose account that is; with the account's name where two people share a name, and the
    account's name alone where there is no other. At most one query a minute and process."""
    return _names().get(account, account)


def initials(name: str) -> str:
    """Two letters for an avatar: Astrid Nyman is AN, Åsa is ÅS."""
    words = [word for each in name.split() if (word := "".join(filter(str.isalnum, each)))]
    letters = words[0][0] + words[-1][0] if len(words) > 1 else "".join(words)[:2]
    return letters.upper()


def connect() -> None:
    """Has a new name be read at once in the process that wrote it."""
    post_save.connect(_forget, sender=get_user_model(), dispatch_uid="audit.names.saved")
    post_delete.connect(_forget, sender=get_user_model(), dispatch_uid="audit.names.deleted")


def _forget(update_fields: frozenset[str] | None = None, **_: Any) -> None:
    if update_fields is None or _NAMING & set(update_fields):
        _known.clear()


def _names() -> Mapping[str, str]:
    found = _known.get("all")
    if found is None or time.monotonic() > found.until:
        found = _known["all"] = _Known(_read(), time.monotonic() + FRESH_FOR)
    return found.names


def _read() -> dict[str, str]:
    people = get_user_model().objects.values_list("username", "first_name", "last_name")
    full = {account: f"{first} {last}".strip() for account, first, last in people}
    shared = Counter(name.casefold() for name in full.values())
    return {
        account: name if shared[name.casefold()] == 1 else f"{name} ({account})"
        for account, name in full.items()
        if name
    }
