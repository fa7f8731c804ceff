"""The order's page, through the real client and the real sandbox: what a person finds on it, and
what never is on it."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import Entry
from tests.conftest import ClientOf
from tests.orders import documents
from tests.orders.pages import folded

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    """The browser of a support agent, working in norce/se."""
    return client_of(support)


@pytest.fixture
def whole(db: None) -> str:
    """The address of an order with everything in it."""
    return f"/norce/se/orders/{documents.put(documents.order(), documents.TRANSACTIONS)}/"


def text_of(html: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ").split())


def read(desk: Client, address: str, status: int = 200, *, htmx: bool = False) -> str:
    """The page, or what htmx would get; fails if it comes with another status."""
    response = desk.get(address, headers=HTMX if htmx else None)
    assert response.status_code == status
    return folded(response)


def page_of(desk: Client, **changes: Any) -> str:
    return read(desk, f"/norce/se/orders/{documents.put(documents.order(**changes))}/")


def test_the_head_says_which_order_it_is_where_it_stands_and_what_it_comes_to(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    head = text_of(html.split("<main")[1].split("</header>")[0])
    for said in (
        "SE-104415",
        documents.ORDER_ID,
        "Order Accepted",
        "Payment Captured 849.00 of 2,754.00",
        "Shipping Confirmed",
        "norce / se",
        "2,754.00 SEK",
    ):
        assert said in head
    assert f'data-copy="{documents.ORDER_ID}"' in html
    assert "Captured 849.00 · reserved 1,905.00" in head


def test_items_are_shown_with_their_parts_discounts_vat_and_totals(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    items = text_of(html.split('id="items"')[1].split("</section>")[0])
    for said in (
        "Dunjacka ”Norrsken” dam, midnattsblå, str. 38", "1 st × 1,599.00", "−220.00 2 discounts", "1,379.00",
        "bundle of 2",
        "added after acceptance", "Items before discounts 2,945.00", "Black Week 10 % −160.00",
        "Voucher VÄNNER100 −100.00",
        "Shipping, PostNord MyPack Collect 69.00", "Total 2,754.00 SEK", "of which VAT 25 % on 2,004.00 501.00",
        "of which VAT 6 % on 234.91 14.09",
    ):  # fmt: skip
        assert said in items
    assert 'class="child in-1"' in html
    assert 'class="child in-2"' in html


def test_a_picture_is_shown_from_this_site_and_only_linked_from_elsewhere(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    assert '<img src="/checkout/images/88-20417-38.svg" alt=""' in html
    assert 'src="https://elsewhere.example' not in html
    assert 'href="https://elsewhere.example/book.jpg"' in html


def test_a_picture_is_shown_from_a_host_that_the_settings_allow(desk: Client, whole: str, settings: Settings) -> None:
    settings.IMAGE_HOSTS = ["elsewhere.example"]
    assert 'src="https://elsewhere.example/book.jpg"' in read(desk, whole)


def test_each_payment_says_what_it_is_and_what_its_adapter_offers(desk: Client, whole: str) -> None:
    payments = text_of(read(desk, whole).split('id="payments"')[1].split("</section>")[0])
    for said in (
        "Paid 849.00 of 2,754.00 SEK · reserved 1,905.00 SEK", "Klarna Checkout Reserved Authorised 1,905.00 SEK",
        "Ask for a capture…", "Swish Captured through Adyen", "Presentkort Captured voucher, through Awardit",
        "Authorised 499.00 SEK Captured 499.00 SEK Refunded 0.00 SEK Left 499.00 SEK", "Limit 500.00 SEK",
        "Type chosen by the customer Adapter klarna_checkout_adapter",
        "7f3c52d0-11b8-4a0f-9c2e-77f0b2a1e91a",
        "Every month •••••• token, masked", "waits for the customer",
        "As far as Checkout knows, nothing can be done to it from here now."
    ):  # fmt: skip
        assert said in payments


def test_removed_payments_and_shippings_stand_apart_and_are_not_counted(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    payments = html.split('id="payments"')[1].split("</section>")[0]
    live, removed = payments.split("1 removed payment, not counted")
    assert "Walley given up" not in live
    assert "Walley given up" in removed
    live, removed = html.split('id="shipping"')[1].split("</section>")[0].split("1 removed shipping, not counted")
    assert "Ingrid given up" not in live
    assert "Ingrid given up" in removed


def test_a_shipping_says_how_where_to_and_under_which_references(desk: Client, whole: str) -> None:
    shipping = text_of(read(desk, whole).split('id="shipping"')[1].split("</section>")[0])
    for said in (
        "69.00 SEK VAT 25 %", "PostNord pickup", "MyPack Collect 19 mypack-collect",
        "ICA Nära Älvtorget, Storgatan 112, 831 30 Östersund, Sweden ica-107", "Text message on arrival, 0.00 "
                                                                               "SEK", "00373500489530420019",
    ):  # fmt: skip
        assert said in shipping


def test_addresses_stand_beside_each_other_with_what_differs_marked(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    customer = html.split('id="customer"')[1].split("</section>")[0]
    assert "Shipping, 3 lines differ" in customer
    assert customer.count('class="diff"') == 3
    assert 'href="tel:0701740641"' in customer
    assert 'href="mailto:mikaela.sjoo@example.se"' in customer
    assert "c/o Brålanda Snickeri AB" in customer


def test_addresses_that_are_the_same_are_told_once(desk: Client) -> None:
    html = page_of(desk, customer={"type": "person", "billing": documents.BILLING, "shipping": documents.BILLING})
    customer = text_of(html.split('id="customer"')[1].split("</section>")[0])
    assert "Billing and shipping" in customer
    assert customer.count("Östersund") == 1


def test_identity_numbers_that_differ_are_marked_without_being_told(desk: Client) -> None:
    shipping = {**documents.BILLING, "nationalIdentificationNumber": "19900101-2389"}
    html = page_of(desk, customer={"billing": documents.BILLING, "shipping": shipping})
    assert html.count('class="diff"') == 1
    assert "2389" not in html


@pytest.mark.parametrize("part", ["", "raw/"])
def test_no_secret_is_in_the_page(desk: Client, whole: str, part: str) -> None:
    html = read(desk, whole + part)
    assert documents.PERSONAL_NUMBER not in html
    assert documents.TOKEN not in html
    assert "verysecret" not in html


def test_an_identity_number_is_shown_to_who_may_see_it_and_kept_by_no_cache(
    client_of: ClientOf, admin: User, whole: str
) -> None:
    desk = client_of(admin)
    assert 'aria-label="Show the identity number"' in read(desk, whole)
    response = desk.post(f"{whole}identity/billing/", headers=HTMX)
    assert documents.PERSONAL_NUMBER in response.content.decode()
    assert "<html" not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    page = desk.post(f"{whole}identity/shipping/").content.decode()
    assert "<html" in page and documents.PERSONAL_NUMBER in page


def test_opening_the_address_of_an_identity_number_shows_and_records_nothing(
    client_of: ClientOf, admin: User, whole: str
) -> None:
    page = read(client_of(admin), f"{whole}identity/billing/")
    assert documents.PERSONAL_NUMBER not in page
    assert "Show the identity number" in page
    assert not Entry.objects.filter(action="personal-data.view").exists()


def test_that_an_identity_number_was_shown_is_recorded_without_it(client_of: ClientOf, admin: User, whole: str) -> None:
    client_of(admin).post(f"{whole}identity/billing/", headers=HTMX)
    entry = Entry.objects.filter(action="personal-data.view").latest("sequence")
    assert (entry.username, entry.merchant, entry.channel, entry.target) == ("admin", "norce", "se", "billing")
    assert f"/norce/se/orders/{entry.order_id}/" == whole
    assert documents.PERSONAL_NUMBER not in entry.changes_json + entry.details_json


def test_who_may_not_see_it_is_told_why_instead_of_being_offered_it(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    assert "Masked: your role does not include personal data." in html
    assert "/identity/" not in html
    assert documents.PERSONAL_NUMBER not in read(desk, f"{whole}identity/billing/", 403)
    assert desk.post(f"{whole}identity/billing/").status_code == 403


@pytest.mark.parametrize("which", ["neither", "BILLING"])
def test_an_identity_number_that_is_not_there_is_not_found(
    client_of: ClientOf, admin: User, whole: str, which: str
) -> None:
    read(client_of(admin), f"{whole}identity/{which}/", 404)


def test_consents_references_callbacks_and_attributes_are_there(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    text = text_of(html)
    for said in (
        "Terms of purchase required", "Newsletter: not given", "Cart 4471903", "8835 2117 4406 9021",
        "https://adapter.example/validate/{order_id}?token=••••••", "on /state, may change /payments",
        "Export when accepted when /state/currentStatus changes after 1,500 ms", "östersund-city", "black-week-26",
        "Fjällklubben",
    ):  # fmt: skip
        assert said in text
    assert f'href="{whole}raw/"' in html


def test_the_track_shows_the_way_back_to_checkout_and_loads_the_payment_s_past(desk: Client, whole: str) -> None:
    html = read(desk, whole)
    track = text_of(html.split('class="tracks"')[1].split("</ol>")[0])
    assert re.sub(r" ?\d\d:\d\d", "", track).endswith("3 earlier Processing Accepted Completed")
    steps = re.search(r'hx-get="([^"]+part=steps)"', html)
    assert steps
    past = text_of(read(desk, unescape(steps[1]), htmx=True))
    assert re.match(r"Opened [\w ,]*\d\d:\d\d Confirmed \d\d:\d\d Reserved Captured Authorised", past)


def test_a_missing_total_has_no_currency(desk: Client) -> None:
    head = text_of(page_of(desk, total=None).split('class="order-head"')[1].split("</header>")[0])
    assert "– SEK" not in head


def test_a_payments_page_says_its_name_once(desk: Client, whole: str) -> None:
    assert (
        "<h3"
        not in read(desk, f"{whole}payments/{documents.PAYMENT_ID}/").split('class="pay"')[1].split("</header>")[0]
    )


def test_an_alert_tells_what_is_wrong_and_leads_there(desk: Client) -> None:
    html = page_of(desk, payments=[{**documents.PAYMENTS[0], "amount": 2000, "actions": []}])
    assert "754.00 SEK is not covered by any payment." in text_of(html)
    assert 'href="#payments"' in html


def test_an_order_full_of_what_nobody_knows_is_shown_as_it_came(desk: Client) -> None:
    html = read(desk, f"/norce/se/orders/{documents.put(documents.UNKNOWN)}/")
    for said in (
        "onHold",
        "teleported",
        "barter",
        "hologram",
        "robot",
        "lost",
        "<code>teleport</code>",
    ):
        assert said in html
    assert "<script>alert(1)" not in html
    assert 'href="javascript:' not in html
    assert 'src="javascript:' not in html


@pytest.mark.parametrize(
    "document",
    [
        documents.bare(),
        documents.bare(cart={}, customer={}, state={}, total={}),
        documents.bare(
            cart={"items": None},
            payments=None,
            shippings=None,
            consents=None,
            hooks=None,
            customer=None,
            attributes=None,
        ),
        documents.bare(cart={"items": [{"items": [{"items": [{"items": [{"items": [{"items": [{}]}]}]}]}]}]}),
        documents.bare(customer={"shipping": {"city": "Åre"}}, created="yesterday", currency=""),
    ],
)
def test_an_order_of_which_nearly_everything_is_missing_has_a_page(desk: Client, document: dict[str, Any]) -> None:
    address = f"/norce/se/orders/{documents.put(document)}/"
    assert "o_Bare" in read(desk, address)
    read(desk, f"{address}raw/")


def test_an_empty_basket_says_so(desk: Client) -> None:
    assert "The basket is empty." in page_of(desk, cart={"items": []})


def test_the_raw_document_is_a_tree_and_can_be_copied_masked(desk: Client, whole: str) -> None:
    html = read(desk, f"{whole}raw/")
    assert "<details open><summary>{" in html
    assert "black-week-26" in html
    assert 'data-copy="{&quot;' in html or "data-copy=" in html
    assert "mikaela.sjoo@example.se" in html


def test_an_order_that_is_not_there_says_what_is_missing(desk: Client, db: None) -> None:
    assert "o_Nope" in read(desk, "/norce/se/orders/o_Nope/", 404)


@pytest.mark.parametrize("part", ["payments/p_Nope/", "payments/p_Nope/transactions/", "shippings/s_Nope/"])
def test_a_payment_or_shipping_that_is_not_there_says_what_is_missing(desk: Client, whole: str, part: str) -> None:
    assert "_Nope" in read(desk, whole + part, 404)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("payments/p_Nope/", "has no such payment."),
        ("payments/p_Nope/transactions/", "has no such payment."),
        ("shippings/s_Nope/", "has no such shipping."),
    ],
)
def test_a_part_that_is_not_there_leads_to_its_order_and_to_no_other_channel(
    desk: Client, whole: str, part: str, says: str
) -> None:
    html = read(desk, whole + part, 404)
    assert says in html
    assert f'href="{whole}">Open the order' in html
    assert "other-channel" not in html


@pytest.mark.parametrize("part", ["payments/p_Nope/", "shippings/s_Nope/"])
def test_a_part_of_an_order_that_is_not_there_blames_the_order(desk: Client, db: None, part: str) -> None:
    html = read(desk, f"/norce/se/orders/o_Nope/{part}", 404)
    assert "There is no such thing in norce/se." in html
    assert "has no such" not in html


def test_an_order_of_another_channel_is_not_there(desk: Client) -> None:
    order_id = documents.put(documents.with_channel(documents.order(), "norce", "no"))
    read(desk, f"/norce/se/orders/{order_id}/", 404)


def test_a_payment_and_a_shipping_have_a_page_of_their_own(desk: Client, whole: str) -> None:
    payment = read(desk, f"{whole}payments/{documents.PAYMENT_ID}/")
    assert "Payment, Klarna Checkout" in payment
    assert "1,905.00" in payment
    shipping = read(desk, f"{whole}shippings/{documents.SHIPPING_ID}/")
    assert "Shipping, PostNord MyPack Collect" in shipping
    assert "69.00 SEK" in text_of(shipping)


def test_all_payments_stand_on_one_page_removed_ones_among_them(desk: Client, whole: str) -> None:
    assert f'<h2 id="h-pay"><a href="{whole}payments/">' in read(desk, whole)
    page = read(desk, f"{whole}payments/")
    assert [f"payments/{name}/" in page for name in (documents.PAYMENT_ID, documents.REMOVED_PAYMENT_ID)] == [
        True,
        True,
    ]
    assert "Removed" in text_of(page) and "1,905.00 SEK" in text_of(page)
    assert documents.TOKEN not in page


def test_all_shippings_stand_on_one_page_removed_ones_among_them(desk: Client, whole: str) -> None:
    assert f'<h2 id="h-ship"><a href="{whole}shippings/">' in read(desk, whole)
    page = text_of(read(desk, f"{whole}shippings/"))
    for said in ("PostNord MyPack Collect", "69.00 SEK", "Ingrid given up", "49.00 SEK", "Removed"):
        assert said in page


def test_an_order_without_payments_and_shippings_says_so_on_their_pages(desk: Client) -> None:
    address = f"/norce/se/orders/{documents.put(documents.bare())}/"
    assert "No payment has been started." in read(desk, f"{address}payments/")
    assert "No shipping has been chosen." in read(desk, f"{address}shippings/")


def test_the_way_back_leads_to_the_list_that_one_came_from(desk: Client, whole: str) -> None:
    read(desk, "/norce/se/orders/?status=accepted")
    assert 'href="/norce/se/orders/?status=accepted"' in read(desk, whole)


def test_the_page_costs_one_call_of_the_api(desk: Client, whole: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="order_api"):
        read(desk, whole)
    assert len([r for r in caplog.records if r.name.startswith("order_api")]) == 1


ADDRESSES = [
    "", "raw/", "identity/billing/", "payments/", "shippings/", f"payments/{documents.PAYMENT_ID}/",
    f"payments/{documents.PAYMENT_ID}/transactions/",
    f"shippings/{documents.SHIPPING_ID}/",
]  # fmt: skip


@pytest.mark.parametrize("part", ADDRESSES)
def test_nobody_without_the_right_sees_any_of_it(
    whole: str, part: str, visitor: Client, newcomer: User, client_of: ClientOf
) -> None:
    assert visitor.get(whole + part).status_code == 302
    assert client_of(newcomer).get(whole + part).status_code == 403


@pytest.mark.parametrize("part", [part for part in ADDRESSES if not part.startswith("identity")])
def test_these_pages_only_read(desk: Client, whole: str, part: str) -> None:
    assert desk.post(whole + part).status_code == 405
