"""Tallies and trigrams on PostgreSQL, where many write at once: nobody waits for anybody else's tally.

A write adds rows with what it changed, which are `fresh`; now and then one process folds those into the others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import Contains

from sandbox.models import CELL, COUNTRIES
from sandbox.text import telling

# ruff: noqa: S608 - made of names that stand here

_KINDS = ("status", *COUNTRIES)
_DAY = "(created AT TIME ZONE 'UTC')::date"
_BEGIN = f"CASE span WHEN 'day' THEN {_DAY} ELSE date_trunc('month', {_DAY})::date END"
_CELLS = ", ".join(CELL)
_SEARCH_CELL = ("merchant", "channel", "field", "text")
_SEARCH = ", ".join(_SEARCH_CELL)
_SPANS = "(VALUES ('day'), ('month')) AS spans (span)"
_WRITES = ("added", "deleted", "changed")
NAMES = tuple(f"sandbox_{kind}_{write}" for kind in ("order", "search") for write in _WRITES)
_LOCK = 0x0D5B  # of this database, for who folds
_PATIENCE_MS = 500


def _rows(columns: tuple[str, ...], signed: tuple[str, ...]) -> str:
    """The rows of transition tables, such as `-old_rows`, each with its sign."""
    return " UNION ALL ".join(f"SELECT {', '.join(columns)}, {table[0]}1 AS sign FROM {table[1:]}" for table in signed)


def _changes(*signed: str) -> str:
    """What such rows change in the tallies, as one statement."""
    columns = ("merchant", "channel", "created", "total", *_KINDS)
    return f"""INSERT INTO sandbox_tally ({_CELLS}, orders, value, fresh)
        SELECT merchant, channel, span, {_BEGIN}, {", ".join(_KINDS)}, sum(sign), sum(sign * total), true
        FROM ({_rows(columns, signed)}) AS rows CROSS JOIN {_SPANS} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        HAVING sum(sign) <> 0 OR sum(sign * total) <> 0;"""


def _search_changes(*signed: str) -> str:
    """What they change in the tallies of searches."""
    columns = ("merchant", "channel", "total", "search", "billing_name", "shipping_name")
    return f"""INSERT INTO sandbox_searchtally ({_SEARCH}, orders, value, fresh)
        SELECT {", ".join(f"kept.{name}" for name in _SEARCH_CELL)}, sum(sign), sum(sign * total), true
        FROM ({_rows(columns, signed)}) AS rows JOIN sandbox_searchtally AS kept ON NOT kept.fresh
        AND kept.merchant = rows.merchant AND kept.channel = rows.channel AND strpos(CASE kept.field WHEN 'search'
        THEN rows.search WHEN 'billing_name' THEN rows.billing_name ELSE rows.shipping_name END, kept.text) > 0
        GROUP BY 1, 2, 3, 4 HAVING sum(sign) <> 0 OR sum(sign * total) <> 0;"""


def _function(name: str, changes: Callable[..., str]) -> str:
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN {changes("+new_rows")}
        ELSIF TG_OP = 'DELETE' THEN {changes("-old_rows")}
        ELSE {changes("+new_rows", "-old_rows")}
        END IF;
        RETURN NULL;
    END $$"""


