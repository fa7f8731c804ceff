"""What the list of payments comes to is what the provider moved, whoever had it move it; what the desk's executions
say; and what the pages of the orders say."""

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from domain.money import NOTHING
from domain.states import MONEY_ACTIONS
from index.amounts import from_units
from index.models import FIGURES, IndexedPayment
from index.writing import see
from order_api import OrderApi
from order_api.errors import ApiError
from order_api.schemas import Cart, Item, Order, Payment, Price
from payments.executions import engine, intent
from payments.listing import sums
from payments.listing.noting import read_of
from payments.listing.questions import Question, Tab
from payments.models import Execution, ExternalMove, State
from payments.presentation.card_figures import ledger_by
from sandbox.models import Move
from sandbox.provider.settle import in_portal
from sandbox.provider.steps import Order as PortalOrder
from sandbox.scope import Scope
from tests.harness.aftermath import settle
from tests.payments.conftest import CHANNEL, action_of, asked_by

pytestmark = pytest.mark.django_db
CaseOf = Callable[[tuple[str, str], str], intent.Intent]
CURRENCIES = ("SEK", "NOK", "EUR")
DAYS = ("", "", "", "decline", "error", "timeout-before", "timeout-after", "pending", "refuse-but-do")
Sums = dict[tuple[str, str], Decimal]


@pytest.fixture
def world(api: OrderApi, case_of: CaseOf, admin: User, second: User, settings: Settings) -> "World":
    settings.PAYMENT_ADAPTER_PROFILES = {"stripe_adapter": {"amounts": "after"}}
    return World(api, case_of, admin, second)


class World:
    """Orders whose payments this desk, another program and somebody in the provider's portal move at random."""

    def __init__(self, api: OrderApi, case_of: CaseOf, admin: User, second: User) -> None:
        self.api, self.case_of, self.admin, self.second = api, case_of, admin, second
        self.ids: dict[tuple[str, str], str] = {}

    def live(self, draw: random.Random) -> None:
        for number in range(7):
            ids = self.order(draw, number)
            for _ in range(draw.randint(0, 3)):
                self.step(draw, ids)
            settle(ids[1], self.second)
        self.read()

    def order(self, draw: random.Random, number: int) -> tuple[str, str]:
        amount, currency = Decimal(draw.randint(100, 999_999)) / 100, draw.choice(CURRENCIES)
        price = Price(including_vat=amount, excluding_vat=amount)
        item = Item(name="Flask", sku="F-1", quantity=1, price=price, total=price, vat_rate=Decimal(0))
        order_id = self.api.orders.create(
            Order(currency=currency, country="SE", cart=Cart(items=(item,), total=price), reference=f"SE-{number}")
        )
        payment = Payment(
            adapter_id="stripe_adapter", name="Card", currency=currency, amount=amount, reference=f"psp-{number}",
            attributes={"sandbox": draw.choice(DAYS)},
        )  # fmt: skip
        payment_id = self.api.payments.create(order_id, payment)
        made = self.api.payments.get(order_id, payment_id)
        self.api.payments.update(order_id, payment_id, made.changed(state="reserved"))
        self.ids[order_id, payment_id] = currency
        return order_id, payment_id

    def step(self, draw: random.Random, ids: tuple[str, str]) -> None:
        offered = [each.type for each in self.api.payments.get(*ids).actions if each.type in MONEY_ACTIONS]
        if not offered:
            return
        kind = draw.choice([str(each) for each in offered])
        draw.choice([self.here, self.here, self.elsewhere, self.in_portal])(ids, kind, draw)
        settle(ids[1], self.second)

    def here(self, ids: tuple[str, str], kind: str, _draw: random.Random) -> None:
        ExternalMove.objects.update(acknowledged_at=timezone.now())
        engine.execute(self.api, self.case_of(ids, kind), asked_by(self.admin))

    def elsewhere(self, ids: tuple[str, str], kind: str, _draw: random.Random) -> None:
        with suppress(ApiError):  # the provider's bad day: what it moved counts, not what it says
            self.api.payments.execute(*ids, action_of(self.api, ids, kind).id or "")

    def in_portal(self, ids: tuple[str, str], kind: str, draw: random.Random) -> None:
        left = self.case_of(ids, kind).amount or Decimal(0)
        part = left if kind != "refund" else (left * draw.randint(1, 4) / 4).quantize(Decimal("0.01"))
        if part > 0:
            in_portal(Scope(*CHANNEL), PortalOrder(*ids, kind), part)

    def read(self) -> None:
        """As the sweep reads: orders, and the transactions of their payments."""
        see([self.api.orders.get(order_id) for order_id, _payment in self.ids], at=timezone.now())
        for payment in IndexedPayment.objects.select_related("order"):
            lines = self.api.payments.transactions(payment.order.order_id, payment.payment_id)
            read_of(payment, lines, timezone.now())

    def moved(self) -> Sums:
        """What the provider moved, by its own count."""
        found: Sums = defaultdict(Decimal)
        for (_order, payment_id), currency in self.ids.items():
            for kind in MONEY_ACTIONS:
                rows = Move.objects.filter(payment=payment_id, kind=kind).values_list("amount", flat=True)
                found[currency, kind] += sum(rows, Decimal(0))
        return {key: value for key, value in found.items() if value}


def told(question: Question, user: User) -> Sums:
    return {
        (of.currency, part.name): part.amount
        for of in sums.tally(question, user).sums
        for part in of.parts
        if part.name in (*MONEY_ACTIONS, sums.UNSETTLED) and part.amount
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_sums_are_what_the_provider_moved_and_what_the_pages_of_the_orders_say(
    world: World, seed: int, api: OrderApi, admin: User
) -> None:
    world.live(random.Random(seed))
    assert told(Question(others=True), admin) == world.moved()
    ours: Sums = defaultdict(Decimal)
    for each in Execution.objects.filter(state=State.DONE):
        ours[each.currency, each.action_type] += each.moved_amount or each.amount or Decimal(0)
    assert told(Question(), admin) == ours
    refunded = {key: value for key, value in world.moved().items() if key[1] == "refund"}
    assert told(Question(tab=Tab.REFUNDED, others=True), admin) == refunded
    for payment in IndexedPayment.objects.select_related("order"):
        ids = payment.order.order_id, payment.payment_id
        ledger = ledger_by(api.payments.get(*ids), api.payments.transactions(*ids))
        on_page = ledger.figures if ledger else NOTHING
        assert {name: from_units(getattr(payment, name)) for name in FIGURES} == {
            name: getattr(on_page, name) for name in FIGURES
        }


@pytest.mark.rest
@pytest.mark.parametrize("seed", range(100, 125))
def test_and_so_they_are_over_many_more(world: World, seed: int, api: OrderApi, admin: User) -> None:
    test_the_sums_are_what_the_provider_moved_and_what_the_pages_of_the_orders_say(world, seed, api, admin)
