"""What an answer means: a value, or which error. See `errors` for what each of them tells a person."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from order_api.call import Answer
from order_api.errors import (
    ApiError,
    BadAnswer,
    Conflict,
    NoAnswer,
    NotFound,
    Rejected,
    Unauthorized,
    Unavailable,
    Unreadable,
)
from order_api.schemas import (
    CreateResponse,
    Order,
    TooManyValuesError,
    ValidationError,
    as_it_came,
    check_json,
    decode,
    decode_whole,
)
from order_api.unfit import Misfit, UnfitOrder, misfit, owner
from order_api.words import sentence

T = TypeVar("T")

LONGEST_MESSAGE = 500
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,500})</title", re.IGNORECASE)
_HTML = re.compile(rb"(<!doctype html|<html)", re.IGNORECASE)
_REDIRECT = sentence("a redirect to another address")
_WORDS = {
    401: sentence("The Order API does not accept the token."),
    403: sentence("The token may not do this."),
    404: sentence("The Order API knows no such thing."),
    409: sentence("It is there already."),
    429: sentence("The Order API is asked too much at the moment."),
}
_INSTEAD = sentence("Instead of what was asked for came %(what)s (status %(status)s).")
_ANSWERED_WITH = sentence("The Order API answered with %(what)s (status %(status)s).")
_MAY_HAVE_HAPPENED = sentence("It may have happened. The Order API answered with status %(status)s: %(says)s")
_MISFIT = sentence("A document came that does not fit: %(what)s.")
_OTHER_SHAPE = sentence("a document of another shape (%(what)s)")
_WITHOUT_ID = sentence("a document without an id")
_TITLED_PAGE = sentence("an HTML page, “%(title)s”,")
_PAGE = sentence("an HTML page")
_BROKEN_OFF = sentence("a body that broke off after %(size)s bytes")
_EMPTY = sentence("an empty body")
_SOMETHING = sentence("%(size)s bytes of %(kind)s")
_UNKNOWN = sentence("unknown content")
_MALFORMED = sentence("a JSON document that does not end or is malformed (%(size)s bytes)")
_JSON = sentence("a JSON document")


@dataclass(frozen=True, slots=True)
class Told:
    """An error in the API's words."""

    message: str | None = None
    code: str | None = None
    errors: tuple[ValidationError, ...] = ()


def require_done(answer: Answer) -> Answer:
    """The answer itself if it says that all went well; else the error that it is."""
    if not 200 <= answer.status < 300:
        raise refusal(answer)
    if is_html(answer):
        raise bad(answer, what_it_is(answer))
    return answer


