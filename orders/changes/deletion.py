"""Deleting an order."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain.adapters import called
from domain.states import ORDER, removed_of
from domain.typed import tidy
from order_api import OrderApi
from order_api.schemas import Order
from orders.changes.base import Difference
from orders.changes.explanation import Words
from orders.changes.removal import Removal, RemovalExplanation, RemovalMerge
from orders.changes.state import status_of
from payments.executions.locks import lock

LONGEST = 200  # characters that somebody has to type


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


class DeletionExplanation(RemovalExplanation["OrderDeletion"]):
    def closed(self) -> Words:
        return lock(self.form.order.id or "")

    def consequences(self) -> list[Words]:
        found: list[Words] = [
            _("The order disappears for good, with its customer, payments, transactions, shippings and history. It "
              "cannot be brought back."),
            _("No money moves: what was reserved or captured stays so at the payment provider, with no order to it."),
        ]  # fmt: skip
        if removed_of(ORDER) in ORDER.of(status_of(self.form.order)).follows:
            found.append(_("The soft way is the state “removed”: it ends the order and keeps it to be looked at."))
        return found


class DeletionMerge(RemovalMerge["OrderDeletion"]):
    def yours(self, name: str) -> Any:
        return _("deleted")


class OrderDeletion(Removal):
    """DELETE orders/{order_id}, once its name was typed."""

    title = _("Delete this order")
    verb = _("Delete order")
    done = _("The order was deleted.")
    action = AuditAction.ORDER_DELETE
    permission = "accounts.delete_order"
    explanation_class = DeletionExplanation
    merge_class = DeletionMerge
    labels = {"status": _("Order state"), "total": _("Total"), "payments": _("Payments")}

    typed = forms.CharField(
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].label = _g("Type “%s” to delete it") % self.name

    @property
    def name(self) -> str:
        """What has to be typed: the reference, on one line; the id where that cannot be typed."""
        reference = _on_one_line(self.order.reference or "")
        can_be_typed = reference.isprintable() and len(reference) <= LONGEST
        return reference if reference and can_be_typed else self.order.id or ""

    def current(self, order: Order) -> dict[str, Any]:
        """What makes a difference to somebody who is about to delete it."""
        total = order.total.including_vat if order.total else None
        payments = [f"{called(each.name, each.adapter_id) or each.id}: {each.state}" for each in order.payments]
        return {"status": status_of(order), "total": total, "payments": ", ".join(payments)}

    def clean_typed(self) -> str:
        typed = tidy(str(self.cleaned_data["typed"]))
        if typed not in map(tidy, filter(None, (self.name, self.order.id))):
            raise ValidationError(_g("This is not the order's reference or id. Nothing was deleted."))
        return typed

    def differences(self) -> list[Difference]:
        return [*super().differences(), Difference("reference", _("Reference"), self.order.reference, None)]

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.delete(order.id or "")

    def landing(self, said: "Words | None") -> str:
        return resolve_url("order-list", self.channel)
