"""Whether a file that was exported holds an order or a customer: CSV as text, a workbook by its parts."""

import re
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from operations.data_protection.named import Named

_PIECE = 1 << 20
_OVERLAP = 400
"""Characters: the longest id, twice."""


def holds(path: Path, words: Collection[str], named: Named) -> bool:
    """Read piece by piece, so that a file may be of any size."""
    either = "|".join(map(re.escape, words))
    whole_words = re.compile(rf"(?<![\w-])(?:{either})(?![\w-])") if either else None
    with _texts(path) as texts:
        return any(_in(text, whole_words, named) for text in texts)


def _in(file: IO[str], words: re.Pattern[str] | None, named: Named) -> bool:
    end = ""
    while piece := file.read(_PIECE):
        text = end + piece
        if (words and words.search(text)) or named.are_in(text):
            return True
        end = text[-_OVERLAP:]
    return False


@contextmanager
def _texts(path: Path) -> Iterator[Iterator[IO[str]]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            yield (TextIOWrapper(book.open(name), "utf-8", errors="replace") for name in book.namelist())
    else:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield iter([file])
