"""What the list and the order's page say while an outcome is not known: the row's badge, a band that looks again."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.channels import Channel
from domain.money import Amount
from order_api import OrderApi
from payments.executions.reconciliation import check
from payments.models import Execution, State
from payments.presentation.list_rows import MOVED, Unsettled, unsettled_of
from sandbox.delivery import let_pass
from tests.conftest import ClientOf
from tests.payments.conftest import CHANNEL, Attempt

pytestmark = pytest.mark.django_db
MakeExecution = Callable[[str, str, str], Execution]


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


def row_of(desk: Client, execution: Execution) -> str:
    html = desk.get("/norce/se/orders/").content.decode()
    (row,) = [row for row in re.findall(r"<tr.*?</tr>", html) if execution.order_id in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_row_knows_what_is_in_doubt_and_how_much(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    assert execution.state == State.IN_DOUBT
    row = row_of(desk, execution)
    assert "In doubt Card" in row and "Reserved" not in row
    assert row.endswith("499.00 SEK 499.00 in doubt")


def test_a_row_knows_what_is_contradicted(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("refuse-but-do+done-minutes-later")
    let_pass(5)
    check(execution, api)
    assert "Contradicted" in row_of(desk, execution) and "499.00 contradicted" in row_of(desk, execution)


def test_a_row_goes_back_to_what_the_api_says_once_it_is_settled(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    assert "in doubt" in row_of(desk, execution)
    Execution.objects.update(state=State.NOT_DONE)
    assert "in doubt" not in row_of(desk, execution)


def make(order_id: str, state: str, amount: int | None = 100, currency: str = "SEK", **more: object) -> Execution:
    from django.utils import timezone

    return Execution.objects.create(
        created_at=timezone.now(), merchant="norce", channel="se", order_id=order_id, payment_id=f"p_{state}{currency}",
        action_id="a", action_type="capture", amount=amount, currency=currency, asked_by_name="anna", reason="other",
        baseline=f"{order_id}{state}{currency}", seen_json="{}", state=state, **more,
    )  # fmt: skip


def test_two_queries_find_the_gravest_of_each_order_and_adds_up_no_two_currencies(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for state in (State.WAITING, State.IN_DOUBT, State.DONE):
        make("o_1", state)
    make("o_1", State.IN_DOUBT, 5, "EUR")
    make("o_2", State.WAITING, None)
    make("o_3", State.DONE)
    moved = make("o_4", State.DONE)
    moved.external_moves.create(mark="m", action_type="refund", found_at=moved.created_at)
    make("o_other", State.IN_DOUBT)
    with django_assert_num_queries(2):
        found = unsettled_of(CHANNEL, ["o_1", "o_2", "o_3", "o_4"])
    assert found == {
        "o_1": Unsettled(State.IN_DOUBT, (Amount(100, "SEK"), Amount(5, "EUR"))),  # type: ignore[arg-type]
        "o_2": Unsettled(State.WAITING),
        "o_4": Unsettled(MOVED),
    }
    with django_assert_num_queries(1):  # and one says that there is nothing
        assert unsettled_of(Channel("norce", "no"), ["o_1"]) == unsettled_of(CHANNEL, []) == {}


def test_the_band_looks_again_while_something_is_in_flight_and_then_says_how_it_ended(
    desk: Client, attempt: Attempt
) -> None:
    execution = attempt("timeout-before")
    page = desk.get(reverse("order-detail", args=["norce/se", execution.order_id])).content.decode()
    (address,) = re.findall(r'hx-get="([^"]+/bands/[^"]*)"', page)
    assert "data-live>" in page
    again = desk.get(address.replace("&amp;", "&")).content.decode()
    assert "It is not known whether" in again and "data-live>" in again
    Execution.objects.update(state=State.DONE)
    ended = desk.get(address.replace("&amp;", "&")).content.decode()
    assert "was captured." in ended and "Show the order as it is now" in ended
    assert "data-live>" not in ended


def test_the_bands_of_an_order_of_another_channel_are_not_shown(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    Execution.objects.update(channel="no")
    answer = desk.get(reverse("band-list", args=["norce/se"]), {"order": execution.order_id, "seen": str(execution.pk)})
    assert "499.00" not in answer.content.decode()


def test_a_card_claims_no_figure_that_nobody_knows(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    page = desk.get(reverse("order-detail", args=["norce/se", execution.order_id])).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Authorised 499.00 SEK Captured unknown Refunded 0.00 SEK Left unknown" in text
