"""Values and whole documents with what must not be read in them hidden, and who it is about shortened.

Two ways lead to a mask: the name of a field (`nationalIdentificationNumber`, `client_token`), and the look of a value
(a card number that passes Luhn, a Nordic identity number, a bearer token), so that a field with an innocent name does
not leak. When in doubt the value is hidden: a masked reference costs a click in the provider's portal, a leaked number
cannot be taken back.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from privacy import text as texts
from privacy.fields import HOLDING, NAMING, Kind, kind_of, plain
from privacy.strength import MAX_DEPTH, Masked, Strength

# Made by a program and about nobody, although some hold a run of figures that looks like a card's number.
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGESTS = frozenset({"evidence", "baseline", "digest", "hash", "sha256"})
"""Fields in which the desk itself writes digests."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What may part a number on the screen of nobody: the log would write it as a space, or nothing,
after the number was not recognised."""
ABOUT_PEOPLE = frozenset({Kind.NAME, Kind.EMAIL, Kind.PHONE})


def _tail(value: str, count: int) -> str:
    """The last characters of a number, but never more than a third of it."""
    figures = [c for c in value if c.isalnum()]
    return "".join(figures[-count:]) if len(figures) >= 3 * count else ""


def _mask_name(value: str, dots: str) -> str:
    return f"{value.strip()[:1]}{dots}"


def _mask_words(value: str, dots: str) -> str:
    """Each word to its first letter; a street's number is none."""
    return " ".join(word[0] + dots for word in value.split() if word[0].isalpha()) or dots


def _mask_email(value: str, dots: str) -> str:
    name, at, domain = value.strip().rpartition("@")
    return f"{name[:1]}{dots}@{domain}" if at and name else dots


def _mask_phone(value: str, dots: str) -> str:
    return f"{dots} {_tail(value, 2)}".rstrip()


def _mask_card(value: str, dots: str) -> str:
    if not any(c.isdigit() for c in value):
        return value  # `card: "visa"` names the brand
    return f"{dots} {_tail(value, 4)}".rstrip()


_MASKS: dict[Kind, Callable[[str, str], str]] = {
    Kind.SECRET: lambda _value, dots: dots,
    Kind.CARD: _mask_card,
    Kind.NAME: _mask_name,
    Kind.EMAIL: _mask_email,
    Kind.PHONE: _mask_phone,
}


def mask_as(kind: Kind, value: str, strength: Strength) -> Masked:
    """The value as its kind allows it to be seen. Nothing is masked longer or shorter for being long or short."""
    mask_it = _mask_words if kind is Kind.NAME and strength.wary else _MASKS[kind]
    return Masked(mask_it(value[: strength.longest], strength.dots))


def mask_text(text: str, strength: Strength) -> str:
    """Free text with everything hidden that looks like a secret, by name (`"token": "…"`,
    `token=…`, `<Token>…`) or by look.

    A `Masked` where something was hidden, the text itself where nothing was. Of a longer text than `strength.longest`
    only its beginning is looked at, and kept, with how long it was.
    """
    if len(text) == 36 and _UUID.fullmatch(text):
        return text
    seen = text[: strength.longest]
    joined = _INVISIBLE.sub("", _CONTROL.sub(" ", seen)) if strength.wary else seen
    masked = _without_secrets(joined, strength)
    masked = seen if masked == joined else masked
    if len(text) > strength.longest:
        masked = f"{masked}{strength.dots} ({len(text)} characters)"
    return text if masked == text else Masked(masked)


def _without_secrets(text: str, strength: Strength) -> str:
    def by_name(key: str) -> texts.Mask | None:
        kind = kind_of(key)
        if kind is None or (kind in ABOUT_PEOPLE and not strength.people):
            return None
        return lambda value: _mask_beside(kind, value, strength)

    def phone(found: str) -> str:
        return _mask_phone(found, strength.dots)

    masked = texts.hide_by_look(texts.hide_named(text, by_name), strength.dots)
    if strength.people:
        masked = texts.hide_people(masked, lambda found: _mask_email(found, strength.dots), phone)
    return texts.hide_suspects(masked, strength.dots, phone) if strength.wary else masked


def _mask_beside(kind: Kind, value: str, strength: Strength) -> str | None:
    """An object, cut off or escaped, is hidden whole or not at all: what belongs to the secret
    cannot be told from the rest."""
    if value.startswith(("{", "[")):
        return strength.dots if kind is Kind.SECRET else None
    return mask_as(kind, value, strength)


