"""Phone numbers as people say them. The API's way of comparing them is not documented, so a number
is asked for in each form."""

import re
from importlib import import_module

_PHONE = re.compile(r"\+?[\d\s\-‐‑–().\/]{1,60}")
_NOISE = re.compile(r"[^\d+]")
_LETTER = re.compile(r"[^\W\d_]|#")
_SECOND_NUMBER = re.compile(r"/\s{0,3}[0+]")
_MOST = 120  # characters
_EXTENSION = re.compile(
    r"(?:#|(?:ext|extension|x|ankn|anknytning|anslutning|intern|int|lokal|lokalt|linje|linja|alanumero|dw|durchwahl|"
    r"klappe|poste|tst|toestel)(?![^\W\d_])[.:]?)\s{0,3}(?P<digits>\d[\d\s-]{0,8})",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 5, 15
"""Digits: the shortest subscriber number in use, and the longest that E.164 allows."""


def compact(text: str) -> str:
    """A number without its spaces and signs, 00 written as +; empty if it is no phone number."""
    written = text.strip().replace("(0)", "")
    if not _PHONE.fullmatch(written):
        return ""
    number = _NOISE.sub("", written)
    number = "+" + number[2:] if number.startswith("00") else number
    return number if _SHORTEST <= len(number.lstrip("+")) <= _LONGEST else ""


def link(text: str) -> str:
    """The address that dials what was written, as in `tel:+4681234567;ext=212` (RFC 3966); nothing where the text holds
    no number, or more than one.

    Words behind the number are not dialled: an extension is, as such, and what else they say is left out.
    """
    letter = _LETTER.search(text)
    number, words = (text[: letter.start()], text[letter.start() :]) if letter else (text, "")
    number, words = number.strip(" \t("), words.strip()
    if len(text) > _MOST or _SECOND_NUMBER.search(number):
        return ""
    is_abroad = number.startswith(("+", "00"))
    dialled = compact(number if is_abroad else number.replace("(0)", "0"))
    extension = _EXTENSION.fullmatch(words)
    if not dialled or (not extension and len(re.findall(r"\d", words)) >= _SHORTEST):
        return ""
    return f"tel:{dialled}" + (f";ext={re.sub('[^0-9]', '', extension['digits'])}" if extension else "")


def spellings(text: str) -> list[str]:
    """The number as it was written, without its signs and, from an international one, as it is dialled at home."""
    number = compact(text)
    ways = [text.strip(), number, _at_home(number) if number.startswith("+") else ""]
    return list(dict.fromkeys(way for way in ways if way))


HOMES = ("SE", "NO", "DK", "FI")
"""Where a number without a country may be from."""


def every_spelling(text: str) -> list[str]:
    """The number in each way in which a shop may have stored it, as it was written first: also as it is called from
    abroad, with +, with 00 and in groups. For some twenty values at most; a text that is no phone number is its own."""
    number = compact(text)
    ways = dict.fromkeys(spellings(text)) if number else dict.fromkeys([text.strip()])
    for region in [None] if number.startswith("+") else HOMES if number else ():
        ways |= dict.fromkeys(_as_written(number, region))
    return list(ways)


def _as_written(number: str, region: str | None) -> list[str]:
    """A number of that region as its people write it; nothing if it is none."""
    phonenumbers = import_module("phonenumbers")
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return []
    if not phonenumbers.is_valid_number(parsed):
        return []
    shape = phonenumbers.PhoneNumberFormat
    shapes = (shape.E164, shape.NATIONAL, shape.INTERNATIONAL)
    abroad, at_home, in_groups = (phonenumbers.format_number(parsed, each) for each in shapes)
    return [abroad, str(phonenumbers.normalize_digits_only(at_home)), at_home, in_groups, f"00{abroad[1:]}"]


def subscriber(text: str) -> str:
    """The digits that all ways to write a number have in common: without country and the 0 before it."""
    number = compact(text)
    at_home = (_at_home(number) or number[1:]) if number.startswith("+") else number
    return at_home.removeprefix("0")


def _at_home(number: str) -> str:
    """As it is dialled in its own country; nothing where no country has such a code.

    The library is read with the first international number: the tables of the world's numbers are in it.
    """
    phonenumbers = import_module("phonenumbers")
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_valid_number(parsed):
        written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        return str(phonenumbers.normalize_digits_only(written))
    region = phonenumbers.region_code_for_country_code(parsed.country_code)
    trunk = "0" if phonenumbers.ndd_prefix_for_region(region, True) == "0" else ""
    return trunk + str(phonenumbers.national_significant_number(parsed))
