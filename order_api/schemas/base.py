"""How documents are read and written, so that money keeps its digits and nothing that the API sent is lost.

Reading is strict first, because that is fast: msgspec decodes straight into types. Only an answer that does
not fit is read again leniently: a null list is an empty one, a time without a zone is UTC, 1.0 is a whole
number, and a time that cannot be read is None, its text kept in `raw`. What still does not fit (text for an
amount, a list for an object) is an error that names its place.

Writing starts from the document as it came: what has not changed goes back to the letter, unknown fields included,
and what has changed is laid over it.
"""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Self,
    TypeAlias,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from order_api.schemas.sets import OpenSet
from order_api.words import sentence

Json: TypeAlias = dict[str, Any]
"""A JSON object; its numbers with a decimal point are Decimal."""

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time. The API's are in UTC (Norce reference, schemas/state: "UTC time when state was set")."""

T = TypeVar("T")

PLACES = range(-30, 21)
"""Powers of ten with which a number may begin: nineteen characters can stand for a thousand million digits. No price,
rate or quantity comes near, and the differences that floating point leaves behind (1e-17) are well inside."""

_TOO_MANY = sentence("a JSON document of more than %(count)s values")
MOST_VALUES = 1_000_000
"""Values that a JSON text may hold, or commas in its strings. 250 orders, the most that a page
holds, have some 60,000."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Document(msgspec.Struct, rename="camel", frozen=True, kw_only=True, dict=True):
    """A value of the contract. Frozen: `changed()` makes another one. What the API leaves out is
    None, or an empty tuple or dict.

    `created_at`-like names are the contract's `createdAt`. Amounts are Decimal in the currency's major unit, VAT rates
    fractions (0.25), times aware.
    """

    @property
    def raw(self) -> Json:
        """The JSON object this was read from, or an empty one: kept by `get` and the like, but not
        for the rows of a list."""
        raw: Json = self.__dict__.get("raw", {})
        return raw

    @property
    def extra(self) -> Json:
        """What `raw` holds beyond the fields known here."""
        known = set(self.__struct_encode_fields__)
        return {name: value for name, value in self.raw.items() if name not in known}

    def changed(self, **changes: Any) -> Self:
        """A copy with these fields changed, which still knows the document it came from. A misspelt
        field is a TypeError."""
        copy = msgspec.structs.replace(self, **changes)
        copy.__dict__.update(self.__dict__)
        return copy

    def to_json(self) -> Json:
        """The object to send: the one it was read from, with what has changed since laid over it;
        without it, what is set."""
        raw = self.raw
        before = read(raw, type(self)) if raw else None
        sent = dict(raw)
        for name, json_name in _names(type(self)):
            value = getattr(self, name)
            untouched = before is not None and getattr(before, name) == value
            if untouched or (json_name not in raw and not _is_set(value)):
                continue
            sent[json_name] = plain(value)
        return sent


class TooManyValuesError(msgspec.DecodeError):
    """A JSON text that is small and would not be small any more."""


class Numbered(Document):
    """A document with numbers, none of which is too large or too small to be written out. Making
    one with another is a ValueError."""

    def __post_init__(self) -> None:
        for name in _numbers(type(self)):
            value = getattr(self, name)
            if isinstance(value, Decimal):
                check_number(value)


def number(text: str) -> Decimal:
    """A number as JSON writes it. ValueError as `check_number` says."""
    value = Decimal(text)
    check_number(value)
    return value


def check_number(value: Decimal) -> None:
    """ValueError unless it is a number that begins at one of the PLACES."""
    if not value.is_finite() or value.adjusted() not in PLACES:
        raise ValueError("a number that is too large, or too small, to be written out")


def check_json(content: bytes) -> bytes:
    """The text itself. Raises TooManyValuesError if it holds so many values that they would take
    many times its own size."""
    can_hold_as_many = len(content) > MOST_VALUES
    if can_hold_as_many and sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooManyValuesError(_TOO_MANY % {"count": f"{MOST_VALUES:,}"})
    return content


def decode(content: bytes, kind: type[T]) -> T:
    """Read a JSON document. Raises msgspec.DecodeError if it is no JSON, msgspec.ValidationError if
    it does not fit `kind`."""
    check_json(content)
    try:
        return _decoder(kind).decode(content)
    except msgspec.ValidationError:
        return read(_reader.decode(content), kind)


def decode_whole(content: bytes, kind: type[T]) -> T:
    """As `decode`, and every document in it keeps the object that it was read from, to be shown or sent back whole."""
    value, raw = decode(content, kind), _reader.decode(content)
    _keep(value, raw)
    return value


def read(data: Any, kind: type[T]) -> T:
    """Read what was JSON leniently, as the module says. Raises msgspec.ValidationError, naming the place."""
    _decoder(kind)  # so that all that there is to know of the type is known
    return msgspec.convert(_mended(data, kind), kind, dec_hook=_open_set)


def as_it_came(content: bytes) -> Any:
    """A JSON document without any type; its numbers exact, unless one of them cannot be written out. Raises
    msgspec.DecodeError if it is no JSON."""
    try:
        return _reader.decode(content)
    except msgspec.ValidationError:
        return msgspec.json.decode(content)


def encode(value: Any) -> bytes:
    """JSON with Decimal as plain numbers, and documents as `to_json` says."""
    return _encoder.encode(plain(value))


def plain(value: Any) -> Any:
    """`value` with its documents as JSON objects; Decimal and times stay what they are until they are encoded."""
    if isinstance(value, Document):
        return value.to_json()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _is_set(value: Any) -> bool:
    return value is not None and value not in ((), {})


def _as_text(value: Any) -> str:
    if isinstance(value, OpenSet):
        return str.__str__(value)
    raise NotImplementedError(f"{type(value).__name__} is no JSON")


_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_as_text)
_reader = msgspec.json.Decoder(float_hook=number)


def _open_set(kind: type[T], value: Any) -> T:
    if issubclass(kind, OpenSet) and isinstance(value, str):
        return kind.read(value)
    raise ValueError(f"Expected `str`, got `{type(value).__name__}`")


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_making = threading.Lock()


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """Made once, by one thread at a time: others would see what msgspec knows of a type half made, and crash."""
    found: msgspec.json.Decoder[T] | None = _decoders.get(kind)
    if found is None:
        with _making:
            found = _decoders.get(kind) or msgspec.json.Decoder(kind, dec_hook=_open_set)
            _decoders[kind] = found
    return found


def prepare(*kinds: type[Document]) -> None:
    """Make the decoders of these documents, at import, before there are threads.

    msgspec fills in what it knows of a document while it makes a decoder, and shares it between
    decoders. A second thread that meets it half filled ends the process with a segmentation fault.
    """
    for kind in kinds:
        _decoder(kind)


@cache
def _names(kind: type[Document]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))


@cache
def _numbers(kind: type[Document]) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(name for name in kind.__struct_fields__ if _bare(hints[name]) is Decimal)


@cache
def _types(kind: type[Document]) -> tuple[tuple[str, Any], ...]:
    """The fields that may need mending, by their JSON name: times, whole numbers, documents, lists, free objects."""
    hints = get_type_hints(kind)
    found = ((json_name, _bare(hints[name])) for name, json_name in _names(kind))
    return tuple((name, bare) for name, bare in found if _is_mendable(bare))


def _bare(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(arg for arg in get_args(hint) if arg is not type(None))
    return hint


def _is_mendable(kind: Any) -> bool:
    return (
        kind in (datetime, int)
        or get_origin(kind) in (tuple, list, dict)
        or (isinstance(kind, type) and issubclass(kind, Document))
    )


def _mended(data: Any, kind: Any) -> Any:
    if get_origin(kind) in (tuple, list) and isinstance(data, list):
        return [_mended(each, get_args(kind)[0]) for each in data]
    if isinstance(kind, type) and issubclass(kind, Document) and isinstance(data, dict):
        mended = dict(data)
        for name, inner in _types(kind):
            if name in mended:
                mended[name] = _mended(mended[name], inner)
                if mended[name] is None:
                    del mended[name]
        return mended
    if kind is datetime:
        return _moment(data)
    return _whole(data) if kind is int else data


def _whole(value: Any) -> Any:
    """A number that JSON writes with decimals and that has none, as strict reading takes it too."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _moment(value: Any) -> datetime | None:
    """A time as the API writes it, in UTC where it names no zone; None where nobody can tell what it means."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _keep(value: Any, raw: Any) -> None:
    """Let every document remember the object that it was read from."""
    if isinstance(value, Document) and isinstance(raw, dict):
        value.__dict__["raw"] = raw
        for child, part in _children(value, raw):
            _keep(child, part)
    elif isinstance(value, list | tuple) and isinstance(raw, list):
        for each, part in zip(value, raw, strict=True):
            _keep(each, part)


def _children(value: Document, raw: Json) -> Iterator[tuple[Any, Any]]:
    for name, json_name in _names(type(value)):
        child = getattr(value, name)
        if isinstance(child, Document | tuple):
            yield child, raw.get(json_name)
