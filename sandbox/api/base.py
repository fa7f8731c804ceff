"""What both APIs of the sandbox share: how bodies are parsed, who may call, and how refusals are worded."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from ninja import Header, NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.parser import Parser
from ninja.security import APIKeyHeader
from pydantic import Field

from sandbox import entry
from sandbox.codec import NotJsonError, decode_body
from sandbox.problems import Problem, bad_request
from sandbox.schemas.base import Model
from sandbox.scope import Scope


class Bearer(APIKeyHeader):
    """`Authorization: Bearer <token>`."""

    param_name = "Authorization"

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:
        kind, _, token = (key or "").partition(" ")
        return kind.lower() == "bearer" and constant_time_compare(token.strip(), settings.SANDBOX_TOKEN)


class JsonParser(Parser):
    """Bodies with exact amounts."""

    def parse_body(self, request: HttpRequest) -> Any:
        return decode_body(request.body)


class Headers(Model):
    """Whose orders, and which adapter calls."""

    merchant: str = Field(alias="x-merchant", min_length=1, json_schema_extra={"example": "norce"})
    channel: str = Field(alias="x-channel", min_length=1, json_schema_extra={"example": "1"})
    adapter: str | None = Field(
        None, alias="x-adapterid", min_length=1, json_schema_extra={"example": "qliro_checkout_adapter"}
    )

    @property
    def scope(self) -> Scope:
        return Scope(self.merchant, self.channel, self.adapter or "")


Caller = Annotated[Headers, Header(...)]


class Refusing(NinjaAPI):
    """An API that says what is wrong with a request in one BaseError."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        if isinstance(exc, AuthenticationError):
            exc = Problem(401, "unauthorized", "Send `Authorization: Bearer <token>` with a token that is known here.")
        elif isinstance(exc, HttpError):
            exc = bad_request(_of_parser(exc))
        return entry.for_exception(exc)

    def validation_error_from_error_contexts(self, error_contexts: Any) -> Problem:  # type: ignore[override]
        """The first thing that is wrong, naming field, value and what is allowed."""
        context = error_contexts[0]
        error = context.pydantic_validation_error.errors(include_url=False)[0]
        return bad_request(explain(error, context.model.__ninja_param_source__))


def _of_parser(error: HttpError) -> str:
    cause = error.__cause__
    return (
        f"The body is not the JSON that this operation reads: {cause}."
        if isinstance(cause, NotJsonError)
        else str(error)
    )


def explain(error: Any, source: str) -> str:
    """One sentence about an error of pydantic's: where, what was sent, what is allowed."""
    place = ".".join(map(str, error["loc"][1:])) or "body"
    where = {"header": f"header {place}", "query": f"query parameter {place}"}.get(source, place)
    if error["type"] == "missing":
        return f"{where} is missing." if place != "body" else "The body is missing."
    value = _short(error["input"])
    if error["type"] == "enum":
        return f"{where}: {value} is not one of {error['ctx']['expected'].replace(' or ', ', ')}."
    if error["type"] == "string_too_short":
        return f"{where} is empty."
    return f"{where}: {value} {_WORDS.get(error['type'], error['msg'])}."


_WORDS = {
    "string_type": "is not text",
    "bool_type": "is neither true nor false",
    "list_type": "is not an array",
    "dict_type": "is not an object",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
}


def _short(value: Any) -> str:
    text = (
        entry.answer(value).content.decode()
        if isinstance(value, str | int | list | dict | bool) or value is None
        else str(value)
    )
    return text if len(text) <= 100 else text[:99] + "…"
