"""*Send a test alert*: whether anybody would be told is found out before it matters."""

import smtplib
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from audit.models import Entry
from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.payments.test_alert_delivery import SECRET, Receiver, receiver, to_mail

__all__ = ["receiver", "to_mail"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_tried_a_moment_ago() -> None:
    cache.clear()


@pytest.fixture
def client(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


def press(client: Client, way: str) -> str:
    """What the page says afterwards."""
    answer = client.post(reverse("alert-test", args=[way]), follow=True)
    assert answer.redirect_chain == [("/status/", 302)]
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_webhook_gets_one_that_says_that_it_is_a_test(
    client: Client, receiver: Receiver, logged: "QuerySet[Entry]"
) -> None:
    assert press(client, "webhook") == "The webhook took the test alert."
    ((_path, headers, _body),) = receiver.calls
    assert receiver.events == ["test"] and receiver.said[0]["says"] == "This is a test: nothing is wrong."
    assert headers["X-Desk-Signature"].startswith("t=") and SECRET not in str(receiver.calls)
    intent, outcome = logged.filter(action="desk.alert.test").order_by("sequence")
    assert (intent.kind, intent.username, intent.target) == ("intent", "admin", "webhook")
    assert (outcome.kind, outcome.outcome) == ("outcome", "done")


def test_a_webhook_that_refuses_is_told_with_its_status_on_the_page_and_in_the_log(
    client: Client, receiver: Receiver, logged: "QuerySet[Entry]"
) -> None:
    receiver.status = 403
    assert press(client, "webhook") == "The webhook refused the test alert: it answered with status 403."
    outcome = logged.get(action="desk.alert.test", kind="outcome")
    assert (outcome.outcome, outcome.status) == ("refused", 403)
    assert "The last test alert was not taken." in client.get("/status/").content.decode()
    cache.clear()
    receiver.status = 204
    press(client, "webhook")
    assert "The last test alert was not taken." not in client.get("/status/").content.decode()


def test_a_webhook_that_is_not_there_is_told_without_its_address(
    client: Client, settings: Settings, logged: "QuerySet[Entry]"
) -> None:
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = "http://127.0.0.1:9/secret-path", SECRET
    assert press(client, "webhook") == "The webhook did not answer (ConnectError)."
    outcome = logged.get(action="desk.alert.test", kind="outcome")
    assert (outcome.outcome, outcome.code) == ("failed", "ConnectError")
    assert "secret-path" not in client.get("/status/").content.decode()


def test_mail_goes_to_whom_the_setting_names(client: Client, to_mail: None) -> None:
    assert press(client, "mail") == "The mail server took the test alert."
    (sent,) = mail.outbox
    assert sent.to == ["desk@example.com", "night@example.com"]
    assert sent.subject == "Order desk: This is a test: nothing is wrong."


def test_a_mail_server_that_does_not_take_it_is_told(
    client: Client, to_mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refused)
    assert press(client, "mail") == "The mail server did not take the test alert (SMTPRecipientsRefused)."


def test_it_is_sent_once_a_minute_by_each_way_whoever_presses(
    client: Client, receiver: Receiver, to_mail: None
) -> None:
    press(client, "webhook")
    assert "less than a minute ago" in press(client, "webhook")
    assert len(receiver.calls) == 1
    assert press(client, "mail") == "The mail server took the test alert."


def test_what_cannot_be_written_into_the_log_is_not_sent(client: Client, receiver: Receiver) -> None:
    with log_out_of_reach():
        said = press(client, "webhook")
    assert said.startswith("It could not be written into the log") and receiver.calls == []


@pytest.mark.parametrize("way", ["mail", "pigeon"])
def test_a_way_that_is_not_set_is_none(client: Client, way: str) -> None:
    assert client.post(f"/status/alerts/{way}/test/").status_code == 404


def test_a_link_sends_nothing(client: Client, receiver: Receiver) -> None:
    assert client.get("/status/alerts/webhook/test/").status_code == 405 and receiver.calls == []


@pytest.mark.parametrize("role", ["support", "manager"])
def test_who_is_no_admin_sends_none(
    role: str, request: pytest.FixtureRequest, client_of: ClientOf, receiver: Receiver
) -> None:
    assert client_of(request.getfixturevalue(role)).post("/status/alerts/webhook/test/").status_code == 403
    assert receiver.calls == []


def test_the_command_tries_each_way_and_fails_where_one_is_not_taken(receiver: Receiver, to_mail: None) -> None:
    out = StringIO()
    call_command("payments_alerts", test=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "webhook: The webhook took the test alert.",
        "mail: The mail server took the test alert.",
    ]
    with pytest.raises(CommandError, match="less than a minute ago"):
        call_command("payments_alerts", test=True)
    cache.clear()
    receiver.status = 500
    with pytest.raises(CommandError, match=r"Not taken: webhook\."):
        call_command("payments_alerts", test=True, stdout=out)


def test_the_command_says_where_nobody_is_told(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody is told"):
        call_command("payments_alerts", test=True)
