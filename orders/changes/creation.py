"""Making an order."""

import re
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.shortcuts import resolve_url
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain import countries
from domain.money import code_of
from order_api import OrderApi
from order_api.errors import ApiError
from order_api.schemas import Cart, Customer, CustomerType, Order, Price, encode
from orders.changes.addresses import TYPES
from orders.changes.base import Blame, Difference, OrderChange
from orders.changes.cart_sums import IndivisibleError
from orders.changes.drafts import (
    COLUMNS,
    RowErrors,
    cart_of,
    items_total,
    read_order,
    read_rows,
    rows_of,
    sendable,
    too_many_lines,
)
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.json_fields import as_text
from orders.changes.row_fields import Row, rearranged, rows_in, with_rows
from orders.changes.untouched import texts_in
from ui.formats import format_money
from ui.numbers import CURRENCY

LARGEST_ORDER = 10_000_000  # characters of JSON
AS_JSON, AS_FORM = "as-json", "as-form"
HEAD = ("reference", "cart_reference", "country", "currency", "culture", "customer_type")
_OFF = {"autocomplete": "off", "spellcheck": "false"}
_CULTURE = RegexValidator(
    re.compile(r"\A[A-Za-z]{2,3}(-[A-Za-z]{2})*\Z"), _("Write a language and a country, as in sv-SE.")
)


class CreationExplanation(Explanation["OrderCreation"]):
    doubt = _("The order may exist. Look for it in the list before you send it again.")

    def closed(self) -> Words:
        return too_many_lines(self.form.order) or super().closed()

    def consequences(self) -> list[Words]:
        found: list[Words] = [_("The order starts in checkout, without payments and shippings.")]
        if self.form.ids.get("source"):
            found.append(
                _(
                    "It is a copy. Left out: ids, references, states, payments, shippings, integrations, "
                    "identity numbers and hidden attributes. Consents were given for the other order, so they are not "
                    "given here."
                )
            )
        return found

    def warnings(self) -> list[Warn]:
        order: Order = self.form.cleaned_data["order"]
        found = []
        if not (order.cart and order.cart.items):
            found.append(Warn(_g("The order has no items."), "items"))
        if self.form.cleaned_data["lost"]:
            says = _g("Discounts of lines that you changed are not kept: they were worked out for the old price.")
            found.append(Warn(says, "items"))
        if left_out := sendable(order)[1]:
            found.append(Warn(_g("Left out, as the Order API sets it: %s.") % ", ".join(left_out), "document"))
        return found + self._sums(order)

    def _sums(self, order: Order) -> list[Warn]:
        """A cart whose total is not what its lines add up to."""
        said = order.cart.total.including_vat if order.cart and order.cart.total else None
        there = items_total(order).including_vat
        if said is None or said == there or not (order.cart and order.cart.items):
            return []
        words = {"said": format_money(said, order.currency), "there": format_money(there, order.currency)}
        return [Warn(_g("The cart says %(said)s, its items add up to %(there)s.") % words, "document")]

    def evidence(self) -> tuple[str, Words]:
        """The list, with what this order would be found by."""
        head = _head(self.form.cleaned_data["order"])
        named = {name: head[name] for name in ("cart_reference", "reference") if head[name]}
        query = f"?{urlencode([next(iter(named.items()))])}" if named else ""
        return self.form.next_page() + query, _("Look for it in the list")


