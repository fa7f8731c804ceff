"""One set of figures: what the list has by a payment's state is what the dialog has where transactions tell no more."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.channels import Channel
from domain.money import Figures, figures_of, money_of
from domain.states import PAYMENT
from order_api import OrderApi
from order_api.schemas import Payment, PaymentState
from payments.executions import intent
from payments.executions.ledger import after, ledger_of
from payments.executions.snapshot import Snapshot
from payments.presentation.preview import rows_of
from tests.payments.conftest import MakePayment, action_of

states = st.sampled_from([*PAYMENT, "teleported"])
amounts = st.decimals(0, 100_000, places=2)


@given(state=states, amount=amounts)
def test_the_list_and_the_ledger_agree_where_there_are_no_transactions(state: str, amount: Decimal) -> None:
    seen = Snapshot(state, str(amount), "SEK", (), (), "2026-11-22T09:00:00+00:00", adapter="stripe_adapter")
    ledger = ledger_of(seen)
    assert ledger is not None and ledger.figures == figures_of(state, amount)
    order = money_of([Payment(state=PaymentState.read(state), amount=amount, currency="SEK")], amount, "SEK")
    assert order.own == ledger.figures


@given(parts=st.lists(st.tuples(states, amounts), max_size=5))
def test_the_figures_of_an_order_are_those_of_its_payments_added_up(parts: list[tuple[str, Decimal]]) -> None:
    payments = [Payment(state=PaymentState.read(state), amount=amount) for state, amount in parts]
    summed = sum((figures_of(state, amount) for state, amount in parts), Figures())
    assert money_of(payments, Decimal(0), "SEK").own == summed


@pytest.mark.parametrize(
    ("kind", "now", "then"),
    [
        ("capture", Figures(held=Decimal(5)), Figures(taken=Decimal(5))),
        ("cancel", Figures(held=Decimal(5)), Figures(let_go=Decimal(5))),
        ("refund", Figures(taken=Decimal(3), returned=Decimal(2)), Figures(returned=Decimal(5))),
        ("teleport", Figures(held=Decimal(5)), Figures(held=Decimal(5))),
    ],
)
def test_an_action_moves_all_that_is_left_from_one_place_to_another(kind: str, now: Figures, then: Figures) -> None:
    assert after(kind, now) == then


@pytest.mark.django_db
def test_the_dialog_adds_up_what_is_paid_in_the_payment_s_currency_alone(
    api: OrderApi, make_payment: MakePayment
) -> None:
    order_id, payment_id = make_payment("captured")
    for currency in ("EUR", "SEK"):
        other = Payment(adapter_id="stripe_adapter", name="Other", currency=currency, amount=Decimal(90))
        made = api.payments.get(order_id, api.payments.create(order_id, other))
        api.payments.update(order_id, made.id or "", made.changed(state="captured"))
    action = action_of(api, (order_id, payment_id), "refund")
    case = intent.read(api, Channel("norce", "se"), order_id, payment_id, action.id or "", "refund").case
    (paid,) = [row for row in rows_of(case, api.orders.get(order_id)) if row.label == "Paid for the order"]
    assert (paid.now, paid.after) == (Decimal(589), Decimal(90))
