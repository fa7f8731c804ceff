"""The customer, the addresses, and what was consented to."""

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
    billing: Address | None = None
    shipping: Address | None = None
    type: CustomerTypeField
    attributes: Free | None = None


class Consent(Model):
    id: str | None = None
    checked: Flag | None = None
    text: str | None = None
    required: Flag | None = None
