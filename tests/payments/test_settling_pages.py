"""Settling by hand, on its pages: what a person found, where they looked, and who may say it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountChange
from audit.models import Entry
from payments.models import Execution, Kind, State
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.orders.pages import text_of
from tests.payments.conftest import Attempt
from tests.payments.doubts import FOUND, page_of, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(second: User) -> Client:
    """Another admin than the one who asked, who has just given their password."""
    client = Client()
    client.post(reverse("account_login"), {"login": second.username, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("moved", "state", "says"),
    [
        ("moved", State.DONE, "499.00 SEK was captured: second looked and said so."),
        ("not-moved", State.NOT_DONE, "499.00 SEK was not captured: second looked and said so."),
    ],
)
def test_a_person_ends_the_doubt_by_what_they_found_and_where(
    signed_in: Client, attempt: Attempt, moved: str, state: State, says: str
) -> None:
    execution = attempt("timeout-before")
    answer = settle(signed_in, execution, moved=moved)
    assert answer["Location"] == reverse("execution-detail", args=[execution.in_channel, execution.pk])
    execution.refresh_from_db()
    assert execution.state == state
    text = page_of(signed_in, "execution-detail", execution)
    assert says in text
    assert "Looked at: The provider's portal Found: No capture under K-1, looked at 10:45" in text


def test_where_they_looked_can_be_said_in_their_own_words(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    assert settle(signed_in, execution, where="other").status_code == 422
    assert settle(signed_in, execution, where="other", elsewhere="A ticket with the bank").status_code == 302
    assert "Looked at: A ticket with the bank" in page_of(signed_in, "execution-detail", execution)


@pytest.mark.parametrize("missing", ["moved", "where", "found"])
def test_nothing_is_settled_without_all_of_it_and_what_was_typed_stays(
    signed_in: Client, attempt: Attempt, missing: str
) -> None:
    execution = attempt("timeout-before")
    answer = settle(signed_in, execution, **{missing: ""})
    assert answer.status_code == 422
    kept = answer.content.decode()
    assert all(text in kept for name, text in FOUND.items() if name not in (missing, "moved"))
    assert ("checked" in kept) == (missing != "moved")
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_what_cannot_be_recorded_is_not_settled_and_stays_typed(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    with log_out_of_reach():
        answer = settle(signed_in, execution)
    assert answer.status_code == 503
    assert "It could not be written into the log, so nothing was settled." in text_of(answer)
    assert FOUND["found"] in answer.content.decode()
    execution.refresh_from_db()
    assert (execution.state, execution.evidence.filter(kind=Kind.PERSON).count()) == (State.IN_DOUBT, 0)


def test_who_comes_second_is_told_and_writes_nothing(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    settle(signed_in, execution, moved="moved")
    before = Entry.objects.count()
    answer = settle(signed_in, execution, found="I saw nothing of it")
    assert answer.status_code == 409
    assert "It was settled meanwhile" in text_of(answer)
    assert "I saw nothing of it" in answer.content.decode()
    execution.refresh_from_db()
    assert (execution.state, Entry.objects.count()) == (State.DONE, before)


def test_what_is_under_way_cannot_be_settled_by_hand(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    Execution.objects.filter(pk=execution.pk).update(state=State.SENDING)
    assert "It cannot be decided by hand as things are." in page_of(signed_in, "execution-settle", execution)
    assert settle(signed_in, execution).status_code == 409
    execution.refresh_from_db()
    assert execution.state == State.SENDING


def test_settling_asks_for_the_password_again_after_a_while(signed_in: Client, attempt: Attempt, settings: Any) -> None:
    execution = attempt("timeout-before")
    settings.PAYMENT_REAUTH_MINUTES = 0
    assert settle(signed_in, execution).status_code == 422
    assert settle(signed_in, execution, password="wrong").status_code == 422
    assert settle(signed_in, execution, password=PASSWORD).status_code == 302


def test_nobody_settles_what_they_asked_for_themselves(attempt: Attempt, admin: User) -> None:
    execution, client = attempt("timeout-before"), Client()
    client.post(reverse("account_login"), {"login": admin.username, "password": PASSWORD})
    assert "You asked for it, so somebody else" in page_of(client, "execution-settle", execution)
    answer = settle(client, execution)
    assert answer.status_code == 403
    assert "What you typed was not written." in text_of(answer) and FOUND["found"] in answer.content.decode()
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_nobody_settles_through_a_colleague_whose_account_they_changed(
    signed_in: Client, attempt: Attempt, admin: User, second: User
) -> None:
    execution = attempt("timeout-before")
    AccountChange.objects.create(
        person=second, by=admin, by_name="admin", at=timezone.now(), kind=AccountChange.Kind.LINK
    )
    text = page_of(signed_in, "execution-settle", execution)
    assert "so a third person has to look" in text and "Settle it" not in text
    assert settle(signed_in, execution).status_code == 403


def test_a_person_s_word_is_not_taken_a_moment_after_sending(
    signed_in: Client, attempt: Attempt, settings: Any
) -> None:
    execution = attempt("timeout-before")
    settings.PAYMENT_SETTLE_AFTER = dt.timedelta(minutes=15)
    page = signed_in.get(reverse("execution-settle", args=[execution.in_channel, execution.pk]))
    assert "a person's word is taken from" in text_of(page) and "Settle it" not in text_of(page)
    assert settle(signed_in, execution).status_code == 409


def test_above_a_limit_two_people_have_to_say_the_same_and_each_reads_the_other_s_word(
    signed_in: Client, attempt: Attempt, client_of: ClientOf, manager: User
) -> None:
    execution = attempt("timeout-before")
    Execution.objects.filter(pk=execution.pk).update(excess_json='[{"kind":"action","limit":"1","would_be":"499"}]')
    assert "two people have to say the same" in page_of(signed_in, "execution-settle", execution)
    first = settle(signed_in, execution)
    assert "Kept. It was above a limit" in text_of(signed_in.get(first["Location"]))
    assert "You have said what you found." in page_of(signed_in, "execution-settle", execution)
    assert settle(signed_in, execution).status_code == 403
    manager.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    third = Client()
    third.post(reverse("account_login"), {"login": manager.username, "password": PASSWORD})
    page = page_of(third, "execution-settle", execution)
    assert "second looked first, and said: No money moved." in page and FOUND["found"] in page
    assert settle(third, execution).status_code == 302
    execution.refresh_from_db()
    assert execution.state == State.NOT_DONE
