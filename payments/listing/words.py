"""By which pieces of their ids and references executions are found, however many there are: by the indexes of three
characters that each database has (as `index.words`).

On SQLite a table of its own, which triggers fill: executions are never deleted, and what is said of the order and the
payment stays as it was when they were asked for. PostgreSQL finds its indexes by itself.
"""

from uuid import UUID

from django.db import connection

from index.words import FEWEST, all_pieces

FEW = 2_000
"""Executions that are looked up by a text; where more have it, they are met soon enough by going through all."""
_KEPT = ("order_id", "payment_id", "order_reference", "payment_reference")
_OLD, _NEW = (" || char(10) || ".join(f"{row}{name}" for name in _KEPT) for row in ("", "new."))
_INTO = "INSERT INTO payments_words(execution, words)"
ON_SQLITE = (
    "CREATE VIRTUAL TABLE payments_words USING fts5(execution UNINDEXED, words, detail='none', columnsize=0, "
    "tokenize='trigram')",
    f"{_INTO} SELECT id, {_OLD} FROM payments_execution",  # noqa: S608 - names of ours, as in the next one
    f"CREATE TRIGGER payments_words_in AFTER INSERT ON payments_execution BEGIN {_INTO} VALUES (new.id, {_NEW}); END",  # noqa: S608
)
OFF_SQLITE = ("DROP TRIGGER payments_words_in", "DROP TABLE payments_words")
ON_POSTGRESQL = tuple(
    f"CREATE INDEX payments_words_of_{name} ON payments_execution USING gin (UPPER({name}) gin_trgm_ops)"
    for name in ("order_reference", "payment_reference")
)
OFF_POSTGRESQL = tuple(
    f"DROP INDEX IF EXISTS payments_words_of_{name}" for name in ("order_reference", "payment_reference")
)


def few_with(text: str) -> list[UUID] | None:
    """The executions among which those with that text are; None where that need not or cannot be known."""
    if connection.vendor != "sqlite" or len(text) < FEWEST:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT execution FROM payments_words WHERE payments_words MATCH %s LIMIT %s", [all_pieces(text), FEW + 1]
        )
        found = [UUID(hex=row[0]) for row in cursor.fetchall()]
    return None if len(found) > FEW else found
