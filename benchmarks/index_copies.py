"""Fills the index for `benchmarks.index`: copies of rows that are there, made by the database itself."""

from collections.abc import Mapping
from typing import Any

LINES = "char(10)||char(10)"
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "index_indexedorder": {
        "number": "o.number + {k} * {step}",
        "order_id": "'o_' || md5(o.order_id || {k})",
        "reference": "CASE WHEN o.reference = '' THEN '' ELSE substr(o.reference, 1, 3) || "
        "CAST(100000 + o.number + {k} * {first} AS TEXT) END",
        "created": "{created}",
        "modified": "{created}",
        "status_since": "{since}",
        "words": "{nl} || lower(substr(o.reference, 1, 3)) || CAST(100000 + o.number + {k} * {first} AS TEXT) || {nl} "
        "|| 'o_' || md5(o.order_id || {k}) || {nl} || 'p_' || md5(o.order_id || {k} || 'p') || substr(o.words, "
        "length(o.words) - 30, 31)",
    },
    "index_indexedpayment": {
        "id": "o.id + {k} * {step}",
        "order_id": "o.order_id + {k} * {step}",
        "payment_id": "'p_' || md5(o.payment_id || {k})",
        "created": "{created}",
        "twin_id": "o.twin_id + {k} * {step}",
    },
    "index_moneyevent": {"id": "o.id + {k} * {step}", "payment_id": "o.payment_id + {k} * {step}", "at": "{at}"},
    "index_indexedsku": {
        "id": "o.id + {k} * {step}", "order_id": "o.order_id + {k} * {step}", "created": "{created}",
    },
    "index_indexedkey": {
        "id": "o.id + {k} * {step}", "order_id": "o.order_id + {k} * {step}", "created": "{created}",
        "key": "md5(o.key || ({k} / 3))",
    },
}  # fmt: skip
STEP = 1_000_000


def is_empty() -> bool:
    from index.models import IndexedOrder

    return not IndexedOrder.objects.exists()


def copied(first: int, times: int) -> bool:
    """So many of each row together, where there is each once, or fewer copies. Tells whether any were made."""
    from django.db import connection

    from index import rollups
    from index.models import IndexedKey, IndexedOrder, IndexedPayment, IndexedSku, MoneyEvent

    if (there := IndexedOrder.objects.count() // first) >= times:
        return False
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA synchronous = OFF")
        indexes = without_indexes(cursor, is_sqlite)
        for model in (IndexedOrder, IndexedPayment, MoneyEvent, IndexedSku, IndexedKey):
            table, key = model._meta.db_table, model._meta.pk.column
            names = [field.column for field in model._meta.concrete_fields]
            for k in range(there, times):
                values = {"k": k, "step": STEP, "first": first, "nl": LINES if is_sqlite else "E'\\n\\n'"}
                values |= times_of(k, is_sqlite)
                chosen = [COLUMNS[table].get(str(name), f'o."{name}"').format(**values) for name in names]
                chosen = [each if is_sqlite else each.replace(f"|| {k})", f"|| '{k}')") for each in chosen]
                columns = ", ".join(f'"{name}"' for name in names)
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {', '.join(chosen)} FROM {table} o WHERE o.{key} < {STEP}"
                )
        for sql in indexes:
            cursor.execute(sql)
    for channel in rollups.known_channels():
        rollups.recount(channel)
    return True


def times_of(k: int, is_sqlite: bool) -> dict[str, str]:
    """The same orders, some other hours of the same days."""
    minutes = (k * 37) % 1440
    if is_sqlite:
        return {
            name: f"strftime('%Y-%m-%d %H:%M:%f', o.{column}, '-{minutes} minutes') || '{k:03}'"
            for name, column in (("created", "created"), ("since", "status_since"), ("at", "at"))
        }
    shift = f"- interval '{minutes} minutes {k} microseconds'"
    return {"created": f"o.created {shift}", "since": f"o.status_since {shift}", "at": f"o.at {shift}"}


def without_indexes(cursor: Any, is_sqlite: bool) -> list[str]:
    """Takes the indexes out; the statements that make them again."""
    from index import words

    if is_sqlite:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name LIKE 'index!_%' "
            "ESCAPE '!'"
        )
        found = cursor.fetchall()
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
        for sql in words.OFF_SQLITE:
            cursor.execute(sql)
        fill = "INSERT INTO index_words(rowid, words) SELECT number, words FROM index_indexedorder"
        return [*(sql for _name, sql in found), words.ON_SQLITE[0], fill, *words.ON_SQLITE[1:]]
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'index\\_%' AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)"
    )
    found = cursor.fetchall()
    for name, _sql in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]
