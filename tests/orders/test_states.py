"""One row a state: what is added there is followed by the list, the page, the filter, the tabs and the forms."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from accounts.channels import Channel
from domain.states import BAD, BUSY, KINDS, ORDER, PAYMENT, RAW, SHIPPING, Bucket, OrderState, PaymentState, Stage
from order_api.schemas import Order, sets
from order_api.schemas.base import read
from orders.changes.lookup import state_choices
from orders.changes.state import followers
from orders.list import rows
from orders.list.filters import OrderFilterSet, chips, read_address, tabs
from orders.list.filters.panel import panel
from orders.list.rows import row_of
from orders.page.lifecycle import order_track, payment_track
from orders.page.order import present_order
from payments.presentation.available_actions import offers_of
from tests.conftest import ClientOf
from tests.orders import documents
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.orders.pages import text_of

ON_HOLD = OrderState("onHold", "On hold", BUSY, "looked at", Stage.PLACED, "completed", ("completed",))
SETTLED = PaymentState("settled", "Settled", BAD, "paid out", Bucket.TAKEN, actions=("refund",))

SE = Channel("norce", "se")


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The day on which the API documents one more state of an order and one of a payment."""
    for states, row in ((ORDER, ON_HOLD), (PAYMENT, SETTLED)):
        monkeypatch.setitem(states._rows, row.name, row)
        monkeypatch.setitem(states._by_lower, row.name.lower(), row)
    rows._badge.cache_clear()
    yield
    rows._badge.cache_clear()


def an_order_of_tomorrow() -> Order:
    payment = {"id": "p_1", "state": "settled", "amount": 900, "currency": "SEK", "actions": []}
    state = {"currentStatus": "onHold", "transitions": []}
    return read(documents.order(state=state, payments=[payment], total={"includingVat": 1000}), Order)


def filters(query: str) -> OrderFilterSet:
    return OrderFilterSet(QueryDict(query))


def test_a_state_that_is_added_to_the_table_is_in_the_list(tomorrow: None) -> None:
    row = row_of(an_order_of_tomorrow(), "/norce/se/orders/", "en")
    assert '<span class="badge is-busy">On hold</span>' in row["state"]
    assert '<span class="badge is-bad">Settled</span>' in row["payment"]
    assert row["note"] is not None
    assert row["note"].text == "100.00 not covered"


def test_a_state_that_is_added_to_the_table_is_on_the_order_s_page(tomorrow: None) -> None:
    order = an_order_of_tomorrow()
    page = present_order(order)
    assert "100.00\N{NO-BREAK SPACE}SEK is not covered by any payment." in [alert.title for alert in page.alerts]
    assert page.payments.how_paid.startswith("Captured 900.00")
    assert [step.word for step in order_track(order).steps][-2:] == ["onHold", "completed"]
    assert [step.word for step in payment_track("settled").steps] == ["settled"]
    assert [offer.kind for offer in offers_of(order.payments[0])] == ["cancel", "refund"]


def test_a_state_that_is_added_to_the_table_can_be_filtered_by(tomorrow: None) -> None:
    found = filters("status=ONHOLD")
    address = read_address(QueryDict("status=ONHOLD"), found, 25, SE)
    assert found.params["status"] == ["onHold"]
    assert [chip.value for chip in chips(found, address)] == ["On hold"]
    assert [(tab.word, tab.is_current) for tab in tabs(address)][-1] == ("On hold", True)
    controls = [control for group in panel(found) for entry in group.entries for control in entry.controls]
    boxes = next(control for control in controls if control.name == "status")
    assert [choice.value for choice in boxes.choices if choice.is_chosen] == ["onHold"]


def test_a_state_that_is_added_to_the_table_can_be_chosen_in_the_forms(tomorrow: None) -> None:
    assert followers(an_order_of_tomorrow()) == ("completed",)
    assert ("settled", "Settled") in state_choices(PAYMENT, "captured")


@pytest.mark.django_db
def test_a_state_that_nobody_told_us_of_stands_as_it_came_and_says_nothing(client_of: ClientOf, support: User) -> None:
    put(an_order("one", state="teleported", payments=[]))
    desk = client_of(support)
    page = desk.get("/norce/se/orders/o_one/")
    assert '<span class="badge is-raw">teleported</span>' in page.content.decode()
    assert '<span class="badge is-raw">teleported</span>' in desk.get("/norce/se/orders/").content.decode()
    assert "not covered" not in text_of(page)
    assert "is not a state of an order" in text_of(desk.get("/norce/se/orders/?status=teleported"))


@pytest.mark.parametrize(
    ("kind", "documented"),
    [
        ("order", sets.OrderStatus),
        ("payment", sets.PaymentState),
        ("shipping", sets.ShippingState),
        ("upsell", sets.UpsellState),
    ],
)
def test_the_table_has_every_state_that_the_api_documents_and_no_other(
    kind: str, documented: type[sets.OpenSet]
) -> None:
    assert set(KINDS[kind]) == set(documented.values)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_row_has_a_word_and_a_tone_and_goes_by_its_name_in_any_case(kind: str) -> None:
    for name, row in KINDS[kind].items():
        assert row.name == name
        assert row.word
        assert re.fullmatch(r"is-\w+", row.tone) and row.tone != RAW
        assert KINDS[kind].of(name.upper()) is row


def test_what_follows_on_a_state_is_a_state() -> None:
    assert {name for row in ORDER.values() for name in (*row.follows, row.usual_next) if name} <= set(ORDER)
    assert {name for row in PAYMENT.values() for name in row.usual_next} <= set(PAYMENT)
    for states in (ORDER, PAYMENT, SHIPPING):
        assert len([row for row in states.values() if row.is_start]) == 1
        assert len([row for row in states.values() if row.is_removed]) == 1
