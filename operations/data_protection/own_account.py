"""All that the desk stores of one person, as JSON, for that person: written piece by piece, however much it is."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.auth.models import User
from django.db.models import Model, Q
from django.utils import timezone

from accounts.entitlements import entitlements_of
from accounts.own_sessions import sessions_of
from accounts.people.services import rights_of
from audit.models import Entry
from audit.paging import batches
from operations.data_protection.tables import Store, Table, installed
from privacy import LOG, mask_text

_BATCH = 200


def pieces(person: User) -> Iterator[str]:
    """The document: the account, its rights and sessions, every row of each table that names the person, and what the
    log says that they did. What names customers in texts is masked, as in the log."""
    rights = rights_of(person)
    yield "{\n" + _member("made", timezone.now())
    yield ",\n" + _member("account", _row(person, installed()[User]))
    yield ",\n" + _member("rights", {
        "role": rights.role, "channels": sorted(rights.channels), "beside_role": sorted(rights.extras),
        "permissions": sorted(entitlements_of(person).permissions),
    })  # fmt: skip
    yield ",\n" + _member("sessions", [
        {"began": each.began, "last_page": each.seen, "address": each.ip, "browser": each.device}
        for each in sessions_of(person)
    ])  # fmt: skip
    for model, table in installed().items():
        if table.people and table.store is not Store.SESSIONS:
            yield ",\n" + _key(model._meta.label)
            yield from _list(_row(row, table) for row in _rows(model, table, person))
    yield ",\n" + _key("audit_log")
    entries = Entry.objects.filter(username=person.username, user_id=person.pk).order_by("-at", "-sequence")
    yield from _list(_row(entry, None) for batch in batches(entries) for entry in batch)
    yield "\n}\n"


def _rows(model: type[Model], table: Table, person: User) -> Iterator[Model]:
    theirs = Q(pk__in=())
    for reference in table.people:
        theirs |= Q(**{reference: person})
    return model._default_manager.filter(theirs).order_by("pk").iterator(_BATCH)


def _row(row: Model, table: Table | None) -> dict[str, Any]:
    """Its columns, but those that open something. Of an entry of the log all: they are masked."""
    secret, texts = (table.secret, (*table.texts, *table.proof)) if table else ((), ())
    return {
        field.name: _plain(field, row, is_text=field.name in texts)
        for field in row._meta.concrete_fields
        if field.name not in secret
    }


def _plain(field: Any, row: Model, *, is_text: bool) -> Any:
    value = field.value_from_object(row)
    if not (is_text and isinstance(value, str)):
        return value
    plain = unquote_plus(value)  # as an address says it
    return mask_text(value if mask_text(plain, LOG) == plain else plain, LOG)


def _list(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    between = "["
    for row in rows:
        yield between + "\n" + _json(row)
        between = ","
    yield "[]" if between == "[" else "\n]"


def _member(name: str, value: Any) -> str:
    return _key(name) + _json(value)


def _key(name: str) -> str:
    return f"{_json(name)}: "


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_other)


def _other(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)
