from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from accounts.channels import SESSION_KEY, Channel, all_channels, channels_of, parse
from accounts.models import Preference
from tests.conftest import PASSWORD, ClientOf


@pytest.fixture(autouse=True)
def two_merchants(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se", "norce/no", "nordlys/de"]


def switch(client: Client, channel: str, **data: str) -> Any:
    return client.post("/accounts/channel/", {"channel": channel, **data})


def channel_shown(client: Client) -> Channel:
    channel = client.get("/accounts/preferences/").context["channel"]
    assert isinstance(channel, Channel)
    return channel


def test_a_channel_is_written_as_merchant_and_name() -> None:
    assert parse(" norce/se ") == Channel("norce", "se")
    assert str(Channel("norce", "1")) == "norce/1"


@pytest.mark.parametrize(
    "text", ["", "norce", "norce/", "/se", "norce/se/1", "norce se", "nor\nce/se", "norçe/se", "-x/se"]
)
def test_what_is_no_channel_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="write merchant/channel"):
        parse(text)


def test_every_bad_entry_of_the_setting_is_named_at_once(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se", "norce", "a/b/c"]
    with pytest.raises(ImproperlyConfigured) as caught:
        all_channels()
    assert "'norce' is not a channel" in str(caught.value)
    assert "'a/b/c' is not a channel" in str(caught.value)


@pytest.mark.parametrize("channels", [["norce"], []])
def test_the_desk_does_not_start_on_channels_that_cannot_be_read(settings: Settings, channels: list[str]) -> None:
    settings.ORDER_API_CHANNELS = channels
    assert "accounts.E001" in [message.id for message in run_checks()]


def test_a_channel_that_stands_twice_in_the_setting_is_offered_once(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se", "norce/no", "norce/se"]
    assert all_channels() == (Channel("norce", "se"), Channel("norce", "no"))


def test_a_visitor_has_no_channels() -> None:
    assert channels_of(AnonymousUser()) == ()


def test_a_person_starts_in_the_first_channel(support: User, client_of: ClientOf) -> None:
    assert channel_shown(client_of(support)) == Channel("norce", "se")


def test_a_switch_is_remembered_in_this_session_and_the_next(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    switch(client, "nordlys/de")
    assert channel_shown(client) == Channel("nordlys", "de")
    assert channel_shown(client_of(support)) == Channel("nordlys", "de")


def test_two_sessions_of_a_person_can_work_in_two_channels(support: User, client_of: ClientOf) -> None:
    one, other = client_of(support), client_of(support)
    switch(one, "norce/no")
    switch(other, "nordlys/de")
    assert channel_shown(one) == Channel("norce", "no")
    assert channel_shown(other) == Channel("nordlys", "de")


def test_a_switch_leads_back_to_the_page_it_was_made_on(support: User, client_of: ClientOf) -> None:
    response = switch(client_of(support), "norce/no", next="/orders/?status=completed")
    assert (response.status_code, response["Location"]) == (302, "/orders/?status=completed")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_a_switch_never_leads_to_another_site(support: User, client_of: ClientOf, elsewhere: str) -> None:
    assert switch(client_of(support), "norce/no", next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize("tampered", ["norce/fi", "norce", "", "norce/se\r\nx-merchant: other", "*/*"])
def test_a_channel_that_is_not_theirs_is_not_found_and_changes_nothing(
    support: User, client_of: ClientOf, tampered: str
) -> None:
    client = client_of(support)
    switch(client, "norce/no")
    assert switch(client, tampered).status_code == 404
    assert channel_shown(client) == Channel("norce", "no")
    assert Preference.objects.get(user=support).channel == "norce/no"


def test_a_remembered_channel_that_was_taken_away_does_not_count(
    support: User, client_of: ClientOf, settings: Settings
) -> None:
    client = client_of(support)
    switch(client, "nordlys/de")
    settings.ORDER_API_CHANNELS = ["norce/no"]
    assert channel_shown(client) == Channel("norce", "no")


def test_a_channel_written_into_the_session_by_hand_does_not_count(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    session = client.session
    session[SESSION_KEY] = "other/xx"
    session.save()
    assert channel_shown(client) == Channel("norce", "se")


def test_a_switch_needs_a_post_with_a_token(support: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.login(username="support", password=PASSWORD)
    assert client.get("/accounts/channel/", {"channel": "norce/no"}).status_code == 405
    assert switch(client, "norce/no").status_code == 403
    assert channel_shown(client) == Channel("norce", "se")


def test_the_menu_lists_the_channels_by_merchant(support: User, client_of: ClientOf) -> None:
    page = client_of(support).get("/accounts/preferences/").content.decode()
    for channel in all_channels():
        assert f'value="{channel}"' in page
