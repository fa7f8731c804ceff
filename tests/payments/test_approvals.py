"""A second person: who may say yes, what they are shown, what is sent then, and how else a request ends."""

import html
import re
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import ChannelGrant
from audit.models import Entry
from order_api import OrderApi
from payments.approvals import endings, requests
from payments.executions import engine
from payments.executions.intent import Intent
from payments.models import Execution, Kind, Limit, State
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.payments.conftest import Attempt, MakePayment, asked_by
from tests.payments.requests import address, captures, fresh, page, says_yes, who
from tests.wire import listening

CaseOf = Callable[[tuple[str, str], str], Intent]
pytestmark = pytest.mark.django_db
SENT = "POST orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute"
NO = {"reason": "The goods are not back yet"}


# Approved


@pytest.mark.parametrize(("refusals", "sent"), [(1, 1), (2, 0), (100, 0)])
def test_what_the_database_refuses_without_a_reason_to_be_found_is_tried_once_more_and_no_oftener(
    api: OrderApi, waiting: Execution, second: User, monkeypatch: pytest.MonkeyPatch, refusals: int, sent: int
) -> None:
    """The first refusal may be of an attempt that has ended since; after the second the request still waits."""
    real, tries = endings.end, 0

    def refuse(*args: Any, **kwargs: Any) -> bool:
        nonlocal tries
        tries += 1
        if tries <= refusals:
            raise IntegrityError("UNIQUE constraint failed")
        return bool(real(*args, **kwargs))

    monkeypatch.setattr(endings, "end", refuse)
    with nullcontext() if sent else pytest.raises(IntegrityError):
        requests.approve(api, waiting, second, who(second))
    assert tries == 2
    assert (captures(api, waiting), fresh(waiting).state) == (sent, State.DONE if sent else State.WAITING)


