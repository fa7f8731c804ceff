"""Channels with names, and channels that the configuration service knows."""

import logging
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts import directory
from accounts.channels import Channel, all_channels, channel_name, grantable
from accounts.checks import check_channels
from order_api.errors import Unavailable
from payments.alerts import delivery
from payments.alerts.models import Alert, Event, Notice
from payments.alerts.rules import Alarm, Kind
from tests.conftest import ClientOf
from tests.orders.pages import text_of
from tests.sandbox.conftest import Caller


@pytest.fixture(autouse=True)
def unknown(db: None) -> Iterator[None]:
    """Nothing is known yet."""
    directory.forget()
    cache.clear()
    yield
    directory.forget()
    cache.clear()


def out_of_order(merchant: str) -> tuple[str, ...]:
    raise Unavailable("The Order API did not answer: it took too long.", operation="GET channels")


# Names


def test_a_channel_may_have_a_name(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se = Norce  Sverige", "norce/no"]
    assert all_channels() == (Channel("norce", "se"), Channel("norce", "no"))
    assert channel_name(Channel("norce", "se")) == channel_name("norce/se") == "Norce Sverige"
    assert channel_name("norce/no") == "norce/no"


@pytest.mark.parametrize("text", ["norce/se=" + "x" * 61, "norce=Norce", "=Norce", "*/se", "norce/*=Norce"])
def test_an_entry_that_cannot_be_read_is_refused_at_the_start(settings: Settings, text: str) -> None:
    settings.ORDER_API_CHANNELS = ["norce/no", text]
    assert [message.id for message in check_channels()] == ["accounts.E001"]
    with pytest.raises(ImproperlyConfigured):
        all_channels()


def test_the_pages_call_a_channel_by_its_name(settings: Settings, admin: User, client_of: ClientOf) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se=Norce Sverige", "norce/no=Norce Norge"]
    client = client_of(admin)
    page = text_of(client.get("/norce/se/orders/"))
    assert "Channel: Norce Sverige" in page, "in the frame"
    assert "Norce Norge" in page
    assert "created in Norce Sverige" in page
    assert "in Norce Sverige" in text_of(client.get("/norce/se/orders/o_nobody/"))
    assert "Norce Norge" in text_of(client.get("/people/new/")), "what can be given"


def test_the_log_calls_it_so_too(settings: Settings, admin: User, client_of: ClientOf) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se=Norce Sverige"]
    client, order = client_of(admin), Caller("norce", "se").created()
    client.post(f"/norce/se/orders{order}/notes/new/", {"text": "Called."})
    client.get(f"/norce/se/orders{order}/raw/")
    entries = text_of(client.get("/audit/"))
    assert "norce/se" not in entries


def test_so_do_alerts_and_mails(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se=Norce Sverige"]
    now = timezone.now()
    alarm = Alarm(Kind.DOUBT, "1", now, "In doubt.", "/", "norce", "se")
    assert alarm.where == "Norce Sverige"
    alert = Alert(kind=Kind.DOUBT, since=now, merchant="norce", channel="se", says="In doubt.")
    assert delivery._line(Notice(alert=alert, event=Event.BEGAN)) == "Norce Sverige: In doubt."


# The configuration service


def test_the_channels_of_a_merchant_are_read_from_the_configuration_service(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["nordlys/*", "norce/se=Norce Sverige", "norce/*"]
    assert list(map(str, all_channels())) == [
        "nordlys/de", "nordlys/fi", "nordlys/nl", "norce/se", "norce/no", "norce/dk",
    ]  # fmt: skip
    assert channel_name("norce/se") == "Norce Sverige"
    assert "nordlys/de" in grantable()


def test_they_are_asked_for_once_in_a_while(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(merchant: str) -> tuple[str, ...]:
        asked.append(merchant)
        return ("se",)

    monkeypatch.setattr(directory, "ask", ask)
    settings.ORDER_API_CHANNELS = ["norce/*"]
    assert [all_channels() for _ in range(3)] == [(Channel("norce", "se"),)] * 3
    assert asked == ["norce"]
    monkeypatch.setattr(directory, "_known", {"norce": (1e-9, ("se",))})
    assert all_channels() == (Channel("norce", "se"),)
    assert asked == ["norce", "norce"], "and again when that was long ago"


def test_while_it_does_not_answer_those_known_last_are_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ORDER_API_CHANNELS = ["norce/*"]
    known = all_channels()
    assert len(known) == 3
    directory.forget()  # another process, which has never asked
    monkeypatch.setattr(directory, "ask", out_of_order)
    with caplog.at_level(logging.WARNING):
        assert all_channels() == known
    assert "The last that were known are used." in caplog.text


def test_a_name_that_no_header_can_carry_is_left_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "ask", lambda _merchant: ("se", "n o", "", "a/b", "x\r\ny"))
    settings.ORDER_API_CHANNELS = ["norce/*"]
    assert all_channels() == (Channel("norce", "se"),)


def test_a_desk_that_knows_no_channel_yet_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, admin: User, client_of: ClientOf
) -> None:
    monkeypatch.setattr(directory, "ask", out_of_order)
    settings.ORDER_API_CHANNELS = ["norce/*"]
    answer = client_of(admin).get("/norce/se/orders/")
    assert answer.status_code == 403
    assert "no channel to work in" in text_of(answer)


def test_the_check_says_what_the_service_knows(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.ORDER_API_CHANNELS = ["norce/*"]
    call_command("order_api_check")
    said = capsys.readouterr().out
    assert "norce/*: the configuration service knows 3 channels: se, no, dk" in said
    assert "norce/dk: ok" in said


def test_the_check_says_that_it_cannot_be_asked_and_what_is_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ORDER_API_CHANNELS = ["norce/*"]
    all_channels()
    directory.forget()
    monkeypatch.setattr(directory, "ask", out_of_order)
    monkeypatch.setattr("gateway.management.commands.order_api_check.channel_names", out_of_order)
    call_command("order_api_check")
    said = capsys.readouterr().out
    assert "the configuration service cannot be asked: The Order API did not answer" in said
    assert "knew last: se, no, dk." in said
    cache.clear()
    directory.forget()
    with pytest.raises(CommandError, match="1 of 1 channels do not work"):
        call_command("order_api_check")
