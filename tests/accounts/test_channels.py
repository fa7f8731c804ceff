import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from accounts.channels import SESSION_KEY, TAKEN, Channel, all_channels, channels_of, parse
from tests.conftest import ClientOf
from tests.orders import documents
from tests.orders.pages import text_of
from tests.wire import listening


@pytest.fixture(autouse=True)
def two_merchants(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se", "norce/no", "nordlys/de"]


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


def test_the_list_that_was_looked_at_last_is_where_the_session_goes_on(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    client.get("/nordlys/de/orders/")
    assert channel_shown(client) == Channel("nordlys", "de")
    assert client.get("/")["Location"] == "/nordlys/de/orders/"
    assert channel_shown(client_of(support)) == Channel("norce", "se"), "a session of its own"


def test_a_person_chooses_where_they_begin(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    client.get("/nordlys/de/orders/")
    assert client.post("/accounts/preferences/", {"channel": "norce/no", "page_size": "25"}).status_code == 302
    for each in (client, client_of(support)):
        assert each.get("/")["Location"] == "/norce/no/orders/"


@pytest.mark.parametrize("tampered", ["norce/fi", "norce", "norce/se\r\nx-merchant: other", "*/*"])
def test_nobody_begins_in_a_channel_that_is_not_theirs(support: User, client_of: ClientOf, tampered: str) -> None:
    client = client_of(support)
    answer = client.post("/accounts/preferences/", {"channel": tampered, "page_size": "25"})
    assert answer.status_code == 422 and "Select a valid choice" in answer.content.decode()
    assert channel_shown(client) == Channel("norce", "se")


def test_a_remembered_channel_that_was_taken_away_does_not_count(
    support: User, client_of: ClientOf, settings: Settings
) -> None:
    client = client_of(support)
    client.get("/nordlys/de/orders/")
    settings.ORDER_API_CHANNELS = ["norce/no"]
    assert channel_shown(client) == Channel("norce", "no")


def test_a_channel_written_into_the_session_by_hand_does_not_count(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    session = client.session
    session[SESSION_KEY] = "other/xx"
    session.save()
    assert channel_shown(client) == Channel("norce", "se")


def test_the_menu_leads_to_the_list_of_each_channel(support: User, client_of: ClientOf) -> None:
    page = client_of(support).get("/accounts/preferences/").content.decode()
    for channel in all_channels():
        assert f'href="/{channel}/orders/"' in page


def test_the_menu_keeps_the_filters_of_the_list_and_nothing_else(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    page = client.get("/norce/se/orders/?status=completed&search=ek&page=2&size=50", follow=True).content.decode()
    assert 'href="/norce/no/orders/?status=completed&amp;search=ek&amp;size=50"' in page
    elsewhere = client.get("/norce/se/orders/new/?from=o_x", follow=True).content.decode()
    assert "/norce/no/orders/?" not in elsewhere


def test_no_merchant_is_called_as_a_page_of_the_desk() -> None:
    firsts = {str(each.pattern).partition("/")[0] for each in get_resolver().url_patterns}
    assert firsts - {"", "<channel:channel>"} <= TAKEN
    for name in TAKEN:
        with pytest.raises(ValueError, match="as pages of the desk are"):
            parse(f"{name}/se")


@pytest.mark.parametrize("path", ["/norce/", "/norce/se", "/norce/se/", "/a b/se/orders/", "/norce/s%0Ae/orders/"])
def test_what_names_no_page_of_a_channel_is_not_found(support: User, client_of: ClientOf, path: str) -> None:
    assert client_of(support).get(path).status_code in (301, 404)


# --- Addresses of before


@pytest.fixture
def german() -> str:
    return documents.put(documents.order(id="o_German", merchant="nordlys", channel="de"))


@pytest.mark.parametrize("rest", ["", "timeline/?show=notes", "payments/"])
def test_an_old_address_finds_its_order_in_whichever_channel_it_is(
    support: User, client_of: ClientOf, german: str, rest: str
) -> None:
    answer = client_of(support).get(f"/orders/{german}/{rest}")
    assert (answer.status_code, answer["Location"]) == (302, f"/nordlys/de/orders/{german}/{rest}")


def test_what_stands_nowhere_under_an_order_leads_to_the_order(support: User, client_of: ClientOf, german: str) -> None:
    assert client_of(support).get(f"/orders/{german}/gone/")["Location"] == f"/nordlys/de/orders/{german}/"


def test_an_order_that_is_nowhere_is_said_channel_by_channel(support: User, client_of: ClientOf) -> None:
    answer = client_of(support).get("/orders/o_Nowhere/")
    assert answer.status_code == 404
    assert text_of(answer).count("Not there") == len(all_channels())


def test_an_order_of_a_channel_that_is_not_theirs_is_looked_for_in_theirs_alone(
    support: User, client_of: ClientOf, german: str
) -> None:
    support.channel_grants.update(merchant="norce")
    with listening() as calls:
        answer = client_of(support).get(f"/orders/{german}/")
    assert answer.status_code == 404 and {call.channel for call in calls} == {"norce/se", "norce/no"}


def test_an_old_list_leads_whoever_has_one_channel_to_its_list(support: User, client_of: ClientOf) -> None:
    support.channel_grants.update(merchant="norce", channel="se")
    answer = client_of(support).get("/orders/?status=completed&status=accepted")
    assert answer["Location"] == "/norce/se/orders/?status=completed&status=accepted"
