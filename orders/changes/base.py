"""The base of all changes to an order."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

from django import forms
from django.forms.utils import ErrorDict
from django.shortcuts import resolve_url

from accounts.channels import Channel
from audit.actions import AuditAction
from order_api import OrderApi
from order_api.errors import ApiError, Conflict
from order_api.schemas import Order
from orders.changes import lengths, untouched
from orders.changes.explanation import Explanation, Words
from orders.changes.idempotency import new_mark
from orders.changes.merge import Merge
from orders.changes.snapshot import Seen, Values, same

_NAMED = re.compile(r"[\w.]{1,80}(?=: | is )")  # as in `vatRate: "x" is not a number`
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Difference(NamedTuple):
    """A field that a change sets to another value."""

    field: str
    label: Words
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Blame:
    """Which field a refusal of the API is about."""

    unique: str = ""
    """The field of which the order, or the channel, can have one value once: a conflict is about it."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Our field by the API's code, or by its name for a field (with underscores) where that is not ours."""

    def field_of(self, error: ApiError, fields: Container[str]) -> str | None:
        """One of `fields`, where the error's code tells, or its message, which begins with what is wrong."""
        named = _NAMED.match(error.message)
        place = _CAPITAL.sub("_", named[0]).lower() if named else ""
        name = self.names.get(error.code or "") or self.names.get(place, place)
        name = self.unique if isinstance(error, Conflict) else name
        return name if name in fields else None


