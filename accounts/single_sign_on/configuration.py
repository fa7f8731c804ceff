"""The settings of single sign-on, put together."""

import ipaddress
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.single_sign_on import mapping
from accounts.single_sign_on.mapping import Groups

LONGEST_ISSUER = 200
"""Characters: it is a key in the database."""
_TEXTS = (
    "SSO_ISSUER",
    "SSO_CLIENT_ID",
    "SSO_CLIENT_SECRET",
    "SSO_CLIENT_SECRET_FILE",
    "SSO_NAME",
    "SSO_SCOPES",
    "SSO_GROUPS_CLAIM",
    "SSO_GROUPS",
    "SSO_GROUPS_FILE",
    "BREAK_GLASS_ACCOUNT",
)
_NEEDS_AN_ISSUER = ("SSO_CLIENT_ID", "SSO_CLIENT_SECRET", "SSO_CLIENT_SECRET_FILE", "SSO_GROUPS", "SSO_GROUPS_FILE")


class Configuration(NamedTuple):
    """The provider, what the desk is to it, and what its groups give. `name` is what people call it."""

    issuer: str
    client_id: str
    secret: str
    name: str
    scopes: tuple[str, ...]
    groups_claim: str
    groups: Groups


def is_on() -> bool:
    """Whether there is a provider to sign in at."""
    return bool(settings.SSO_ISSUER)


def configuration() -> Configuration:
    """What the settings say; ImproperlyConfigured names all that is wrong with them. Files are read once a process."""
    found = _read(tuple(getattr(settings, name) for name in _TEXTS))
    if isinstance(found, str):
        raise ImproperlyConfigured(found)
    return found


def provider_name() -> str:
    """What people call the provider; empty where there is none."""
    return configuration().name if is_on() else ""


def problems() -> list[str]:
    """What is wrong with the settings of signing in, in sentences; nothing where they can be used."""
    found = []
    if is_on():
        said = _read(tuple(getattr(settings, name) for name in _TEXTS))
        found += [said] if isinstance(said, str) else []
        if settings.SSO_SESSION_TIME.total_seconds() <= 0:
            found.append("SSO_SESSION_HOURS has to be a time above zero.")
    elif set_ones := [name for name in _NEEDS_AN_ISSUER if getattr(settings, name)]:
        found.append(f"Set SSO_ISSUER, or unset {', '.join(set_ones)}: without a provider they do nothing.")
    if not settings.LOCAL_PASSWORDS and not is_on():
        found.append("LOCAL_PASSWORDS is off and SSO_ISSUER is not set: nobody could sign in.")
    if not settings.LOCAL_PASSWORDS and not settings.BREAK_GLASS_ACCOUNT:
        found.append(
            "LOCAL_PASSWORDS is off: name in BREAK_GLASS_ACCOUNT the one account that keeps its password, for when the "
            "provider is out of reach."
        )
    return found


@lru_cache(maxsize=8)
def _read(texts: tuple[str, ...]) -> Configuration | str:
    given = dict(zip(_TEXTS, texts, strict=True))
    wrong: list[str] = []
    issuer, scopes = given["SSO_ISSUER"], tuple(re.split(r"[\s,]+", given["SSO_SCOPES"].strip()))
    if not is_issuer(issuer):
        wrong.append(
            "SSO_ISSUER has to be the provider's https address as it says it itself, or one of this machine, without "
            "anything after a ? or #, and of 200 characters at most."
        )
    if not given["SSO_CLIENT_ID"]:
        wrong.append("Set SSO_CLIENT_ID: by it the provider knows the desk.")
    secret = _one_of(given, "SSO_CLIENT_SECRET", wrong)
    if "openid" not in scopes:
        wrong.append("SSO_SCOPES has to have openid among them.")
    if not given["SSO_GROUPS_CLAIM"].strip():
        wrong.append("SSO_GROUPS_CLAIM is empty: name the claim that says the groups.")
    groups: Groups = {}
    if text := _one_of(given, "SSO_GROUPS", wrong):
        try:
            groups = mapping.parse(text)
        except ValueError as error:
            wrong.append(f"SSO_GROUPS cannot be used: {error}.")
    if wrong:
        return " ".join(wrong)
    name = given["SSO_NAME"].strip() or (urlsplit(issuer).hostname or issuer)
    return Configuration(
        issuer, given["SSO_CLIENT_ID"], secret, name, scopes, given["SSO_GROUPS_CLAIM"].strip(), groups
    )


def _one_of(given: dict[str, str], name: str, wrong: list[str]) -> str:
    """A setting that is written down itself or stands in a file."""
    text, file = given[name], given[f"{name}_FILE"]
    if text and file:
        wrong.append(f"Set {name} or {name}_FILE, not both.")
    elif file:
        try:
            text = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            wrong.append(f"{name}_FILE cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.")
            return ""
    if not text:
        wrong.append(f"Set {name} or {name}_FILE.")
    return text


def is_issuer(url: str) -> bool:
    """Whether what is said there is encrypted or stays on this machine, and the address is written as an issuer's."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or parts.username or len(url) > LONGEST_ISSUER:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
