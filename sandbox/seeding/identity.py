"""National and company numbers with valid check digits, from ranges that are never given to anyone.

Sweden: serials 980-999, which the tax agency keeps for test persons. Norway: month + 80, as in the tax
administration's synthetic population. Denmark: day + 60, the replacement numbers of health care. Finland:
individual numbers 900-999, for temporary use. Company numbers begin with digits that no register hands out.
Countries whose shops ask for none have none.
"""

from collections.abc import Callable, Sequence
from datetime import date

from sandbox.seeding.draw import Draw

FINNISH_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def luhn(digits: str) -> int:
    """The digit that makes the digits pass the Luhn test."""
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(digits))
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


def mod_11(digits: str, weights: Sequence[int]) -> int:
    """The check digit by weights and modulus 11; 10 where these digits have none."""
    return -sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11


def _until_valid(draw: Draw, candidate: Callable[[Draw], str | None]) -> str:
    while (number := candidate(draw)) is None:
        pass
    return number


def swedish(draw: Draw, born: date) -> str:
    """A personnummer with century, `19890201-9802`."""
    digits = f"{born:%y%m%d}{980 + draw.randrange(20)}"
    return f"{born:%Y%m%d}-{digits[6:]}{luhn(digits)}"


def norwegian(draw: Draw, born: date) -> str:
    """A synthetic fødselsnummer of eleven digits."""

    def candidate(draw: Draw) -> str | None:
        serial = draw.randrange(0, 500) if born.year < 2000 else draw.randrange(500, 1000)
        stem = f"{born.day:02}{born.month + 80}{born:%y}{serial:03}"
        first = mod_11(stem, (3, 7, 6, 1, 8, 9, 4, 5, 2))
        second = mod_11(f"{stem}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) if first < 10 else 10
        return f"{stem}{first}{second}" if second < 10 else None

    return _until_valid(draw, candidate)


def danish(draw: Draw, born: date) -> str:
    """A replacement CPR number, `611289-1239`."""

    def candidate(draw: Draw) -> str | None:
        stem = f"{born.day + 60}{born:%m%y}{draw.randrange(1000):03}"
        check = mod_11(stem, (4, 3, 2, 7, 6, 5, 4, 3, 2))
        return f"{stem[:6]}-{stem[6:]}{check}" if check < 10 else None

    return _until_valid(draw, candidate)


def finnish(draw: Draw, born: date) -> str:
    """A henkilötunnus for temporary use, `131052-908T`."""
    day, serial = f"{born:%d%m%y}", f"{900 + draw.randrange(100)}"
    return f"{day}{'-' if born.year < 2000 else 'A'}{serial}{FINNISH_CHECKS[int(day + serial) % 31]}"


PERSONAL: dict[str, Callable[[Draw, date], str]] = {"SE": swedish, "NO": norwegian, "DK": danish, "FI": finnish}


def _swedish_company(draw: Draw) -> str:
    digits = f"99{draw.randrange(2, 10)}{draw.randrange(10**6):06}"
    return f"{digits[:6]}-{digits[6:]}{luhn(digits)}"


def _company(prefix: str, weights: Sequence[int], shape: str = "{}{}") -> Callable[[Draw], str]:
    def candidate(draw: Draw) -> str | None:
        free = len(weights) - len(prefix)
        stem = f"{prefix}{draw.randrange(10**free):0{free}}"
        check = mod_11(stem, weights)
        return shape.format(stem, check) if check < 10 else None

    return lambda draw: _until_valid(draw, candidate)


def _german_vat(draw: Draw) -> str:
    digits, product = f"999{draw.randrange(10**5):05}", 10
    for digit in digits:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return f"DE{digits}{(11 - product) % 10}"


def _belgian(draw: Draw) -> str:
    stem = 9_990_000 + draw.randrange(10_000)
    return f"0{stem // 10_000:03}.{stem // 10 % 1000:03}.{stem % 10}{97 - stem % 97:02}"


COMPANY: dict[str, Callable[[Draw], str]] = {
    "SE": _swedish_company,
    "NO": _company("399", (3, 2, 7, 6, 5, 4, 3, 2)),
    "DK": _company("99", (2, 7, 6, 5, 4, 3, 2)),
    "FI": _company("99", (7, 9, 10, 5, 8, 4, 2), "{}-{}"),
    "DE": _german_vat,
    "NL": lambda draw: f"99{draw.randrange(10**6):06}",
    "AT": lambda draw: f"ATU99{draw.randrange(10**6):06}",
    "BE": _belgian,
    "EE": lambda draw: f"99{draw.randrange(10**6):06}",
}
