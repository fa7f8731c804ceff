"""How the sandbox compares text: folded of case and accents, phones by their last nine digits."""

import hashlib
import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "\x00": None}
)
_NO_DIGITS = re.compile("[^0-9]+")
COLUMN = 200


def fold(text: str) -> str:
    """The text without case, accents and repeated blanks: "Åsa  Strauß" and "asa strauss" are the same."""
    if text.isascii():
        return " ".join(text.lower().replace("\x00", "").split())
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def phone_tail(text: str) -> str:
    """The last nine digits of a phone number, where its national and its international form meet."""
    return _NO_DIGITS.sub("", text)[-9:]


def telling(text: str) -> str:
    """The part of a text that few others hold, to look it up by: of an e-mail address nothing of the host, which very
    many have. The rest is compared in what that finds."""
    name, at, _ = text.partition("@")
    return name + at if len(name) > 2 else text


def column(text: str) -> str:
    """The text as an indexed column keeps it: as it is, or, where it is too long, its beginning and
    its hash, so that equal stays equal."""
    text = text.replace("\x00", "")
    if len(text) <= COLUMN:
        return text
    return text[: COLUMN - 64] + hashlib.sha256(text.encode()).hexdigest()
