"""What the API calls: validations (`Callback`), hooks and notifications."""

from pydantic import Field

from sandbox.schemas.base import Free, Int32, Model
from sandbox.schemas.enums import OrderVersionField


class Callback(Model):
    read_only = frozenset({"id"})

    id: str | None = None
    adapterId: str | None = None
    url: str | None = None


class Hook(Model):
    read_only = frozenset({"id"})

    id: str | None = None
    adapterId: str | None = None
    subscribeTo: str | None = None
    target: str | None = None
    invoke: str | None = None
    version: OrderVersionField | None = None


class Notification(Model):
    id: str | None = None
    adapterId: str | None = None
    reference: str | None = None
    description: str | None = None
    scope: str | None = None
    schema_: Free | None = Field(None, alias="schema")
    invoke: str | None = None
    version: OrderVersionField | None = None
    delay: Int32 | None = None
