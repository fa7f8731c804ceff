"""Who is told of an alert: once when it begins and once when it ends, by whatever the settings name."""

import datetime as dt
import hashlib
import hmac
import io
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from payments.alerts import delivery, heartbeat
from payments.alerts.models import Alert, Notice
from payments.models import Execution, State
from tests.payments.conftest import Attempt

pytestmark = pytest.mark.django_db
SECRET = "a-secret-that-only-two-know"
MINUTES, HOURS = dt.timedelta(minutes=1), dt.timedelta(hours=1)
ROOT = Path(__file__).resolve().parents[2]


class Receiver:
    """A server on this machine. Answers with `status`, after `released` if that is to be waited for."""

    def __init__(self) -> None:
        self.status, self.headers = 204, {"X-Nothing": "in particular"}
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.released = threading.Event()
        self.released.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((self.path, dict(self.headers), body))
                receiver.released.wait(10)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/desk?key=nobody-may-see-this"

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.calls]

    @property
    def events(self) -> list[str]:
        return [each["event"] for each in self.said]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """What the setting names."""
    it = Receiver()
    thread = threading.Thread(target=it.server.serve_forever)
    thread.start()
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = it.url, SECRET
    yield it
    it.released.set()
    it.server.shutdown()
    thread.join()
    it.server.server_close()


@pytest.fixture
def to_mail(settings: Settings) -> None:
    settings.ALERT_MAIL_TO, settings.DEFAULT_FROM_EMAIL = (
        ["desk@example.com", "night@example.com"],
        "order-desk@example.com",
    )


@pytest.fixture
def in_doubt(attempt: Attempt) -> Execution:
    """An alert: in doubt for 16 minutes."""
    heartbeat.beat(timezone.now() + dt.timedelta(days=30))
    execution = attempt("error")
    Execution.objects.update(sent_at=timezone.now() - 16 * MINUTES, created_at=timezone.now() - 16 * MINUTES)
    return execution


def settle() -> None:
    Execution.objects.update(state=State.DONE)


def round_of() -> delivery.Told:
    """What the worker does each time."""
    delivery.refresh()
    return delivery.send_due()


# Once


def test_what_begins_and_what_ends_is_told_once(receiver: Receiver, in_doubt: Execution) -> None:
    for _ in range(3):
        round_of()
    assert receiver.events == ["began"]
    settle()
    for _ in range(3):
        round_of()
    assert receiver.events == ["began", "ended"]
    began, ended = receiver.said
    assert (began["kind"], began["channel"], began["ended"]) == ("in-doubt", "norce/se", None)
    assert began["address"] == reverse("execution-detail", args=[in_doubt.in_channel, in_doubt.pk])
    assert began["id"] != ended["id"]
    assert ended["ended"]


def test_what_begins_again_is_told_again(receiver: Receiver, in_doubt: Execution) -> None:
    round_of()
    settle()
    round_of()
    Execution.objects.update(state=State.IN_DOUBT)
    round_of()
    assert receiver.events == ["began", "ended", "began"]
    assert len({each["id"] for each in receiver.said}) == 3


def test_it_says_where_the_desk_is_if_the_settings_do(
    receiver: Receiver, in_doubt: Execution, settings: Settings
) -> None:
    settings.ALERT_DESK_URL = "https://desk.example.com"
    round_of()
    assert receiver.said[0]["address"].startswith("https://desk.example.com/norce/se/payments/")


def test_with_nobody_to_tell_it_is_only_written_down(in_doubt: Execution) -> None:
    assert round_of() == (0, 0)
    assert (Alert.objects.count(), Notice.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_of_several_processes_one_tells_it(receiver: Receiver, in_doubt: Execution) -> None:
    start = threading.Barrier(4)

    def work(_: int) -> int:
        start.wait(10)
        try:
            return round_of().sent
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 1
    assert receiver.events == ["began"]


# The signature


def test_a_receiver_can_check_that_it_is_the_desks(receiver: Receiver, in_doubt: Execution) -> None:
    round_of()
    (_, headers, body) = receiver.calls[0]
    stamp, code = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["X-Desk-Signature"]).groups()  # type: ignore[union-attr]
    assert code == hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert abs(int(stamp) - timezone.now().timestamp()) < 60


def test_the_lines_in_the_documents_tell_a_true_one_from_a_forged_one(receiver: Receiver, in_doubt: Execution) -> None:
    round_of()
    (_, headers, body) = receiver.calls[0]
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "alerts.md").read_text(), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code[1], names)
    is_ours = names["is_from_the_desk"]
    assert is_ours(headers["X-Desk-Signature"], body, SECRET)
    assert not is_ours(headers["X-Desk-Signature"], body + b" ", SECRET)
    assert not is_ours(headers["X-Desk-Signature"], body, "another secret")
    assert not is_ours("nonsense", body, SECRET)
    with time_machine.travel(timezone.now() + HOURS):
        assert not is_ours(headers["X-Desk-Signature"], body, SECRET), "somebody sends an old one again"


# Nobody takes it


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_what_nobody_took_is_told_again_later(receiver: Receiver, in_doubt: Execution, status: int) -> None:
    receiver.status = status
    assert round_of() == (0, 1)
    assert round_of() == (0, 1)
    assert len(receiver.calls) == 1, "it is not time yet"
    receiver.status = 200
    with time_machine.travel(timezone.now() + MINUTES):
        assert round_of() == (1, 0)
        assert round_of() == (0, 0)
    assert receiver.said[0] == receiver.said[1]


