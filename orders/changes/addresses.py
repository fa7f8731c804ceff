"""The billing and the shipping address.

An address goes out whole, laid over the one that was read, so that what this desk does not know goes back as it
came. The identity number is never put into a page by a form: it is kept unless another one is typed or it is
removed, and in a conflict it stands as dots.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain import countries
from order_api import OrderApi
from order_api.schemas import Address, Order
from orders.changes import address_checks
from orders.changes.base import Difference, OrderChange
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.merge import Merge
from orders.changes.reach import handed_over
from orders.changes.snapshot import Seen
from orders.page.people import BILLING, SHIPPING, address_of
from privacy import DOTS
from ui.formats import country_name

IDENTITY = "national_identification_number"
TYPES = {"person": _("Person"), "organization": _("Organisation")}
_OFF = {"autocomplete": "off", "spellcheck": "false"}
"""The browser would offer the address of whoever sits at the desk."""


def _text(label: Any, *, longest: int = 200, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, widget=forms.TextInput(attrs=_OFF | attrs))


class AddressExplanation(Explanation["AddressChange"]):
    warns = True

    def consequences(self) -> list[Words]:
        return [says] if (says := handed_over(self.form.order)) else []

    def warnings(self) -> list[Warn]:
        return list(self._doubts({each.field for each in self.form.differences()}))

    def _doubts(self, changed: set[str]) -> Iterator[Warn]:
        """What is typed and does not look as it does in its country. What was there before is not
        this person's to explain."""
        data = self.form.cleaned_data
        if changed and not any(data[name] for name in data if name not in ("type", "country", "remove_identity")):
            yield Warn(_g("Nothing of the address will be left."))
        country, code = data["country"], data["postal_code"]
        if code and changed & {"postal_code", "country"} and not address_checks.is_postal_code(code, country):
            yield Warn(_postal_words(code, country), "postal_code")
        if data["email"] and "email" in changed and not address_checks.is_email(data["email"]):
            yield Warn(_g("“%s” does not look like an e-mail address.") % data["email"], "email")
        if data["phone"] and "phone" in changed and not address_checks.is_phone(data["phone"]):
            yield Warn(_g("“%s” does not look like a phone number.") % data["phone"], "phone")
        if data[IDENTITY] and not address_checks.is_identity_number(data[IDENTITY], country):
            yield Warn(_g("The identity number does not add up: a digit may be wrong."), IDENTITY)
        number, about = data["organization_identification_number"], {"organization_identification_number", "country"}
        if number and changed & about and not address_checks.is_organization_number(number, country):
            says = _g("The organisation number “%s” does not add up: a digit may be wrong.") % number
            yield Warn(says, "organization_identification_number")


class AddressMerge(Merge["AddressChange"]):
    def in_words(self, name: str, value: Any) -> Any:
        if name == "country":
            return country_name(value) if value else value
        if name == "type":
            return TYPES.get(value, value)
        return DOTS if name == IDENTITY and value else value

    def conflicts(self, seen: Seen) -> list[str]:
        """A number that is kept goes out as the order has it now, so that only who types or removes
        one can be at odds."""
        mine = self.form.cleaned_data[IDENTITY] or self.form.cleaned_data.get("remove_identity")
        return [name for name in super().conflicts(seen) if name != IDENTITY or mine]


