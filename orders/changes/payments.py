"""Adding, changing and removing a payment's record. None of it moves money: that is the provider's,
through the payment's actions."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain.adapters import called
from domain.money import ZERO, code_of, to_minor_units
from domain.states import PAYMENT, Bucket, removed_of, start_of, state_of
from order_api import OrderApi
from order_api.schemas import OpenSet, Order, Payment, PaymentState, PaymentType, Recurring
from orders.changes.base import Blame, Difference, OrderChange
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.json_fields import JsonObject, JsonObjectField, masked, restored
from orders.changes.lookup import Choices, attributes_of, part_of, state_choices
from orders.changes.removal import STATE_ALONE, Removal, RemovalExplanation
from orders.page.payments import present_money
from orders.page.words import PAYMENT_TYPES
from payments.executions.locks import lock
from ui.formats import format_amount, format_money
from ui.numbers import CURRENCY, NumberField

MOVES_NOTHING = _(
    "This changes what is written down about the payment, and moves no money: the provider is not asked and not told."
)


def payment_of(order: Order, payment_id: str) -> Payment:
    """The order's payment of that id. Raises NotFound."""
    return part_of(order.payments, payment_id, gettext("The order has no such payment."))


def name_of(payment: Payment) -> str:
    """What people call it, for a sentence."""
    return called(payment.name, payment.adapter_id) or payment.id or ""


def choices_of(kind: type[OpenSet], words: Mapping[str, Words], now: str = "") -> Choices:
    """The values of an open set with their words; one that is there and that we do not know stays as it came."""
    values = [*kind.values, *([now] if now and now not in kind.values else [])]
    return [(value, words.get(value, value)) for value in values]


class PaymentExplanation(Explanation["PaymentForm"]):
    def consequences(self) -> list[Words]:
        return [MOVES_NOTHING]

    def warnings(self) -> list[Warn]:
        data, old = self.form.cleaned_data, self.form.payment
        found = []
        if PAYMENT.of(data["state"]).is_fact_about_money and data["state"] != old.state:
            found.append(Warn(_about_money(data["state"]), "state"))
        found += sum_warnings(self.form.order, self.form.result())
        if not data["adapter_id"] and self.form.is_about("adapter_id"):
            found.append(Warn(gettext("Without an adapter, nobody looks after this payment."), "adapter_id"))
        if (data["amount"] or 0) < 0 and self.form.is_about("amount"):
            found.append(Warn(gettext("The amount is below zero."), "amount"))
        limit = data["upper_limit_amount"]
        above = ZERO if limit is None else to_minor_units((data["amount"] or ZERO) - limit, code_of(data["currency"]))
        if above > 0 and self.form.is_about("amount", "upper_limit_amount"):
            found.append(Warn(gettext("The amount is above the payment's limit."), "amount"))
        own = (self.form.order.currency or "").upper()
        if own and data["currency"].upper() not in ("", own) and self.form.is_about("currency"):
            found.append(Warn(gettext("The order is in %s.") % own, "currency"))
        return found


