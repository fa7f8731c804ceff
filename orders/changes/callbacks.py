"""Validations, hooks and notifications: who is asked about an order, who may stop a change to it,
who is told afterwards."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from order_api import OrderApi
from order_api.schemas import Callback, Hook, Notification, Order, OrderVersion, encode
from orders.changes.base import Blame, OrderChange
from orders.changes.callback_url import CallbackUrlField
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.json_fields import JsonObject, JsonObjectField
from orders.changes.lookup import part_of
from orders.changes.removal import Removal, RemovalExplanation
from privacy import PAGE, mask_text

LONGEST_DELAY = 24 * 3600 * 1000  # milliseconds
# What hooks can be asked about, in the order in which the API asks (Norce docs, order/callbacks);
# `reference` is in use beside it.
PARTS = ("/state", "/consents", "/customer", "/cart", "/shippings", "/payments", "/reference")
# RFC 6901, without the root: a notification or a hook is about a part.
_POINTER = RegexValidator(
    re.compile(r"(/([^~/]|~[01])*)+\Z"), _("Write a JSON pointer that begins with /, as in /state/currentStatus.")
)
PERMISSION = "accounts.change_callbacks"
ANCHOR = "integrations"
LABELS: Mapping[str, Words] = {
    "adapter_id": _("Adapter"),
    "reference": _("Reference"),
    "description": _("Description"),
    "subscribe_to": _("Asked about"),
    "scope": _("Told about"),
    "target": _("May change"),
    "url": _("Address"),
    "invoke": _("Address"),
}
REMOVAL_TEMPLATE = "orders/changes/removal.html"
Part = TypeVar("Part", Callback, Hook, Notification)


def found(parts: Iterable[Part], identifier: str) -> Part:
    """The part with that id. Raises NotFound."""
    return part_of(parts, identifier, gettext("The order has no such callback any more."))


def adapter_field() -> forms.CharField:
    attrs = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    return forms.CharField(label=_("Adapter"), max_length=200, widget=forms.TextInput(attrs=attrs))


def version_field() -> forms.ChoiceField:
    choices = [(each, each) for each in OrderVersion.values]
    return forms.ChoiceField(label=_("Version of the order that it gets"), choices=choices, initial="v0")


def typed_in(form: OrderChange) -> dict[str, Any]:
    """What was typed, what is empty as None."""
    return {name: value if value not in ("", {}) else None for name, value in form.cleaned_data.items()}


def facts_of(part: Callback | Hook | Notification) -> dict[str, Any]:
    """What a callback is, by the names of LABELS; addresses masked, as on the order's page."""
    return {name: mask_text(str(value), PAGE) for name in LABELS if (value := getattr(part, name, None))}


# Validations


class ValidationExplanation(Explanation["ValidationForm"]):
    def consequences(self) -> list[Words]:
        return [gettext("Whenever the order is validated, this address is asked and can say no.")]


class ValidationForm(OrderChange):
    permission = PERMISSION
    anchor = ANCHOR
    explanation_class = ValidationExplanation

    adapter_id = adapter_field()
    url = CallbackUrlField(label=_("Address"), help_text=_("Called by POST; {order_id} in it becomes the order's id."))


class ValidationCreate(ValidationForm):
    """POST validations."""

    title = _("Add a validation")
    verb = _("Add validation")
    done = _("The validation was added.")
    action = AuditAction.ORDER_VALIDATION_CREATE
    adds = True

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.create_validation(order.id or "", Callback(**typed_in(self)))


class ValidationChange(ValidationForm):
    """PUT validations/{validation_id}."""

    title = _("Change a validation")
    verb = _("Save validation")
    done = _("The validation was saved.")
    action = AuditAction.ORDER_VALIDATION_UPDATE

    def current(self, order: Order) -> dict[str, Any]:
        now = found(order.validations, self.ids["validation_id"])
        return {"adapter_id": now.adapter_id or "", "url": now.address or ""}

    def send(self, api: OrderApi, order: Order) -> None:
        changed = {each.field: each.new or None for each in self.differences()}
        now = found(order.validations, self.ids["validation_id"]).changed(**changed)
        api.orders.update_validation(order.id or "", self.ids["validation_id"], now)


class ValidationRemovalExplanation(RemovalExplanation["ValidationRemoval"]):
    def consequences(self) -> list[Words]:
        return [gettext("It will not be asked any more when this order is validated. It is not told of that.")]


class ValidationRemoval(Removal):
    """DELETE validations/{validation_id}."""

    title = _("Remove a validation")
    verb = _("Remove")
    done = _("The validation was removed.")
    action = AuditAction.ORDER_VALIDATION_REMOVE
    permission = PERMISSION
    anchor = ANCHOR
    explanation_class = ValidationRemovalExplanation
    fields_template = REMOVAL_TEMPLATE
    labels = LABELS

    def current(self, order: Order) -> dict[str, Any]:
        return facts_of(found(order.validations, self.ids["validation_id"]))

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.remove_validation(order.id or "", self.ids["validation_id"])


# Hooks


class HookExplanation(Explanation["HookCreate"]):
    def consequences(self) -> list[Words]:
        return [
            gettext(
                "It is asked before every change of that part, and the change waits for it. As long as it refuses, or "
                "does not answer, that part of the order cannot be changed by anybody."
            )
        ]

    def warnings(self) -> list[Warn]:
        part = self.form.cleaned_data["subscribe_to"]
        top = "/" + part.split("/")[1]
        if top in PARTS:
            return []
        words = gettext(
            "“%(part)s” is none of the parts that hooks are known to be asked about; it may never be called."
        )
        return [Warn(words % {"part": part}, "subscribe_to")]


