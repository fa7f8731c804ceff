"""What all removals share: they are done as a whole, and say in a conflict and in the log what goes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from orders.api.schemas import Order, Payment, Shipping
from orders.changes.form import Difference, OrderChange, Words


class Removal(OrderChange):
    """Takes something away. `current` is what goes, as people should see it before it does; `labels` are the words for it."""

    dangerous = True
    undivided = True
    labels: ClassVar[Mapping[str, Words]] = {}

    def label_of(self, name: str) -> Words:
        return self.labels.get(name, name)

    def yours(self, name: str) -> Any:
        return _("removed")

    def differences(self) -> list[Difference]:
        return [Difference(name, self.label_of(name), value, None) for name, value in self.current(self.order).items()]


class RemovalByState(Removal):
    """A payment or shipping gets the state `removed`, as the API has no other way: the record stays, and counts no more."""

    labels: ClassVar[Mapping[str, Words]] = {"state": _("State")}
    already: ClassVar[Words]
    """Why it cannot be removed where it is removed."""
    removed_state: ClassVar[str]
    """The state that takes it out."""

    def part(self, order: Order) -> Payment | Shipping:
        """What is removed. Raises NotFound if the order does not have it any more."""
        raise NotImplementedError

    def current(self, order: Order) -> dict[str, Any]:
        return {"state": str(self.part(order).state or "")}

    def closed(self) -> Words:
        return self.already if self.part(self.order).state == self.removed_state else ""

    def differences(self) -> list[Difference]:
        return [each._replace(new=self.removed_state) for each in super().differences()]
