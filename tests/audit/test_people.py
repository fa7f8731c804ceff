"""What people do at the door, and what they may not do, stands in the log."""

from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.log import Outcome
from audit.models import Entry
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf

LOGIN = {"login": "support", "password": PASSWORD}


def entries(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=action).order_by("-sequence"))


def test_a_sign_in_is_recorded(support: User, visitor: Client) -> None:
    before = len(entries("sign-in"))
    visitor.post(reverse("account_login"), LOGIN, REMOTE_ADDR="127.0.2.17", HTTP_USER_AGENT="Firefox")
    newest, *_ = found = entries("sign-in")
    assert len(found) == before + 1
    assert (newest.username, newest.user_id, newest.ip, newest.agent) == (
        "support",
        support.pk,
        "127.0.2.17",
        "Firefox",
    )
    assert newest.outcome == Outcome.DONE


def test_a_sign_in_that_failed_is_recorded_with_the_name_as_it_was_typed(support: User, visitor: Client) -> None:
    visitor.post(reverse("account_login"), LOGIN | {"password": "wrong"}, REMOTE_ADDR="127.0.2.17")
    newest = entries("sign-in")[0]
    assert (newest.username, newest.user_id, newest.ip, newest.outcome) == (
        "support",
        None,
        "127.0.2.17",
        Outcome.REFUSED,
    )


def test_what_was_typed_for_a_name_is_cut_and_the_password_is_nowhere(visitor: Client) -> None:
    visitor.post(reverse("account_login"), {"login": "x" * 120, "password": "a secret of mine"})
    newest = entries("sign-in")[0]
    assert newest.username == "x" * 64
    assert not Entry.objects.filter(details_json__contains="a secret").exists()


def test_a_sign_out_is_recorded(support: User, client_of: ClientOf) -> None:
    client_of(support).post(reverse("account_logout"))
    assert entries("sign-out")[0].user_id == support.pk


def test_nobody_signs_in_unrecorded(support: User, visitor: Client) -> None:
    with log_out_of_reach():
        response = visitor.post(reverse("account_login"), LOGIN)
        assert response.status_code == 503
        assert "It could not be written into the log" in response.content.decode()
        assert visitor.get(reverse("preferences")).status_code == 302


def test_anybody_can_sign_out_although_it_cannot_be_recorded(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    with log_out_of_reach():
        assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("preferences")).status_code == 302


def test_what_a_person_may_not_open_is_recorded(newcomer: User, client_of: ClientOf) -> None:
    client = client_of(newcomer)
    assert client.get(reverse("order-detail", args=["norce/se", "oAbc"])).status_code == 403
    newest = entries("denied")[0]
    assert (newest.username, newest.outcome, newest.status) == ("newcomer", Outcome.DENIED, 403)
    assert (newest.order_id, newest.target) == ("oAbc", "GET /norce/se/orders/oAbc/")


def test_what_a_visitor_may_not_open_is_no_denial_but_a_way_to_the_sign_in(visitor: Client, db: None) -> None:
    before = len(entries("denied"))
    assert visitor.get(reverse("audit-list")).status_code == 302
    assert len(entries("denied")) == before


def test_a_denial_that_cannot_be_recorded_opens_nothing(
    newcomer: User, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(newcomer)
    with log_out_of_reach():
        response = client.get(reverse("audit-list"))
    assert response.status_code == 403
    assert "could not be recorded" in caplog.text


def test_who_is_refused_again_and_again_fills_no_log_and_the_next_entry_says_how_often(
    newcomer: User, client_of: ClientOf
) -> None:
    client, before, now = client_of(newcomer), len(entries("denied")), [1000.0]
    with mock.patch("audit.repeated.monotonic", side_effect=lambda: now[0]):
        for number in range(50):
            assert client.get(reverse("order-detail", args=["norce/se", f"o{number}"])).status_code == 403
        assert len(entries("denied")) == before + 1
        assert client.get(reverse("audit-list")).status_code == 403, "another page is another entry"
        assert len(entries("denied")) == before + 2
        now[0] = 1601.0
        client.get(reverse("order-detail", args=["norce/se", "oLater"]))
    newest = entries("denied")[0]
    assert (newest.order_id, newest.details) == ("oLater", {"not_written_down_before": 49})


def test_a_sign_in_that_is_stopped_is_recorded_once_and_not_with_each_try(db: None) -> None:
    for _try in range(9):
        Client().post("/accounts/login/", {"login": "nobody", "password": "x"})
    refused = [each for each in entries("sign-in") if each.username == "nobody"]
    assert [each.code for each in refused] == ["too-many-tries", *[""] * 5]
