"""Numbers that stand for a person or an account, by their check digits (python-stdnum), so that
order numbers stay readable."""

from importlib import import_module
from typing import Any


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit that Luhn's formula asks for."""
    return _is_valid("luhn", digits)


def is_iban(text: str) -> bool:
    """A bank account by ISO 13616: mod 97. Of any country, as new ones join."""
    compact = text.replace(" ", "")
    return 15 <= len(compact) <= 34 and _is_valid("iso7064.mod_97_10", compact[4:] + compact[:4])


def is_swedish_person(text: str) -> bool:
    """A personal or coordination number: a date (the latter's day plus 60) and Luhn. An organisation's
    third digit is 2 or more: no date."""
    digits = "".join(filter(str.isdecimal, text))[-10:]
    return len(digits) == 10 and luhn(digits) and _is_valid("se.personnummer", _with_luhn_of_day(text, digits))


def _with_luhn_of_day(text: str, digits: str) -> str:
    """The personal number of the same day: the library knows no coordination numbers."""
    if int(digits[4:6]) <= 60:
        return text
    day = f"{int(digits[4:6]) - 60:02}"
    nine = digits[:4] + day + digits[6:9]
    return f"{nine[:6]}{'+' if '+' in text else '-'}{nine[6:]}{_stdnum('luhn').calc_check_digit(nine)}"


def is_norwegian_person(text: str) -> bool:
    """A fødselsnummer, D or H number: a date and two check digits, mod 11."""
    return _is_valid("no.fodselsnummer", text)


def is_danish_person(text: str) -> bool:
    """A CPR number by its date alone, as it has no check digit any more."""
    return _is_valid("dk.cpr", text)


def is_finnish_person(text: str) -> bool:
    """A henkilötunnus: a date and a check letter, mod 31; temporary ones too."""
    return bool(_stdnum("fi.hetu").is_valid(text, allow_temporary=True))


def is_other_person(digits: str) -> bool:
    """Eleven digits with a date and a check digit: Estonia and Lithuania, Poland, Belgium."""
    return any(_is_valid(country, digits) for country in ("ee.ik", "pl.pesel", "be.nn"))


def _is_valid(kind: str, text: str) -> bool:
    return bool(_stdnum(kind).is_valid(text))


def _stdnum(kind: str) -> Any:
    """A module of the library, read when the first number of its kind is met."""
    return import_module(f"stdnum.{kind}")
