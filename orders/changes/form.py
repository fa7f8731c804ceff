"""The base of all changes to an order."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.shortcuts import resolve_url
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import log
from orders.api import OrderApi
from orders.api.errors import ApiError, Conflict
from orders.api.schemas import Order
from orders.changes.once import new_mark
from orders.changes.seen import Seen, Values, plain, same

Words = str | Promise
_NAMED = re.compile(r"[\w.]+(?=: | is )")  # as in `vatRate: "x" is not a number`
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Warn(NamedTuple):
    """Something that does not forbid a change but that a person should have read before it is sent."""

    says: Words
    field: str | None = None


class Said(NamedTuple):
    """What became of a change, where that is not simply that it is done."""

    words: Words
    outcome: log.Outcome = log.Outcome.DONE


class Difference(NamedTuple):
    """A field that a change sets to another value."""

    field: str
    label: Words
    old: Any
    new: Any


class OrderChange(forms.Form):
    """One change to one order, as a form.

    A subclass says in words what it is (`title`, `verb` for the button, `done` for afterwards), what it is called in the log (`action`),
    which permission it takes, what of the order it is about (`current`), and sends exactly one operation (`send`). The rest is `flow`'s.
    """

    title: ClassVar[Words]
    verb: ClassVar[Words]
    done: ClassVar[Words]
    action: ClassVar[str]
    permission: ClassVar[str]
    dangerous: ClassVar[bool] = False
    undivided: ClassVar[bool] = False
    """Whether there are no parts in it to choose from: who lets a colleague's change stand does none of it."""
    adds: ClassVar[bool] = False
    """Whether sending it twice would add two of something: then each form that was shown can be sent once, whatever is typed into it."""
    doubt: ClassVar[Words] = _("Look at the order before you send it again.")
    """What to do if there is no answer."""
    sure: ClassVar[Words] = ""
    """The button's words when it is to be confirmed, where they are not `verb` and "anyway"."""
    unique: ClassVar[str] = ""
    """The field of which the order, or the channel, can have one value once: a conflict is about it."""
    blamed: ClassVar[Mapping[str, str]] = {}
    """The fields that refusals are about, by the API's code, or by its name for a field (with underscores) where that is not ours."""
    template: ClassVar[str] = "orders/changes/form.html"
    fields_template: ClassVar[str] = "orders/changes/fields.html"
    """The middle of the form. No block of a template of its own: the dialog gets a partial, and a child template has none."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, order: Order, ids: Mapping[str, str] | None = None
    ) -> None:
        self.order = order
        self.ids = dict(ids or {})
        shown = self.current(order)
        super().__init__(data, initial={**self.blank(order), **shown}, label_suffix="")
        self.seen = Seen(dict(shown), str(order.raw.get("lastModified", "")))
        self.once = str(self.data.get("once") or new_mark())
        """The mark of this form, by which it is known if it is sent twice. It stays until it was sent."""
        self.is_unchecked = False
        self._kept = ""

    # What a subclass says

    def blank(self, order: Order) -> dict[str, Any]:
        """What the fields hold at first that are not about anything the order has yet."""
        return {}

    def current(self, order: Order) -> dict[str, Any]:
        """What the order says now of the part that this changes, by field. Raises orders.api.errors.NotFound if it is gone."""
        return {}

    def send(self, api: OrderApi, order: Order) -> "Words | Said | None":
        """Sends the one operation, against the order as it was just read. May return words that say more than `done`."""
        raise NotImplementedError

    def closed(self) -> Words:
        """Why this cannot be done as things are, in a sentence; then there is no button. Nothing where it can."""
        return ""

    def consequences(self) -> list[Words]:
        """What the change will set off, in sentences, shown before it is sent."""
        return []

    def warnings(self) -> list[Warn]:
        """What should be read, and confirmed, before valid data is sent."""
        return []

    def next_page(self) -> str:
        """Where the change can be seen."""
        return resolve_url("order-detail", self.order.id)

    def landing(self, said: "Words | Said | None") -> str:
        """Where the person goes once it is done; `said` is what `send` returned."""
        return self.next_page()

    def evidence(self) -> tuple[str, Words]:
        """Where to look whether something was done that got no answer, and the words for the link."""
        return self.next_page(), _("Look at the order")

    def concerns(self) -> str:
        """The id of the order that this is about; of a new one it is known once it was sent."""
        return self.order.id or ""

    def target(self) -> str:
        """What of the order is meant, for the log: a payment's id, say."""
        return next(iter(self.ids.values()), "")

    def blames(self, error: ApiError) -> str | None:
        """The field that a refusal is about, where its code tells, or its message, which begins with what is wrong."""
        named = _NAMED.match(error.message)
        place = _CAPITAL.sub("_", named[0]).lower() if named else ""
        name = self.blamed.get(error.code or "") or self.blamed.get(place, place)
        name = self.unique if isinstance(error, Conflict) else name
        return name if name in self.fields else None

    def pressed(self, button: str) -> Self:
        """The form after one of its own buttons, named `redo`: rearranged, with nothing checked and nothing sent."""
        return self.retyped(self.data)

    # How a conflict is told; a form whose fields are not the order's parts one to one says it differently

    def conflicts(self, seen: Seen) -> list[str]:
        """What somebody else has changed since the person saw it, by name."""
        return seen.differences(self.seen.values)

    def label_of(self, name: str) -> Words:
        return self.fields[name].label or name if name in self.fields else name

    def yours(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def in_words(self, name: str, value: Any) -> Any:
        """A value of a part as a conflict shows it."""
        return value

    def adopt(self, name: str, data: QueryDict) -> None:
        """Puts the order's value of that part, of which this unbound form was made, into what was posted."""
        if name in self.fields:
            value = self[name].value()
            many = value if isinstance(value, list | tuple) else [value]
            data.setlist(name, ["" if each is None else str(each) for each in many])

    # What `flow` asks

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
        form = type(self)(data, order=self.order, ids=self.ids)
        form.is_unchecked = True
        form.keep_seen()
        return form

    def was_seen(self) -> Seen | None:
        """What the person saw when they opened the form that was now posted; None if that cannot be told."""
        return Seen.unseal(self.data.get("seen", ""), self.salt)

    def differences(self) -> list[Difference]:
        """What the valid form changes. The old values are the order's of now."""
        now: Values = self.current(self.order)
        return [
            Difference(name, self.fields[name].label or name, now.get(name), value)
            for name, value in self.cleaned_data.items()
            if name in self.fields and not same(now.get(name), value)
        ]

    def confirmation(self) -> str:
        """Stands for these data with these warnings: if either changes, it has to be confirmed anew."""
        told = [str(warning.says) for warning in self.warnings()]
        text = json.dumps([plain(self.cleaned_data), told], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]
