"""What the customer consented to: given and taken back, added, removed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from order_api import OrderApi
from order_api.schemas import Consent, Order
from orders.changes.base import Blame, OrderChange
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.lookup import part_of
from orders.changes.merge import Merge
from orders.changes.removal import Removal, RemovalExplanation, RemovalMerge
from orders.changes.untouched import field_name

HOLDS_UP = _("Required before the order can go to processing.")
GIVEN: Mapping[bool, Words] = {True: _("given"), False: _("not given")}


def words_of(consent: Consent) -> str:
    return consent.text or consent.id or "–"


def _named(order: Order) -> dict[str, Consent]:
    """The consents that can be named in a call, by the name of their field."""
    return {field_name("consent-", consent.id): consent for consent in order.consents if consent.id}


class ConsentsExplanation(Explanation["ConsentsChange"]):
    def closed(self) -> Words:
        return "" if self.form.fields else _("This order has no consents that could be changed. One can be added.")

    def warnings(self) -> list[Warn]:
        """Taking back what the customer gave is a statement about the customer."""
        back = [str(each.label) for each in self.form.differences() if not each.new]
        says = _g("Taken back: %s. The order then says that the customer does not consent.")
        return [Warn(says % ", ".join(back))] if back else []


class ConsentsMerge(Merge["ConsentsChange"]):
    def in_words(self, name: str, value: Any) -> Any:
        return GIVEN[bool(value)] if isinstance(value, bool) else value


class ConsentsChange(OrderChange):
    """PATCH consents/{consent_id}, or PATCH consents for several that are different: one call,
    which does all of them or none.

    A slash in an id need not survive in an address, whatever the API runs on; in the list it does.
    """

    title = _("Change consents")
    verb = _("Save consents")
    done = _("The consents were saved.")
    action = AuditAction.ORDER_CONSENTS_PATCH
    permission = "accounts.change_consent"
    explanation_class = ConsentsExplanation
    merge_class = ConsentsMerge
    fields_template = "orders/changes/consents_fields.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, consent in _named(self.order).items():
            self.fields[name] = forms.BooleanField(
                label=words_of(consent), required=False, help_text=HOLDS_UP if consent.required else ""
            )

    def current(self, order: Order) -> dict[str, Any]:
        return {name: bool(consent.checked) for name, consent in _named(order).items()}

    @property
    def choices(self) -> list[tuple[forms.BoundField, Consent]]:
        return [(self[name], consent) for name, consent in _named(self.order).items()]

    def send(self, api: OrderApi, order: Order) -> None:
        consents = _named(order)
        changed = [consents[each.field].changed(checked=each.new) for each in self.differences()]
        if len(changed) == 1 and "/" not in (changed[0].id or ""):
            api.orders.patch_consent(order.id or "", changed[0].id or "", changed[0])
        else:
            api.orders.patch_consents(order.id or "", changed)


class AdditionExplanation(Explanation["ConsentAddition"]):
    def warnings(self) -> list[Warn]:
        data = self.form.cleaned_data
        if data["required"] and not data["checked"]:
            says = _g("Required and not given: the order cannot go to processing before the customer consents.")
            return [Warn(says, "required")]
        return []


class ConsentAddition(OrderChange):
    """POST consents."""

    title = _("Add a consent")
    verb = _("Add consent")
    done = _("The consent was added.")
    action = AuditAction.ORDER_CONSENT_CREATE
    permission = "accounts.change_consent"
    adds = True
    explanation_class = AdditionExplanation
    blame = Blame(unique="consent_id", names={"id": "consent_id"})

    consent_id = forms.CharField(
        label=_("Id"),
        max_length=100,
        help_text=_("By which the shop knows it, as in newsletter. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=2000,
        help_text=_("What the customer is asked."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    required = forms.BooleanField(label=_("Required"), required=False, help_text=HOLDS_UP)
    checked = forms.BooleanField(label=_("The customer has consented"), required=False)

    def clean_consent_id(self) -> str:
        consent_id = str(self.cleaned_data["consent_id"])
        if any(consent.id == consent_id for consent in self.order.consents):
            raise ValidationError(_("This order has a consent with this id already."))
        return consent_id

    def target(self) -> str:
        return str(self.cleaned_data.get("consent_id", ""))

    def send(self, api: OrderApi, order: Order) -> None:
        data = self.cleaned_data
        api.orders.create_consent(
            order.id or "",
            Consent(id=data["consent_id"], text=data["text"], required=data["required"], checked=data["checked"]),
        )


class ConsentRemovalExplanation(RemovalExplanation["ConsentRemoval"]):
    def consequences(self) -> list[Words]:
        consent = self.form.consent_of(self.form.order)
        words = {"text": words_of(consent), "answer": GIVEN[bool(consent.checked)]}
        found: list[Words] = [
            _g("“%(text)s” (%(answer)s) disappears from the order, with the customer's answer.") % words
        ]
        if consent.required and not consent.checked:
            found.append(_("It is required and not given; without it nothing of it holds the order up any more."))
        return found


class ConsentRemovalMerge(RemovalMerge["ConsentRemoval"]):
    def in_words(self, name: str, value: Any) -> Any:
        return {True: _("yes"), False: _("no")}[value] if isinstance(value, bool) else value


class ConsentRemoval(Removal):
    """DELETE consents/{consent_id}."""

    title = _("Remove a consent")
    verb = _("Remove consent")
    done = _("The consent was removed.")
    action = AuditAction.ORDER_CONSENT_REMOVE
    permission = "accounts.change_consent"
    explanation_class = ConsentRemovalExplanation
    merge_class = ConsentRemovalMerge
    labels = {
        "text": _("Text"),
        "required": _("Required"),
        "checked": _("The customer has consented"),
    }

    def consent_of(self, order: Order) -> Consent:
        """Raises NotFound if it is gone."""
        wanted = self.ids["consent_id"]
        says = _g("This order has no consent “%s”; somebody may have removed it.") % wanted
        return part_of(order.consents, wanted, says)

    def current(self, order: Order) -> dict[str, Any]:
        consent = self.consent_of(order)
        return {"text": words_of(consent), "required": bool(consent.required), "checked": bool(consent.checked)}

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.remove_consent(order.id or "", self.ids["consent_id"])
