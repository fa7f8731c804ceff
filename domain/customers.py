"""What customers are called."""

from typing import Protocol


class Named(Protocol):
    """An address, as far as it names somebody."""

    @property
    def organization_name(self) -> str | None: ...
    @property
    def given_name(self) -> str | None: ...
    @property
    def family_name(self) -> str | None: ...


def person_name(address: Named) -> str:
    """The person of an address, with one space between names however they were typed; empty where it names none."""
    return " ".join(" ".join(filter(None, (address.given_name, address.family_name))).split())


def customer_name(*addresses: Named | None) -> str:
    """The organisation, else the person, of the first of these addresses that names one: billing, then shipping."""
    names = ((each.organization_name or "").strip() or person_name(each) for each in addresses if each)
    return next(filter(None, names), "")
