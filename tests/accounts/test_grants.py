"""In which channels a person works, and what becomes of whoever tries another one."""

import re

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from accounts.channels import Channel, channels_of, grantable, parse_grant
from accounts.models import ChannelGrant
from audit.models import Entry, Outcome
from tests.conftest import ClientOf
from tests.orders import documents, orders_in_the_sandbox
from tests.wire import listening

HTMX = {"HX-Request": "true"}
SE, NO, DE = Channel("norce", "se"), Channel("norce", "no"), Channel("nordlys", "de")


@pytest.fixture(autouse=True)
def two_merchants(settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se", "norce/no", "nordlys/de"]


def give(user: User, *grants: str) -> User:
    """These grants and no others; the person as they are fetched anew."""
    user.channel_grants.all().delete()
    for grant in grants:
        merchant, channel = parse_grant(grant)
        ChannelGrant.objects.create(user=user, merchant=merchant, channel=channel)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("grants", "theirs"),
    [
        ((), ()),
        (("norce/no",), (NO,)),
        (("norce/*",), (SE, NO)),
        (("*/de", "norce/se"), (SE, DE)),
        (("*/*",), (SE, NO, DE)),
        (("norce/xx", "other/*"), ()),
    ],
)
def test_a_person_works_in_the_channels_that_their_grants_cover(
    support: User, grants: tuple[str, ...], theirs: tuple[Channel, ...]
) -> None:
    assert channels_of(give(support, *grants)) == theirs


def test_a_grant_for_all_of_a_merchant_covers_a_channel_that_comes_later(support: User, settings: Settings) -> None:
    person = give(support, "norce/*")
    settings.ORDER_API_CHANNELS = ["norce/se", "norce/fi"]
    assert channels_of(person) == (SE, Channel("norce", "fi"))


def test_a_superuser_works_everywhere_without_a_grant(db: None) -> None:
    assert channels_of(User.objects.create_superuser("root")) == (SE, NO, DE)


def test_everything_a_merchant_or_one_channel_can_be_given() -> None:
    assert grantable() == ("*/*", "norce/*", "nordlys/*", "norce/se", "norce/no", "nordlys/de")


@pytest.mark.parametrize("text", ["", "*", "norce", "norce/", "norce/*/x", "nor*/se", "**/*", "a b/*", "norce/\n*"])
def test_what_is_no_grant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write merchant/channel"):
        parse_grant(text)


def test_a_channel_that_was_taken_away_is_gone_at_the_next_request(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    assert client.get("/nordlys/de/orders/").status_code == 200
    give(support, "norce/no")
    assert client.get("/nordlys/de/orders/").status_code == 404
    assert client.get("/")["Location"] == "/norce/no/orders/"


def test_the_menu_offers_only_what_is_theirs(support: User, client_of: ClientOf) -> None:
    page = client_of(give(support, "norce/*")).get("/accounts/preferences/").content.decode()
    assert ("/norce/no/orders/" in page, "/nordlys/de/orders/" in page) == (True, False)


# --- Nowhere to work


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_has_no_channel_is_told_whom_to_ask(
    support: User, admin: User, client_of: ClientOf, method: str, headers: dict[str, str]
) -> None:
    User.objects.filter(pk=admin.pk).update(first_name="Astrid", last_name="Nyman")
    response = getattr(client_of(give(support)), method)("/norce/se/orders/oSome/", headers=headers)
    page = response.content.decode()
    assert response.status_code == 403
    assert "Ask Astrid Nyman to give you one." in page
    assert ("<nav" in page) == (not headers)


def test_without_any_admin_they_are_not_sent_to_nobody(support: User, client_of: ClientOf) -> None:
    assert "Ask an admin to give you one." in client_of(give(support)).get("/norce/se/orders/").content.decode()


def test_that_too_is_a_denial_in_the_log(support: User, client_of: ClientOf) -> None:
    client_of(give(support)).get("/norce/se/orders/oSome/")
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.outcome, entry.username, entry.order_id) == (
        "denied",
        Outcome.DENIED,
        "support",
        "oSome",
    )


@pytest.mark.parametrize("address", ["/accounts/preferences/", "/accounts/password/"])
def test_pages_that_are_about_no_order_need_no_channel(support: User, client_of: ClientOf, address: str) -> None:
    assert client_of(give(support)).get(address).status_code == 200


# --- Guessing


def anonymous(page: str, order_id: str) -> str:
    """The page without what names this order, this request or this form."""
    return re.sub(r"[0-9a-f]{32}(-\d+)?|[A-Za-z0-9]{64}", "…", page.replace(order_id, "THE-ORDER"))


@pytest.mark.parametrize("part", ["", "raw/", "payments/p_x/", "shippings/s_x/", "state/"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_an_order_of_another_channel_is_not_found_exactly_as_one_that_does_not_exist(
    manager: User, client_of: ClientOf, part: str, headers: dict[str, str]
) -> None:
    orders_in_the_sandbox.put(orders_in_the_sandbox.an_order("german", merchant="nordlys", channel="de"))
    client = client_of(give(manager, "norce/*"))
    theirs = client.get(f"/norce/se/orders/o_german/{part}", headers=headers)
    nobodys = client.get(f"/norce/se/orders/o_nobody/{part}", headers=headers)
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert anonymous(theirs.content.decode(), "o_german") == anonymous(nobodys.content.decode(), "o_nobody")
    assert client_of(give(manager, "nordlys/de")).get("/nordlys/de/orders/o_german/").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"x-merchant": "nordlys", "x-channel": "de"}])
@pytest.mark.parametrize("query", ["", "?merchant=nordlys&channel=de"])
def test_neither_headers_nor_the_address_reach_another_channel(
    manager: User, client_of: ClientOf, headers: dict[str, str], query: str
) -> None:
    orders_in_the_sandbox.put(orders_in_the_sandbox.an_order("german", merchant="nordlys", channel="de"))
    response = client_of(give(manager, "norce/*")).get(f"/norce/se/orders/o_german/{query}", headers=headers)
    assert response.status_code == 404
    assert "Lindström" not in response.content.decode()


# --- Two tabs


def test_two_tabs_in_two_shops_each_stay_in_theirs(manager: User, client_of: ClientOf) -> None:
    """A list, its parts and a change in one, while another one looks at another shop."""
    client = client_of(manager)
    here = documents.put(documents.order())
    assert client.get("/norce/se/orders/").status_code == 200
    assert client.get("/nordlys/de/orders/").status_code == 200
    with listening() as calls:
        client.get("/norce/se/orders/?page=2", headers=HTMX | {"HX-Target": "orders"})
        client.get(f"/norce/se/orders/{here}/state/", headers=HTMX)
        client.post(f"/norce/se/orders/{here}/state/", {"status": "completed"})
    assert {call.channel for call in calls} == {"norce/se"}


def test_a_channel_that_was_taken_away_is_not_found_in_a_tab_that_stands_open(
    manager: User, client_of: ClientOf
) -> None:
    client = client_of(manager)
    client.get("/nordlys/de/orders/")
    give(manager, "norce/no")
    answer = client.get("/nordlys/de/orders/?page=2", headers=HTMX)
    assert answer.status_code == 404 and "nordlys" not in answer.content.decode()