def mask(value: object, strength: Strength, path: str = "") -> object:
    """A copy of a JSON value in which every hidden scalar is a `Masked`; yes, no and null are never hidden.

    `path` is the name of the field it stands in, dotted where it lies deeper. Everything below a secret's name is
    secret too, also where a field beside it names it: `{"name": "token", "value": …}`.
    """
    return _Walk(strength).mask_at(value, path)


class _Walk:
    """One document, walked with one strength, and counted so that none takes time without end."""

    def __init__(self, strength: Strength) -> None:
        self.strength = strength
        self.left = strength.most
        self.characters = strength.characters

    def mask_at(self, value: object, path: str) -> object:
        parts = [part for part in path.split(".")[-MAX_DEPTH:] if plain(part) and not plain(part).isdigit()]
        kind: Kind | None = None
        above = ""
        for part in parts:
            kind = self.inherit(kind, part, above)
            above = f"{above}.{part}"
        return self.mask(value, kind, path, 0)

    def inherit(self, above: Kind | None, key: str, parent: str) -> Kind | None:
        """A secret above holds for all below it; of the others only the field itself is meant
        (`card: {brand}` stays readable)."""
        if above is Kind.SECRET:
            return above
        kind = kind_of(key, parent)
        return None if kind in ABOUT_PEOPLE and not self.strength.people else kind

    def mask(self, value: object, kind: Kind | None, key: str, depth: int) -> object:
        self.left -= 1
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            if depth >= MAX_DEPTH or self.left < 0:
                return Masked(self.strength.dots)
            if isinstance(value, Mapping):
                return dict(self.entries(value, kind, key, depth))
            return list(self.items(list(value), kind, key, depth))
        return self.scalar(value, kind, key, depth)

    def entries(
        self, value: Mapping[object, object], above: Kind | None, parent: str, depth: int
    ) -> Iterator[tuple[str, object]]:
        named = self.named_beside(value)
        for name, item in value.items():
            if self.left < 0:
                yield Masked(f"… {len(value)}"), Masked(self.strength.dots)
                return
            key = str(name)
            kind = self.inherit(above, key, parent)
            if named and kind is None and plain(key) in HOLDING:
                kind = named
            within = f"{parent}.{key}" if self.strength.wary else key
            yield mask_text(key, self.strength), self.mask(item, kind, within, depth + 1)

    def named_beside(self, value: Mapping[object, object]) -> Kind | None:
        """What a field of this object says that its `value` is: `{"name": "token", "value": …}`."""
        if len(value) > len(NAMING) + 20:
            return None
        said = (item for name, item in value.items() if isinstance(item, str) and plain(str(name)) in NAMING)
        kinds = [self.inherit(None, name, "") for name in said if len(name) <= 100]
        return Kind.SECRET if Kind.SECRET in kinds else next((kind for kind in kinds if kind), None)

    def items(self, value: list[object], kind: Kind | None, key: str, depth: int) -> Iterator[object]:
        if kind is None and len(value) == 2 and isinstance(value[0], str) and len(value[0]) <= 100:
            yield self.mask(value[0], None, key, depth + 1)
            yield self.mask(value[1], self.inherit(None, value[0], key), key, depth + 1)
            return
        for place, item in enumerate(value):
            if self.left < 0:
                yield Masked(f"{self.strength.dots} ({len(value) - place} more)")
                return
            yield self.mask(item, kind, key, depth + 1)

    def scalar(self, value: object, kind: Kind | None, key: str, depth: int) -> object:
        if value is None or isinstance(value, bool) or value == "":
            return value
        text = str(value)
        self.characters -= len(text)
        if self.characters < 0 and len(text) > 8:
            return Masked(f"{self.strength.dots} ({len(text)} characters)")
        if kind is not None:
            masked: str = mask_as(kind, text, self.strength)
        elif isinstance(value, int | float | Decimal) and -(10**8) < value < 10**8:
            return value  # an amount, a count; too short to be anybody
        elif key.rpartition(".")[2] in _DIGESTS and _SHA256.fullmatch(text):
            return value
        else:
            masked = self.inside(text, depth) or mask_text(text, self.strength)
        return Masked(masked) if masked != text else value

    def inside(self, text: str, depth: int) -> str | None:
        """A string that is itself JSON, masked as such: providers wrap one answer in another. None where it is none."""
        if text.lstrip()[:1] not in ("{", "[", '"') or len(text) > self.strength.longest:
            return None
        try:
            inside = json.loads(text)
        except (ValueError, RecursionError):
            return None
        masked = self.mask(inside, None, "", depth + 1)
        return text if masked == inside else json.dumps(masked, ensure_ascii=False)
