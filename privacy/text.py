"""Secrets in free text: by the name that stands before them, and by what they look like.

Every pattern is linear: repetitions are bounded or possessive, and nothing is read again from each of its characters.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from privacy import numbers
from privacy.cards import hide_cards

Mask = Callable[[str], "str | None"]
ByName = Callable[[str], "Mask | None"]
"""What a name says: how a value beside it is masked (None: not at all), or None where it says nothing."""

# By name

_NAME = re.compile(r"""([\w.\-]{2,64}+)\\{0,8}+["']?+\s{0,8}+([:=])\s{0,8}+(\\{0,8}+["'])?+""")
_QUOTED = {'"': re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL), "'": re.compile(r"(?:[^'\\]|\\.)*+", re.DOTALL)}
_REST = {"=": re.compile(r"""[^\s"'\\&,;{}\[\]<>]*+"""), ":": re.compile(r"""[^\r\n"'\\&,;{}\[\]<>]*+""")}
_NAMED_TAG = re.compile(r"<(?:[\w\-]{1,32}:)?([\w.\-]{2,64})((?:\s[^<>]{0,500})?>)([^<>]{1,4000})(?=</)")
_HTML_FIELD = re.compile(r"<(?:input|meta|param|button)\s[^<>]{1,4000}>", re.IGNORECASE)
_HTML_NAME = re.compile(r"""(?<![\w\-])(?:name|id|property)\s?=\s?\\{0,8}["']?([\w.\-]{2,64})""", re.IGNORECASE)
_HTML_VALUE = re.compile(
    r"""(?<![\w\-])(?:value|content)\s?=\s?(?:\\{0,8}"([^"\\]*)|\\{0,8}'([^'\\]*)|([^\s"'<>\\]+))""", re.IGNORECASE
)


def hide_named(text: str, by_name: ByName) -> str:
    """Values that stand beside a telling name in JSON (whole, cut off or escaped), in a query
    string, a header, XML or a form in HTML.

    Where a value ends is looked for only behind a name that says something, so that nothing is read twice.
    """
    if ":" in text or "=" in text:
        text = "".join(_beside_names(text, by_name))
    if "<" in text:
        text = _HTML_FIELD.sub(lambda found: _in_field(found[0], by_name), text)
        text = _NAMED_TAG.sub(lambda found: _in_tag(found, by_name), text)
    return text


def _said(by_name: ByName, name: str) -> Mask | None:
    """What a dotted name says, by any of its parts: `jwt.value`."""
    return next((mask for part in reversed(name.split(".")[-8:]) if (mask := by_name(part))), None)


def _beside_names(text: str, by_name: ByName) -> Iterator[str]:
    """The text in pieces. What follows a name that says nothing is looked at again, as in `answer: token=…`."""
    done = 0
    for found in _NAME.finditer(text):
        start = found.end()
        if start < done or start >= len(text) or not (mask := _said(by_name, found[1])):
            continue
        end = _end_of_value(text, start, found[2], found[3])
        masked = mask(text[start:end]) if end > start else None
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
    mask = _said(by_name, found[1])
    value = mask(found[3]) if mask else None
    return found[0] if value is None else found[0][: found.start(3) - found.start()] + value


def _in_field(tag: str, by_name: ByName) -> str:
    """`<input name="token" value="…">`: one attribute names what another holds."""
    value = _HTML_VALUE.search(tag)
    if value is None or value.lastindex is None:
        return tag
    held = value.lastindex
    for name in _HTML_NAME.finditer(tag):
        mask = _said(by_name, name[1])
        masked = mask(value[held]) if mask else None
        if masked is not None:
            return tag[: value.start(held)] + masked + tag[value.end(held) :]
    return tag


