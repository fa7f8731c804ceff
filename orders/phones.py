"""Phone numbers as people say them. The API's way of comparing them is not documented, so a number is asked for in each form."""

import re

_PHONE = re.compile(r"\+?[\d\s\-‐‑–().\/]+")
_NOISE = re.compile(r"[^\d+]")
_SHORTEST, _LONGEST = 5, 15
"""Digits: the shortest subscriber number in use, and the longest that E.164 allows."""

# The calling codes of one and of two digits; all others have three (ITU-T E.164, list of assigned country codes).
_ONE = frozenset("17")
_TWO_DIGITS = (
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 "
    "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
)
_TWO = frozenset(_TWO_DIGITS.split())
_NO_TRUNK_ZERO = frozenset({"45", "47", "39", "34", "30", "48", "420", "371", "372", "352", "1"})
"""Countries whose national form is the number as it is, without a 0 before it."""


def compact(text: str) -> str:
    """A number without its spaces and signs, 00 written as +; empty if it is no phone number."""
    if not _PHONE.fullmatch(text.strip().replace("(0)", "")):
        return ""
    number = _NOISE.sub("", text.replace("(0)", ""))
    number = "+" + number[2:] if number.startswith("00") else number
    return number if _SHORTEST <= len(number.lstrip("+")) <= _LONGEST else ""


def _calling_code(digits: str) -> str:
    return next((digits[:n] for n, known in ((1, _ONE), (2, _TWO)) if digits[:n] in known), digits[:3])


def spellings(text: str) -> list[str]:
    """The number as it was written, without its signs and, from an international one, as it is dialled at home."""
    number = compact(text)
    ways = [text.strip(), number]
    if number.startswith("+"):
        code = _calling_code(number[1:])
        home = number[1 + len(code) :]
        ways += [home if code in _NO_TRUNK_ZERO else f"0{home}"]
    return list(dict.fromkeys(way for way in ways if way))