class OrderCreation(OrderChange):
    """POST orders: from fields and rows, or from JSON; both over `document`, so that what the
    fields do not show is not lost."""

    title = _("New order")
    verb = _("Create order")
    done = _("The order was created.")
    action = AuditAction.ORDER_CREATE
    permission = "accounts.create_order"
    adds = True
    explanation_class = CreationExplanation
    blame = Blame("cart_reference", {"cart.reference": "cart_reference", "customer.type": "customer_type"})
    fields_template = "orders/changes/creation_fields.html"

    mode = forms.ChoiceField(choices=[("form", ""), ("json", "")], required=False, widget=forms.HiddenInput)
    document = forms.CharField(label=_("Order as JSON"), required=False, max_length=LARGEST_ORDER)
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=200, widget=forms.TextInput(attrs=_OFF),
        help_text=_("The order's number in the shop and in other systems."),
    )  # fmt: skip
    cart_reference = forms.CharField(
        label=_("Cart reference"), required=False, max_length=200, widget=forms.TextInput(attrs=_OFF),
        help_text=_("Two orders cannot have the same."),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Country"), required=False)
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, validators=[CURRENCY],
        widget=forms.TextInput(attrs=_OFF | {"placeholder": "SEK", "autocapitalize": "characters"}),
    )  # fmt: skip
    culture = forms.CharField(
        label=_("Language"), required=False, max_length=12, validators=[_CULTURE],
        widget=forms.TextInput(attrs=_OFF | {"placeholder": "sv-SE"}),
    )  # fmt: skip
    customer_type = forms.ChoiceField(label=_("Customer is"), required=False)
    items = forms.CharField(label=_("Items"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self._head_of_document())
        self.row_errors: RowErrors = {}
        self.created_id = ""
        self._offer("country", {"": "–", **countries.names(get_language())})
        self._offer("customer_type", {"": _("Not known yet"), **TYPES})

    def _head_of_document(self) -> dict[str, str]:
        """What the fields stood on before anybody typed: the document that they were made of."""
        return _head(self._document) if self.data.get("document") else {}

    @cached_property
    def _document(self) -> Order:
        """The order that was sent with the form; an empty one where it cannot be read."""
        try:
            return read_order(str(self.data.get("document", "")))
        except ValidationError:
            return Order()

    def texts(self) -> Iterator[str]:
        return texts_in(self._document.raw)

    def _offer(self, name: str, known: dict[str, Any]) -> None:
        given = [self.initial.get(name), self.data.get(name)]
        extra = {str(value): str(value) for value in given if value and value not in known}
        cast(forms.ChoiceField, self.fields[name]).choices = [*known.items(), *extra.items()]

    def blank(self, order: Order) -> dict[str, Any]:
        document = order.to_json()
        return {**_head(order), "mode": "form", "document": encode(document).decode() if document else ""}

    # What was typed

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    @property
    def is_json(self) -> bool:
        return self.data.get("mode") == "json"

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        try:
            base = read_order(data.get("document", ""))
        except ValidationError as error:
            self.add_error("document", error)
            return data
        if self.is_json:
            if not data.get("document"):
                self.add_error("document", _("Paste an order here."))
            data["order"], data["lost"] = base, False
        else:
            self._build(base)
        return data

    def _build(self, base: Order) -> None:
        """The order of the fields and rows, over the document that they came from."""
        data = self.cleaned_data
        typed, self.row_errors = read_rows(self._posted_rows(), base)
        for (place, _name), says in self.row_errors.items():
            self.add_error("items", _g("Row %(row)d: %(says)s") % {"row": place + 1, "says": says})
        is_new = any(each.changed for each in typed)
        if is_new and "currency" in data and not data["currency"]:
            self.add_error("currency", _("Amounts need a currency."))
        if self.errors:
            return
        try:
            cart, data["lost"] = cart_of(typed, base, data["currency"])
        except IndivisibleError as error:
            says = _g("The parts of “%s” cannot follow this quantity.") % (error.part.name or error.part.sku or "?")
            self.add_error("items", says)
            return
        before = _head(base)
        head = {name: data[name] or None for name in HEAD if data[name] != before[name]}
        if "cart_reference" in head:
            cart = cart.changed(reference=head.pop("cart_reference"))
        if "customer_type" in head:
            head["customer"] = self._customer(base, head.pop("customer_type"))
        if cart is not base.cart and (base.cart is not None or cart != Cart()):
            head["cart"] = cart
        data["order"] = base.changed(**head) if head else base

    def _customer(self, base: Order, chosen: str | None) -> Customer | None:
        kind = CustomerType.read(chosen) if chosen else None
        if base.customer is not None:
            return base.customer.changed(type=kind or base.customer.type)
        return Customer(type=kind) if kind else None

    def _posted_rows(self) -> list[Row]:
        return rows_in(self.data, COLUMNS)

    # How it is shown

    @property
    def rows(self) -> list[tuple[Row, dict[str, str]]]:
        """The rows with what is wrong in each, by column; an empty one where there is none."""
        rows = self._posted_rows() if self.is_bound else [] if self.explanation.closed() else rows_of(self.order)
        wrong: dict[int, dict[str, str]] = {}
        for (place, name), says in self.row_errors.items():
            wrong.setdefault(place, {})[name] = says
        return [(row, wrong.get(place, {})) for place, row in enumerate(rows or [dict.fromkeys(COLUMNS, "")])]

    @property
    def document_shown(self) -> str:
        return str(self["document"].value() or "")

    @property
    def sum_shown(self) -> str:
        """What the rows come to, once they can be read."""
        if not self.is_bound:
            return self._sum_of(self.order.cart.total if self.order.cart else None, self.order.currency or "")
        currency = str(self.data.get("currency", ""))
        try:
            base = read_order(self.document_shown)
            typed, errors = read_rows(self._posted_rows(), base)
            cart, _lost = cart_of(typed, base, currency)
        except (ValidationError, IndivisibleError):
            return ""
        return "" if errors or not typed else self._sum_of(cart.total, currency)

    def _sum_of(self, price: Price | None, currency: str) -> str:
        return format_money(price.including_vat, currency) if price else ""

    def pressed(self, button: str) -> "OrderCreation":
        """Rows added and removed, the total worked out; the other way to write it, if it can be read."""
        if button in (AS_JSON, AS_FORM):
            return self._turned(button)
        rows = rearranged(self._posted_rows(), COLUMNS, button)
        return self.retyped(with_rows(self.data, COLUMNS, rows))

    def _turned(self, button: str) -> "OrderCreation":
        """The same order written the other way; what cannot be read stays, with a word about it."""
        if not self.is_valid():
            return self
        order: Order = self.cleaned_data["order"]
        data = with_rows(self.data, COLUMNS, rows_of(order))
        for name, value in _head(order).items():
            data[name] = value
        document = order.to_json()
        data["mode"] = "json" if button == AS_JSON else "form"
        data["document"] = as_text(document) if button == AS_JSON else encode(document).decode()
        return self.retyped(data)

    # What is sent, and what there is to say about it

    def differences(self) -> list[Difference]:
        order: Order = self.cleaned_data["order"]
        lines = [f"{item.quantity} × {item.sku or item.name}" for item in (order.cart.items if order.cart else ())]
        total = order.cart.total.including_vat if order.cart and order.cart.total else None
        summary = {**_head(order), "items": lines, "cart_total": total}
        return [Difference(name, self.merge.label_of(name), None, value) for name, value in summary.items() if value]

    def send(self, api: OrderApi, order: Order) -> None:
        self.created_id = api.orders.create(sendable(self.cleaned_data["order"])[0])

    def concerns(self) -> str:
        return self.created_id

    def blames(self, error: ApiError) -> str | None:
        return "document" if self.is_json else super().blames(error)

    def next_page(self) -> str:
        return resolve_url("order-list", self.channel)

    def landing(self, said: "Words | None") -> str:
        return resolve_url("order-detail", self.channel, self.created_id)


def _head(order: Order) -> dict[str, str]:
    """The fields of an order that stand above its items."""
    kind = order.customer.type if order.customer else None
    return {
        "reference": order.reference or "",
        "cart_reference": (order.cart.reference if order.cart else None) or "",
        "country": (order.country or "").upper(),
        "currency": code_of(order.currency),
        "culture": order.culture or "",
        "customer_type": str(kind or ""),
    }