_FUNCTIONS = {
    "order": ("sandbox_keep_tallies", _changes),
    "search": ("sandbox_keep_searches", _search_changes),
}
_EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
}
_TRIGGERS = [
    f"""CREATE TRIGGER sandbox_{kind}_{write} AFTER {event} ON sandbox_order {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION {function}()"""
    for kind, (function, _) in _FUNCTIONS.items()
    for write, (event, tables) in zip(_WRITES, _EVENTS.items(), strict=True)
]
_RECOUNT = f"""INSERT INTO sandbox_tally ({_CELLS}, orders, value, fresh)
    SELECT merchant, channel, span, {_BEGIN}, {", ".join(_KINDS)}, count(*), sum(total), false
    FROM sandbox_order CROSS JOIN {_SPANS} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""
_FOLD = f"""WITH gone AS (DELETE FROM sandbox_tally WHERE fresh RETURNING *)
    INSERT INTO sandbox_tally ({_CELLS}, orders, value, fresh)
    SELECT {_CELLS}, sum(orders), sum(value), false FROM gone GROUP BY {_CELLS}
    ON CONFLICT ({_CELLS}) WHERE NOT fresh
    DO UPDATE SET orders = sandbox_tally.orders + excluded.orders, value = sandbox_tally.value + excluded.value"""
# A text that nobody keeps any more is no longer there to be folded into.
_FOLD_SEARCHES = f"""WITH gone AS (DELETE FROM sandbox_searchtally WHERE fresh RETURNING *),
    sums AS (SELECT {_SEARCH}, sum(orders) AS orders, sum(value) AS value FROM gone GROUP BY {_SEARCH})
    UPDATE sandbox_searchtally AS kept SET orders = kept.orders + sums.orders, value = kept.value + sums.value
    FROM sums WHERE NOT kept.fresh AND {" AND ".join(f"kept.{name} = sums.{name}" for name in _SEARCH_CELL)}"""
# What was written last is kept in a list that every search reads through, until it is this long (kB).
_GRAMS = """CREATE INDEX IF NOT EXISTS sandbox_grams ON sandbox_order USING gin (search gin_trgm_ops)
    WITH (gin_pending_list_limit = 256)"""


def is_whole(cursor: Any) -> bool:
    """Whether nothing is missing; trigrams only where their extension may be had."""
    cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'sandbox_order'::regclass")
    if not set(NAMES) <= {name for (name,) in cursor.fetchall()}:
        return False
    cursor.execute("SELECT to_regclass('sandbox_grams') IS NOT NULL")
    return bool(cursor.fetchone()[0]) or not _may_have_trigrams(cursor)


def _may_have_trigrams(cursor: Any) -> bool:
    cursor.execute(
        """SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') OR EXISTS (
            SELECT FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND (
                trusted AND has_database_privilege(current_database(), 'CREATE')
                OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)))"""
    )
    return bool(cursor.fetchone()[0])


def install(cursor: Any) -> None:
    """Put all of it in place for the orders that are there; inside a transaction, in which nobody else writes any."""
    cursor.execute("LOCK TABLE sandbox_order IN SHARE ROW EXCLUSIVE MODE")
    remove(cursor)
    cursor.execute(_RECOUNT)
    for name, changes in _FUNCTIONS.values():
        cursor.execute(_function(name, changes))
    for statement in _TRIGGERS:
        cursor.execute(statement)
    if _may_have_trigrams(cursor):
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(_GRAMS)


@contextmanager
def hurrying(cursor: Any) -> Iterator[None]:
    """Inside, nobody waits for the disk, and documents are packed quickly rather than tightly. If the power fails, what
    was written last may be lost, and nothing else."""
    cursor.execute("SELECT name FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)")
    settings = {"synchronous_commit": "off", **{name: "lz4" for (name,) in cursor.fetchall()}}
    for name, value in settings.items():
        cursor.execute(f"SET {name} TO {value}")
    try:
        yield
    finally:
        for name in settings:
            cursor.execute(f"SET {name} TO DEFAULT")


def tidy(cursor: Any) -> None:
    """Let the planner know what is there now, and that all of it is seen by everybody."""
    cursor.execute("VACUUM (ANALYZE) sandbox_order, sandbox_tally")


def remove(cursor: Any) -> None:
    """Take it away."""
    for name in NAMES:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON sandbox_order")
    cursor.execute("DROP INDEX IF EXISTS sandbox_grams")
    cursor.execute("DELETE FROM sandbox_tally")
    cursor.execute("DELETE FROM sandbox_searchtally")


def fold() -> None:
    """Fold what is fresh, unless somebody else is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone()[0]:
            cursor.execute(_FOLD)
            cursor.execute(_FOLD_SEARCHES)


def containing(text: str) -> Q:
    """That the text is contained in what is searched; looked up by what tells most of it, as an index reads all that it
    knows of every trigram, and nothing of the rest."""
    short = telling(text)
    found = Q(search__contains=short)
    return found if short == text else found & containing_unhelped(text)


def containing_unhelped(text: str) -> Q:
    """The same, and no index of texts is used for it."""
    return Q(Contains(Coalesce("search", "search"), text))


@contextmanager
def held_still(cursor: Any) -> Iterator[None]:
    """A transaction that holds the table against other writers, whom it waits for no longer than _PATIENCE_MS."""
    with transaction.atomic():
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE_MS}ms'")
        cursor.execute("LOCK TABLE sandbox_order IN SHARE ROW EXCLUSIVE MODE")
        yield


def holding(_texts: list[str]) -> None:
    """The planner sees for itself which index suits a condition."""
