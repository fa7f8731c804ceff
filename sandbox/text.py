"""How the sandbox compares text: folded of case and accents, phones by their last nine digits."""

import hashlib
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "\x00": None}
)
COLUMN = 200


def fold(text: str) -> str:
    """The text without case, accents and repeated blanks: "Åsa  Strauß" and "asa strauss" are the same."""
    text = text.casefold().translate(_LETTERS)
    if text.isascii():
        return " ".join(text.split())
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def phone_tail(text: str) -> str:
    """The last nine digits of a phone number, where its national and its international form meet."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())[-9:]


def column(text: str) -> str:
    """The text as an indexed column keeps it: as it is, or, where it is too long, its beginning and
    its hash, so that equal stays equal."""
    text = text.replace("\x00", "")
    if len(text) <= COLUMN:
        return text
    return text[: COLUMN - 64] + hashlib.sha256(text.encode()).hexdigest()
