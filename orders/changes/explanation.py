"""What a person is told about a change before it is sent, and where to look if there is no answer."""

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.changes.snapshot import plain
from payments.executions.locks import lock

if TYPE_CHECKING:
    from orders.changes.base import OrderChange

Words = str | Promise
Form = TypeVar("Form", bound="OrderChange")


class Warn(NamedTuple):
    """Something that does not forbid a change but that a person should have read before it is sent."""

    says: Words
    field: str | None = None


def mark(form: "OrderChange", warnings: Iterable[Warn]) -> None:
    """Has each field say what the warnings are about that are about it."""
    for name, field in form.fields.items():
        says = [str(each.says) for each in warnings if each.field == name]
        if says:
            bound = form[name]
            field.warning = " ".join(says)  # type: ignore[attr-defined]
            field.widget.attrs["aria-describedby"] = f"{bound.auto_id}_helptext {bound.auto_id}_warning"


class Explanation(Generic[Form]):
    """What there is to say about the change that `form` holds. By default there is nothing to say."""

    dangerous: ClassVar[bool] = False
    """Whether it is shown as something that takes away."""
    warns: ClassVar[bool] = False
    """Whether what it sets off is something to beware of."""
    sure: ClassVar[Words] = ""
    """The button's words when it is to be confirmed, where they are not the form's `verb` and "anyway"."""
    doubt: ClassVar[Words] = _("Look at the order before you send it again.")
    """What to do if there is no answer."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def closed(self) -> Words:
        """Why this cannot be done as things are, in a sentence; then there is no button. Nothing where it can."""
        return lock(self.form.order.id or "") if self.form.has_adapters_act and self.form.order.id else ""

    def consequences(self) -> list[Words]:
        """What the change will set off, in sentences, shown before it is sent."""
        return []

    def warnings(self) -> list[Warn]:
        """What should be read, and confirmed, before valid data is sent."""
        return []

    def evidence(self) -> tuple[str, Words]:
        """Where to look whether something was done that got no answer, and the words for the link."""
        return self.form.next_page(), _("Look at the order")

    def confirmation(self) -> str:
        """Stands for the valid data with these warnings: if either changes, it has to be confirmed anew."""
        told = [str(warning.says) for warning in self.warnings()]
        text = json.dumps([plain(self.form.cleaned_data), told], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]
