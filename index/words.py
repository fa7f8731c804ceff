"""By which pieces of its identifiers an order is found.

All of them stand in one column, in small letters, each after an empty line. So whatever begins one can be looked for
as a piece that begins with that line, and three characters are enough for the indexes of three characters that both
databases have (PostgreSQL: pg_trgm; SQLite: FTS5), however short it is.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection

from accounts.channels import Channel
from index.sums import ID

BEFORE = "\n\n"
LONGEST = 8000
"""Characters that are kept of one order: a cart of hundreds of lines is not found by its last ones."""
FEWEST = 3
_MOST_PIECES = 8


def joined(identifiers: Iterable[str], channel: Channel) -> str:
    """The column of an order of that channel."""
    found = dict.fromkeys(" ".join(text.replace("\x00", "").split()).casefold()[:ID] for text in identifiers if text)
    return "".join(f"{BEFORE}{text}" for text in found if text)[:LONGEST] + BEFORE + mark_of(channel)


def mark_of(channel: Channel) -> str:
    """Three characters that stand for the channel in the column, so that the index of pieces knows it as well: a piece
    that most orders of one channel have may be none of another's. They are Chinese ones that nobody writes."""
    digest = hashlib.blake2b(str(channel).encode(), digest_size=6).digest()
    return "".join(chr(_RARE + int.from_bytes(digest[at : at + 2], "big") % _OF_THEM) for at in (0, 2, 4))


_RARE, _OF_THEM = 0x3400, 6_500


def sought(text: str) -> str:
    """What has to stand in the column: a piece of an identifier, or, where that is shorter than three characters, its
    beginning."""
    folded = " ".join(text.replace("\x00", "").split()).casefold()[:200]
    return folded if len(folded) >= FEWEST or not folded else f"{BEFORE}{folded}"


def numbers(text: str, most: int, channel: Channel | None = None) -> list[int]:
    """On SQLite, at most so many orders of the channel, or of all, that may have it in their column: all that have, and
    few that have not."""
    asked = all_pieces(sought(text), *([mark_of(channel)] if channel else []))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM index_words WHERE index_words MATCH %s LIMIT %s", [asked, most])
        return [row[0] for row in cursor.fetchall()]


def all_pieces(text: str, *more: str) -> str:
    """What FTS5 is asked for where all of a text has to be there, and these pieces: every other of its pieces of three
    characters. The rest would find hardly fewer, and each takes as long as there are orders that have it."""
    last = max(len(text) - FEWEST, 0)
    places = sorted({*range(0, last, 2), last})
    if len(places) > _MOST_PIECES:
        places = [places[n * (len(places) - 1) // (_MOST_PIECES - 1)] for n in range(_MOST_PIECES)]
    pieces = dict.fromkeys(text[at : at + FEWEST] for at in places)
    return " AND ".join('"' + each.replace('"', '""') + '"' for each in (*pieces, *more))


ON_SQLITE = (
    "CREATE VIRTUAL TABLE index_words USING fts5(words, content='', detail='none', columnsize=0, "
    "tokenize='trigram case_sensitive 1')",
    "CREATE TRIGGER index_words_in AFTER INSERT ON index_indexedorder BEGIN "
    "INSERT INTO index_words(rowid, words) VALUES (new.number, new.words); END",
    "CREATE TRIGGER index_words_out AFTER DELETE ON index_indexedorder BEGIN "
    "INSERT INTO index_words(index_words, rowid, words) VALUES ('delete', old.number, old.words); END",
    "CREATE TRIGGER index_words_new AFTER UPDATE OF words ON index_indexedorder WHEN old.words <> new.words BEGIN "
    "INSERT INTO index_words(index_words, rowid, words) VALUES ('delete', old.number, old.words); "
    "INSERT INTO index_words(rowid, words) VALUES (new.number, new.words); END",
)
OFF_SQLITE = (
    "DROP TRIGGER index_words_in",
    "DROP TRIGGER index_words_out",
    "DROP TRIGGER index_words_new",
    "DROP TABLE index_words",
)
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
ON_POSTGRESQL = "CREATE INDEX index_words ON index_indexedorder USING gin (words gin_trgm_ops)"
