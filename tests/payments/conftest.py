"""An order whose payment can be captured, and the engine over the sandbox."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User

from accounts.channels import Channel
from accounts.models import ChannelGrant
from audit import log
from gateway.connection import order_api
from order_api import OrderApi
from order_api.schemas import Cart, Item, Order, Payment, PaymentAction, Price
from payments.approvals import asks
from payments.executions import engine, intent
from payments.executions.engine import Asked
from payments.models import Execution, Limit, State
from tests.conftest import PASSWORD

CHANNEL = Channel("norce", "se")


class MakePayment(Protocol):
    def __call__(self, state: str = ..., *, reference: str = ..., **attributes: Any) -> tuple[str, str]: ...


class Attempt(Protocol):
    def __call__(self, day: str = ..., kind: str = ..., state: str = ...) -> Execution: ...


@pytest.fixture
def api(db: None) -> OrderApi:
    """The API itself, as another program would use it beside the desk."""
    return order_api(*CHANNEL)


@pytest.fixture
def make_payment(api: OrderApi) -> MakePayment:
    """Creates an order with one payment of 499 kr in that state and gives both ids. `sandbox` is
    the provider's bad day; two payments with one `reference` are the same money."""

    def make(
        state: str = "reserved", amount: Decimal = Decimal(499), *, reference: str = "psp-1", **attributes: Any
    ) -> tuple[str, str]:
        price = Price(including_vat=amount, excluding_vat=amount * 4 / 5)
        item = Item(name="Flask", sku="F-1", quantity=1, price=price, total=price, vat_rate=Decimal("0.25"))
        order_id = api.orders.create(Order(currency="SEK", country="SE", cart=Cart(items=(item,), total=price)))
        payment = Payment(
            adapter_id="stripe_adapter",
            name="Card",
            currency="SEK",
            amount=amount,
            attributes=attributes,
            reference=reference,
        )
        payment_id = api.payments.create(order_id, payment)
        made = api.payments.get(order_id, payment_id)
        api.payments.update(order_id, payment_id, made.changed(state=state))
        return order_id, payment_id

    return make


def action_of(api: OrderApi, ids: tuple[str, str], kind: str) -> PaymentAction:
    return next(action for action in api.payments.get(*ids).actions if action.type == kind)


@pytest.fixture
def case_of(api: OrderApi) -> Callable[[tuple[str, str], str], intent.Intent]:
    """What the dialog of that action would be about now."""
    return lambda ids, kind: intent.read(api, CHANNEL, *ids, action_of(api, ids, kind).id or "", kind).case


def another_admin(name: str) -> User:
    user = User.objects.create_user(name, f"{name}@example.com", PASSWORD)
    user.groups.add(Group.objects.get(name="admin"))
    ChannelGrant.objects.create(user=user, merchant="*", channel="*")
    return user


@pytest.fixture
def second(db: None) -> User:
    """A second admin, with every channel."""
    return another_admin("second")


@pytest.fixture
def third(db: None) -> User:
    """A third admin, with every channel."""
    return another_admin("third")


@pytest.fixture
def attempt(
    api: OrderApi, make_payment: MakePayment, case_of: Callable[[tuple[str, str], str], intent.Intent], admin: User
) -> Attempt:
    """Executes an action of a new payment, by the admin, on that bad day of the provider, and gives
    what became of it."""

    def execute(day: str = "", kind: str = "capture", state: str = "reserved") -> Execution:
        ids = make_payment(state, sandbox=day, reference=f"psp-{uuid4()}")
        return engine.execute(api, case_of(ids, kind), asked_by(admin))

    return execute


def asked_by(user: User) -> Asked:
    return Asked(user, log.Who(user.username, user.pk), "returned")


@pytest.fixture
def waiting(
    api: OrderApi, make_payment: MakePayment, case_of: Callable[[tuple[str, str], str], intent.Intent], admin: User
) -> Execution:
    """A capture of 499 SEK that the admin asked for and that is above their limit."""
    Limit.objects.create(role="admin", currency="SEK", per_action=100)
    execution = engine.execute(api, case_of(make_payment(), "capture"), asked_by(admin))
    assert execution.state == State.WAITING
    return execution


@pytest.fixture
def petra(manager: User) -> User:
    """A manager, who may execute, alone up to the limit that came with the desk."""
    return manager


@pytest.fixture
def asked_for(
    api: OrderApi, make_payment: MakePayment, case_of: Callable[[tuple[str, str], str], intent.Intent], support: User
) -> Execution:
    """A refund of 499 SEK that support asked for."""
    return asks.ask(api, case_of(make_payment("captured"), "refund"), asked_by(support))