def value(answer: Answer, kind: type[T], *, whole: bool = True) -> T:
    """The answer's document; `whole` lets it remember the object that it was read from. Raises what
    the answer means."""
    require_done(answer)
    if answer.broken or not answer.content.strip():
        raise bad(answer, what_it_is(answer))
    try:
        return (decode_whole if whole else decode)(answer.content, kind)
    except msgspec.ValidationError as error:
        raise unreadable(answer, misfit(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(answer, what_it_is(answer)) from error


def order_or_why(answer: Answer, *, whole: bool = True) -> Order | UnfitOrder:
    """The answer's order or, where a value of it does not fit, which one, and the document as it came. Raises what the
    answer means if it is no document at all."""
    require_done(answer)
    try:
        return (decode_whole if whole else decode)(answer.content, Order)
    except msgspec.ValidationError as error:
        found = misfit(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = Misfit()
    try:
        return UnfitOrder(owner(check_json(answer.content)), found, as_it_came(answer.content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(answer, what_it_is(answer)) from error


def owner_of(answer: Answer) -> Order:
    """Whose the answer's order is. Raises what the answer means if it is no JSON."""
    require_done(answer)
    try:
        return owner(check_json(answer.content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(answer, what_it_is(answer)) from error


def created_id(answer: Answer) -> str:
    """The id of what was created: in a document, as version 0 answers, a bare JSON text, as version 1 does, or at the
    end of the address where it can be found. Raises what the answer means, and BadAnswer where it tells no id."""
    require_done(answer)
    content = answer.content.strip()
    found = unquote(urlsplit(answer.location).path.rstrip("/").rpartition("/")[2])
    if content and not (found and answer.broken):
        is_text = content.startswith(b'"')
        found = value(answer, str) if is_text else value(answer, CreateResponse).id or found
    if not found:
        raise bad(answer, _WITHOUT_ID if content else what_it_is(answer))
    return found


def unreadable(answer: Answer, found: Misfit) -> BadAnswer:
    """The error that a misfit is; where nothing of the document fits, it is not the one that was asked for."""
    if not found.place and found.expected:
        return bad(answer, _OTHER_SHAPE % {"what": found})
    return Unreadable(
        _MISFIT % {"what": found},
        change=answer.call.changes,
        operation=answer.call.operation,
        request_id=answer.request_id,
        status=answer.status,
    )


def reasons(answer: Answer) -> tuple[ValidationError, ...]:
    """The reasons in an answer to `validate`, be it 200 or 400. Raises what the answer means if it
    is neither or has none to give."""
    if answer.status == 400:
        told = explain(answer)
        if not (told.errors or told.code):
            raise refusal(answer)
        return told.errors or (ValidationError(code=told.code, message=told.message),)
    require_done(answer)
    if not answer.content.strip() and not answer.broken:
        return ()
    return value(answer, tuple[ValidationError, ...])


def bad(answer: Answer, what: str) -> BadAnswer:
    return BadAnswer(
        _INSTEAD % {"what": what, "status": answer.status},
        change=answer.call.changes,
        operation=answer.call.operation,
        request_id=answer.request_id,
        status=answer.status,
    )


def refusal(answer: Answer) -> ApiError:
    """The error that an answer outside 2xx is."""
    kind = _kind(answer)
    if kind is BadAnswer:
        return bad(answer, _REDIRECT if 300 <= answer.status < 400 else what_it_is(answer))
    told = explain(answer)
    message = (
        told.message
        or _WORDS.get(answer.status)
        or _ANSWERED_WITH % {"what": what_it_is(answer), "status": answer.status}
    )
    if kind is NoAnswer:
        message = _MAY_HAVE_HAPPENED % {"status": answer.status, "says": message}
    return kind(
        message,
        operation=answer.call.operation,
        request_id=answer.request_id,
        status=answer.status,
        code=told.code,
        errors=told.errors,
    )


def _kind(answer: Answer) -> type[ApiError]:  # noqa: PLR0911 - a table, one line a row
    match answer.status:
        case 401 | 403:
            return Unauthorized
        case 429:
            return Unavailable
        case 408:
            return NoAnswer if answer.call.changes else Unavailable
        case status if status >= 500:
            return NoAnswer if answer.call.changes else Unavailable
        case status if status < 400 or is_html(answer):
            return BadAnswer
        case 404:
            return NotFound
        case 409:
            return Conflict
        case _:
            return Rejected


def explain(answer: Answer) -> Told:
    """Read an error's body: BaseError, ProblemDetails, a list of reasons, `{"errors": […]}` or bare
    text; else nothing."""
    try:
        body = msgspec.json.decode(check_json(answer.content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Told()
    if isinstance(body, dict) and isinstance(body.get("errors"), list):
        return _told_in_list(body["errors"])
    if isinstance(body, dict):
        return _told_in_object(body)
    if isinstance(body, list):
        return _told_in_list(body)
    return Told(message=_short(body))


def _told_in_object(body: dict[str, Any]) -> Told:
    message = _short(body.get("message")) or _short(body.get("detail")) or _short(body.get("title"))
    fields = body.get("errors")
    if isinstance(fields, dict) and fields:
        message = _short("; ".join(f"{name}: {_flat(reasons)}" for name, reasons in fields.items()))
    return Told(message, _short(body.get("code")) or _short(body.get("type")))


def _told_in_list(reasons: list[Any]) -> Told:
    errors = tuple(_reason(each) for each in reasons if isinstance(each, dict | str))
    words = [
        f"{each.message or each.code or '?'}" + (f" ({each.adapter_id})" if each.adapter_id else "") for each in errors
    ]
    return Told(_short("; ".join(words)), errors[0].code if errors else None, errors)


def _reason(reason: dict[str, Any] | str) -> ValidationError:
    if isinstance(reason, str):
        return ValidationError(message=_short(reason))
    return ValidationError(
        code=_short(reason.get("code")),
        adapter_id=_short(reason.get("adapterId")),
        message=_short(reason.get("message")),
    )


def _flat(reasons: Any) -> str:
    return ", ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)


def _short(text: Any) -> str | None:
    """Text in one line and of a length that fits a page; None for anything else."""
    if not isinstance(text, str) or not text.strip():
        return None
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def is_html(answer: Answer) -> bool:
    return "html" in answer.content_type.lower() or bool(_HTML.match(answer.content.lstrip()))


def what_it_is(answer: Answer) -> str:
    """What the body is, for a person who looks for what stands in between."""
    size = len(answer.content)
    if is_html(answer):
        title = _TITLE.search(answer.content)
        name = _short(unescape(title[1].decode(errors="replace"))) if title else None
        return _TITLED_PAGE % {"title": name} if name else _PAGE
    if answer.broken:
        return _BROKEN_OFF % {"size": size}
    if not answer.content.strip():
        return _EMPTY
    return _json_or(_SOMETHING % {"size": size, "kind": answer.content_type or _UNKNOWN}, answer.content)


def _json_or(other: str, content: bytes) -> str:
    try:
        msgspec.json.decode(check_json(content))
    except TooManyValuesError as error:
        return str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        begun = content.lstrip()[:1] in (b"{", b"[")
        return _MALFORMED % {"size": len(content)} if begun else other
    return _JSON