class OrderChange(forms.Form):
    """One change to one order, as a form.

    A subclass says in words what it is (`title`, `verb` for the button, `done` for afterwards), what it is called in
    the log (`action`), which permission it takes, what of the order it is about (`current`), and sends exactly one
    operation (`send`). What people are told before it is sent is its `explanation`'s, what happens where a colleague
    changed the same its `merge`'s. The rest is `flow`'s.
    """

    title: ClassVar[Words]
    verb: ClassVar[Words]
    done: ClassVar[Words]
    action: ClassVar[AuditAction]
    permission: ClassVar[str]
    adds: ClassVar[bool] = False
    """Whether sending it twice would add two of something: then each form that was shown can be
    sent once, whatever is typed into it."""
    has_adapters_act: ClassVar[bool] = False
    """Whether adapters are asked or told about it, who may move payments for it: then it waits while a payment action
    of this desk is not settled, which it would bring evidence for, or hide."""
    anchor: ClassVar[str] = ""
    """The part of the order's page where the change can be seen."""
    blame: ClassVar[Blame] = Blame()
    explanation_class: ClassVar[type[Explanation[Any]]] = Explanation
    merge_class: ClassVar[type[Merge[Any]]] = Merge
    fields_template: ClassVar[str] = "orders/changes/fields.html"
    """The middle of the form. No block of a template of its own: the dialog gets a partial, and a
    child template has none."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        order: Order,
        channel: Channel,
        ids: Mapping[str, str] | None = None,
    ) -> None:
        self.order = order
        self.channel = channel
        self.ids = dict(ids or {})
        self.explanation = self.explanation_class(self)
        self.merge = self.merge_class(self)
        shown = self.current(order)
        super().__init__(data, initial={**self.blank(order), **shown}, label_suffix="")
        self.seen = Seen(dict(shown), str(order.raw.get("lastModified", "")))
        self.once = str(self.data.get("once") or new_mark())
        """The mark of this form, by which it is known if it is sent twice. It stays until it was sent."""
        self.is_unchecked = False
        self.untouched: Mapping[str, Any] = {}
        """What nobody touched, by field, once it was looked at: the values that the API holds."""
        self._kept = ""
        untouched.split_lines(self)

    # What a subclass says

    def blank(self, order: Order) -> dict[str, Any]:
        """What the fields hold at first that are not about anything the order has yet."""
        return {}

    def current(self, order: Order) -> dict[str, Any]:
        """What the order says now of the part that this changes, by field. Raises
        order_api.errors.NotFound if it is gone."""
        return {}

    def send(self, api: OrderApi, order: Order) -> "Words | None":
        """Sends the one operation, against the order as it was just read. May return words that say
        more than `done`."""
        raise NotImplementedError

    def next_page(self) -> str:
        """Where the change can be seen."""
        page = resolve_url("order-detail", self.channel, self.order.id)
        return f"{page}#{self.anchor}" if self.anchor else page

    def landing(self, said: "Words | None") -> str:
        """Where the person goes once it is done; `said` is what `send` returned."""
        return self.next_page()

    def concerns(self) -> str:
        """The id of the order that this is about; of a new one it is known once it was sent."""
        return self.order.id or ""

    def target(self) -> str:
        """What of the order is meant, for the log: a payment's id, say."""
        return next(iter(self.ids.values()), "")

    def blames(self, error: ApiError) -> str | None:
        """The field that a refusal is about, where that can be told."""
        return self.blame.field_of(error, self.fields)

    def texts(self) -> Iterator[str]:
        """The texts of the order, which may be as long as they are."""
        return untouched.texts_in(self.order.raw)

    def pressed(self, button: str) -> Self:
        """The form after one of its own buttons, named `redo`: rearranged, with nothing checked and nothing sent."""
        return self.retyped(self.data)

    # What `flow` asks

    def full_clean(self) -> None:
        """As forms do, and nothing is longer than it may be unless it was so before."""
        if self.is_bound:
            lengths.ease(self)
            self.untouched = untouched.untouched(self)
        super().full_clean()
        if self.is_bound:
            for name, says in lengths.too_long(self):
                if name is None or name not in super().errors:
                    self.add_error(name, says)

    def _clean_fields(self) -> None:
        """As forms do, but what nobody touched is what the API holds, and nothing is asked of it."""
        whole, self.fields = self.fields, {k: v for k, v in self.fields.items() if k not in self.untouched}
        try:
            super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self.fields = whole
        self.cleaned_data = {
            name: self.untouched[name] if name in self.untouched else self._in_lines(name, self.cleaned_data[name])
            for name in self.fields
            if name in self.untouched or name in self.cleaned_data
        }

    def _in_lines(self, name: str, value: Any) -> Any:
        """A text with the line breaks that the value had which it takes the place of; browsers send two characters."""
        if not isinstance(value, str):
            return value
        return value.replace("\r\n", "\r\n" if "\r\n" in str(self.initial.get(name, "")) else "\n")

    @property
    def errors(self) -> ErrorDict:
        return ErrorDict() if self.is_unchecked else super().errors

    @property
    def salt(self) -> str:
        return ":".join([self.action, self.order.id or "", *self.ids.values()])

    @property
    def sealed(self) -> str:
        """What the person has seen, for the hidden field `seen`."""
        return self._kept or self.seen.seal(self.salt)

    def keep_seen(self) -> None:
        """What was seen stays what it was when the form was opened: it has not been compared with the order of now."""
        self._kept = str(self.data.get("seen", ""))

    def retyped(self, data: Mapping[str, Any]) -> Self:
        """The same form holding these data, not checked: without a word about what is wrong with them."""
        form = type(self)(data, order=self.order, channel=self.channel, ids=self.ids)
        form.is_unchecked = True
        form.keep_seen()
        return form

    def was_seen(self) -> Seen | None:
        """What the person saw when they opened the form that was now posted; None if that cannot be told."""
        return Seen.unseal(self.data.get("seen", ""), self.salt)

    def is_about(self, *names: str) -> bool:
        """Whether the valid form changes one of these fields, or says what they are of something new."""
        return not self.seen.values or any(each.field in names for each in self.differences())

    def differences(self) -> list[Difference]:
        """What the valid form changes. The old values are the order's of now."""
        now: Values = self.current(self.order)
        return [
            Difference(name, self.fields[name].label or name, now.get(name), value)
            for name, value in self.cleaned_data.items()
            if name in self.fields and not same(now.get(name), value)
        ]