def test_it_is_tried_ever_later_and_given_up_after_a_day(receiver: Receiver, in_doubt: Execution) -> None:
    receiver.status = 500
    start = timezone.now()
    pauses, now = [], start
    while now < start + 48 * HOURS:
        with time_machine.travel(now, tick=False):
            round_of()
            notice = Notice.objects.get()
        if notice.next_try_at is None:
            break
        pauses.append(notice.next_try_at - now)
        now = notice.next_try_at
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (dt.timedelta(seconds=30), HOURS)
    assert 22 * HOURS < now - start <= 24 * HOURS
    assert (notice.sent_at, notice.error) == (None, "answered 500")


def test_a_redirect_is_not_followed(receiver: Receiver, in_doubt: Execution) -> None:
    receiver.status, receiver.headers = 307, {"Location": "/elsewhere"}
    round_of()
    assert [path.partition("?")[0] for path, _, _ in receiver.calls] == ["/desk"]


def test_a_receiver_that_hangs_is_left_after_seconds_and_the_others_wait_for_the_next_round(
    receiver: Receiver, in_doubt: Execution, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt("timeout-before")
    Execution.objects.update(sent_at=timezone.now() - 16 * MINUTES)
    monkeypatch.setattr(delivery, "CALL_SECONDS", 0.3)
    receiver.released.clear()
    began = timezone.now()
    assert round_of() == (0, 2)
    assert timezone.now() - began < dt.timedelta(seconds=3)
    assert len(receiver.calls) == 1
    assert Notice.objects.filter(tries=1).get().error == "ReadTimeout"


def test_where_nothing_listens_no_word_of_the_address_is_kept(
    in_doubt: Execution, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = "http://127.0.0.1:9/?key=nobody-may-see-this", SECRET
    assert round_of() == (0, 1)
    assert Notice.objects.get().error == "ConnectError"
    assert "nobody-may-see-this" not in caplog.text


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://alerts.example.com/", SECRET), ("http://10.0.0.1/", SECRET), ("file:///etc/passwd", SECRET)],
)
def test_an_address_that_is_not_encrypted_is_never_called(
    in_doubt: Execution, settings: Settings, url: str, secret: str
) -> None:
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = url, secret
    assert round_of() == (0, 1)
    assert Notice.objects.get().error == "not https, or without a secret"


def test_without_a_secret_nothing_is_sent(receiver: Receiver, in_doubt: Execution, settings: Settings) -> None:
    settings.ALERT_WEBHOOK_SECRET = ""
    round_of()
    assert receiver.calls == []


def test_what_is_over_before_anybody_heard_of_it_is_not_told_at_all(receiver: Receiver, in_doubt: Execution) -> None:
    delivery.refresh()
    settle()
    assert round_of() == (0, 0)
    assert receiver.calls == []


def test_who_may_have_heard_that_it_began_hears_that_it_ended(receiver: Receiver, in_doubt: Execution) -> None:
    receiver.status = 500
    round_of()
    settle()
    receiver.status = 200
    with time_machine.travel(timezone.now() + MINUTES):
        round_of()
    assert receiver.events == ["began", "ended"], "the first one was not tried again"


def test_what_has_ended_long_ago_is_forgotten(in_doubt: Execution) -> None:
    round_of()
    settle()
    round_of()
    with time_machine.travel(timezone.now() + dt.timedelta(days=91)):
        round_of()
        assert not Alert.objects.filter(kind="in-doubt").exists()


# Mail


def test_mail_says_it_once_and_all_of_a_round_in_one(to_mail: None, in_doubt: Execution, attempt: Attempt) -> None:
    round_of()
    round_of()
    (first,) = mail.outbox
    assert (first.to, first.from_email) == (["desk@example.com", "night@example.com"], "order-desk@example.com")
    assert first.subject == "Order desk: norce/se: It is not known whether a capture was done."
    assert reverse("execution-detail", args=[in_doubt.in_channel, in_doubt.pk]) in first.body
    for day in ("timeout-before", "error"):
        attempt(day)
    Execution.objects.update(sent_at=timezone.now() - 16 * MINUTES)
    round_of()
    assert [each.subject for each in mail.outbox[1:]] == ["Order desk: 2 alerts"]
    settle()
    round_of()
    assert mail.outbox[2].body.count("Over: ") == 3


def test_a_mail_server_that_fails_holds_up_nothing_and_is_tried_again(
    to_mail: None, receiver: Receiver, in_doubt: Execution, settings: Settings
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    assert round_of() == (1, 1)
    assert (receiver.events, Notice.objects.get(way="mail").error) == (["began"], "ConnectionRefusedError")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(timezone.now() + MINUTES):
        assert round_of() == (1, 0)
    assert (len(mail.outbox), receiver.events) == (1, ["began"])


def test_nothing_that_is_sent_says_who_or_how_much(to_mail: None, receiver: Receiver, in_doubt: Execution) -> None:
    secret = "åsa.lindström@example.com"
    Execution.objects.update(order_reference=secret, note=secret, method=secret, asked_by_name=secret, message=secret)
    round_of()
    sent = receiver.calls[0][2].decode() + mail.outbox[0].subject + mail.outbox[0].body
    assert "@" not in sent
    assert "499" not in sent.replace(str(in_doubt.pk), "")


# The command


def test_the_command_sends_when_it_is_told_to(receiver: Receiver, in_doubt: Execution) -> None:
    call_command("payments_alerts", stdout=io.StringIO())
    assert receiver.calls == []
    out = io.StringIO()
    call_command("payments_alerts", "--send", stdout=out)
    assert out.getvalue().splitlines()[-1] == "1 sent, 0 to be sent later."
    assert receiver.events == ["began"]


def test_the_command_says_that_nobody_is_told() -> None:
    out = io.StringIO()
    call_command("payments_alerts", "--send", stdout=out)
    assert "Nobody is told: neither ALERT_WEBHOOK_URL nor ALERT_MAIL_TO is set." in out.getvalue()
