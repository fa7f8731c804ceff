"""Writing a line into a payment's log by hand, and registering what can be done to a payment."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain.states import MONEY_ACTIONS
from order_api import OrderApi
from order_api.schemas import Order, Payment, PaymentAction, PaymentEvent, PaymentTransaction
from orders.changes.base import Blame, Difference, OrderChange
from orders.changes.callback_url import CallbackUrlField
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.json_fields import JsonTextField, parse
from orders.changes.payments import choices_of, name_of, payment_of
from orders.page.words import EVENTS
from payments.executions.locks import lock
from ui.numbers import NumberField

RESULTS = {"true": True, "false": False}
ROWS = 3


class TransactionExplanation(Explanation["TransactionCreate"]):
    def closed(self) -> Words:
        return lock(self.form.order.id or "", self.form.ids["payment_id"])

    def consequences(self) -> list[Words]:
        return [
            gettext("This writes a line into the log of %s, and moves no money.") % name_of(self.form.payment),
            gettext("A line cannot be changed or taken back: the API has no way to do it."),
        ]

    def warnings(self) -> list[Warn]:
        if self.form.cleaned_data["event"] in MONEY_ACTIONS and self.form.cleaned_data["is_success"]:
            text = gettext("It will be read as money that moved. Write it only if the provider says so.")
            return [Warn(text, "event")]
        return []

    def evidence(self) -> tuple[str, Words]:
        return resolve_url(
            "payment-transactions", self.form.channel, self.form.order.id, self.form.ids["payment_id"]
        ), _("Look at the payment's log")


class TransactionCreate(OrderChange):
    """POST transactions. `amount` is the payment's amount after it (Norce reference, schemas/paymenttransaction)."""

    title = _("Add a transaction")
    verb = _("Add transaction")
    done = _("The transaction was added to the payment's log.")
    action = AuditAction.PAYMENT_TRANSACTION_CREATE
    permission = "accounts.add_transaction"
    adds = True
    explanation_class = TransactionExplanation
    fields_template = "orders/changes/transaction_fields.html"
    field_order = ("event", "psp_event", "is_success", "psp_status", "amount", "payment_action")

    event = forms.ChoiceField(label=_("Event"), required=False)
    psp_event = forms.CharField(label=_("Event at the provider"), max_length=200, required=False)
    amount = NumberField(
        label=_("Left after"), required=False, negative=True, help_text=_("What is left of the payment after it.")
    )
    is_success = forms.TypedChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("not said")), ("true", _("OK")), ("false", _("Failed"))],
        coerce=RESULTS.__getitem__,
        empty_value=None,
    )
    psp_status = forms.CharField(label=_("Status at the provider"), max_length=200, required=False)
    error_detail = forms.CharField(
        label=_("Error"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    payment_action = forms.ChoiceField(label=_("Caused by"), required=False)
    request_json = JsonTextField(label=_("Request"), help_text=_("JSON: what the provider was asked."))
    response_json = JsonTextField(label=_("Answer"), help_text=_("JSON: what the provider answered."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = [(each.id or "", f"{each.type or '?'} – {each.adapter_id or '?'}") for each in self.payment_actions]
        cast(forms.ChoiceField, self.fields["event"]).choices = [("", _("not said")), *choices_of(PaymentEvent, EVENTS)]
        cast(forms.ChoiceField, self.fields["payment_action"]).choices = [("", _("no action")), *actions]

    @property
    def payment(self) -> Payment:
        return payment_of(self.order, self.ids["payment_id"])

    @property
    def payment_actions(self) -> list[PaymentAction]:
        return [each for each in self.payment.actions if each.id]

    def blank(self, order: Order) -> dict[str, Any]:
        return {"amount": self.payment.amount}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("event") and not data.get("psp_event"):
            self.add_error("event", ValidationError(_("Say what happened, in the API's words or the provider's.")))
        return data

    def differences(self) -> list[Difference]:
        """As JSON, so that the log masks what is secret in it by the names of its fields."""
        return [
            each._replace(new=parse(each.new)) if each.field in ("request_json", "response_json") and each.new else each
            for each in super().differences()
        ]

    def transaction(self) -> PaymentTransaction:
        data = self.cleaned_data
        action = next((each for each in self.payment_actions if each.id == data["payment_action"]), None)
        texts = ("psp_event", "error_detail", "psp_status", "request_json", "response_json")
        return PaymentTransaction(
            event=PaymentEvent.read(data["event"]) if data["event"] else None,
            amount=data["amount"],
            is_success=data["is_success"],
            payment_action=action,
            **{name: data[name] or None for name in texts},
        )

    def send(self, api: OrderApi, order: Order) -> None:
        api.payments.add_transaction(order.id or "", self.ids["payment_id"], self.transaction())


class Suggested(forms.TextInput):
    """A text field that suggests values and takes others too."""

    template_name = "orders/changes/suggested.html"

    def __init__(self, values: tuple[str, ...]) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.values = values

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["suggestions"] = self.values
        context["widget"]["attrs"]["list"] = f"suggested-{name}"
        return context


class ActionExplanation(Explanation["ActionCreate"]):
    def closed(self) -> Words:
        return lock(self.form.order.id or "", self.form.ids["payment_id"])

    def consequences(self) -> list[Words]:
        return [
            gettext("This offers actions on %s. It executes nothing, and no money moves.") % name_of(self.form.payment),
            gettext("The API has no way to take an action back: the adapter replaces its actions as the payment moves "
                    "on."),
        ]  # fmt: skip

    def warnings(self) -> list[Warn]:
        there = {(each.type, each.url) for each in self.form.payment.actions}
        return [
            Warn(gettext("The payment has this action already: %s") % each.type)
            for each in self.form.actions()
            if (each.type, each.url) in there
        ]


class ActionCreate(OrderChange):
    """POST actions: one or several at once, as the API takes them. Nothing is executed by it."""

    title = _("Offer payment actions")
    verb = _("Offer actions")
    done = _("The actions are offered on the payment.")
    action = AuditAction.PAYMENT_ACTION_CREATE
    permission = "accounts.add_transaction"
    adds = True
    explanation_class = ActionExplanation
    fields_template = "orders/changes/action_fields.html"
    blame = Blame(names={"0.adapter_id": "adapter_id"})

    adapter_id = forms.CharField(label=_("Adapter"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            where = {"number": row}
            self.fields[f"type_{row}"] = forms.CharField(
                label=_("Type of action %(number)d") % where,
                max_length=100,
                required=False,
                widget=Suggested(MONEY_ACTIONS),
            )
            self.fields[f"url_{row}"] = CallbackUrlField(
                label=_("Address of action %(number)d") % where, required=False
            )

    @property
    def payment(self) -> Payment:
        return payment_of(self.order, self.ids["payment_id"])

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"type_{row}"], self[f"url_{row}"]) for row in range(1, ROWS + 1)]

    def blank(self, order: Order) -> dict[str, Any]:
        return {"adapter_id": self.payment.adapter_id or ""}

    def clean(self) -> dict[str, Any]:
        for kind, url in self.rows:
            self._check_row(kind.name, url.name)
        if not self.errors and not self.actions():
            self.add_error("type_1", ValidationError(_("Fill in at least one action.")))
        return self.cleaned_data

    def _check_row(self, kind: str, url: str) -> None:
        typed, address = self.cleaned_data.get(kind), self.cleaned_data.get(url)
        if address and not typed:
            self.add_error(kind, ValidationError(_("Say what kind of action this is.")))
        if typed and not address and url not in self.errors:
            self.add_error(url, ValidationError(_("Say which address is called.")))

    def actions(self) -> list[PaymentAction]:
        data = self.cleaned_data
        rows = [(data.get(kind.name), data.get(url.name)) for kind, url in self.rows]
        return [
            PaymentAction(adapter_id=data.get("adapter_id"), type=kind, url=url) for kind, url in rows if kind and url
        ]

    def send(self, api: OrderApi, order: Order) -> None:
        api.payments.add_actions(order.id or "", self.ids["payment_id"], self.actions())
