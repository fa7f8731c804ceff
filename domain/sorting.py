"""The order of names in the reader's language: Åland is after Zambia in Swedish, and beside Aland in German."""

import unicodedata

_LAST = {
    "sv": "åäö",
    "fi": "åäö",
    "da": "æøå",
    "nb": "æøå",
}
"""Letters that stand after z, in their order."""
_SAME = str.maketrans({"æ": "ä", "ø": "ö", "ü": "y"}), str.maketrans({"ä": "æ", "ö": "ø", "ü": "y"})
"""The neighbours' letters, which stand where one's own do."""
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


def key_of(text: str, language: str | None) -> tuple[str, str]:
    """What to sort a name by, for readers of that language (Unicode's collation, as far as names of
    countries and people need it): accents count only among equals, and the Nordic letters stand at the end."""
    folded = unicodedata.normalize("NFC", text).casefold()
    last = _LAST.get((language or "").partition("-")[0], "")
    if last:
        folded = folded.translate(_SAME[last == "æøå"])
    return "".join(f"{{{last.index(each)}" if each in last else _plain(each) for each in folded), folded


def _plain(letter: str) -> str:
    spelled = letter.translate(_SPELLED)
    return "".join(each for each in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(each))
