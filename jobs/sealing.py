"""What of a job may name a customer (a filter by e-mail, say), so written that only this desk can read it.

The key is made of SECRET_KEY, so it lies outside of the database; SECRET_KEY_FALLBACKS still open what they closed.
"""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBrokenError(Exception):
    """It was closed with a key that this desk does not have any more."""


def seal(value: Any) -> str:
    """A JSON value as text that says nothing without the key."""
    return _keys().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()


def unseal(text: str) -> Any:
    """The value. Raises SealBrokenError."""
    try:
        return json.loads(_keys().decrypt(text.encode()))
    except InvalidToken:
        raise SealBrokenError from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> bytes:
    raw = secret if isinstance(secret, bytes) else secret.encode()
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=b"jobs.sealing").derive(raw))
