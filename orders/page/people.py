"""Who the order is for and where it goes: two addresses beside each other, with what differs marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from domain import phones
from domain.customers import customer_name, person_name
from order_api.schemas import Address, Order
from privacy import DOTS
from ui.formats import country_name

BILLING, SHIPPING = "billing", "shipping"
_COPIED = {"phone", "email"}
_UNSPEAKING = {"reference", "organization_number", "identity"}
_LABELS = {
    "organization": _("Organisation"),
    "name": _("Name"),
    "care_of": _("c/o"),
    "reference": _("Ref."),
    "street": _("Street"),
    "street2": _("Street, second line"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "organization_number": _("Org. no."),
    "identity": _("Id no."),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of an address. `href` dials or mails; `hidden` says that the text stands in for an identity number;
    `copied`: people want it elsewhere."""

    text: str
    href: str = ""
    hidden: bool = False
    copied: bool = False


@dataclass(frozen=True, slots=True)
class AddressRow:
    """The same fact of both addresses; None where one has none. `differs` only where both addresses are there."""

    field: str
    label: str
    billing: Cell | None
    shipping: Cell | None
    differs: bool

    @property
    def says_label(self) -> bool:
        """Whether the fact does not speak for itself, so that its label is shown."""
        return self.field in _UNSPEAKING


@dataclass(frozen=True, slots=True)
class People:
    """The customer. With `same`, or with one address alone, there is one column to show, in `only`."""

    name: str
    type: str | None
    rows: tuple[AddressRow, ...]
    has_billing: bool
    has_shipping: bool
    different: int

    @property
    def same(self) -> bool:
        return self.has_billing and self.has_shipping and not self.different

    @property
    def only(self) -> str:
        """billing or shipping where one column is enough, else nothing."""
        if self.same or (self.has_billing and not self.has_shipping):
            return BILLING
        return SHIPPING if self.has_shipping and not self.has_billing else ""


def present_people(order: Order) -> People:
    """The order's customer and addresses; identity numbers are never in the result, only that there is one."""
    customer = order.customer
    billing = _facts(customer.billing) if customer else {}
    shipping = _facts(customer.shipping) if customer else {}
    rows = tuple(_rows(billing, shipping, _identities(order)))
    return People(
        name=customer_name(address_of(order, BILLING), address_of(order, SHIPPING)),
        type=(customer.type if customer else None) or _type(order),
        rows=rows,
        has_billing=bool(billing),
        has_shipping=bool(shipping),
        different=sum(row.differs for row in rows),
    )


def _text(cell: Cell | None) -> str:
    return cell.text if cell else ""


def address_of(order: Order, which: str) -> Address | None:
    """The billing or the shipping address, if the order has it."""
    customer = order.customer
    if customer is None:
        return None
    return customer.billing if which == BILLING else customer.shipping


def identity_number(order: Order, which: str) -> str | None:
    """The whole national identity number, for who asked for it."""
    address = address_of(order, which)
    return (address.national_identification_number if address else None) or None


def _identities(order: Order) -> tuple[str | None, str | None]:
    return identity_number(order, BILLING), identity_number(order, SHIPPING)


def _type(order: Order) -> str | None:
    address = address_of(order, BILLING) or address_of(order, SHIPPING)
    return address.type if address else None


def _facts(address: Address | None) -> dict[str, Cell]:
    return dict(_cells(address)) if address else {}


def _cells(address: Address) -> Iterator[tuple[str, Cell]]:
    texts = {
        "organization": address.organization_name,
        "name": person_name(address),
        "care_of": _care_of(address.care_of),
        "reference": address.reference,
        "street": address.street_address,
        "street2": address.street_address2,
        "city": _joined(address.postal_code, address.city),
        "region": address.region,
        "country": country_name(address.country),
        "phone": address.phone,
        "email": address.email,
        "organization_number": address.organization_identification_number,
    }
    for field, text in texts.items():
        if text and text.strip():
            yield field, Cell(text.strip(), _href(field, text.strip()), copied=field in _COPIED)
    if address.national_identification_number:
        yield "identity", Cell(DOTS, hidden=True)


def _care_of(text: str | None) -> str | None:
    return f"c/o {text}" if text and not text.lower().startswith("c/o") else text


def _joined(*parts: str | None) -> str:
    return " ".join(part.strip() for part in parts if part and part.strip())


def _href(field: str, text: str) -> str:
    if field == "email" and "@" in text and not any(c in text for c in " ,;?&%\r\n"):
        return f"mailto:{text}"
    if field == "phone":
        return phones.link(text)
    return ""


def _rows(
    billing: dict[str, Cell], shipping: dict[str, Cell], identities: tuple[str | None, str | None]
) -> Iterator[AddressRow]:
    both = bool(billing and shipping)
    for field, label in _LABELS.items():
        here, there = billing.get(field), shipping.get(field)
        if here or there:
            same = identities[0] == identities[1] if field == "identity" else _same(here, there)
            yield AddressRow(field, str(label), here, there, both and not same)


def _same(here: Cell | None, there: Cell | None) -> bool:
    """Whether two texts say the same, however they are spaced and capitalised."""
    return _text(here).split() == _text(there).split() or _text(here).casefold() == _text(there).casefold()
