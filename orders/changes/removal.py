"""What all removals share: they are done as a whole, and say in a conflict and in the log what goes."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext_lazy as _

from orders.changes.base import Difference, OrderChange
from orders.changes.explanation import Explanation, Words
from orders.changes.merge import WholeMerge

Taken = TypeVar("Taken", bound="Removal")

STATE_ALONE: Mapping[str, Words] = {"state": _("State")}
"""The labels of a removal that is a state: the record stays, and counts no more, as the API has no other way."""


class RemovalExplanation(Explanation[Taken]):
    dangerous = True


class RemovalMerge(WholeMerge[Taken]):
    def label_of(self, name: str) -> Words:
        return self.form.labels.get(name, name)

    def yours(self, name: str) -> Any:
        return _("removed")


class Removal(OrderChange):
    """Takes something away. `current` is what goes, as people should see it before it does;
    `labels` are the words for it."""

    explanation_class = RemovalExplanation
    merge_class = RemovalMerge
    labels: ClassVar[Mapping[str, Words]] = {}
    removed_state: ClassVar[str | None] = None
    """The state that takes it out; None where nothing of it stays."""

    def facts(self) -> list[tuple[Words, str]]:
        """What goes, in words, for the template."""
        return [(self.merge.label_of(name), str(value)) for name, value in self.current(self.order).items()]

    def differences(self) -> list[Difference]:
        return [
            Difference(name, self.merge.label_of(name), value, self.removed_state)
            for name, value in self.current(self.order).items()
        ]
