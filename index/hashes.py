"""Personal data as the index keeps them: keyed hashes, good for "the same customer" and for nothing else.

The key is a file outside of the database (INDEX_KEY_FILE, made when it is first needed), so whoever has a copy of the
database alone can try no e-mail or phone against it. Without the key, or with another one, nothing is found by these,
and `manage.py index_rebuild` makes them anew.
"""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from domain.phones import compact, subscriber
from domain.typed import plain

LENGTH = 16  # bytes


def email_key(text: str) -> str:
    """Of an e-mail, whatever its case; empty for what is none."""
    written = plain(text).casefold()
    return _key("email", written) if "@" in written else ""


def phone_key(text: str) -> str:
    """Of a phone number in whatever spelling; empty for what is none."""
    written = plain(text)
    return _key("phone", subscriber(written)) if compact(written) else ""


def name_key(text: str) -> str:
    """Of a name as somebody types it whole, whatever its case."""
    written = plain(text).casefold()
    return _key("name", written) if written else ""


def _key(kind: str, folded: str) -> str:
    return (
        hmac.new(secret(Path(settings.INDEX_KEY_FILE)), f"{kind}:{folded}".encode(), hashlib.sha256)
        .digest()[:LENGTH]
        .hex()
    )


@lru_cache(maxsize=4)
def secret(path: Path) -> bytes:
    """The key in that file, which is made, readable by its owner alone, where it is missing. Raises OSError."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text().strip())
