"""What a secret looks like when nobody says that it is one: card numbers, identity numbers, bank accounts, tokens.

Checks that need arithmetic (Luhn, mod 11, mod 31, mod 97) keep order numbers and references readable.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator

from dashboard.cards import hide_cards, luhn

_NAME = re.compile(r"""([\w.\-]{2,64})\\{0,8}["']?\s{0,8}([:=])\s{0,8}(\\{0,8}["'])?""")
_QUOTED = {'"': re.compile(r'(?:[^"\\]|\\.)*'), "'": re.compile(r"(?:[^'\\]|\\.)*")}
_REST = {"=": re.compile(r"""[^\s"'\\&,;{}\[\]<>]*"""), ":": re.compile(r"""[^\r\n"'\\&,;{}\[\]<>]*""")}
_NAMED_TAG = re.compile(r"<(?:[\w\-]{1,32}:)?([\w.\-]{2,64})((?:\s[^<>]{0,500})?>)([^<>]{1,10000})(?=</)")
_HTML_FIELD = re.compile(r"<(?:input|meta|param|button)\s[^<>]{1,4000}>", re.IGNORECASE)
_HTML_NAME = re.compile(r"""(?<![\w\-])(?:name|id|property)\s?=\s?\\{0,8}["']?([\w.\-]{2,64})""", re.IGNORECASE)
_HTML_VALUE = re.compile(
    r"""(?<![\w\-])(?:value|content)\s?=\s?(?:\\{0,8}"([^"\\]*)|\\{0,8}'([^'\\]*)|([^\s"'<>\\]+))""", re.IGNORECASE
)

_BEARER = re.compile(r"\b(Bearer|Basic|Digest)\s+[\w.~+/\-]{6,}=*", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w\-]{6,}\.[\w\-]{6,}(?:\.[\w\-]*)?")
_KEY = re.compile(r"\b(?:sk|pk|rk|whsec)_(?:live|test)_\w{8,}")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SWEDISH = re.compile(r"(?<![\w.\-])(1[89]|20)?(\d{6})([\-+]?)(\d{4})(?![\w\-])")
_NORWEGIAN = re.compile(r"(?<![\w.\-])(\d{6})( ?)(\d{5})(?![\w\-])")
_FINNISH = re.compile(r"(?<![\w.\-])(\d{6})([+\-YXWVUABCDEF])(\d{3})([0-9A-FHJ-NPR-Y])(?![\w\-])")
EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
PHONE = re.compile(r"(?<![\w+])\+[1-9]\d{0,2}(?:[ \-]?\(?\d{1,4}\)?){2,6}(?![\w:])")

ByName = Callable[[str, str], "str | None"]


def _is_date(year: str, month: str, day: str) -> bool:
    """Whether it can be somebody's birthday; the days of coordination and D numbers are shifted by 60 and by 40."""
    shifted = int(day) % 60 if int(day) > 60 else int(day) % 40 if int(day) > 40 else int(day)
    try:
        dt.date(2000 + int(year), int(month), shifted)
    except ValueError:
        return month == "02" and day == "29"
    return True


def is_swedish(six: str, four: str, *, danish: bool) -> bool:
    """A personal or coordination number by date and Luhn; `danish`: or a CPR by its date, as it has no check digit any more.

    An organisation number's third digit is 2 or more, so it is never a date.
    """
    if _is_date(six[:2], six[2:4], six[4:]) and luhn(six + four):
        return True
    return danish and int(six[:2]) <= 31 and _is_date(six[4:], six[2:4], six[:2])


def is_norwegian(number: str) -> bool:
    """A fødselsnummer or D number: a date and two check digits, mod 11."""
    if not _is_date(number[4:6], number[2:4], number[:2]):
        return False
    digits = [int(d) for d in number]
    weights = ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    return all(sum(w * d for w, d in zip(row, digits, strict=True)) % 11 == 0 for row in weights)


def is_finnish(six: str, three: str, check: str) -> bool:
    """A henkilötunnus: a date and a check letter, mod 31."""
    return _is_date(six[4:], six[2:4], six[:2]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(six + three) % 31] == check


def is_iban(text: str) -> bool:
    """A bank account by ISO 13616: mod 97."""
    compact = text.replace(" ", "")
    moved = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def hide_by_look(text: str, *, dots: str) -> str:
    """The text with every token, card, account and identity number in it replaced; cards and accounts keep their last four."""

    def unless(found: re.Match[str], secret: bool, shown: str = "") -> str:
        return f"{dots} {shown}".rstrip() if secret else found[0]

    text = _BEARER.sub(lambda m: f"{m[1]} {dots}", text)
    text = _JWT.sub(dots, text)
    text = _KEY.sub(dots, text)
    if not any(c.isdigit() for c in text):
        return text
    text = _IBAN.sub(lambda m: _without_account(m[0], dots), text)
    text = _SWEDISH.sub(lambda m: unless(m, is_swedish(m[2], m[4], danish=m[3] == "-" and not m[1])), text)
    text = _NORWEGIAN.sub(lambda m: unless(m, is_norwegian(m[1] + m[3])), text)
    text = _FINNISH.sub(lambda m: unless(m, is_finnish(m[1], m[3], m[4])), text)
    return hide_cards(text, dots=dots)  # last: of an identity number beside a card it would leave a part


def _without_account(found: str, dots: str) -> str:
    """An account number ends where mod 97 holds: words and numbers in capitals behind it may look like more of it."""
    for end in range(len(found), 14, -1):
        if found[end - 1] != " " and not found[end : end + 1].isalnum() and is_iban(found[:end]):
            return f"{dots} {found[end - 4 : end]}{found[end:]}"
    return found


def hide_named(text: str, by_name: ByName) -> str:
    """Values that stand beside a telling name in JSON (whole, cut off or escaped), in a query string, a header, XML or a form in HTML.

    `by_name` answers the mask for a name and its value, or None to leave it.
    """
    if ":" in text or "=" in text:
        text = "".join(_beside_names(text, by_name))
    if "<" in text:
        text = _HTML_FIELD.sub(lambda found: _in_field(found[0], by_name), text)
        text = _NAMED_TAG.sub(lambda found: _in_tag(found, by_name), text)
    return text


def _beside_names(text: str, by_name: ByName) -> Iterator[str]:
    """The text in pieces. What follows a name that says nothing is looked at again, as in `answer: token=…`."""
    done = 0
    for found in _NAME.finditer(text):
        start = found.end()
        if start < done or start >= len(text):
            continue
        end = _end_of_value(text, start, found[2], found[3])
        masked = by_name(found[1].split(".")[-1], text[start:end]) if end > start else None
        if masked is not None:
            yield text[done:start] + masked
            done = end
    yield text[done:]


def _end_of_value(text: str, start: int, sign: str, quote: str | None) -> int:
    """Where the value ends: at its closing quote, or, where it was cut off, at the end of the text."""
    if quote in _QUOTED:
        found = _QUOTED[quote].match(text, start)
    elif quote:
        end = text.find(quote, start)
        return len(text) if end < 0 else end
    else:
        if text[start] in "{[":
            return len(text)
        found = _REST[sign].match(text, start)
    return found.end() if found else start


def _in_tag(found: re.Match[str], by_name: ByName) -> str:
    value = by_name(found[1].split(".")[-1], found[3])
    return found[0] if value is None else found[0][: found.start(3) - found.start()] + value


def _in_field(tag: str, by_name: ByName) -> str:
    """`<input name="token" value="…">`: one attribute names what another holds."""
    value = _HTML_VALUE.search(tag)
    if value is None or value.lastindex is None:
        return tag
    held = value.lastindex
    for name in _HTML_NAME.finditer(tag):
        masked = by_name(name[1].split(".")[-1], value[held])
        if masked is not None:
            return tag[: value.start(held)] + masked + tag[value.end(held) :]
    return tag
