"""Adding, changing and removing a shipping. Removing is a state, as the API has no other way; so it
can be taken back."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain.adapters import called
from domain.states import SHIPPING, removed_of, start_of, state_of
from order_api import OrderApi
from order_api.schemas import Addon, Order, Shipping, ShippingState
from orders.changes.base import Blame, Difference, OrderChange
from orders.changes.cart_sums import cent_of
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.json_fields import JsonObject, JsonObjectField, masked, restored
from orders.changes.lookup import attributes_of, state_choices
from orders.changes.merge import Merge
from orders.changes.removal import STATE_ALONE, Removal, RemovalExplanation
from orders.changes.row_fields import rearranged, rows_in, with_rows
from orders.changes.shipping_parts import PATHS, shipping_of, total_warnings, value_at, with_value
from orders.changes.untouched import held, is_held
from ui.numbers import NumberField, PercentField, as_typed

PRICES = ("including_vat", "excluding_vat", "vat_rate")
ADDON = ("addon_place", "addon_reference", "addon_price")


def text(label: Any, longest: int = 300, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, help_text=help_text)


class ShippingExplanation(Explanation["ShippingForm"]):
    def warnings(self) -> list[Warn]:
        data = self.form.cleaned_data
        found = total_warnings(self.form.order, self.form.result())
        if not self._fits(data):
            words = gettext("The two prices do not fit the VAT rate. Empty one of them to have it computed.")
            found.append(Warn(words, "excluding_vat"))
        if (data["vat_rate"] or 0) > 1 and self.form.is_about("vat_rate"):
            found.append(Warn(gettext("The VAT rate is above 100 %."), "vat_rate"))
        if not data["adapter_id"] and self.form.is_about("adapter_id"):
            found.append(Warn(gettext("Without an adapter, nobody looks after this shipping."), "adapter_id"))
        if SHIPPING.of(data["state"]).is_booked and not SHIPPING.of(self.form.shipping.state).is_booked:
            found.append(
                Warn(gettext("“Confirmed” reads as booked with the carrier; setting it books nothing."), "state")
            )
        return found

    def _fits(self, data: dict[str, Any]) -> bool:
        """Whether the prices are one another's at that rate; those that nobody touches are let be."""
        if not self.form.is_about(*PRICES) or any(data[name] is None for name in PRICES):
            return True
        including, excluding, whole = data["including_vat"], data["excluding_vat"], 1 + data["vat_rate"]
        fits: bool = (
            self.form._to_cent(excluding * whole) == including or self.form._to_cent(including / whole) == excluding
        )
        return fits