def test_a_second_person_approves_and_it_is_sent_once(
    api: OrderApi, waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    with listening() as calls:
        answer = client.post(address(waiting, "approve"), says_yes(waiting))
    assert answer.headers["Location"] == reverse("execution-detail", args=[waiting.in_channel, waiting.pk])
    reads = [call.operation for call in calls if not call.writes]
    assert [call.operation for call in calls if call.writes] == [SENT] and calls[2].operation == SENT
    assert len(reads) == 4
    ended = fresh(waiting)
    assert (ended.state, ended.asked_by_name, ended.decided_by_name) == (State.DONE, "admin", "second")
    assert ended.decision_note == "Saw the photo" and captures(api, waiting) == 1
    assert "second approved it." in page(client, waiting)


def test_a_second_press_sends_nothing_more(
    api: OrderApi, waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    client.post(address(waiting, "approve"), says_yes(waiting))
    answer = client.post(address(waiting, "approve"), says_yes(waiting))
    assert answer.headers["Location"] == address(waiting)
    assert captures(api, waiting) == 1


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_of_four_people_who_approve_at_once_one_does(api: OrderApi, waiting: Execution, second: User) -> None:
    gate, ends = threading.Barrier(4), []

    def run() -> None:
        try:
            gate.wait(timeout=30)
            requests.approve(api, fresh(waiting), second, who(second))
            ends.append("approved")
        except requests.RequestClosedError:
            ends.append("over")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(ends) == ["approved", "over", "over", "over"]
    assert captures(api, waiting) == 1
    assert [each.by for each in waiting.evidence.filter(kind=Kind.PERSON)] == ["second"]


def test_the_approval_is_in_the_log_before_anything_is_sent(
    waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client_of(second).post(address(waiting, "approve"), says_yes(waiting))
    entries = Entry.objects.filter(order_id=waiting.order_id, action__startswith="payment.a").order_by("sequence")
    assert [(e.action, e.kind, e.username) for e in entries if e.kind != "outcome"] == [
        ("payment.approval.request", "event", "admin"),
        ("payment.approval.end", "event", "second"),
        ("payment.action.execute", "intent", "second"),
    ]
    request, approval, intent = (e for e in entries if e.kind != "outcome")
    assert request.details["above"][0]["kind"] == "action"
    assert approval.details["why"] == ["approved"] and approval.details["note"] == "Saw the photo"
    assert intent.details["asked by"] == "admin"


def test_what_cannot_be_written_into_the_log_is_not_approved(
    waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    with listening() as calls, log_out_of_reach():
        assert client.post(address(waiting, "approve"), says_yes(waiting)).status_code == 503
    assert calls == [] and fresh(waiting).state == State.WAITING


def test_an_outage_at_that_moment_sends_nothing_and_says_so(
    waiting: Execution, second: User, client_of: ClientOf, settings: Any
) -> None:
    client = client_of(second)
    settings.ORDER_API_TOKEN = "wrong"
    with listening() as calls:
        assert client.post(address(waiting, "approve"), says_yes(waiting)).status_code == 302
    assert [call for call in calls if call.writes] == []
    assert fresh(waiting).state == State.NOT_SENT and "could not be read" in page(client, waiting)


def test_another_attempt_on_the_payment_keeps_the_request_waiting(
    api: OrderApi, waiting: Execution, second: User, case_of: CaseOf, client_of: ClientOf
) -> None:
    Limit.objects.all().delete()
    engine.claim(case_of((waiting.order_id, waiting.payment_id), "cancel"), asked_by(second))
    answer = client_of(second).post(address(waiting, "approve"), says_yes(waiting), follow=True)
    assert "Another attempt on this payment is not settled" in answer.content.decode()
    assert fresh(waiting).state == State.WAITING and captures(api, waiting) == 0


# Who may


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_approves_or_turns_down_their_own(
    waiting: Execution, admin: User, client_of: ClientOf, is_superuser: bool
) -> None:
    User.objects.filter(pk=admin.pk).update(is_superuser=is_superuser)
    client = client_of(admin)
    shown = page(client, waiting)
    assert "You asked for this, so somebody else has to approve it." in shown
    assert "Approve and" not in shown
    with listening() as calls:
        assert client.post(address(waiting, "approve"), says_yes(waiting)).status_code == 403
        assert client.post(address(waiting, "turn-down"), NO).status_code == 403
    assert calls == [] and fresh(waiting).state == State.WAITING
    denied = Entry.objects.filter(action="denied", username="admin").latest("sequence")
    assert denied.target == f"POST {address(waiting, 'turn-down')}"


def test_who_may_not_execute_may_look_and_not_decide(waiting: Execution, support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    shown = page(client, waiting)
    assert "499.00" in shown and "Approve and" not in shown
    for what, form in (("approve", says_yes(waiting)), ("turn-down", NO), ("withdraw", {})):
        assert client.post(address(waiting, what), form).status_code == 403
    assert fresh(waiting).state == State.WAITING


def test_who_was_given_the_permission_beside_their_role_may_approve(
    waiting: Execution, support: User, client_of: ClientOf
) -> None:
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    client_of(support).post(address(waiting, "approve"), says_yes(waiting))
    assert fresh(waiting).state == State.DONE


def test_a_request_of_a_channel_that_is_not_theirs_is_not_found(
    waiting: Execution, second: User, client_of: ClientOf
) -> None:
    second.channel_grants.all().delete()
    ChannelGrant.objects.create(user=second, merchant="norce", channel="no")
    client = client_of(second)
    with listening() as calls:
        assert client.get(address(waiting)).status_code == 404
        assert client.post(address(waiting, "approve"), says_yes(waiting)).status_code == 404
    assert calls == [] and "499.00" not in client.get(reverse("approval-list")).content.decode()


def test_it_is_approved_in_its_own_channel_whichever_the_person_looked_at_last(
    waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    client.get("/nordlys/de/orders/")
    with listening() as calls:
        client.post(address(waiting, "approve"), says_yes(waiting))
    assert {call.channel for call in calls} == {"norce/se"} and fresh(waiting).state == State.DONE


@pytest.mark.parametrize(
    ("password", "says"), [("", "This field is required."), ("wrong", "That is not your password.")]
)
def test_without_the_right_password_nothing_is_approved(
    waiting: Execution, second: User, client_of: ClientOf, password: str, says: str
) -> None:
    answer = client_of(second).post(address(waiting, "approve"), says_yes(waiting, password=password, note="typed"))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert says in shown and "typed" in shown and fresh(waiting).state == State.WAITING


def test_who_has_just_signed_in_is_not_asked_for_the_password(waiting: Execution, second: User) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": "second", "password": PASSWORD})
    assert 'name="password"' not in page(client, waiting)
    client.post(address(waiting, "approve"), says_yes(waiting))
    assert fresh(waiting).state == State.DONE


# The whole case


def test_the_whole_case_stands_on_one_page_read_in_two_calls(
    waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    with listening() as calls:
        shown = page(client, waiting)
    assert [call.operation for call in calls] == [
        "GET orders/{order_id}",
        "GET orders/{order_id}/payments/{payment_id}/transactions",
    ]
    for fact in (
        "The payment is as admin saw it.",
        "Customer returned the goods",
        "More than the limit of 100.00\N{NO-BREAK SPACE}SEK for one action.",
        "Approve and capture 499.00\N{NO-BREAK SPACE}SEK",
        waiting.order_id,
        "psp-1",
    ):
        assert fact in shown
    assert "autofocus" not in shown


def test_earlier_refunds_to_the_customer_are_shown_as_far_as_they_are_of_ones_channels(
    api: OrderApi, waiting: Execution, second: User, make_payment: MakePayment, case_of: CaseOf, client_of: ClientOf
) -> None:
    Limit.objects.all().delete()
    before = engine.execute(api, case_of(make_payment("captured"), "refund"), asked_by(second))
    assert before.state == State.DONE
    Execution.objects.update(customer="the same")
    client, link = client_of(second), reverse("execution-detail", args=[before.in_channel, before.pk])
    assert link in page(client, waiting)
    Execution.objects.filter(pk=before.pk).update(channel="no")
    ChannelGrant.objects.filter(user=second).update(merchant="norce", channel="se")
    assert link not in page(client, waiting)


def test_without_the_api_the_page_shows_what_is_known_and_offers_to_try_again(
    waiting: Execution, second: User, client_of: ClientOf, settings: Any
) -> None:
    settings.ORDER_API_TOKEN = "wrong"
    answer = client_of(second).get(address(waiting))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "could not be read just now" in shown and "Try again" in shown
    assert "Customer returned the goods" in shown and "499.00" in shown
    assert "Approve and" not in shown and "Turn down" in shown
    assert fresh(waiting).state == State.WAITING


def test_the_list_shows_what_waits_and_how_others_ended(
    api: OrderApi, waiting: Execution, admin: User, second: User, make_payment: MakePayment, case_of: CaseOf,
    client_of: ClientOf,
) -> None:  # fmt: skip
    ended = engine.execute(api, case_of(make_payment(), "capture"), asked_by(admin))
    requests.turn_down(ended, second, who(second), "The goods are not back yet")
    mine, theirs = (client_of(user).get(reverse("approval-list")).content.decode() for user in (admin, second))
    for shown in (mine, theirs):
        assert address(waiting) in shown and address(ended) in shown
        assert "The goods are not back yet" in shown
    assert "that is you" in mine and "that is you" not in theirs


# What the approver was shown


@pytest.mark.parametrize("saw", ["", "made-up", "of another request"])
def test_nobody_approves_what_they_were_not_shown(
    api: OrderApi, waiting: Execution, second: User, client_of: ClientOf, attempt: Attempt, saw: str
) -> None:
    form = says_yes(waiting)
    sealed = says_yes(attempt(""))["saw"] if saw == "of another request" else saw
    answer = client_of(second).post(address(waiting, "approve"), form | {"saw": sealed})
    assert (answer.status_code, fresh(waiting).state, captures(api, waiting)) == (422, State.WAITING, 0)
    assert "The payment is not as this page showed it" in answer.content.decode()
    assert form["note"] in answer.content.decode(), "what was typed is kept"


def test_the_page_seals_what_it_shows(api: OrderApi, waiting: Execution, second: User, client_of: ClientOf) -> None:
    client = client_of(second)
    sealed = re.search(r'name="saw" value="([^"]+)"', page(client, waiting))
    assert sealed
    client.post(address(waiting, "approve"), {"password": PASSWORD, "note": "", "saw": html.unescape(sealed[1])})
    assert (fresh(waiting).state, captures(api, waiting)) == (State.DONE, 1)
