"""Makes whatever a caller gives fit for the log: text that every database takes, and plain JSON values."""

import math
import re
from collections.abc import Mapping
from typing import Any

LONGEST = 4000  # characters of one text; the log says what was done, it is no store of documents

# PostgreSQL refuses NUL; half a surrogate pair, which JSON can carry, cannot be encoded;
# and a mark that turns the direction of
# writing makes a line say what it does not.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def text(value: object, limit: int = LONGEST) -> str:
    """The value as text without control characters and lone surrogates, cut at a length and marked where it was."""
    clean = _UNFIT.sub(" ", str(value)[: limit + 1])
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


def plain(value: Any) -> Any:
    """The value as JSON can carry it: amounts and times become text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {text(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return text(value)