class HookCreate(OrderChange):
    """POST hooks. There is no operation that changes one: it is removed and added anew."""

    title = _("Add a hook")
    verb = _("Add hook")
    done = _("The hook was added.")
    action = AuditAction.ORDER_HOOK_CREATE
    permission = PERMISSION
    has_adapters_act = True
    anchor = ANCHOR
    adds = True
    explanation_class = HookExplanation
    blame = Blame(names={"target": "may_change"})

    adapter_id = adapter_field()
    subscribe_to = forms.CharField(
        label=_("Asked about"),
        max_length=300,
        validators=[_POINTER],
        help_text=_("The part of the order whose changes it is asked about, as in /state, /cart or /payments."),
    )
    may_change = forms.CharField(
        label=_("May change"),
        max_length=300,
        required=False,
        validators=[_POINTER],
        help_text=_("The part that it may change as it answers. Empty: none."),
    )
    invoke = CallbackUrlField(label=_("Address"), help_text=_("Called by POST before a change is made."))
    version = version_field()

    def send(self, api: OrderApi, order: Order) -> None:
        typed = typed_in(self) | {"version": OrderVersion.read(self.cleaned_data["version"])}
        api.orders.create_hook(order.id or "", Hook(target=typed.pop("may_change"), **typed))


class HookRemovalExplanation(RemovalExplanation["HookRemoval"]):
    def consequences(self) -> list[Words]:
        return [
            gettext(
                "The adapter will not be asked any more before this order changes, and what it would have done then is "
                "not done: reserving money, checking stock, booking a delivery."
            ),
            gettext("The API cannot put it back by itself: it would have to be added anew."),
        ]


class HookRemoval(Removal):
    """DELETE hooks/{hook_id}: also the way out where a dead hook refuses every change."""

    title = _("Remove a hook")
    verb = _("Remove")
    done = _("The hook was removed.")
    action = AuditAction.ORDER_HOOK_DELETE
    permission = PERMISSION
    has_adapters_act = True
    anchor = ANCHOR
    explanation_class = HookRemovalExplanation
    fields_template = REMOVAL_TEMPLATE
    labels = LABELS

    def current(self, order: Order) -> dict[str, Any]:
        return facts_of(found(order.hooks, self.ids["hook_id"]))

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.delete_hook(order.id or "", self.ids["hook_id"])


# Notifications


class NotificationCreate(OrderChange):
    """POST notifications. There is no operation that changes one: it is removed and added anew."""

    title = _("Add a notification")
    verb = _("Add notification")
    done = _("The notification was added.")
    action = AuditAction.ORDER_NOTIFICATION_CREATE
    permission = PERMISSION
    anchor = ANCHOR
    adds = True

    adapter_id = adapter_field()
    scope = forms.CharField(
        label=_("Told about"),
        max_length=300,
        validators=[_POINTER],
        help_text=_("The part of the order whose changes it is told of, as in /state/currentStatus. Not inside lists."),
    )
    schema = JsonObjectField(
        label=_("Only if it fits"),
        help_text=_('A JSON Schema (2020-12) for the value there, as in {"const": "completed"}. Empty: any change.'),
    )
    invoke = CallbackUrlField(
        label=_("Address"),
        help_text=_(
            "Called by POST after the change. {order.id} and {configuration.adapter.internalUrl} are filled in."
        ),
    )
    delay = forms.IntegerField(
        label=_("Wait"),
        required=False,
        min_value=0,
        max_value=LONGEST_DELAY,
        help_text=_("Milliseconds between the change and the call; at most a day."),
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=300,
        required=False,
        help_text=_("Stays the same from order to order; the log of deliveries is searched by it."),
    )
    description = forms.CharField(label=_("Description"), max_length=500, required=False)
    version = version_field()

    def clean_schema(self) -> JsonObject:
        from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - nothing else of a program needs it

        schema: JsonObject = self.cleaned_data["schema"]
        try:
            Draft202012Validator.check_schema(_plain(schema))
        except SchemaError as error:
            place = "/" + "/".join(str(step) for step in error.absolute_path)
            words = _("This is no JSON Schema: at %(place)s, %(why)s.")
            raise ValidationError(words, code="schema", params={"place": place, "why": error.message}) from None
        return schema

    def clean_scope(self) -> str:
        scope: str = self.cleaned_data["scope"]
        if any(step.isdecimal() or step == "-" for step in scope.split("/")):
            raise ValidationError(_("A notification cannot be about something inside a list."), code="list")
        return scope

    def send(self, api: OrderApi, order: Order) -> None:
        typed = typed_in(self) | {"version": OrderVersion.read(self.cleaned_data["version"])}
        if typed["schema"] is not None:
            typed["schema"] = dict(typed["schema"])
        api.orders.create_notification(order.id or "", Notification(**cast(Any, typed)))


def _plain(schema: JsonObject) -> Any:
    """The schema with its numbers as JSON Schema's checker knows them."""
    return json.loads(encode(dict(schema)))


class NotificationRemovalExplanation(RemovalExplanation["NotificationRemoval"]):
    def consequences(self) -> list[Words]:
        return [
            gettext(
                "It will not be told of changes to this order any more. What waits for its delivery may still go out."
            )
        ]


class NotificationRemoval(Removal):
    """DELETE notifications/{notification_id}."""

    title = _("Remove a notification")
    verb = _("Remove")
    done = _("The notification was removed.")
    action = AuditAction.ORDER_NOTIFICATION_DELETE
    permission = PERMISSION
    anchor = ANCHOR
    explanation_class = NotificationRemovalExplanation
    fields_template = REMOVAL_TEMPLATE
    labels = LABELS

    def current(self, order: Order) -> dict[str, Any]:
        return facts_of(found(order.notifications, self.ids["notification_id"]))

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.delete_notification(order.id or "", self.ids["notification_id"])
