"""What happens where a colleague changed the same while a form was open."""

from typing import Any, ClassVar, Generic

from django.http import QueryDict

from orders.changes.explanation import Form, Words
from orders.changes.snapshot import Seen


class Merge(Generic[Form]):
    """The parts of the change that `form` holds, as two people can be at odds about them. By
    default each field is one."""

    undivided: ClassVar[bool] = False
    """Whether there are no parts to choose from: who lets a colleague's change stand does none of it."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def conflicts(self, seen: Seen) -> list[str]:
        """What somebody else has changed since the person saw it, by name. For a valid form."""
        return seen.differences(self.form.seen.values)

    def label_of(self, name: str) -> Words:
        return self.form.fields[name].label or name if name in self.form.fields else name

    def yours(self, name: str) -> Any:
        """What the person typed for that part."""
        return self.form.cleaned_data.get(name)

    def in_words(self, name: str, value: Any) -> Any:
        """A value of a part as a conflict shows it."""
        return value

    def adopt(self, name: str, data: QueryDict) -> None:
        """Puts the order's value of that part, of which the unbound `form` was made, into what was posted."""
        if name in self.form.fields:
            value = self.form[name].value()
            many = value if isinstance(value, list | tuple) else [value]
            data.setlist(name, ["" if each is None else str(each) for each in many])


class WholeMerge(Merge[Form]):
    """A change that is done as a whole or not at all."""

    undivided = True
