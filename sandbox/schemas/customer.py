"""The customer, the addresses, and what was consented to."""

from typing import Any

from pydantic import model_validator

from sandbox.schemas.base import Flag, Free, Model
from sandbox.schemas.enums import CustomerTypeField


class Address(Model):
    type: CustomerTypeField | None = None
    givenName: str | None = None
    familyName: str | None = None
    careOf: str | None = None
    reference: str | None = None
    organizationName: str | None = None
    streetAddress: str | None = None
    streetAddress2: str | None = None
    postalCode: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    nationalIdentificationNumber: str | None = None
    organizationIdentificationNumber: str | None = None
    attributes: Free | None = None


class Customer(Model):
    """`type` is required in the contract, and Norce's own clients leave it out: then it is the billing address's, else
    the shipping address's, else a person's."""

    billing: Address | None = None
    shipping: Address | None = None
    type: CustomerTypeField
    attributes: Free | None = None

    @model_validator(mode="before")
    @classmethod
    def typed(cls, data: Any) -> Any:
        """The customer with a type."""
        if not isinstance(data, dict) or data.get("type") is not None:
            return data
        sides = [data.get(side) for side in ("billing", "shipping")]
        types = [side.get("type") for side in sides if isinstance(side, dict)]
        return data | {"type": next((kind for kind in types if kind is not None), "person")}


class Consent(Model):
    id: str | None = None
    checked: Flag | None = None
    text: str | None = None
    required: Flag | None = None
