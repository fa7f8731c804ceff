"""The desk's own signature (Ed25519), with a key that is not in the database: whoever can write there cannot sign."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings


class KeyUnusableError(Exception):
    """The file of the key cannot be made or read, or holds something else."""


def text_of(value: Any) -> bytes:
    """What is signed of a JSON value: keys in order, no spaces, ASCII alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def sign(value: Any) -> str:
    """The signature of a JSON value, in hex. Makes the key if there is none yet. Raises KeyUnusableError."""
    key = _load(_made_if_missing())
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusableError(f"{settings.AUDIT_KEY_FILE} holds a public key: nothing can be signed with it.")
    return key.sign(text_of(value)).hex()


def public_key() -> str:
    """The key with which everybody can check, 32 bytes in hex; empty where there is no key yet. Raises
    KeyUnusableError."""
    path = Path(settings.AUDIT_KEY_FILE)
    if not path.exists():
        return ""
    key = _load(path)
    return (key.public_key() if isinstance(key, Ed25519PrivateKey) else key).public_bytes_raw().hex()


def is_signed(value: Any, signature: str, key: str) -> bool:
    """Whether whoever has the private half of that key signed just that value."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text_of(value))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _made_if_missing() -> Path:
    """Written whole under another name first, and given its own only if nobody was quicker: readable by the desk alone
    at every moment."""
    path = Path(settings.AUDIT_KEY_FILE)
    if path.exists():
        return path
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise KeyUnusableError(f"The key {path} cannot be made: {error.strerror}.") from error
    return path


def _load(path: Path) -> Ed25519PrivateKey | Ed25519PublicKey:
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise KeyUnusableError(f"The key {path} cannot be read: {error.strerror}.") from error


@lru_cache(maxsize=4)
def _parsed(path: Path, written: int) -> Ed25519PrivateKey | Ed25519PublicKey:
    pem = path.read_bytes()
    try:
        key = load_pem_public_key(pem) if b"PUBLIC" in pem else load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnusableError(f"{path} holds no key that can be read.") from error
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise KeyUnusableError(f"{path} holds a key of another kind than Ed25519.")
    return key
