"""Whether what is in an address looks as it does in its country. Pure functions.

They answer True for what looks right and for what they do not know: a form warns where they say False, and never forbids, since a rule
here can be older than the world.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from orders.phones import compact

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
    "SE": "831 30", "NO": "0150", "DK": "1050", "FI": "00100", "DE": "10115", "NL": "1012 AB", "AT": "1010", "BE": "1000", "EE": "10111",
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
    """Whether the day in a person's number exists and its check digits fit: Sweden, Norway, Denmark (whose numbers of today have
    none), Finland."""
    check = _PERSONS.get(country.upper())
    return check is None or check(text.strip().upper())


def is_organization_number(text: str, country: str) -> bool:
    """Whether the check digit of an organisation's number fits: Sweden, Norway, Denmark, Finland. A VAT number's letters are let be."""
    check = _ORGANIZATIONS.get(country.upper())
    return check is None or check(re.sub(r"[ .]", "", text.strip().upper()))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if i % 2 else 1) for i, digit in enumerate(reversed(digits)))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


def _weighed(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _is_day(day: int, month: int, years: Iterable[int]) -> bool:
    """Whether there was such a day in one of the years: two digits of a year do not say the century."""
    for year in years:
        try:
            date(year, month, day)
        except ValueError:
            continue
        return True
    return False


def _centuries(year: int) -> tuple[int, ...]:
    return 1800 + year, 1900 + year, 2000 + year


def _swedish_person(text: str) -> bool:
    """YYMMDD-NNNC, with the century or without; + for those over a hundred; a coordination number adds 60 to the day."""
    found = re.fullmatch(r"(\d\d)?(\d\d)(\d\d)(\d\d)[-+ ]?(\d{4})", text)
    if not found:
        return False
    century, year, month, day, rest = found.groups()
    years = (int(century + year),) if century else _centuries(int(year))
    return _is_day(int(day) % 60, int(month), years) and _luhn(year + month + day + rest)


def _norwegian_person(text: str) -> bool:
    """DDMMYYNNNCC; a D-number adds 40 to the day. Two check digits, modulo 11."""
    found = re.fullmatch(r"(\d\d)(\d\d)(\d\d) ?(\d{5})", text)
    if not found:
        return False
    day, month, year, _ = found.groups()
    digits = "".join(found.groups())
    first = _weighed(digits[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = _weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return _is_day(int(day) % 40, int(month), _centuries(int(year))) and not first and not second


def _danish_person(text: str) -> bool:
    """DDMMYY-NNNN. Numbers given out since 2007 need not satisfy the old check digit, so that only the day is looked at."""
    found = re.fullmatch(r"(\d\d)(\d\d)(\d\d)[- ]?\d{4}", text)
    return found is not None and _is_day(int(found[1]), int(found[2]), _centuries(int(found[3])))


_FINNISH_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def _finnish_person(text: str) -> bool:
    """DDMMYY, a sign for the century, NNN and a check letter or digit, modulo 31."""
    found = re.fullmatch(r"(\d\d)(\d\d)(\d\d)[-+ABCDEFYXWVU](\d{3})([0-9A-Y])", text)
    if not found:
        return False
    day, month, year, number, check = found.groups()
    fits = _FINNISH_CHECKS[int(day + month + year + number) % 31] == check
    return fits and _is_day(int(day), int(month), _centuries(int(year)))


def _swedish_organization(text: str) -> bool:
    """NNNNNN-NNNC, also as SE…01; a sole trader's is the owner's number, with the century or without."""
    number = re.sub(r"[-+]", "", text.removeprefix("SE"))
    number = number[:-2] if len(number) == 12 and text.startswith("SE") else number
    number = number[2:] if len(number) == 12 else number
    return bool(re.fullmatch(r"\d{10}", number)) and _luhn(number)


def _norwegian_organization(text: str) -> bool:
    """Nine digits, the last one a check digit, modulo 11; as NO…MVA too."""
    number = text.removeprefix("NO").removesuffix("MVA")
    return bool(re.fullmatch(r"\d{9}", number)) and _weighed(number, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _danish_organization(text: str) -> bool:
    """Eight digits, modulo 11; as DK… too."""
    number = text.removeprefix("DK")
    return bool(re.fullmatch(r"\d{8}", number)) and _weighed(number, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _finnish_organization(text: str) -> bool:
    """NNNNNNN-C, modulo 11; as FI… too."""
    number = text.removeprefix("FI").replace("-", "")
    return bool(re.fullmatch(r"\d{8}", number)) and _weighed(number, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


_PERSONS: Mapping[str, Callable[[str], bool]] = {
    "SE": _swedish_person, "NO": _norwegian_person, "DK": _danish_person, "FI": _finnish_person,
}  # fmt: skip
_ORGANIZATIONS: Mapping[str, Callable[[str], bool]] = {
    "SE": _swedish_organization, "NO": _norwegian_organization, "DK": _danish_organization, "FI": _finnish_organization,
}  # fmt: skip
