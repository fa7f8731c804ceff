"""What is wrong with a setting is said in one sentence, before anything is served."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from environs import EnvError
from pytest_django import Settings

from dashboard.env import read
from dashboard.settings import https_host
from tests.test_serve import manage


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("cdn.example.com", "cdn.example.com"),
        (" https://CDN.example.com/ ", "cdn.example.com"),
        ("https://cdn.example.com:8443", "cdn.example.com:8443"),
        ("*.example.com", "*.example.com"),
    ],
)
def test_a_host_of_pictures_may_be_written_with_or_without_its_scheme(text: str, host: str) -> None:
    assert https_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "http://cdn.example.com",
        "https://cdn.example.com/pictures",
        "a b",
        "",
        "https://",
        "a;b",
        "me@cdn.example.com",
        "https://a/?x",
        "x' 'self",
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write cdn\.example\.com or"):
        https_host(text)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ORDER_API_URL": "ftp://example.com"}, "'ftp://example.com' is no address of an API"),
        ({"ORDER_API_TOKEN": "a\nb"}, "The token holds characters that cannot be sent"),
    ],
)
def test_the_desk_does_not_start_on_an_address_or_a_token_that_cannot_be_used(
    settings: Settings, changed: dict[str, Any], says: str
) -> None:
    settings.SANDBOX, settings.ORDER_API_URL, settings.ORDER_API_TOKEN = (
        False,
        "https://example.com/checkout/order",
        "t",
    )
    assert "gateway.E001" not in [message.id for message in run_checks()]
    for name, value in changed.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError) as caught:
        call_command("serve")
    assert str(caught.value).startswith(says)
    assert "a\nb" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAYMENT_REAUTH_MINUTES", -1),
        ("PAYMENT_APPROVAL_TIME", dt.timedelta()),
        ("PAYMENT_RECONCILE_TIME", dt.timedelta(hours=-1)),
        ("PAYMENT_GIVEN_UP_AFTER", dt.timedelta()),
    ],
)
def test_the_desk_does_not_start_with_times_in_which_no_payment_could_be_settled(
    settings: Settings, name: str, value: object
) -> None:
    assert "payments.E001" not in [message.id for message in run_checks()]
    setattr(settings, name, value)
    with pytest.raises(CommandError, match=r"PAYMENT_\w+ has to be a time above zero\."):
        call_command("serve")


@pytest.mark.parametrize("value", [{"SEK": "much"}, {"SEK": "-5"}, {"kr": "5"}, {"SEK": "1/2/3"}, {"SEK": ""}], ids=str)
def test_the_desk_does_not_start_with_limits_that_cannot_be_read(settings: Settings, value: dict[str, str]) -> None:
    assert "payments.E005" not in [message.id for message in run_checks()]
    settings.PAYMENT_MANAGER_LIMITS = value
    with pytest.raises(CommandError, match=r"PAYMENT_MANAGER_LIMITS: .* cannot be read"):
        call_command("serve")


def test_a_call_under_way_must_not_be_taken_for_lost(settings: Settings) -> None:
    assert "payments.W001" not in [message.id for message in run_checks()]
    settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(seconds=settings.ORDER_API_READ_TIMEOUT)
    assert "payments.W001" in [message.id for message in run_checks()]


def test_a_change_must_not_outlast_its_lease(settings: Settings) -> None:
    assert "gateway.W001" not in [message.id for message in run_checks()]
    settings.ORDER_API_READ_TIMEOUT = 30.0
    assert "gateway.W001" in [message.id for message in run_checks()]


@pytest.mark.parametrize(
    ("kept", "mode", "why"),
    [
        (b"SECRET_KEY=\xff", 0o600, "it is no text in UTF-8"),
        pytest.param(
            b"DEBUG=0", 0, "Permission denied", marks=pytest.mark.skipif(not os.getuid(), reason="not to root")
        ),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_is_told_in_a_sentence(
    kept: bytes, mode: int, why: str, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_bytes(kept)
    file.chmod(mode)
    with pytest.raises(EnvError) as error:
        read(file)
    assert str(error.value) == f"{file} cannot be read: {why}."


def test_alerts_name_the_desk_by_its_address_unless_they_are_to_name_another(tmp_path: Path) -> None:
    desk = {"DESK_URL": "https://desk.example.com/"}
    for more, address in ({}, "https://desk.example.com"), ({"ALERT_DESK_URL": "https://inside"}, "https://inside"):
        shown = manage("diffsettings", folder=tmp_path, **desk, **more)
        assert f"ALERT_DESK_URL = '{address}'" in shown.stdout, shown.stderr