class AddressChange(OrderChange):
    """PUT customer/billing or customer/shipping."""

    permission = "accounts.change_address"
    explanation_class = AddressExplanation
    merge_class = AddressMerge
    fields_template = "orders/changes/address_fields.html"
    which: ClassVar[str]
    other: ClassVar[str]
    copies: ClassVar[Words]

    type = forms.ChoiceField(label=_("Customer is"), required=False, widget=forms.RadioSelect)
    organization_name = _text(_("Organisation"))
    organization_identification_number = _text(_("Organisation number"), longest=50)
    given_name = _text(_("Given name"))
    family_name = _text(_("Family name"))
    care_of = _text(_("c/o"))
    street_address = _text(_("Street address"))
    street_address2 = _text(_("Street address, second line"))
    postal_code = _text(_("Postal code"), longest=20)
    city = _text(_("City"))
    region = _text(_("Region"))
    country = forms.ChoiceField(label=_("Country"), required=False)
    phone = _text(_("Phone"), longest=50, inputmode="tel")
    email = _text(_("E-mail"), longest=254, inputmode="email", autocapitalize="none")
    reference = _text(_("Reference"))
    national_identification_number = _text(_("Identity number"), longest=50)
    remove_identity = forms.BooleanField(label=_("Remove the identity number"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial[IDENTITY] = ""
        if self.identity:
            self.fields[IDENTITY].help_text = _("There is one, which is kept. Type here only to replace it.")
        else:
            del self.fields["remove_identity"]
        self._offer("type", TYPES)
        self._offer("country", {"": "–", **countries.names(get_language())})

    def _offer(self, name: str, known: dict[str, Any]) -> None:
        """The choices of a field, and what the order or the person has beside them: an unknown code
        is kept as it is."""
        given = [self.seen.values[name], self.data.get(name, "")]
        extra = {str(value): str(value) for value in given if value and value not in known}
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [*known.items(), *extra.items()]

    @property
    def address(self) -> Address:
        return address_of(self.order, self.which) or Address()

    @property
    def identity(self) -> str:
        return self.address.national_identification_number or ""

    @property
    def copy_words(self) -> Words:
        """What the button says that fills in the other address; nothing where there is none."""
        return self.copies if address_of(self.order, self.other) else ""

    def current(self, order: Order) -> dict[str, Any]:
        return _values(address_of(order, self.which) or Address())

    def pressed(self, button: str) -> "AddressChange":
        """With the other address filled in; nobody's identity number, which belongs to whom it was given for."""
        other = address_of(self.order, self.other)
        if button != "copy" or other is None:
            return self.retyped(self.data)
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in _values(other).items():
            if name != IDENTITY:
                data[name] = str(value)
        return self.retyped(data)

    def differences(self) -> list[Difference]:
        found = [each for each in super().differences() if each.field not in (IDENTITY, "remove_identity")]
        if self.new_identity != self.identity:
            found.append(Difference(IDENTITY, self.merge.label_of(IDENTITY), self.identity, self.new_identity))
        return found

    @property
    def new_identity(self) -> str:
        removed = self.cleaned_data.get("remove_identity", False)
        return self.cleaned_data[IDENTITY] or ("" if removed else self.identity)

    def changed(self) -> Address:
        """The address to send: as it was read, with what is different laid over it."""
        return self.address.changed(**{each.field: each.new or None for each in self.differences()})


def _values(address: Address) -> dict[str, Any]:
    """The fields by name. For the identity number only what tells whether it is still the same one."""
    names = [name for name in Address.__struct_fields__ if name != "attributes"]
    found = {name: str(getattr(address, name) or "") for name in names}
    found["country"] = found["country"].upper()
    if found[IDENTITY]:
        mark = salted_hmac("orders.changes.addresses", found[IDENTITY], algorithm="sha256")
        found[IDENTITY] = mark.hexdigest()[:32]
    return found


def _postal_words(code: str, country: str) -> str:
    words = {"code": code, "country": country_name(country), "example": address_checks.POSTAL_EXAMPLES.get(country, "")}
    return _g("“%(code)s” does not look like a postal code in %(country)s, such as %(example)s.") % words


class BillingChange(AddressChange):
    title = _("Change the billing address")
    verb = _("Save billing address")
    done = _("The billing address was saved.")
    action = AuditAction.ORDER_BILLING_UPDATE
    which, other = BILLING, SHIPPING
    copies = _("Copy from shipping")

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.update_billing(order.id or "", self.changed())


class ShippingAddressChange(AddressChange):
    title = _("Change the shipping address")
    verb = _("Save shipping address")
    done = _("The shipping address was saved.")
    action = AuditAction.ORDER_SHIPPING_ADDRESS_UPDATE
    which, other = SHIPPING, BILLING
    copies = _("Copy from billing")

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.update_shipping_address(order.id or "", self.changed())
