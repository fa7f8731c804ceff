"""What codes are made from is encrypted in the database, under a key derived from SECRET_KEY: who reads the database
alone, or a backup of it, can make no code."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"order desk: secrets of second factors"


class UnreadableError(Exception):
    """It was encrypted under a SECRET_KEY that is neither the present one nor one of SECRET_KEY_FALLBACKS."""


def seal(text: str) -> str:
    """The text, encrypted under the key of now."""
    return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed, under the key of now or one of before. Raises UnreadableError."""
    try:
        return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise UnreadableError from None


@lru_cache(maxsize=4)
def _fernet(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
