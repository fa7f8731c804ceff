"""Whoever reads a payment's transactions, a person or the engine, what they say of its money stands in the index."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from domain.states import MONEY_ACTIONS
from index import feeding, registry
from index.models import IndexedOrder, IndexedPayment, MoneyEvent
from order_api import OrderApi
from order_api.schemas import PaymentTransaction
from order_api.schemas.sets import PaymentEvent
from payments.listing import noting
from tests.conftest import ClientOf
from tests.index_feeding.conftest import SE
from tests.payments.conftest import Attempt, MakePayment, api, attempt, case_of, make_payment  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
Feed = Callable[[], int]


@pytest.fixture(autouse=True)
def somebody_listens() -> None:
    """As in the desk; the other tests of this room have nobody who does."""
    registry.reads_transactions(noting.read_of)


@pytest.fixture
def refunded(api: OrderApi, make_payment: MakePayment) -> tuple[str, str]:  # noqa: F811
    """A captured payment of 499 kr of which 99 were given back, which its state does not say."""
    ids = make_payment("captured")
    line = PaymentTransaction(
        event=PaymentEvent(MONEY_ACTIONS[2]), psp_status="OK", is_success=True, amount=Decimal(99)
    )
    api.payments.add_transaction(*ids, line)
    return ids


def test_a_panel_that_is_opened_refines_the_figures(
    feed: Feed, client_of: ClientOf, support: User, refunded: tuple[str, str]
) -> None:
    client = client_of(support)
    client.get(f"/norce/se/orders/{refunded[0]}/")
    feed()
    assert IndexedPayment.objects.get().transactions_at is None
    client.get(f"/norce/se/orders/{refunded[0]}/payments/{refunded[1]}/transactions/")
    feed()
    payment = IndexedPayment.objects.get()
    assert payment.transactions_at is not None
    event = MoneyEvent.objects.get()
    assert (event.event, event.success, event.amount, event.is_ours) == (MONEY_ACTIONS[2], True, 990_000, False)
    assert payment.returned == IndexedOrder.objects.get().returned > 0


def test_what_the_engine_read_is_known_as_well(feed: Feed, api: OrderApi, attempt: Attempt) -> None:  # noqa: F811
    execution = attempt()
    feed()
    api.orders.get(execution.order_id)
    api.payments.transactions(execution.order_id, execution.payment_id)
    feed()
    event = MoneyEvent.objects.get(event=MONEY_ACTIONS[0])
    assert (event.merchant, event.channel, event.is_ours) == (*SE, True)


def test_of_an_order_that_is_not_known_nothing_is_kept(
    feed: Feed,
    api: OrderApi,  # noqa: F811
    refunded: tuple[str, str],
) -> None:
    while feeding.queue().take():
        pass
    api.payments.transactions(*refunded)
    feed()
    assert not MoneyEvent.objects.exists()
