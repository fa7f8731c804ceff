"""Above an amount it takes two people besides the asker: what the first one's yes does, and what only the second's."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountChange
from audit.models import Entry
from order_api import OrderApi
from payments.approvals import endings, requests
from payments.executions import engine
from payments.models import Execution, FourEyes, Kind, Limit, State
from payments.presentation.proof import proof_of
from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.payments.conftest import MakePayment, asked_by
from tests.payments.requests import address, captures, change, fresh, page, says_yes, who
from tests.payments.test_four_eyes import CaseOf
from tests.wire import listening

pytestmark = pytest.mark.django_db
NO = {"reason": "The goods are not back yet"}


@pytest.fixture
def asked(api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User) -> Execution:
    """A capture of 499 SEK that the admin asked for, and that takes two."""
    FourEyes.objects.create(mode="limit", two_above=100, currency="SEK")
    execution = engine.execute(api, case_of(make_payment(), "capture"), asked_by(admin))
    assert execution.state == State.WAITING
    return execution


@pytest.fixture
def approved_once(api: OrderApi, asked: Execution, second: User) -> Execution:
    requests.approve(api, asked, second, who(second), "Saw the photo")
    return fresh(asked)


def yes(client: Client, execution: Execution) -> Any:
    """Presses what the page shows."""
    shown = client.get(address(execution)).context
    first = shown["first"].pk if shown["first"] else ""
    return client.post(address(execution, "approve"), says_yes(execution, first=first), follow=True)


def test_the_first_yes_sends_nothing_and_the_second_sends_once(
    api: OrderApi, asked: Execution, second: User, third: User, client_of: ClientOf
) -> None:
    one, other = client_of(second), client_of(third)
    assert "none has approved yet" in page(one, asked) and "Approve as the first of two" in page(one, asked)
    with listening() as calls:
        answer = yes(one, asked)
    assert "as the first of two. Nothing was sent yet." in answer.content.decode()
    assert [call for call in calls if call.writes] == []
    after = fresh(asked)
    assert (after.state, after.decided_by_name, after.expires_at) == (State.WAITING, "", asked.expires_at)
    shown = page(other, asked)
    assert "One of two has approved: second" in shown and "Saw the photo" in shown and "Approve and capture" in shown
    assert "One of two has approved: second" in other.get(reverse("approval-list")).content.decode()
    yes(other, asked)
    ended = fresh(asked)
    assert (ended.state, ended.decided_by_name, captures(api, asked)) == (State.DONE, "third", 1)
    assert "second approved it first." in page(one, asked) and "third approved it." in page(one, asked)


def test_both_are_in_the_log_before_anything_is_sent_and_the_proof_is_whole(
    api: OrderApi, approved_once: Execution, third: User
) -> None:
    assert proof_of(approved_once).says == []
    first = requests.first_of(approved_once)
    assert first and (first.by, first.kind, first.data["why"]) == ("second", Kind.PERSON, ["approved-first"])
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.username, entry.outcome) == ("payment.approval.first", "second", "accepted")
    assert first.digest in entry.details["evidence"] and entry.details["note"] == "Saw the photo"
    requests.approve(api, approved_once, third, who(third), first=first)
    entries = Entry.objects.filter(order_id=approved_once.order_id, action__startswith="payment.a")
    assert [(e.action, e.username) for e in entries.order_by("sequence") if e.kind != "outcome"] == [
        ("payment.approval.request", "admin"),
        ("payment.approval.first", "second"),
        ("payment.approval.end", "third"),
        ("payment.action.execute", "third"),
    ]
    done = fresh(approved_once)
    assert (done.state, proof_of(done).says) == (State.DONE, [])


def test_nobody_approves_twice(api: OrderApi, approved_once: Execution, second: User, client_of: ClientOf) -> None:
    client = client_of(second)
    shown = page(client, approved_once)
    assert "You have approved it." in shown and "Approve and" not in shown
    first = requests.first_of(approved_once)
    assert first
    for answer in (says_yes(approved_once), says_yes(approved_once, first=str(first.pk))):
        assert client.post(address(approved_once, "approve"), answer).status_code == 403
    assert (fresh(approved_once).state, captures(api, approved_once)) == (State.WAITING, 0)


def test_pressing_twice_at_once_is_no_second_approval(api: OrderApi, approved_once: Execution, second: User) -> None:
    """The other press was on its way when this one had not been written down yet."""
    with pytest.raises(requests.RequestClosedError):
        requests.approve(api, approved_once, second, who(second))
    assert (fresh(approved_once).state, captures(api, approved_once)) == (State.WAITING, 0)
    assert approved_once.evidence.filter(kind=Kind.PERSON).count() == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_the_asker_is_neither_of_the_two(
    api: OrderApi, asked: Execution, admin: User, second: User, client_of: ClientOf, is_first: bool
) -> None:
    if not is_first:
        requests.approve(api, asked, second, who(second))
    assert client_of(admin).post(address(asked, "approve"), says_yes(asked)).status_code == 403
    assert (fresh(asked).state, captures(api, asked)) == (State.WAITING, 0)


def test_who_was_shown_that_theirs_is_the_first_is_asked_again_where_it_would_send(
    api: OrderApi, approved_once: Execution, third: User, client_of: ClientOf
) -> None:
    client = client_of(third)
    answer = client.post(address(approved_once, "approve"), says_yes(approved_once, first=""))
    assert answer.status_code == 422
    assert "Somebody else has approved it since you opened this page." in answer.content.decode()
    assert (fresh(approved_once).state, captures(api, approved_once)) == (State.WAITING, 0)
    assert yes(client, approved_once).status_code == 200
    assert captures(api, approved_once) == 1


def test_a_payment_that_moved_in_between_is_not_sent(
    api: OrderApi, approved_once: Execution, third: User, client_of: ClientOf
) -> None:
    first = requests.first_of(approved_once)
    assert first
    change(api, approved_once, amount=1)
    client_of(third).post(address(approved_once, "approve"), says_yes(approved_once, first=str(first.pk)))
    ended = fresh(approved_once)
    assert (ended.state, captures(api, approved_once), proof_of(ended).says) == (State.LAPSED, 0, [])


def test_a_payment_that_has_moved_already_has_no_first_approval(
    api: OrderApi, asked: Execution, second: User, client_of: ClientOf
) -> None:
    change(api, asked, amount=1)
    client_of(second).post(address(asked, "approve"), says_yes(asked))
    assert (fresh(asked).state, requests.first_of(asked)) == (State.LAPSED, None)


def test_what_cannot_be_read_is_not_approved_first_and_goes_on_waiting(
    asked: Execution, second: User, client_of: ClientOf, settings: Any
) -> None:
    client, settings.ORDER_API_TOKEN = client_of(second), "wrong"
    answer = client.post(address(asked, "approve"), says_yes(asked))
    assert (answer.status_code, "could not be read just now" in answer.content.decode()) == (503, True)
    assert (fresh(asked).state, requests.first_of(asked)) == (State.WAITING, None)


def test_what_cannot_be_written_into_the_log_is_no_first_approval(
    asked: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    with log_out_of_reach():
        assert client.post(address(asked, "approve"), says_yes(asked)).status_code == 503
    assert (fresh(asked).state, requests.first_of(asked)) == (State.WAITING, None)


@pytest.mark.parametrize("by", ["second", "third"])
def test_either_of_them_may_turn_it_down_after_the_first_yes(
    api: OrderApi, approved_once: Execution, third: User, client_of: ClientOf, by: str
) -> None:
    client_of(User.objects.get(username=by)).post(address(approved_once, "turn-down"), NO)
    ended = fresh(approved_once)
    assert (ended.state, ended.decided_by_name, captures(api, approved_once)) == (State.TURNED_DOWN, by, 0)
    assert proof_of(ended).says == []


def test_it_expires_when_it_would_have(approved_once: Execution) -> None:
    Execution.objects.filter(pk=approved_once.pk).update(expires_at=timezone.now())
    ended = endings.check(fresh(approved_once))
    assert (ended.state, proof_of(ended).says) == (State.EXPIRED, [])


def link(person: User, by: User) -> None:
    AccountChange.objects.create(
        person=person, by=by, by_name=by.username, kind=AccountChange.Kind.LINK, at=timezone.now()
    )


@pytest.mark.parametrize(("over", "by"), [("third", "admin"), ("third", "second"), ("second", "third")])
def test_no_two_of_the_three_may_be_one_person(
    api: OrderApi, approved_once: Execution, third: User, client_of: ClientOf, over: str, by: str
) -> None:
    link(User.objects.get(username=over), User.objects.get(username=by))
    first = requests.first_of(approved_once)
    assert first
    answer = client_of(third).post(address(approved_once, "approve"), says_yes(approved_once, first=str(first.pk)))
    assert (answer.status_code, "You cannot approve this" in answer.content.decode()) == (403, True)
    assert (fresh(approved_once).state, captures(api, approved_once)) == (State.WAITING, 0)


def test_whose_account_the_asker_changed_is_not_the_first(
    asked: Execution, admin: User, second: User, client_of: ClientOf
) -> None:
    link(second, admin)
    assert client_of(second).post(address(asked, "approve"), says_yes(asked)).status_code == 403
    assert requests.first_of(asked) is None


def test_what_waits_goes_on_as_it_was_asked_for(api: OrderApi, waiting: Execution, second: User) -> None:
    """`waiting` is above a limit of 100 alone."""
    FourEyes.objects.create(mode="always", two_above=1, currency="SEK")
    Limit.objects.all().delete()
    requests.approve(api, waiting, second, who(second))
    assert fresh(waiting).state == State.DONE


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_of_two_who_are_first_at_once_one_is(api: OrderApi, asked: Execution, second: User, third: User) -> None:
    gate = threading.Barrier(2)

    def run(user: User) -> None:
        try:
            gate.wait(timeout=30)
            with suppress(requests.RequestClosedError):
                requests.approve(api, fresh(asked), user, who(user))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[user]) for user in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    said = [each.data["why"][0] for each in asked.evidence.filter(kind=Kind.PERSON)]
    assert (said, fresh(asked).state, captures(api, asked)) == (["approved-first"], State.WAITING, 0)
