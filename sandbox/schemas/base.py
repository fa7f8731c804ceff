"""What all types of the contract share: how bodies are read, and how the types describe themselves.

Reading is lenient where the reference's own examples are (enums in any case, `null` for what is not there, unknown
properties, read-only properties that were sent along) and strict about the rest.
"""

from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from sandbox.codec import moment

LARGEST_AMOUNT = 10**10
INT32 = 2**31
STORED = {"stored": True}


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number", "is not a number")
    number = Decimal(value)
    if abs(number) >= LARGEST_AMOUNT:
        raise PydanticCustomError("number", "is too large a number")
    return number


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise PydanticCustomError("integer", "is not a whole number")
    whole: int = int(value)
    if not -INT32 <= whole < INT32:
        raise PydanticCustomError("integer", "does not fit into 32 bits")
    return whole


def _time(value: Any) -> str:
    try:
        return moment(value).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (TypeError, ValueError, OverflowError):
        raise PydanticCustomError("time", "is not a date-time as in 2026-01-31T12:00:00Z") from None


def any_case(*values: str) -> BeforeValidator:
    """Reads one of the values in any case, as the reference's own examples write them ("Person" for `person`)."""
    by_case = {value.casefold(): value for value in values}

    def read(value: Any) -> Any:
        return by_case.get(value.casefold(), value) if isinstance(value, str) else value

    return BeforeValidator(read)


Amount = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number", "format": "double"})]
Int32 = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer", "format": "int32"})]
Time = Annotated[str, BeforeValidator(_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Free = dict[str, Any]
Flag = StrictBool


def plain_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A property's schema as the contract writes it: what may be left out is not called nullable,
    and nothing has a title."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    rest = {
        key: value
        for key, value in schema.items()
        if key not in ("anyOf", "title") and (key, value) != ("default", None)
    }
    return rest | options[0] if len(options) == 1 else rest


class Model(BaseModel):
    """A type of the contract. `values()` is the JSON object that was meant; properties that were
    not sent are not in it."""

    model_config = ConfigDict(extra="ignore", use_enum_values=True, populate_by_name=False, protected_namespaces=())
    read_only: ClassVar[frozenset[str]] = frozenset()
    shown_read_only: ClassVar[frozenset[str]] = frozenset()
    always_answered: ClassVar[tuple[str, ...]] = ()
    gone: ClassVar[frozenset[str]] = frozenset()  # of the type that it is made from

    @model_validator(mode="before")
    @classmethod
    def leave_out(cls, data: Any, info: ValidationInfo) -> Any:
        """Drop what says nothing (`null`) and what is not the sender's to say (read-only properties)."""
        if not isinstance(data, dict):
            return data
        stored = isinstance(info.context, dict) and info.context.get("stored")
        dropped = cls.gone if stored else cls.gone | cls.read_only
        return {key: value for key, value in data.items() if value is not None and key not in dropped}

    def values(self) -> dict[str, Any]:
        """The properties that were sent, by their names in the contract."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    @classmethod
    def in_order(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The properties in the contract's order, whatever the order in which they came together; strangers last."""
        names = [field.alias or name for name, field in cls.model_fields.items()]
        return {name: values[name] for name in names if name in values} | values

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(core_schema))
        for name in cls.gone & schema.get("properties", {}).keys():
            del schema["properties"][name]
        for name, property_ in schema.get("properties", {}).items():
            schema["properties"][name] = plain_schema(property_) | (
                {"readOnly": True} if name in cls.read_only | cls.shown_read_only else {}
            )
        if cls.always_answered:
            schema["required"] = list(cls.always_answered)
        schema.pop("title", None)
        schema.pop("description", None)
        return schema


class CreateResponse(Model):
    id: str | None = None


class ValidationError(Model):
    code: str | None = None
    adapterId: str | None = None
