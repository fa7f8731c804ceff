"""The order's attributes: free keys with JSON values, as rows or as one text.

Only what the person changed is sent, so that two people who change different keys are not in each other's
way. "Changed" is told from what they saw and not from what the order says now. Secrets stand as dots, in
the form and in what is sealed into it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from order_api import OrderApi
from order_api.schemas import Order
from orders.changes.base import Blame, Difference, OrderChange
from orders.changes.explanation import Explanation, Warn, Words
from orders.changes.json_fields import LARGEST, JsonArea, as_text, masked, parse, restored
from orders.changes.merge import Merge
from orders.changes.row_fields import Row, rearranged, rows_in, with_rows
from orders.changes.snapshot import Seen
from orders.changes.untouched import is_held
from orders.page.tree import count_values

NAMES = ("key", "value")
AS_TEXT, AS_ROWS = "as-text", "as-rows"
KEY = "key:"
"""Before the name of each attribute where it stands among names of another kind."""
GONE = object()
Attributes = dict[str, Any]


class ShownRow(NamedTuple):
    key: str
    value: str
    error: Words = ""


def attributes_of(order: Order) -> Attributes:
    """As the API sent them, every number to its last digit."""
    return order.raw.get("attributes") or {}


def visible(order: Order) -> Attributes:
    """What of them may stand in a form. A key that is itself somebody's address or number is left where it is, unseen;
    so are all of them where they are more than a form can hold."""
    if count_values(attributes_of(order), MOST + 1) > MOST:
        return {}
    shown = ((key, masked({key: value})) for key, value in attributes_of(order).items())
    return {key: found[key] for key, found in shown if key in found}


_as_is = msgspec.json.Encoder(decimal_format="number", enc_hook=str.__str__)
_sorted = msgspec.json.Encoder(decimal_format="number", enc_hook=str.__str__, order="sorted")


def canonical(value: Any) -> str:
    """JSON on one line, the same for what is equal."""
    return _sorted.encode(value).decode()


def value_as_typed(value: Any) -> str:
    """A value for a row: text as it is, unless it would be read as something else; anything else as JSON."""
    if isinstance(value, str) and _reads_as_itself(value):
        return value
    return _as_is.encode(value).decode()


def _reads_as_itself(text: str) -> bool:
    """Whether a browser sends it back as it is, and it is read as nothing else."""
    if any((each < " " and each not in "\n\t") or each == "\x7f" for each in text):
        return False
    try:
        return bool(read_value(text) == text)
    except ValidationError:
        return False


def read_value(text: str) -> Any:
    """What was typed into a row: JSON where it is, else text. ValidationError for what began as JSON and is none."""
    text = text.replace("\r\n", "\n").strip()
    try:
        return parse(text)
    except ValidationError:
        if text.startswith(("{", "[", '"')):
            raise
        return text


def parsed_object(text: str) -> Attributes:
    """What was typed as one text; nothing is an empty object. ValidationError with line and column,
    or if it is no object."""
    found = parse(text) if text.strip() else {}
    if not isinstance(found, dict):
        raise ValidationError(_("This has to be a JSON object: { … }."), code="object")
    return found


MOST = 5_000
"""Values of all attributes together that a form can hold."""


class AttributesExplanation(Explanation["AttributesChange"]):
    def closed(self) -> Words:
        """A page of so many rows is of no use to anybody, and takes the browser minutes."""
        too_many = count_values(attributes_of(self.form.order), MOST + 1) > MOST
        return (
            _g("These attributes have more values than a form can hold: change them where they are kept.")
            if too_many
            else ""
        )

    def warnings(self) -> list[Warn]:
        removed = [each.field for each in self.form.differences() if each.new is None]
        return [Warn(_g("Removed: %s.") % ", ".join(removed))] if removed else []


class AttributesMerge(Merge["AttributesChange"]):
    """Conflicts by key."""

    def conflicts(self, seen: Seen) -> list[str]:
        """Only where both changed the same key, and not to the same value."""
        if self.form.was_seen() is None:
            return [KEY + key for key in self.form.mine()]
        about = {KEY + each.field for each in self.form.differences()}
        return [name for name in super().conflicts(seen) if name in about]

    def label_of(self, name: str) -> Words:
        return name.removeprefix(KEY)

    def in_words(self, name: str, value: Any) -> Any:
        return value[0] if isinstance(value, list) else value

    def yours(self, name: str) -> Any:
        value = self.form.mine().get(name.removeprefix(KEY), GONE)
        return _("removed") if value is GONE else canonical(value)

    def adopt(self, name: str, data: QueryDict) -> None:
        """The order's value of one key, into rows or text."""
        key = name.removeprefix(KEY)
        theirs = {each: value for each, value in visible(self.form.order).items() if each == key}
        if data.get("mode") == "text":
            typed = parsed_object(data.get("text", ""))
            data["text"] = as_text({each: value for each, value in typed.items() if each != key} | theirs)
            return
        keys = self.form.keys_of(rows_in(data, NAMES))
        rows = [row for row, typed in zip(rows_in(data, NAMES), keys, strict=True) if typed != key]
        rows += [{"key": key, "value": value_as_typed(value)} for value in theirs.values()]
        for each in NAMES:
            data.setlist(each, [row[each] for row in rows])


