"""Changing how many of what is in the cart, with the new totals shown before they are sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain.money import code_of, money_of, to_minor_units
from domain.states import ORDER
from order_api import OrderApi
from order_api.schemas import Cart, Item, Order
from orders.changes.base import OrderChange
from orders.changes.cart_sums import IndivisibleError, Sides, keyed, quantity_of, recount, stays, total_of
from orders.changes.drafts import too_many_lines
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.merge import Merge
from orders.changes.snapshot import Seen
from orders.changes.state import status_of
from trade.totals import present_totals
from ui.formats import format_money
from ui.numbers import as_typed

MOST = 2**31 - 1  # the API's int32


class CartRow(NamedTuple):
    """A line that can be changed, or a part of the bundle above it, which follows."""

    item: Item
    depth: int
    quantity: BoundField | None = None
    remove: BoundField | None = None


@dataclass(frozen=True, slots=True)
class LineStep:
    """A line before and after; `new` None where it is taken out."""

    depth: int
    old: Item
    new: Item | None

    @property
    def is_same(self) -> bool:
        return self.new is self.old

    @property
    def totals(self) -> tuple[Decimal | None, Decimal | None]:
        """With VAT. A part that has no amounts of its own shows none."""
        return _shown(self.old), _shown(self.new) if self.new else None

    @property
    def quantities(self) -> tuple[int, int]:
        return quantity_of(self.old), quantity_of(self.new) if self.new else 0


class SumStep(NamedTuple):
    """One of the totals before and after; `rate` is that of a VAT."""

    kind: str
    old: Decimal
    new: Decimal
    rate: Decimal | None = None


class Preview(NamedTuple):
    lines: list[LineStep]
    sums: list[SumStep]


def name_of(item: Item) -> str:
    """What a person calls the line."""
    return item.name or item.sku or item.reference or item.id or "–"


def in_one_line(cart: Cart | None) -> str:
    """The whole cart as text that can be compared and that an auditor can read, amounts with VAT."""
    if cart is None:
        return ""
    lines = [f"{quantity_of(item)} × {name_of(item)} {_typed(total_of(item).including)}".strip() for item in cart.items]
    return f"{'; '.join(lines)} = {_typed(Sides.of(cart.total).including)}"


def _typed(amount: Decimal | None) -> str:
    return "" if amount is None else as_typed(amount)


def _shown(item: Item) -> Decimal | None:
    return total_of(item).including if item.total or item.original_total or item.price else None


class CartExplanation(Explanation["CartChange"]):
    sure = _("Send this cart")

    def closed(self) -> Words:
        if waits := super().closed() or too_many_lines(self.form.order):
            return waits
        state = ORDER.of(status_of(self.form.order))
        if state.name and not state.is_start:
            words = gettext("The cart can be changed only while the order is in checkout. This order is “%s”.")
            return words % state.word
        return (
            ""
            if self.form.order.cart and self.form.order.cart.items
            else gettext("The cart is empty; there is nothing to change.")
        )

    def consequences(self) -> list[Words]:
        if self.closed():
            return []
        return [
            gettext(
                "The platform's adapter owns this cart. It may overwrite what you change here at any time; a change "
                "that is to last belongs in the shop."
            ),
            gettext("Discounts are kept per piece: with half as many pieces, half the discount is left."),
        ]

    def warnings(self) -> list[Warn]:
        sums = {"old": self._amount(self.form.total_before), "new": self._amount(self.form.total_after)}
        found = [Warn(gettext("The order's total goes from %(old)s to %(new)s.") % sums)]
        if not self.form.after.items:
            found.append(Warn(gettext("The cart will be empty.")))
        money = money_of(self.form.order.payments, self.form.total_after, self.form.order.currency)
        if self.form.total_after is not None and money.undeclared and not money.is_empty and not money.foreign:
            words = gettext(
                "The payments add up to %(paid)s, which is not the new total: the order will not validate until they "
                "do."
            )
            found.append(Warn(words % {"paid": format_money(money.own.declared, money.currency)}))
        if gap := self._gap():
            words = gettext(
                "The cart's own total differs from its lines by %s that nothing explains; the difference is kept."
            )
            found.append(Warn(words % self._amount(gap)))
        return found

    def _amount(self, amount: Decimal | None) -> str:
        return format_money(amount, self.form.order.currency)

    def _gap(self) -> Decimal:
        cart = self.form.order.cart or Cart()
        own = Sides.of(cart.total).including
        if own is None:
            return Decimal(0)
        lines = sum((total_of(item).including or Decimal(0) for item in cart.items), Decimal(0))
        return to_minor_units(own - lines, code_of(self.form.order.currency))


class CartMerge(Merge["CartChange"]):
    """Line by line where the lines are the same, else the cart as a whole."""

    def conflicts(self, seen: Seen) -> list[str]:
        found = super().conflicts(seen)
        lines = [name for name in found if name != "cart"]
        same_lines = all(name in self.form.fields and name in seen.values for name in lines)
        return lines if lines and same_lines else ["cart"] if found else []

    def adopt(self, name: str, data: QueryDict) -> None:
        for each in self.form.fields if name == "cart" else [name]:
            if each.startswith("quantity-"):
                super().adopt(each, data)
                data.pop(each.replace("quantity-", "remove-", 1), None)


class CartChange(OrderChange):
    """PUT cart: the whole of it, as it was read, with other quantities and all sums counted anew (`cart_sums`)."""

    title = _("Edit the cart")
    verb = _("Show the new totals")
    done = _("The cart was changed.")
    action = AuditAction.ORDER_CART_UPDATE
    permission = "accounts.change_cart"
    has_adapters_act = True
    explanation_class = CartExplanation
    merge_class = CartMerge
    fields_template = "orders/changes/cart.html"

    cart = forms.CharField(label=_("Cart"), disabled=True, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {} if too_many_lines(self.order) else keyed(self.order.cart)
        for key, item in self.lines.items():
            self.fields[f"quantity-{key}"] = forms.IntegerField(
                label=name_of(item), min_value=0, max_value=MOST, required=False
            )
            self.fields[f"remove-{key}"] = forms.BooleanField(label=_("Remove"), required=False)
            self.fields[f"quantity-{key}"].widget.attrs["inputmode"] = "numeric"

    def current(self, order: Order) -> dict[str, Any]:
        quantities = {f"quantity-{key}": quantity_of(item) for key, item in keyed(order.cart).items()}
        return {"cart": in_one_line(order.cart), **quantities}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for key, item in self.lines.items():
            if data.pop(f"remove-{key}", False):
                data[f"quantity-{key}"] = 0
            elif data.get(f"quantity-{key}") is None and f"quantity-{key}" not in self.errors:
                data[f"quantity-{key}"] = quantity_of(item)
        if not self.errors:
            self._recount(data)
        return data

    def _recount(self, data: dict[str, Any]) -> None:
        wanted = {key: data[f"quantity-{key}"] for key in self.lines}
        try:
            self.after = recount(self.order.cart or Cart(), wanted, self.order.currency)
        except IndivisibleError as error:
            key = next(key for key, item in self.lines.items() if _holds(item, error.part))
            words = gettext("“%(part)s” cannot be divided among that many: its own number would not be whole.")
            self.add_error(f"quantity-{key}", words % {"part": name_of(error.part)})
        else:
            data["cart"] = in_one_line(self.after)

    # What comes out

    @property
    def total_before(self) -> Decimal | None:
        return self.order.total.including_vat if self.order.total else None

    @property
    def total_after(self) -> Decimal | None:
        """The order's total with the new cart: shippings stay what they are."""
        before, after = (
            Sides.of(cart.total if cart else None).including or Decimal(0) for cart in (self.order.cart, self.after)
        )
        return None if self.total_before is None else self.total_before + after - before

    # What the template shows

    def rows(self) -> Iterator[CartRow]:
        for key, item in self.lines.items():
            yield CartRow(item, 0, self[f"quantity-{key}"], self[f"remove-{key}"])
            yield from _parts(item, 1)

    @cached_property
    def preview(self) -> Preview:
        """What will be sent, beside what there is; of a valid form."""
        after = iter(self.after.items)
        news = {k: next(after) if stays(i, self.cleaned_data[f"quantity-{k}"]) else None for k, i in self.lines.items()}
        lines = [step for key, item in self.lines.items() for step in _steps(item, news[key], 0)]
        return Preview(lines, list(self._sums()))

    def _sums(self) -> Iterator[SumStep]:
        changed = self.order.total.changed(including_vat=self.total_after) if self.order.total else None
        before, after = (
            present_totals(order) for order in (self.order, self.order.changed(cart=self.after, total=changed))
        )
        yield SumStep(
            "cart", *(Sides.of(c.total if c else None).including or Decimal(0) for c in (self.order.cart, self.after))
        )
        yield SumStep("total", before.total, after.total)
        vats = [{row.rate: row.vat for row in totals.vat} for totals in (before, after)]
        for rate in vats[0] | vats[1]:
            yield SumStep("vat", vats[0].get(rate, Decimal(0)), vats[1].get(rate, Decimal(0)), rate)

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.update_cart(order.id or "", self.after)


def _holds(item: Item, part: Item) -> bool:
    return item is part or any(_holds(each, part) for each in item.items)


def _parts(item: Item, depth: int) -> Iterator[CartRow]:
    for part in item.items:
        yield CartRow(part, depth)
        yield from _parts(part, depth + 1)


def _steps(old: Item, new: Item | None, depth: int) -> Iterator[LineStep]:
    yield LineStep(depth, old, new)
    news: Mapping[int, Item] = dict(enumerate(new.items)) if new else {}
    for at, part in enumerate(old.items):
        yield from _steps(part, news.get(at), depth + 1)
