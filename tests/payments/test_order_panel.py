"""What the order's pages say about executions, and what cannot be changed while one is open."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from order_api import OrderApi
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.executions.manual_settlement import settle_by_hand
from payments.executions.reconciliation import check
from payments.models import Execution, State
from tests.conftest import ClientOf
from tests.forms import fields_of
from tests.orders.pages import text_of
from tests.payments.conftest import Attempt, MakePayment, action_of, asked_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


def order_page(client: Client, execution: Execution) -> str:
    return text_of(client.get(reverse("order-detail", args=["norce/se", execution.order_id])))


def log_of(client: Client, execution: Execution) -> str:
    return text_of(
        client.get(reverse("payment-transactions", args=["norce/se", execution.order_id, execution.payment_id]))
    )


def timeline_of(client: Client, execution: Execution) -> str:
    return text_of(client.get(reverse("order-timeline", args=["norce/se", execution.order_id]) + "?show=money"))


def move_elsewhere(api: OrderApi, execution: Execution, kind: str, **line: Any) -> None:
    """A transaction as an adapter writes it for what was done at the provider's own portal."""
    transaction = PaymentTransaction(event=PaymentEvent.read(kind), is_success=True, psp_status="DONE", **line)
    api.payments.add_transaction(execution.order_id, execution.payment_id, transaction)


# The order's page


def test_the_band_says_what_is_not_known_and_what_to_do(
    desk: Client, attempt: Attempt, client_of: ClientOf, second: User
) -> None:
    execution = attempt("timeout-before")
    text = order_page(desk, execution)
    assert "It is not known whether 499.00 SEK was captured. The capture went to Stripe at" in text
    assert (
        "and got no answer that says what happened. The payment stays locked until this is settled, and nothing is "
        "sent again." in text
    )
    assert "You asked for it: somebody else has to look." in text and "Check again" in text
    assert "Decide by hand…" not in text and "Decide by hand…" in order_page(client_of(second), execution)


def test_the_band_shows_support_the_facts_and_no_way_to_settle(
    client_of: ClientOf, support: User, attempt: Attempt
) -> None:
    text = order_page(client_of(support), attempt("timeout-before"))
    assert "It is not known whether 499.00 SEK was captured." in text
    assert "Check again" in text and "Decide by hand" not in text


