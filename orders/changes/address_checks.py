"""Whether what is in an address looks as it does in its country. Pure functions.

They answer True for what looks right and for what they do not know: a form warns where they say False, and never
forbids, since a rule here can be older than the world.
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from domain.phones import compact
from privacy import numbers

_POSTAL: Mapping[str, re.Pattern[str]] = {
    country: re.compile(pattern, re.IGNORECASE)
    for country, pattern in {
        "SE": r"(SE?-)?[1-9]\d\d ?\d\d",
        "NO": r"(NO?-)?\d{4}",
        "DK": r"(DK-)?\d{4}",
        "FI": r"(FI-)?\d{5}",
        "DE": r"(DE?-)?\d{5}",
        "NL": r"(NL-)?[1-9]\d{3} ?[A-Z]{2}",
        "AT": r"(AT?-)?[1-9]\d{3}",
        "BE": r"(BE?-)?[1-9]\d{3}",
        "EE": r"(EE-)?\d{5}",
    }.items()
}
POSTAL_EXAMPLES: Mapping[str, str] = {
    "SE": "831 30", "NO": "0150", "DK": "1050", "FI": "00100", "DE": "10115", "NL": "1012 AB", "AT": "1010",
    "BE": "1000", "EE": "10111",
}  # fmt: skip


def is_postal_code(text: str, country: str) -> bool:
    """Whether it can be a postal code of that country, with or without the country's letters before it."""
    pattern = _POSTAL.get(country.upper())
    return pattern is None or bool(pattern.fullmatch(text.strip()))


def is_email(text: str) -> bool:
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return True


def is_phone(text: str) -> bool:
    """Whether it can be dialled: digits, with a country's number before them or without."""
    return bool(compact(text))


def is_identity_number(text: str, country: str) -> bool:
    """Whether the day in a person's number exists and its check digits fit: Sweden, Norway, Denmark (whose
    numbers of today have none), Finland."""
    check = _PERSONS.get(country.upper())
    return check is None or check(text.strip().upper())


def is_organization_number(text: str, country: str) -> bool:
    """Whether the check digit of an organisation's number fits: Sweden, Norway, Denmark, Finland. A
    VAT number is one too."""
    written = text.strip().upper()
    kinds = _ORGANIZATIONS.get(country.upper(), ())
    return (
        not kinds
        or any(import_module(f"stdnum.{kind}").is_valid(written) for kind in kinds)
        or (
            country.upper() == "SE" and numbers.is_swedish_person(written)  # a sole trader's is the owner's
        )
    )


_PERSONS: Mapping[str, Callable[[str], bool]] = {
    "SE": numbers.is_swedish_person,
    "NO": numbers.is_norwegian_person,
    "DK": numbers.is_danish_person,
    "FI": numbers.is_finnish_person,
}
_ORGANIZATIONS: Mapping[str, tuple[str, ...]] = {
    "SE": ("se.orgnr", "se.vat"),
    "NO": ("no.orgnr", "no.mva"),
    "DK": ("dk.cvr",),
    "FI": ("fi.ytunnus", "fi.alv"),
}
"""Modules of python-stdnum, read when the first number of their kind is met."""