class PaymentForm(OrderChange):
    """What can be written of a payment. The provider's token is never shown; what is left empty of it stays."""

    permission = "accounts.change_payment"
    explanation_class = PaymentExplanation
    fields_template = "orders/changes/payment_fields.html"
    blame = Blame(
        unique="reference",  # two of one adapter cannot share it (docs/sandbox.md)
        names={
            "payment-conflict": "reference",
            **{f"recurring.{part}": f"recurring_{part}" for part in ("token", "description", "attributes")},
        },
    )

    name = forms.CharField(label=_("Name"), max_length=200, required=False, help_text=_("As the customer reads it."))
    adapter_id = forms.CharField(label=_("Adapter"), max_length=200, required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    state = forms.ChoiceField(label=_("State"))
    amount = NumberField(label=_("Amount"), required=False, negative=True, help_text=_("What the payment covers."))
    upper_limit_amount = NumberField(
        label=_("Limit"), required=False, negative=True, help_text=_("The most that it may cover, as of a voucher.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False, validators=[CURRENCY])
    reference = forms.CharField(
        label=_("Reference"), max_length=300, required=False, help_text=_("The payment's id at the provider.")
    )
    attributes = JsonObjectField(label=_("Attributes"), help_text=_("A JSON object. Dots stand for hidden values."))
    recurring_token = forms.CharField(
        label=_("Token"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    recurring_description = forms.CharField(label=_("Description"), max_length=500, required=False)
    recurring_attributes = JsonObjectField(label=_("Attributes of the agreement"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.payment
        types = choices_of(PaymentType, PAYMENT_TYPES, str(now.type or ""))
        cast(forms.ChoiceField, self.fields["type"]).choices = [("", _("not said")), *types]
        cast(forms.ChoiceField, self.fields["state"]).choices = state_choices(PAYMENT, now.state)
        self.fields["recurring_token"].help_text = (
            _("There is one, which is not shown. Leave empty to keep it.") if self.has_token else ""
        )

    @property
    def payment(self) -> Payment:
        """The payment as it is; an empty one where it is to be added."""
        return Payment()

    @property
    def has_token(self) -> bool:
        return bool(self.payment.recurring and self.payment.recurring.token)

    def clean_attributes(self) -> JsonObject:
        return self._checked("attributes", self.payment)

    def clean_recurring_attributes(self) -> JsonObject:
        return self._checked("recurring_attributes", self.payment.recurring)

    def _checked(self, name: str, holder: Payment | Recurring | None) -> JsonObject:
        typed: JsonObject = self.cleaned_data[name]
        restored(typed, attributes_of(holder))
        return typed

    def clean(self) -> dict[str, Any]:
        data = {**self.cleaned_data}
        typed = {name: value for name, value in data.items() if name not in self.untouched}
        if self.fills_agreement(typed) and not data.get("recurring_token") and not self.has_token:
            self.add_error("recurring_token", ValidationError(_("A recurring agreement needs its token.")))
        return data

    def fills_agreement(self, data: Mapping[str, Any]) -> bool:
        return any(data.get(f"recurring_{part}") for part in ("token", "description", "attributes"))

    def differences(self) -> list[Difference]:
        """An empty object where there was none is no difference."""
        return [each for each in super().differences() if each.old or each.new != {}]

    def typed(self) -> dict[str, Any]:
        """The payment's fields that are different from what they were, as the client wants them."""
        changed = {each.field: each.new for each in self.differences()}
        fields = {name: value if value != "" else None for name, value in changed.items() if "recurring" not in name}
        for name, kind in (("type", PaymentType), ("state", PaymentState)):
            if text := fields.get(name):
                fields[name] = kind.read(text)
        if "attributes" in fields:
            fields["attributes"] = restored(fields["attributes"], attributes_of(self.payment))
        if any("recurring" in name for name in changed):
            fields["recurring"] = self.agreement(changed)
        return fields

    def agreement(self, changed: Mapping[str, Any]) -> Recurring:
        now = self.payment.recurring or Recurring()
        new = {name.removeprefix("recurring_"): value for name, value in changed.items() if "recurring" in name}
        if "attributes" in new:
            new["attributes"] = restored(new["attributes"], attributes_of(now))
        if "description" in new:
            new["description"] = new["description"] or None
        return now.changed(**new)

    def result(self) -> tuple[Payment, ...]:
        """All payments of the order as they would be."""
        raise NotImplementedError


def _about_money(state: str) -> str:
    word = state_of("payment", state).word
    return gettext("“%(state)s” will be read as a fact about money. Set it only if the provider says so: setting it "
                   "moves none.") % {
        "state": word
    }  # fmt: skip


def sum_warnings(order: Order, payments: tuple[Payment, ...]) -> list[Warn]:
    """Says if live payments would no longer add up to the order's total, where they are not as far off already."""
    before, after = present_money(order), present_money(order.changed(payments=payments))
    if after.foreign or after.undeclared in (0, before.undeclared):
        return []
    figures = {
        "covered": format_amount(after.own.declared, after.currency),
        "total": format_money(after.total, after.currency),
    }
    text = gettext("Live payments will add up to %(covered)s of %(total)s, so the order will not validate.")
    return [Warn(text % figures, "amount")]


class PaymentCreate(PaymentForm):
    """POST payments."""

    title = _("Add a payment")
    verb = _("Add payment")
    done = _("The payment was added.")
    action = AuditAction.PAYMENT_CREATE
    adds = True

    def blank(self, order: Order) -> dict[str, Any]:
        money = present_money(order)
        uncovered = ZERO if money.covers_unknown else -money.gap
        return {
            "type": "default", "state": start_of(PAYMENT), "currency": order.currency or "",
            "amount": max(uncovered, ZERO),
        }  # fmt: skip

    def payment_to_add(self) -> Payment:
        return Payment(**self.typed())

    def result(self) -> tuple[Payment, ...]:
        return (*self.order.payments, self.payment_to_add())

    def send(self, api: OrderApi, order: Order) -> None:
        api.payments.create(order.id or "", self.payment_to_add())


class PaymentChangeExplanation(PaymentExplanation):
    def closed(self) -> Words:
        return lock(self.form.order.id or "", self.form.ids["payment_id"])


class PaymentChange(PaymentForm):
    """PUT payment: the payment as it was just read, with what was typed laid over it; upsell and
    unknown fields stay."""

    title = _("Correct the record")
    verb = _("Save payment")
    done = _("The payment was saved.")
    action = AuditAction.PAYMENT_UPDATE
    explanation_class = PaymentChangeExplanation

    @property
    def payment(self) -> Payment:
        return payment_of(self.order, self.ids["payment_id"])

    def current(self, order: Order) -> dict[str, Any]:
        now = payment_of(order, self.ids["payment_id"])
        agreement = now.recurring or Recurring()
        return {
            **{name: getattr(now, name) or "" for name in ("name", "adapter_id", "currency", "reference")},
            "type": str(now.type or ""),
            "state": str(now.state or ""),
            "amount": now.amount,
            "upper_limit_amount": now.upper_limit_amount,
            "attributes": masked(attributes_of(now)),
            "recurring_token": "",
            "recurring_description": agreement.description or "",
            "recurring_attributes": masked(attributes_of(agreement)),
        }

    def changed_payment(self) -> Payment:
        return self.payment.changed(**self.typed())

    def result(self) -> tuple[Payment, ...]:
        return tuple(
            self.changed_payment() if each.id == self.ids["payment_id"] else each for each in self.order.payments
        )

    def send(self, api: OrderApi, order: Order) -> None:
        api.payments.update(order.id or "", self.ids["payment_id"], self.changed_payment())


class PaymentRemovalExplanation(RemovalExplanation["PaymentRemoval"]):
    def closed(self) -> Words:
        if self.form.part(self.form.order).state == self.form.removed_state:
            return _("This payment is removed already.")
        return lock(self.form.order.id or "", self.form.ids["payment_id"])

    def consequences(self) -> list[Words]:
        payment = self.form.part(self.form.order)
        what = {"name": name_of(payment), "amount": format_money(payment.amount, payment.currency)}
        return [
            gettext("%(name)s, %(amount)s, gets the state “removed”. It stays in the order, is counted no more, and "
                    "its log stays.") % what,
            gettext("No money moves: what is reserved or captured at the provider stays so. Cancel or refund it "
                    "first."),
        ]  # fmt: skip

    def warnings(self) -> list[Warn]:
        state = self.form.current(self.form.order)["state"]
        rest = tuple(
            self.form.removed() if each.id == self.form.ids["payment_id"] else each for each in self.form.order.payments
        )
        held = [
            gettext("Its state says “%s”, so the provider may hold money for it.") % state_of("payment", state).word
        ]
        return [
            *(Warn(text) for text in held if PAYMENT.of(state).bucket in (Bucket.HELD, Bucket.TAKEN)),
            *sum_warnings(self.form.order, rest),
        ]


class PaymentRemoval(Removal):
    """PUT payment with the state `removed`."""

    title = _("Remove a payment")
    verb = _("Remove payment")
    done = _("The payment was removed.")
    action = AuditAction.PAYMENT_UPDATE
    permission = "accounts.change_payment"
    explanation_class = PaymentRemovalExplanation
    labels = STATE_ALONE
    removed_state = removed_of(PAYMENT)

    def part(self, order: Order) -> Payment:
        return payment_of(order, self.ids["payment_id"])

    def current(self, order: Order) -> dict[str, Any]:
        return {"state": str(self.part(order).state or "")}

    def removed(self) -> Payment:
        return self.part(self.order).changed(state=PaymentState.read(self.removed_state))

    def send(self, api: OrderApi, order: Order) -> None:
        api.payments.update(order.id or "", self.ids["payment_id"], self.removed())
