"""Moving an order on, and giving it its reference."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from domain.money import Concern, findings
from domain.states import ORDER, Bucket, Stage, state_of
from order_api import OrderApi
from order_api.schemas import Order
from orders.changes.base import Blame, OrderChange
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.merge import WholeMerge
from orders.page.payments import present_money
from ui.formats import format_money


def status_of(order: Order) -> str:
    return str(order.state.current_status or "") if order.state else ""


def followers(order: Order) -> tuple[str, ...]:
    """The states that the order can take next; all where that is not known, as the API has the last word."""
    now = ORDER.of(status_of(order))
    return tuple(ORDER) if now.stage is Stage.UNKNOWN else now.follows


def missing_consents(order: Order) -> list[str]:
    """The texts of the required consents that are not given."""
    return [consent.text or consent.id or "?" for consent in order.consents if consent.required and not consent.checked]


def missing_words(missing: list[str]) -> str:
    text = ngettext("A required consent is not given: %s", "Required consents are not given: %s", len(missing))
    return text % ", ".join(missing)


_MONEY: Mapping[Concern, Words] = {
    Concern.HELD_FOR_NOTHING: _("%s is still captured or reserved, and nothing will be delivered for it."),
    Concern.CANNOT_SAY: _("Not every payment is in the order's currency, so it cannot be said whether they cover it."),
    Concern.NOT_COVERED: _("%s is not covered by any payment."),
    Concern.TOO_MUCH: _("%s was paid too much."),
    Concern.TO_PAY_BACK: _("%s is to be paid back."),
}


class StateExplanation(Explanation["StateChange"]):
    def consequences(self) -> list[Words]:
        """What a change of state sets off: adapters that are asked, and payments that they may move."""
        hooks = [hook for hook in self.form.order.hooks if (hook.part or "").startswith("/state")]
        told = [each for each in self.form.order.notifications if (each.scope or "").startswith("/state")]
        found: list[Words] = []
        if not followers(self.form.order):
            found.append(gettext("This state is final: nothing can follow it."))
        if missing := missing_consents(self.form.order):
            found.append(missing_words(missing))
        if hooks:
            names = ", ".join(dict.fromkeys(hook.adapter_id or "?" for hook in hooks))
            found.append(gettext("Asked first, and able to refuse: %s. They may move payments.") % names)
        if told:
            names = ", ".join(dict.fromkeys(each.adapter_id or "?" for each in told))
            found.append(gettext("Told afterwards: %s.") % names)
        return found

    def warnings(self) -> list[Warn]:
        missing, state = missing_consents(self.form.order), ORDER.of(self.form.cleaned_data["status"])
        found: list[Words] = []
        if missing and state.stage is Stage.PLACED:
            found.append(missing_words(missing))
        if state.is_final:
            found += self._of_money(state.stage)
            found.append(gettext("“%s” is final: the order cannot leave it again.") % state.word)
        return [Warn(says, "status") for says in found]

    def _of_money(self, stage: Stage) -> Iterator[Words]:
        """What is not as it should be about the money of an order that ends so, with the way there."""
        money, address = (
            present_money(self.form.order),
            reverse("payment-list", args=[self.form.channel, self.form.order.id]),
        )
        said = [(_MONEY[concern], amounts) for concern, amounts in findings(stage, money) if concern in _MONEY]
        if stage is Stage.PLACED and (held := money.amounts(Bucket.HELD)):
            said.insert(0, (gettext("%s is reserved and not captured."), held))
        for words, amounts in said:
            text = " + ".join(format_money(*amount) for amount in amounts)
            says = str(words) % text if text else words
            yield format_html('{} <a href="{}">{}</a>', says, address, gettext("Look at the payments"))


class StateChange(OrderChange):
    """PUT state. Runs the hooks on /state first, so that it can take a while and be refused by an adapter."""

    title = _("Change the order's state")
    verb = _("Change state")
    done = _("The order's state was changed.")
    action = AuditAction.ORDER_STATE_UPDATE
    permission = "accounts.change_state"
    has_adapters_act = True
    explanation_class = StateExplanation
    merge_class = WholeMerge
    blame = Blame(
        names=dict.fromkeys(
            ("current_status", "order-state-transition-not-allowed", "order-consent-required"), "status"
        )
    )

    status = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("For the log of this desk; the Order API does not keep it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["status"])
        now = ORDER.of(status_of(self.order))
        if now.is_agreed and now.usual_next:
            self.initial["status"] = now.usual_next
        field.choices = [
            (each, f"{state_of('order', each).word} – {state_of('order', each).meaning}")
            for each in followers(self.order)
        ]

    def current(self, order: Order) -> dict[str, Any]:
        return {"status": status_of(order)}

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.update_state(order.id or "", self.cleaned_data["status"])


class ReferenceExplanation(Explanation["ReferenceChange"]):
    def warnings(self) -> list[Warn]:
        return (
            []
            if self.form.cleaned_data["reference"]
            else [Warn(gettext("The order will have no reference."), "reference")]
        )


class ReferenceChange(OrderChange):
    """PUT reference: the order's number in other systems."""

    title = _("Change the order's reference")
    verb = _("Save reference")
    done = _("The reference was saved.")
    action = AuditAction.ORDER_REFERENCE_UPDATE
    permission = "accounts.change_reference"
    explanation_class = ReferenceExplanation
    blame = Blame(names={"body": "reference"})

    reference = forms.CharField(
        label=_("Reference"),
        max_length=200,
        required=False,
        help_text=_("The order's number in the shop and in other systems."),
    )

    def current(self, order: Order) -> dict[str, Any]:
        return {"reference": order.reference or ""}

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.update_reference(order.id or "", self.cleaned_data["reference"])
