"""Two languages that nobody speaks, made of the messages of the program: `en-xa` is 40 % longer and accented, `ar-xb`
is written from right to left. Each message stands in brackets, so that what is cut off, put together or unmarked shows.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tools import messages

LONGER, RIGHT_TO_LEFT = "en-xa", "ar-xb"
LANGUAGES = [(LONGER, "Long"), (RIGHT_TO_LEFT, "Right to left")]
GROWTH = 1.4
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\w*\}|</?[a-z]+[^>]*>|#|&\w+;|`[^`]*`)")
_ACCENTED = str.maketrans("aeiounyscdgklrtzAEIOUNYSCDGKLRTZ", "áéíóúñýšçďğķľŕťžÁÉÍÓÚÑÝŠÇĎĞĶĽŔŤŽ")
_VOWEL = re.compile(r"[áéíóúýÁÉÍÓÚÝ]")
_HEBREW = str.maketrans("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתאבגד")


def longer(text: str) -> str:
    """Each word is stretched at its vowels, as German's are at their seams."""
    return "".join(part if index % 2 else _stretched(part) for index, part in enumerate(_KEPT.split(text)))


def _stretched(text: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: _long_word(word[0]), text)


def _long_word(word: str) -> str:
    accented, wanted = word.translate(_ACCENTED), round(len(word) * GROWTH)
    vowels = [match.end() for match in _VOWEL.finditer(accented)] or [len(accented)]
    while len(accented) < wanted:
        for place in reversed(vowels):
            accented = accented[:place] + accented[place - 1].lower() + accented[place:]
            if len(accented) >= wanted:
                break
    return accented


def right_to_left(text: str) -> str:
    """The same letters for a reader of the page's order, in a script that runs from right to left."""
    parts = _KEPT.split(text)
    return "".join(part if index % 2 else part.lower().translate(_HEBREW) for index, part in enumerate(parts))


def bracketed(text: str) -> str:
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{head}⟦{text.strip()}⟧{tail}"


def write(folder: Path) -> None:
    """Their catalogues, compiled, where gettext finds them: a folder for Django's LOCALE_PATHS."""
    template = messages.messages()
    for language, made in ((LONGER, longer), (RIGHT_TO_LEFT, right_to_left)):
        catalogue = Catalog(locale="en", fuzzy=False)
        for each in template:
            if each.id:
                forms = [each.id] if isinstance(each.id, str) else list(each.id)
                said = [bracketed(made(form)) for form in forms]
                catalogue.add(each.id, said[0] if isinstance(each.id, str) else said, context=each.context)
        name, _, place = language.partition("-")
        target = folder / f"{name}_{place.upper()}" / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalogue)
