"""What the order's pages say about executions: what is open, what waits, and what was done before."""

from collections.abc import Sequence
from typing import NamedTuple

from accounts.channels import Channel
from payments.models import Execution, State


class OfPayment(NamedTuple):
    """The executions of one payment: the one that is open, requests that wait for approval, and the
    rest, newest first."""

    open: Execution | None
    waiting: tuple[Execution, ...]
    past: tuple[Execution, ...]


class OfOrder(NamedTuple):
    """All executions of an order, newest first."""

    executions: Sequence[Execution]

    @property
    def unsettled(self) -> list[Execution]:
        """What stands in the band of the order's page: whatever is open or waits."""
        return [each for each in self.executions if each.is_open or each.state == State.WAITING]

    def of(self, payment_id: str | None) -> OfPayment:
        own = [each for each in self.executions if each.payment_id == payment_id]
        return OfPayment(
            open=next((each for each in own if each.is_open), None),
            waiting=tuple(each for each in own if each.state == State.WAITING),
            past=tuple(each for each in own if not each.is_open and each.state != State.WAITING),
        )


def of_order(channel: Channel, order_id: str) -> OfOrder:
    """One query."""
    rows = Execution.objects.filter(merchant=channel.merchant, channel=channel.name, order_id=order_id)
    return OfOrder(tuple(rows.order_by("-created_at")))