class ShippingForm(OrderChange):
    """What can be written of a shipping."""

    permission = "accounts.change_shipping"
    explanation_class = ShippingExplanation
    fields_template = "orders/changes/shipping_fields.html"
    anchor = "shipping"
    blame = Blame(
        unique="reference",  # two of one adapter cannot share it (docs/sandbox.md)
        names={
            "shipping-conflict": "reference",
            **{".".join(path).rstrip("_"): name for name, path in PATHS.items()},
        },
    )

    name = text(_("Name"), help_text=_("As the customer reads it."))
    state = forms.ChoiceField(label=_("State"))
    adapter_id = text(_("Adapter"), 200)
    reference = text(_("Reference"), help_text=_("The shipping's id at the carrier or its broker."))
    tms_reference = text(_("Carrier booking no."), help_text=_("Its id at the transport system."))
    including_vat = NumberField(label=_("Price with VAT"), required=False)
    excluding_vat = NumberField(
        label=_("Price without VAT"), required=False, help_text=_("One of the two can be left empty: it is computed.")
    )
    vat_rate = PercentField(label=_("VAT, %"))
    carrier = text(_("Carrier"))
    delivery_class = text(_("Class"), help_text=_("As in home, locker or pick-up."))
    product_name = text(_("Product"))
    product_reference = text(_("Product's reference"))
    carrier_product_id = text(_("Carrier's product id"))
    pickup_name = text(_("Pick-up point"))
    pickup_reference = text(_("Its reference"))
    pickup_street_address = text(_("Street"))
    pickup_postal_code = text(_("Postal code"), 20)
    pickup_city = text(_("City"))
    pickup_country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        validators=[RegexValidator(r"\A[A-Za-z]{2}\Z", _("Write the two letters of a country, as in SE."))],
    )
    attributes = JsonObjectField(label=_("Attributes"), help_text=_("A JSON object. Dots stand for hidden values."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_errors: dict[int, Words] = {}
        # Putting back what was removed is a change like any other.
        cast(forms.ChoiceField, self.fields["state"]).choices = state_choices(SHIPPING, self.shipping.state)

    @property
    def shipping(self) -> Shipping:
        """The shipping as it is; an empty one where it is to be added."""
        return Shipping()

    # What was typed

    def clean_attributes(self) -> JsonObject:
        typed: JsonObject = self.cleaned_data["attributes"]
        restored(typed, attributes_of(self.shipping))
        return typed

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["addons"] = [
            self._addon(place, row) for place, row in enumerate(self._typed_rows()) if self._is_filled(row)
        ]
        if self.row_errors:
            self.add_error(None, _("Look at the add-ons: a price is wrong."))
        if not self.errors:
            self._complete(data)
        return data

    def _complete(self, data: dict[str, Any]) -> None:
        """Fills in the price that was left empty, from the other one and the rate."""
        including, excluding, rate = (data[name] for name in PRICES)
        if self.untouched.keys() >= {"including_vat", "excluding_vat"} or None not in (including, excluding):
            return
        if rate is None:
            self.add_error("vat_rate", _("The other price cannot be computed without it."))
            return
        whole = 1 + rate
        if including is None and excluding is None:
            self.add_error("including_vat", _("Write the price, with VAT or without; 0 if it is free."))
        elif including is None:
            data["including_vat"] = self._to_cent(excluding * whole)
        elif excluding is None:
            data["excluding_vat"] = self._to_cent(including / whole)

    def _to_cent(self, amount: Decimal) -> Decimal:
        return amount.quantize(cent_of(self.order.currency), ROUND_HALF_UP)

    def _typed_rows(self) -> list[dict[str, str]]:
        return rows_in(self.data, ADDON) if isinstance(self.data, QueryDict) else []

    def _addon(self, place: int, row: dict[str, str]) -> dict[str, Any]:
        """An add-on that was typed: `place` says which of those that are there it was."""
        there = self._addon_there(row) or Addon()
        shown = _as_rows([there])[0]
        try:
            price = there.price
            if not is_held(row["addon_price"], shown["addon_price"]):
                price = NumberField(required=False, negative=True).clean(row["addon_price"])
        except ValidationError as error:
            price, self.row_errors[place] = None, " ".join(error.messages)
        is_same = is_held(row["addon_reference"], shown["addon_reference"])
        reference = shown["addon_reference"] if is_same else held(row["addon_reference"], lines=True).strip()
        return {"place": row["addon_place"], "reference": reference, "price": price}

    def _is_filled(self, row: dict[str, str]) -> bool:
        """Whether a row says something, or stands for an add-on that has nothing to say in it."""
        there = self._addon_there(row)
        is_bare = there is not None and there.price is None and not there.reference
        return bool(row["addon_reference"].strip() or row["addon_price"].strip()) or is_bare

    def _addon_there(self, row: dict[str, str]) -> Addon | None:
        """The add-on of the shipping that a row stands for."""
        place, addons = row["addon_place"], self.shipping.addons
        return addons[int(place)] if place.isdecimal() and int(place) < len(addons) else None

    @property
    def has_pickup(self) -> bool:
        """Whether there is anything to see, or to put right, about a pick-up point."""
        names = [name for name in PATHS if name.startswith("pickup_")]
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The add-ons as the template shows them, each with what is wrong with it."""
        if not self.is_bound:
            return _as_rows(self.shipping.addons)
        return [{**row, "error": self.row_errors.get(place, "")} for place, row in enumerate(self._typed_rows())]

    def pressed(self, button: str) -> Self:
        return self.retyped(with_rows(self.data, ADDON, rearranged(self._typed_rows(), ADDON, button)))

    # What it makes of the shipping

    def differences(self) -> list[Difference]:
        found = super().differences()
        old, new = _without_place(_addons(self.shipping)), _without_place(self.cleaned_data["addons"])
        return [*found, Difference("addons", ADDONS, old, new)] if old != new else found

    def changed_shipping(self) -> Shipping:
        """The shipping as it was read, with what is different laid over it."""
        shipping = self.shipping
        for each in self.differences():
            if each.field in PATHS:
                value = ShippingState.read(each.new) if each.field == "state" else each.new
                shipping = with_value(shipping, PATHS[each.field], None if value == "" else value)
            elif each.field == "attributes":
                shipping = shipping.changed(attributes=restored(each.new, attributes_of(self.shipping)))
            else:
                shipping = shipping.changed(addons=tuple(map(self._as_addon, self.cleaned_data["addons"])))
        return shipping

    def _as_addon(self, row: dict[str, Any]) -> Addon:
        """One of those that were there, with what else it holds, or a new one."""
        addon = self._addon_there({"addon_place": row["place"]}) or Addon()
        if row["reference"] != (addon.reference or ""):
            addon = addon.changed(reference=row["reference"] or None)
        return addon if row["price"] == addon.price else addon.changed(price=row["price"])

    def result(self) -> tuple[Shipping, ...]:
        """All shippings of the order as they would be."""
        raise NotImplementedError


ADDONS = _("Add-ons")


def _addons(shipping: Shipping) -> list[dict[str, Any]]:
    return [
        {"place": str(at), "reference": addon.reference or "", "price": addon.price}
        for at, addon in enumerate(shipping.addons)
    ]


def _as_rows(addons: Sequence[Addon]) -> list[dict[str, Any]]:
    return [
        {
            "addon_place": str(at),
            "addon_reference": addon.reference or "",
            "addon_price": "" if addon.price is None else as_typed(addon.price),
        }
        for at, addon in enumerate(addons)
    ]


def _without_place(addons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"reference": each["reference"], "price": each["price"]} for each in addons]


class ShippingCreate(ShippingForm):
    """POST shippings."""

    title = _("Add a shipping")
    verb = _("Add shipping")
    done = _("The shipping was added.")
    action = AuditAction.SHIPPING_CREATE
    adds = True

    def blank(self, order: Order) -> dict[str, Any]:
        """The rate is that of a shipping that is there, or of the goods: freight is taxed as what it brings."""
        items = order.cart.items if order.cart else ()
        rates = [*(each.vat_rate for each in order.shippings), *(each.vat_rate for each in items)]
        return {"state": start_of(SHIPPING), "vat_rate": next((rate for rate in rates if rate is not None), None)}

    def result(self) -> tuple[Shipping, ...]:
        return (*self.order.shippings, self.changed_shipping())

    def send(self, api: OrderApi, order: Order) -> None:
        api.shippings.create(order.id or "", self.changed_shipping())


class ShippingMerge(Merge["ShippingChange"]):
    """Conflicts about the add-ons are told, and chosen, as a whole."""

    def label_of(self, name: str) -> Words:
        return ADDONS if name == "addons" else super().label_of(name)

    def in_words(self, name: str, value: Any) -> Any:
        if name != "addons":
            return value
        return ", ".join(f"{each['reference'] or '–'} {each['price'] or ''}".strip() for each in value or ())

    def adopt(self, name: str, data: QueryDict) -> None:
        if name != "addons":
            super().adopt(name, data)
            return
        rows = _as_rows(self.form.shipping.addons)
        for each in ADDON:
            data.setlist(each, [row[each] for row in rows])


class ShippingChange(ShippingForm):
    """PUT shippings/{shipping_id}: the shipping as it was just read, with what was typed laid over it."""

    title = _("Change a shipping")
    verb = _("Save shipping")
    done = _("The shipping was saved.")
    action = AuditAction.SHIPPING_UPDATE
    merge_class = ShippingMerge

    @property
    def shipping(self) -> Shipping:
        return shipping_of(self.order, self.ids["shipping_id"])

    def current(self, order: Order) -> dict[str, Any]:
        now = shipping_of(order, self.ids["shipping_id"])
        found = {name: value_at(now, path) for name, path in PATHS.items()}
        numbers = ("including_vat", "excluding_vat", "vat_rate")
        shown = {name: value if name in numbers else str(value or "") for name, value in found.items()}
        addons = [{**each, "price": _plain(each["price"])} for each in _without_place(_addons(now))]
        return {**shown, "addons": addons, "attributes": masked(attributes_of(now))}

    def result(self) -> tuple[Shipping, ...]:
        new = self.changed_shipping()
        return tuple(new if each.id == new.id else each for each in self.order.shippings)

    def send(self, api: OrderApi, order: Order) -> None:
        api.shippings.update(order.id or "", self.ids["shipping_id"], self.changed_shipping())


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else as_typed(amount)


class ShippingRemovalExplanation(RemovalExplanation["ShippingRemoval"]):
    def closed(self) -> Words:
        is_removed = self.form.shipping.state == self.form.removed_state
        return _("This shipping is removed already.") if is_removed else ""

    def consequences(self) -> list[Words]:
        name = called(self.form.shipping.name, self.form.shipping.adapter_id) or self.form.shipping.id or "–"
        return [
            gettext("%s gets the state “removed”. It stays in the order and is counted no more; changing its state "
                    "puts it back.") % name,
            gettext("Nothing is cancelled at the carrier: what is booked there stays booked."),
        ]  # fmt: skip

    def warnings(self) -> list[Warn]:
        rest = tuple(
            self.form.removed() if each.id == self.form.shipping.id else each for each in self.form.order.shippings
        )
        found = total_warnings(self.form.order, rest)
        if SHIPPING.of(self.form.shipping.state).is_at_carrier:
            word = state_of("shipping", str(self.form.shipping.state)).word
            found.append(Warn(gettext("Its state says “%s”, so the carrier may expect it.") % word))
        return found


class ShippingRemoval(Removal):
    """PUT shippings/{shipping_id} with the state `removed`."""

    title = _("Remove a shipping")
    verb = _("Remove shipping")
    done = _("The shipping was removed.")
    action = AuditAction.SHIPPING_UPDATE
    permission = "accounts.change_shipping"
    explanation_class = ShippingRemovalExplanation
    anchor = "shipping"
    labels = STATE_ALONE
    removed_state = removed_of(SHIPPING)

    def part(self, order: Order) -> Shipping:
        return shipping_of(order, self.ids["shipping_id"])

    @property
    def shipping(self) -> Shipping:
        return self.part(self.order)

    def current(self, order: Order) -> dict[str, Any]:
        return {"state": str(self.part(order).state or "")}

    def removed(self) -> Shipping:
        return self.shipping.changed(state=ShippingState.read(self.removed_state))

    def send(self, api: OrderApi, order: Order) -> None:
        api.shippings.update(order.id or "", self.ids["shipping_id"], self.removed())
