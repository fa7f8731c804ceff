"""What several of the contract's documents have in common."""

from decimal import Decimal

from order_api.schemas.base import Document, Numbered


class Price(Numbered):
    """An amount in the currency's major unit, with and without VAT."""

    including_vat: Decimal | None = None
    excluding_vat: Decimal | None = None


class CreateResponse(Document):
    """The id of what was created."""

    id: str | None = None


class BaseError(Document):
    """An error as every operation but `validate` documents it; `code` as in `order-not-found`."""

    code: str | None = None
    message: str | None = None


class ValidationError(Document):
    """One reason why an order does not validate. `message` is not in the contract, but adapters send one."""

    code: str | None = None
    adapter_id: str | None = None
    message: str | None = None
