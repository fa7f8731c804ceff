"""In which channels a person works, and what becomes of whoever tries another one."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts.channels import Channel, channels_of, grantable, parse_grant
from accounts.models import ChannelGrant
from audit.models import Entry, Outcome
from tests.conftest import ClientOf
from tests.orders import documents, orders_in_the_sandbox

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


def switch(client: Client, channel: str) -> Any:
    return client.post("/accounts/channel/", {"channel": channel})


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
    switch(client, "nordlys/de")
    give(support, "norce/no")
    assert client.get("/orders/").context["channel"] == NO


@pytest.mark.parametrize("wanted", ["norce/se", "nordlys/de", "*/*", "norce/*"])
def test_a_posted_channel_that_is_not_theirs_is_not_found_and_changes_nothing(
    support: User, client_of: ClientOf, wanted: str
) -> None:
    client = client_of(give(support, "norce/no"))
    assert switch(client, wanted).status_code == 404
    assert client.get("/orders/").context["channel"] == NO


def test_the_menu_offers_only_what_is_theirs(support: User, client_of: ClientOf) -> None:
    page = client_of(give(support, "norce/*")).get("/accounts/preferences/").content.decode()
    assert ('value="norce/no"' in page, 'value="nordlys/de"' in page) == (True, False)


# --- Nowhere to work


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_has_no_channel_is_told_whom_to_ask(
    support: User, admin: User, client_of: ClientOf, method: str, headers: dict[str, str]
) -> None:
    User.objects.filter(pk=admin.pk).update(first_name="Astrid", last_name="Nyman")
    response = getattr(client_of(give(support)), method)("/orders/oSome/", headers=headers)
    page = response.content.decode()
    assert response.status_code == 403
    assert "Ask Astrid Nyman to give you one." in page
    assert ("<nav" in page) == (not headers)


def test_without_any_admin_they_are_not_sent_to_nobody(support: User, client_of: ClientOf) -> None:
    assert "Ask an admin to give you one." in client_of(give(support)).get("/orders/").content.decode()


def test_that_too_is_a_denial_in_the_log(support: User, client_of: ClientOf) -> None:
    client_of(give(support)).get("/orders/oSome/")
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.outcome, entry.username, entry.order_id) == (
        "denied",
        Outcome.DENIED,
        "support",
        "oSome",
    )


@pytest.mark.parametrize("address", ["/accounts/preferences/", "/accounts/password/", "/health/"])
def test_pages_that_are_about_no_order_need_no_channel(support: User, client_of: ClientOf, address: str) -> None:
    assert client_of(give(support)).get(address).status_code == 200


# --- Guessing


def anonymous(page: str, order_id: str) -> str:
    """The page without what names this order, this request or this form."""
    return re.sub(r"[0-9a-f]{32}|[A-Za-z0-9]{64}", "…", page.replace(order_id, "THE-ORDER"))


@pytest.mark.parametrize("part", ["", "raw/", "payments/p_x/", "shippings/s_x/", "state/"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_an_order_of_another_channel_is_not_found_exactly_as_one_that_does_not_exist(
    manager: User, client_of: ClientOf, part: str, headers: dict[str, str]
) -> None:
    orders_in_the_sandbox.put(orders_in_the_sandbox.an_order("german", merchant="nordlys", channel="de"))
    client = client_of(give(manager, "norce/*"))
    theirs = client.get(f"/orders/o_german/{part}", headers=headers)
    nobodys = client.get(f"/orders/o_nobody/{part}", headers=headers)
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert anonymous(theirs.content.decode(), "o_german") == anonymous(nobodys.content.decode(), "o_nobody")
    assert client_of(give(manager, "nordlys/de")).get("/orders/o_german/").status_code == 200


@pytest.mark.parametrize("headers", [{"x-merchant": "nordlys", "x-channel": "de"}, {"X-Desk-Channel": "nordlys/de"}])
@pytest.mark.parametrize("query", ["", "?merchant=nordlys&channel=de&desk-channel=nordlys/de"])
def test_neither_headers_nor_the_address_reach_another_channel(
    manager: User, client_of: ClientOf, headers: dict[str, str], query: str
) -> None:
    orders_in_the_sandbox.put(orders_in_the_sandbox.an_order("german", merchant="nordlys", channel="de"))
    response = client_of(give(manager, "norce/*")).get(f"/orders/o_german/{query}", headers=headers)
    assert response.status_code in (404, 409)
    assert "Lindström" not in response.content.decode()


# --- An old tab


@pytest.fixture
def old_tab(manager: User, client_of: ClientOf) -> Client:
    """A browser with a page of norce/se in one tab, after a switch to norce/no in another one."""
    client = client_of(manager)
    page = client.get("/orders/").content.decode()
    assert '"X-Desk-Channel": "norce/se"' in page
    switch(client, "norce/no")
    return client


def test_a_part_that_an_old_tab_asks_for_is_not_of_the_new_channel(old_tab: Client) -> None:
    headers = HTMX | {"HX-Target": "orders", "X-Desk-Channel": "norce/se", "X-Problem-Target": "#problem"}
    response = old_tab.get("/orders/?page=2", headers=headers)
    part = response.content.decode()
    assert response.status_code == 409
    assert "This page was made for norce/se. You switched to norce/no in another tab, so nothing was done." in part
    assert response["HX-Retarget"] == "#problem"
    assert "<html" not in part


@pytest.mark.parametrize("by", ["header", "field"])
def test_a_form_of_an_old_tab_changes_nothing(old_tab: Client, by: str) -> None:
    order_id = documents.put(documents.order(channel="no"))
    last = Entry.objects.latest("sequence").sequence
    headers, data = ({"X-Desk-Channel": "norce/se"}, {}) if by == "header" else ({}, {"desk-channel": "norce/se"})
    response = old_tab.post(f"/orders/{order_id}/state/", {"status": "completed", **data}, headers=headers)
    assert response.status_code == 409
    assert not Entry.objects.filter(sequence__gt=last).exists(), "nothing was even begun"
    page = response.content.decode()
    assert "<h1>You are in another channel now</h1>" in page
    assert 'value="norce/se"' in page


def test_the_way_back_of_an_old_tab_leads_to_its_page_in_its_channel(old_tab: Client) -> None:
    headers = HTMX | {"X-Desk-Channel": "norce/se", "HX-Current-URL": "http://testserver/orders/?page=3"}
    part = old_tab.get("/orders/?page=4", headers=headers).content.decode()
    assert 'name="next" value="/orders/?page=3"' in part
    assert (
        old_tab.post("/accounts/channel/", {"channel": "norce/se", "next": "/orders/?page=3"})["Location"]
        == "/orders/?page=3"
    )


def test_a_page_of_a_channel_that_was_taken_away_offers_no_way_back(manager: User, client_of: ClientOf) -> None:
    client = client_of(give(manager, "norce/no"))
    headers = HTMX | {"X-Desk-Channel": "nordlys/de<b>"}
    response = client.get("/orders/", headers=headers)
    assert response.status_code == 409
    assert "nordlys" not in response.content.decode()


def test_the_tab_of_the_channel_one_is_in_works_on(old_tab: Client) -> None:
    headers = HTMX | {"HX-Target": "orders", "X-Desk-Channel": "norce/no"}
    assert old_tab.get("/orders/", headers=headers).status_code == 200


def test_an_old_tab_can_still_switch_and_sign_out(old_tab: Client) -> None:
    headers = {"X-Desk-Channel": "norce/se"}
    assert old_tab.post("/accounts/channel/", {"channel": "nordlys/de"}, headers=headers).status_code == 302
    assert old_tab.post("/accounts/logout/", headers=headers)["Location"] == "/accounts/login/"