def test_the_card_says_that_the_payment_is_locked_and_offers_nothing(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    assert "Locked: “Capture 499.00 SEK” is not settled." in order_page(desk, execution)
    ids = ["norce/se", execution.order_id, execution.payment_id]
    for name in ("order-detail", "payment-list", "payment-detail"):
        html = desk.get(reverse(name, args=ids[: 2 if name != "payment-detail" else 3])).content.decode()
        assert reverse("execution-detail", args=[execution.in_channel, execution.pk]) in html, name
        assert "/execute/" not in html, name


def test_a_request_that_waits_is_in_the_band_and_locks_nothing(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    Execution.objects.filter(pk=execution.pk).update(state=State.WAITING, sent_at=None)
    text = order_page(desk, execution)
    assert "Capture 499.00 SEK: asked for by admin, waits for approval." in text
    assert "Locked:" not in text


def test_what_was_done_before_stands_on_the_card_with_its_proof(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    html = desk.get(reverse("order-detail", args=["norce/se", execution.order_id])).content.decode()
    assert "1 payment action through this desk" in html
    assert reverse("execution-proof", args=[execution.in_channel, execution.pk]) in html
    assert "is-stacked" not in html.partition('id="items"')[0]  # no band: nothing waits for anybody


def test_the_order_s_page_asks_whether_there_are_executions_for_all_of_them_and_for_what_others_moved(
    client_of: ClientOf, support: User, attempt: Attempt
) -> None:
    execution, client = attempt(), client_of(support)
    with CaptureQueriesContext(connection) as asked:
        order_page(client, execution)
    assert len([each for each in asked.captured_queries if "payments_ex" in each["sql"]]) == 3


# Whose transactions they are


def test_what_moved_through_this_desk_says_who_did_it(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    assert "Captured through this desk by admin" in log_of(desk, execution)
    assert "499.00 SEK CAPTURE through this desk by admin" in timeline_of(desk, execution)
    html = desk.get(reverse("order-timeline", args=["norce/se", execution.order_id])).content.decode()
    where = reverse("execution-detail", args=[execution.in_channel, execution.pk])
    assert f'<a href="{where}">through this desk by admin</a>' in html


def test_what_others_moved_is_recognised_as_not_ours(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt()
    move_elsewhere(api, execution, "refund")
    log = log_of(desk, execution)
    assert log.count("not through this desk") == 1
    assert log.index("not through this desk") < log.index("through this desk by admin")  # the newest first
    assert "not through this desk" in timeline_of(desk, execution)


def test_steps_that_move_no_money_are_nobody_s(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("decline")
    move_elsewhere(api, execution, "confirm")
    assert log_of(desk, execution).count("this desk") == 1  # the capture that was declined


def test_a_payment_that_was_never_touched_here_has_moves_of_others_alone(
    desk: Client, api: OrderApi, make_payment: MakePayment
) -> None:
    ids = make_payment("reserved")
    api.payments.execute(*ids, action_of(api, ids, "capture").id or "")
    text = text_of(desk.get(reverse("payment-transactions", args=["norce/se", *ids])))
    assert "not through this desk" in text


def test_a_move_after_a_call_without_an_answer_is_said_to_be_neither_ours_nor_not_ours(
    desk: Client, attempt: Attempt, api: OrderApi
) -> None:
    execution = attempt("timeout-before")
    move_elsewhere(api, execution, "capture")
    assert "perhaps through this desk by admin" in log_of(desk, execution)
    check(execution, api)
    assert execution.state == State.DONE
    assert "perhaps through this desk by admin" in log_of(desk, execution)
    assert "somebody at the provider's own screens" in text_of(
        desk.get(reverse("execution-detail", args=[execution.in_channel, execution.pk]))
    )


def test_two_moves_where_one_was_asked_for_are_both_only_perhaps_ours(
    desk: Client, attempt: Attempt, api: OrderApi
) -> None:
    execution = attempt("timeout-before")
    for _ in range(2):
        move_elsewhere(api, execution, "capture", amount=499)
    check(execution, api)
    assert log_of(desk, execution).count("perhaps through this desk by admin") == 2
    assert "one of them is not from this desk" in text_of(
        desk.get(reverse("execution-detail", args=[execution.in_channel, execution.pk]))
    )


def test_a_move_that_shows_up_after_a_person_settled_it_may_be_ours(
    desk: Client, attempt: Attempt, api: OrderApi, admin: User, second: User
) -> None:
    execution = attempt("timeout-before")
    settle_by_hand(execution, asked_by(second).who, moved=True, where="portal", found="K-1 captured")
    move_elsewhere(api, execution, "capture")
    assert "perhaps through this desk by admin" in log_of(desk, execution)


def test_a_move_after_an_attempt_that_never_left_is_not_ours(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("timeout-before")
    Execution.objects.filter(pk=execution.pk).update(state=State.NOT_SENT)
    move_elsewhere(api, execution, "capture")
    assert "Captured not through this desk" in log_of(desk, execution)


# What is closed meanwhile

CLOSED = ("payment-edit", "payment-remove", "transaction-create", "action-create")


def sent_anyway(client: Client, where: str, page: HttpResponse) -> Any:
    return client.post(where, {**fields_of(page, where), "event": "capture", "is_success": "true", "confirmed": "1"})


@pytest.mark.parametrize("name", [*CLOSED, "order-delete"])
def test_nothing_that_would_pass_for_evidence_is_written_while_it_is_open(
    desk: Client, attempt: Attempt, api: OrderApi, name: str
) -> None:
    execution = attempt("timeout-before")
    order = {"channel": "norce/se", "order_id": execution.order_id}
    where = reverse(name, kwargs=order | ({"payment_id": execution.payment_id} if name in CLOSED else {}))
    before = api.orders.get(execution.order_id).raw
    page: Any = desk.get(where)
    assert "“Capture 499.00 SEK” is not settled." in text_of(page)
    assert reverse("execution-detail", args=[execution.in_channel, execution.pk]) in page.content.decode()
    assert 'class="btn btn-primary" type="submit"' not in page.content.decode()
    assert sent_anyway(desk, where, page).status_code == 422
    assert api.orders.get(execution.order_id).raw == before


@pytest.mark.parametrize("name", CLOSED)
def test_another_payment_and_a_settled_one_can_be_changed(
    desk: Client, attempt: Attempt, name: str, make_payment: MakePayment
) -> None:
    attempt("timeout-before")
    order_id, payment_id = make_payment()
    for ids in ((order_id, payment_id), (attempt().order_id, "")):
        of_order = Execution.objects.filter(order_id=ids[0]).first()
        payment = ids[1] or (of_order.payment_id if of_order else "")
        text = text_of(
            desk.get(reverse(name, kwargs={"channel": "norce/se", "order_id": ids[0], "payment_id": payment}))
        )
        assert "is not settled" not in text


# The ledger


def test_the_page_of_the_transactions_says_how_much_is_where_and_on_what_that_rests(
    desk: Client, attempt: Attempt, api: OrderApi
) -> None:
    execution = attempt("")
    where = reverse("payment-transactions", args=["norce/se", execution.order_id, execution.payment_id])
    assert "Authorised 499.00 SEK Captured 499.00 SEK 1 transaction Refunded 0.00 SEK Left 499.00 SEK" in text_of(
        desk.get(where)
    )
    move_elsewhere(api, execution, "refund", amount=100)
    assert "Refunded 399.00 SEK 1 transaction Left up to 399.00 SEK" in text_of(desk.get(where))