class AttributesChange(OrderChange):
    """PATCH attributes: the keys that are different; null takes one away."""

    title = _("Change attributes")
    verb = _("Save attributes")
    done = _("The attributes were saved.")
    action = AuditAction.ORDER_ATTRIBUTES_PATCH
    permission = "accounts.change_attributes"
    explanation_class = AttributesExplanation
    merge_class = AttributesMerge
    fields_template = "orders/changes/attributes_fields.html"
    blame = Blame(names={"body": "text"})

    mode = forms.ChoiceField(choices=[("rows", ""), ("text", "")], required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Attributes"), required=False, max_length=LARGEST, widget=JsonArea(rows=12))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_errors: dict[int, Words] = {}

    def current(self, order: Order) -> dict[str, Any]:
        """By key, what the person sees of it, and where some of it is hidden, what tells whether
        that is still the same."""
        found = {}
        for key, shown in visible(order).items():
            whole, seen = canonical(attributes_of(order)[key]), canonical(shown)
            mark = salted_hmac("orders.changes.attributes", whole, algorithm="sha256").hexdigest()
            found[KEY + key] = [seen, mark if whole != seen else ""]
        return found

    def texts(self) -> Iterator[str]:
        """Values as they stand in a row, and all of them as one text."""
        shown = visible(self.order)
        return chain(super().texts(), map(value_as_typed, shown.values()), [as_text(shown)])

    # What was typed

    @property
    def is_text(self) -> bool:
        return self.data.get("mode") == "text"

    def clean(self) -> Attributes:
        self.cleaned_data["typed"] = self._typed_text() if self.is_text else self._typed_rows()
        if not self.errors:
            self._check(self.cleaned_data["typed"])
        return self.cleaned_data

    def _check(self, typed: Attributes) -> None:
        try:
            changes = self.changes()
        except ValidationError as error:
            self.add_error("text", error)
            return
        if not changes and not self.seen.values:
            self.add_error("text", _("There is nothing to save yet: write a key and its value."))
        if "" in typed and "" not in self.saw():
            self.add_error("text", _("Each attribute needs a key."))

    def _typed_text(self) -> Attributes:
        try:
            return parsed_object(self.cleaned_data.get("text", ""))
        except ValidationError as error:
            self.add_error("text", error)
            return {}

    def keys_of(self, rows: Sequence[Row]) -> list[str]:
        """The key that each row is about: one that the person saw and left as their browser holds it, or what they
        typed."""
        waiting = list(self.saw())
        found = []
        for row in rows:
            key = next((each for each in waiting if is_held(row["key"], each)), None)
            if key is not None:
                waiting.remove(key)
            found.append(row["key"].strip() if key is None else key)
        return found

    def _typed_rows(self) -> Attributes:
        found: Attributes = {}
        rows = rows_in(self.data, NAMES)
        for place, (row, key) in enumerate(zip(rows, self.keys_of(rows), strict=True)):
            if not key and not row["value"].strip() and "" not in self.saw():
                continue
            try:
                value = read_value(row["value"])
            except ValidationError as error:
                value, self.row_errors[place] = None, " ".join(error.messages)
            if key in found:
                self.row_errors[place] = _("This key stands above already.")
            found[key] = value
        for place, says in self.row_errors.items():
            self.add_error("text", _g("Row %(row)d: %(says)s") % {"row": place + 1, "says": says})
        return found

    # What is different

    def saw(self) -> dict[str, str]:
        """What the person saw, by key, as JSON text."""
        seen = self.was_seen() or Seen({})
        return {name.removeprefix(KEY): value[0] for name, value in seen.values.items()}

    def mine(self) -> Attributes:
        """The keys that the person changed, against what they saw, as they typed them; GONE for
        those they took away."""
        typed, saw = self.cleaned_data["typed"], self.saw()
        changed = {key: value for key, value in typed.items() if key not in saw or canonical(value) != saw[key]}
        return changed | {key: GONE for key in saw if key not in typed}

    def changes(self) -> Attributes:
        """What is to be sent: what the person changed and the order does not say yet, with what dots hide put back.

        ValidationError where dots stand for nothing.
        """
        now, mine = attributes_of(self.order), self.mine()
        typed = {key: value for key, value in mine.items() if value is not GONE}
        whole = restored(typed, {key: now[key] for key in typed if key in now})
        removed = {key: None for key, value in mine.items() if value is GONE and key in now}
        return removed | {k: v for k, v in whole.items() if k not in now or canonical(now[k]) != canonical(v)}

    def differences(self) -> list[Difference]:
        now = attributes_of(self.order)
        return [Difference(key, key, now.get(key), value) for key, value in self.changes().items()]

    def send(self, api: OrderApi, order: Order) -> None:
        api.orders.patch_attributes(order.id or "", self.changes())

    # How it is shown

    def shown(self) -> Attributes:
        """What the form holds: the order's attributes, and over them what the person changed, once that is known."""
        if not self.is_bound:
            return visible(self.order)
        over = {key: value for key, value in self.mine().items() if value is not GONE}
        gone = self.mine().keys() - over.keys()
        return {key: value for key, value in visible(self.order).items() if key not in gone} | over

    @property
    def is_as_typed(self) -> bool:
        """Whether what was typed is still to be corrected, so that it stays to the letter."""
        return self.is_bound and (self.is_unchecked or bool(self.errors.get("text")))

    @property
    def rows(self) -> list[ShownRow]:
        """The rows, with an empty one at the end where there is none."""
        if self.is_as_typed:
            rows = [(row["key"], row["value"]) for row in rows_in(self.data, NAMES)]
        else:
            rows = [(key, value_as_typed(value)) for key, value in self.shown().items()]
        return [ShownRow(*row, self.row_errors.get(place, "")) for place, row in enumerate(rows or [("", "")])]

    @property
    def text_shown(self) -> str:
        if self.is_as_typed:
            return str(self.data.get("text", ""))
        return as_text(self.shown())

    def pressed(self, button: str) -> "AttributesChange":
        """Rows added and removed; the other way to write them, if they can be read."""
        if button in (AS_TEXT, AS_ROWS):
            return self._turned(button)
        rows = rearranged(rows_in(self.data, NAMES), NAMES, button)
        return self.retyped(with_rows(self.data, NAMES, rows))

    def _turned(self, button: str) -> "AttributesChange":
        """The same attributes in the other form; what cannot be read stays, with a word about it."""
        self.full_clean()
        if self.errors and (self.row_errors or self.is_text):
            self.keep_seen()
            return self
        typed: Mapping[str, Any] = self.cleaned_data["typed"]
        data = with_rows(self.data, NAMES, [{"key": key, "value": value_as_typed(each)} for key, each in typed.items()])
        data["text"], data["mode"] = as_text(typed), "text" if button == AS_TEXT else "rows"
        return self.retyped(data)