# By look

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----[^-]*+(?:-----END [A-Z0-9 ]{1,40}-----)?")
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Negotiate)\s{1,8}+[\w.~+/\-]{6,}+=*+", re.IGNORECASE)
_JWT = re.compile(r"(?<![\w\-])eyJ[\w\-]{6,}+(?:\.[\w\-]*+){0,4}")
_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)_(?:live|test)_|whsec_|gh[pousr]_|glpat-|xox[abprs]-|AKIA|AIza|SG\.)[\w\-]{8,}+"
)
_LOGIN = re.compile(r"(?<=://)[^\s/@:]{0,64}:[^\s/@]{1,200}@")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SWEDISH = re.compile(r"(?<![\w.\-])(?:1[89]|20)?\d{6}[\-+ \u2010-\u2013]?\d{4}(?![\w\-])")
_DANISH = re.compile(r"(?<![\w.\-])\d{6}-\d{4}(?![\w\-])")
_ELEVEN = re.compile(r"(?<![\w.\-])\d{6}[ \-]?\d{5}(?![\w\-])")
_FINNISH = re.compile(r"(?<![\w.\-])\d{6}[+\-YXWVUABCDEF]\d{3}[0-9A-FHJ-NPR-Y](?![\w\-])", re.IGNORECASE)
_AT = re.compile(r"@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_LOCAL = re.compile(r"[\w.+\-']++")
_PHONE = re.compile(r"(?<![\w+])\+[1-9][\d ()\-]{4,22}\d(?![\w:])")

# Only where one is wary: no check digit says that it is one.
_MAYBE_PERSON = re.compile(
    r"(?<!\w)(?:19|20)?\d{2}[01]\d[0-9]\d[-+A]?\d{4}(?!\w)|(?<!\w)[0-7]\d[01]\d{3}[-+A ]?\d{3}[\dA-Y]\d?(?!\w)"
)
_MAYBE_PHONE = re.compile(
    r"(?<![\w+])(?:\+|00)\d[\d ()-]{6,16}\d(?!\w)|(?<!\w)0\d{1,3}[ -]\d{2,3}[\d "
    r"]{3,9}(?!\w)|(?<![\w.\-])0[1-9]\d{7,8}(?!\w)"
)
_RUN = re.compile(r"[A-Za-z0-9+/_\-]{32,}+={0,2}")
_HEX = re.compile(r"[0-9a-f]{32,}", re.IGNORECASE)
_UPPER, _LOWER, _DIGIT = 1, 2, 3


def hide_by_look(text: str, dots: str) -> str:
    """The text with every token, card, account and identity number in it replaced; cards and
    accounts keep their last four."""
    if "-----BEGIN" in text:
        text = _PEM.sub(dots, text)
    text = _SCHEME.sub(lambda found: f"{found[1]} {dots}", text)
    text = _JWT.sub(dots, text)
    text = _KEY.sub(dots, text)
    if "://" in text:
        text = _LOGIN.sub(f"{dots}@", text)
    return _hide_numbers(text, dots) if any(c.isdigit() for c in text) else text


def _hide_numbers(text: str, dots: str) -> str:
    text = hide_identity_numbers(_IBAN.sub(lambda found: _without_account(found[0], dots), text), dots)
    return hide_cards(text, dots=dots)  # last: of an identity number beside a card it would leave a part


def hide_identity_numbers(text: str, dots: str) -> str:
    """The text without the identity numbers of people that have a check digit or a form of their own, and nothing else
    changed."""
    for pattern, is_one in (
        (_SWEDISH, numbers.is_swedish_person),
        (_DANISH, numbers.is_danish_person),
        (_ELEVEN, numbers.is_norwegian_person),
        (_FINNISH, numbers.is_finnish_person),
    ):
        text = pattern.sub(lambda found: dots if is_one(found[0]) else found[0], text)  # noqa: B023 - called at once
    return text


def _without_account(found: str, dots: str) -> str:
    """An account number ends where mod 97 holds: words and numbers in capitals behind it may look like more of it."""
    for end in range(len(found), 14, -1):
        if found[end - 1] != " " and not found[end : end + 1].isalnum() and numbers.is_iban(found[:end]):
            return f"{dots} {found[end - 4 : end]}{found[end:]}"
    return found


def hide_people(text: str, mask_email: Callable[[str], str], mask_phone: Callable[[str], str]) -> str:
    """The text with its e-mail addresses and its international phone numbers shortened."""
    if "@" in text:
        text = "".join(_without_emails(text, mask_email))
    return _PHONE.sub(lambda found: mask_phone(found[0]), text) if "+" in text else text


def _without_emails(text: str, mask_email: Callable[[str], str]) -> Iterator[str]:
    """In pieces. What stands before an @ is looked for from there backwards."""
    done = 0
    for found in _AT.finditer(text):
        local = _LOCAL.match(text[max(done, found.start() - 254) : found.start()][::-1])
        if local:
            start = found.start() - len(local[0])
            yield text[done:start] + mask_email(text[start : found.end()])
            done = found.end()
    yield text[done:]


def hide_suspects(text: str, dots: str, mask_phone: Callable[[str], str]) -> str:
    """The text without what may be an identity number, a phone as it is dialled at home, or a key:
    long runs that are no words."""
    text = _RUN.sub(lambda found: dots if _is_opaque(found[0]) else found[0], text)
    text = _HEX.sub(lambda found: dots if sum(c.isdecimal() for c in found[0]) > 1 else found[0], text)
    text = _ELEVEN.sub(lambda found: dots if numbers.is_other_person(found[0]) else found[0], text)
    text = _MAYBE_PERSON.sub(dots, text)
    return _MAYBE_PHONE.sub(lambda found: mask_phone(found[0]), text)


def _is_opaque(run: str) -> bool:
    """Whether capitals, small letters and digits follow one another as in no word, path or id: base64, or a key."""
    kinds = [_UPPER if c.isupper() else _LOWER if c.islower() else _DIGIT for c in run if c.isalnum()]
    turns = sum(a != b for a, b in pairwise(kinds))
    return kinds.count(_DIGIT) > 1 and len(set(kinds)) == 3 and 4 * turns >= len(kinds)
