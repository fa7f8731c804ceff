"""Orders on which a desk can say something untrue about money: what the list, the page and the forms say of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from order_api.schemas import Order
from order_api.schemas.base import read
from orders.page.order import present_order
from orders.page.payments import present_money
from sandbox.models import Order as Stored
from sandbox.models import OrderDocument
from tests.conftest import ClientOf
from tests.forms import fields_of, filled
from tests.orders import documents
from tests.orders.pages import text_of

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent.parent / "documents"
HTMX = {"HX-Request": "true"}


def case(name: str, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text())
    return {"id": "o_Case", "created": documents.WHOLE["created"], **found, **changes}


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def in_list(desk: Client, document: dict[str, Any]) -> tuple[str, str]:
    """What the list says under *Payment*, and under *Total*."""
    documents.put(document)
    html = desk.get("/norce/se/orders/").content.decode()
    cells = dict(re.findall(r'<td class="(c-pay|total)[^"]*">(.*?)</td>', html))
    words = {name: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for name, cell in cells.items()}
    return plain(words["c-pay"]), plain(words["total"])


def on_page(desk: Client, document: dict[str, Any]) -> str:
    return plain(text_of(desk.get(f"/norce/se/orders/{document['id']}/")))


def head(desk: Client, document: dict[str, Any]) -> str:
    html = desk.get(f"/norce/se/orders/{document['id']}/").content.decode()
    part = html.split('class="order-head"')[1].split("</header>")[0]
    return plain(" ".join(re.sub(r"<[^>]+>", " ", part).split()))


def paid(amount: object, state: str, name: str = "Card", **more: Any) -> dict[str, Any]:
    return {"id": f"p_{name}{state}", "name": name, "amount": amount, "currency": "SEK", "state": state, **more}


def an_order(status: str, total: object, *payments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "o_Case", "merchant": "norce", "channel": "se", "created": documents.WHOLE["created"], "currency": "SEK",
        "state": {"currentStatus": status, "transitions": []}, "total": {"includingVat": total},
        "payments": list(payments), **more,
    }  # fmt: skip


def test_a_payment_in_another_currency_is_compared_with_nothing(desk: Client) -> None:
    document = case("cases/payment-in-euro")
    assert in_list(desk, document) == ("Captured 92.50 EUR", "1,000.00 SEK not all in this currency")
    page = on_page(desk, document)
    assert "Payment Captured 92.50 EUR" in page and "Paid 92.50 EUR" in page
    assert "it cannot be said whether the payments cover the order" in page
    assert "92.50 SEK" not in page and "of 1,000.00" not in page and "907.50" not in page


def test_the_forms_do_not_compare_it_either(desk: Client) -> None:
    document = case("cases/payment-in-euro", state={"currentStatus": "checkout", "transitions": []})
    documents.put(document)
    where = f"/norce/se/orders/{document['id']}/cart/"
    page: Any = desk.get(where)
    (quantity,) = [name for name in fields_of(page, where) if name.startswith("quantity-")]
    asked = plain(text_of(desk.post(where, filled(page, where, {quantity: "2"}))))
    assert "The order's total goes from 1,000.00 SEK to 2,000.00 SEK." in asked
    assert "92.50" not in asked
    where = f"/norce/se/orders/{document['id']}/payments/add/"
    page = desk.get(where)
    assert fields_of(page, where)["amount"] == ["0"], "how much is missing cannot be said"


def test_a_failed_attempt_is_a_remark_beside_the_money_that_came_after_it(desk: Client) -> None:
    document = case("cases/failed-then-paid")
    assert in_list(desk, document) == ("Captured Invoice 1 failed attempt", "200.00 SEK")
    assert "Payment Captured 1 failed attempt" in head(desk, document)
    tracks = (
        desk.get(f"/norce/se/orders/{document['id']}/")
        .content.decode()
        .split('class="tracks"')[1]
        .split("</section>")[0]
    )
    assert re.findall(r"<h2>(.*?)</h2>", tracks) == ["Order", "Invoice", "Card"]


def test_what_is_owed_to_the_customer_is_said_alike_and_nothing_was_paid_too_much(desk: Client) -> None:
    document = case("cases/negative-total")
    assert in_list(desk, document) == ("None yet", "−15.00 SEK 15.00 to be paid back")
    page = on_page(desk, document)
    assert "15.00 SEK is to be paid back." in page
    assert "too much" not in page


def test_an_order_without_a_currency_names_none(desk: Client) -> None:
    document = case("cases/no-currency")
    money = [paid(100, "captured", currency=None)]
    shippings = [{"id": "s_1", "name": "Post", "state": "intent", "total": {"includingVat": 7.5}}]
    document |= {"payments": money, "shippings": shippings, "total": {"includingVat": 107.5}}
    assert in_list(desk, document)[1] == "107.50"
    for part in ("", "payments/", "shippings/", "shippings/s_1/", f"payments/{money[0]['id']}/", "cart/"):
        text = text_of(desk.get(f"/norce/se/orders/{document['id']}/{part}"))
        assert not re.search(r"\bNone\b(?! yet| chosen|\.)|NONE", text), part


def test_the_dust_of_doubles_is_nothing(desk: Client) -> None:
    shippings = [{"id": "s_1", "name": "Post", "state": "confirmed", "total": {"includingVat": 49.9}}]
    document = case(
        "examples/made-order-double-dust", shippings=shippings, total={"includingVat": 149.40000000000003},
        payments=[paid(149.4, "reserved")], state={"currentStatus": "processing", "transitions": []},
    )  # fmt: skip
    assert in_list(desk, document) == ("Reserved Card", "149.40 SEK")
    page = on_page(desk, document)
    for said in ("0.00 SEK is not covered", "add up", "discount explains", "VAT by the order", "difference"):
        assert said not in page, said
    assert "Reserved in full" in page and "Reserved 149.40 of 149.40 SEK" in page
    order = read(document, Order)
    assert present_money(order).gap == 0
    assert [row.rate for row in present_order(order).totals.vat] == [read({"rate": 0.25}, dict)["rate"], None]


def test_the_sandbox_takes_an_order_that_is_off_by_dust_for_one_that_is_paid() -> None:
    from sandbox.validation import built_in

    cart = {"items": [{"sku": "T1"}]}
    order = {"total": {"includingVat": 149.40000000000003}, "payments": [paid(149.4, "reserved")], "cart": cart}
    assert built_in(order) == []
    assert built_in(order | {"payments": [paid(149.39, "reserved")]}) == [
        {"code": "order-payments-differ-from-total", "adapterId": "order"}
    ]


def test_a_full_refund_says_how_much_went_back(desk: Client) -> None:
    document = an_order("completed", 2499, paid(2499, "refunded"))
    assert in_list(desk, document) == ("Refunded Card", "2,499.00 SEK −2,499.00 refunded")
    page = on_page(desk, document)
    assert "Refunded 2,499.00 of 2,499.00 SEK" in head(desk, document)
    assert "Authorised 2,499.00 SEK Captured 2,499.00 SEK Refunded 2,499.00 SEK Left 0.00 SEK" in page
    assert "Covers" not in page


def test_money_that_was_let_go_after_the_order_was_sent_has_its_band_by_the_rule_of_the_row(desk: Client) -> None:
    document = an_order("completed", 1979.1, paid(1979.1, "cancelled", "Walley"))
    assert in_list(desk, document) == ("Cancelled Walley", "1,979.10 SEK 1,979.10 not covered")
    page = on_page(desk, document)
    assert "Sent, but 1,979.10 SEK was let go." in page
    assert "Nothing paid · let go 1,979.10" in head(desk, document)
    assert "Let go 1,979.10 SEK Authorised 0.00 SEK" in page


def test_the_badge_of_several_payments_is_of_their_sums(desk: Client) -> None:
    document = an_order(
        "completed",
        868,
        paid(487, "cancelled", "Klarna", type="default"),
        paid(381, "captured", "Gift card", type="voucher"),
    )
    assert in_list(desk, document) == (
        "Captured 381.00 of 868.00 1 cancelled",
        "868.00 SEK 487.00 not covered",
    )
    assert "Payment Captured 381.00 of 868.00 1 cancelled" in head(desk, document)
    assert "Sent, but 487.00 SEK was let go." in on_page(desk, document)


def test_how_many_payments_there_are_besides_is_never_cut_off(desk: Client) -> None:
    names = ("Klarna – delbetalning i 36 månader", "Swish", "Presentkort")
    document = an_order("accepted", 300, *(paid(100, "captured", name, type="default") for name in names))
    documents.put(document)
    html = desk.get("/norce/se/orders/").content.decode()
    assert '<span class="name">Klarna – delbetalning i 36 månader</span> <span>+ 2</span>' in html


def test_a_discount_that_is_in_the_shipping_s_price_is_no_row_of_the_sum(desk: Client) -> None:
    document = an_order(
        "checkout", 1551.6,
        cart={
            "items": [documents.item("Coat", "c", 1628, off=81.4, discounts=[documents.discount("Less", 81.4)])],
            "discounts": [{"type": "shipping", "name": "Fri frakt", "value": {"includingVat": 79}}],
        },
        shippings=[{"id": "s_1", "name": "Post", "state": "intent", "total": {"includingVat": 5}}],
    )  # fmt: skip
    documents.put(document)
    html = desk.get("/norce/se/orders/o_Case/").content.decode()
    sums = html.split('<dl class="totals">')[1].split('<dd class="grand">')[0]
    column = [
        cell.strip().replace("−", "-").replace(",", "") for cell in re.findall(r"<dd[^>]*>(.*?)</dd>", sums, re.DOTALL)
    ]
    assert sum(float(cell) for cell in column if cell) == pytest.approx(1551.6)
    assert "79.00 SEK off the shipping is in its price already: Fri frakt" in on_page(desk, document)


# What is asked before an order ends, and before an address is changed


def asked_to(desk: Client, document: dict[str, Any], status: str) -> str:
    """What the desk asks before it brings the order into that state."""
    documents.put(document)
    where = f"/norce/se/orders/{document['id']}/state/"
    page: Any = desk.get(where)
    return plain(text_of(desk.post(where, filled(page, where, {"status": status, "reason": "Asked to"}))))


@pytest.mark.parametrize(
    ("status", "payment", "says"),
    [
        ("completed", paid(1000, "reserved"), "1,000.00 SEK is reserved and not captured. Look at the payments"),
        ("completed", paid(400, "captured"), "600.00 SEK is not covered by any payment. Look at the payments"),
        ("completed", paid(90, "captured", currency="EUR"), "it cannot be said whether they cover it"),
        ("declined", paid(1000, "captured"), "1,000.00 SEK is still captured or reserved, and nothing"),
    ],
)  # fmt: skip
def test_an_order_does_not_end_without_a_word_about_its_money(
    desk: Client, status: str, payment: dict[str, Any], says: str
) -> None:
    asked = asked_to(desk, an_order("accepted", 1000, payment), status)
    assert says in asked and "Change state anyway" in asked


def test_nothing_is_asked_about_money_that_is_where_it_should_be(desk: Client) -> None:
    asked = asked_to(desk, an_order("accepted", 1000, paid(1000, "captured")), "completed")
    assert "is final" in asked and "payments" not in asked.split("is final")[0].split("before it is sent")[1]


def address_form(desk: Client, status: str, **more: Any) -> str:
    way = [{"status": each, "timeStamp": f"2026-11-2{day}T10:00:00Z"} for day, each in enumerate(["accepted", status])]
    document = an_order(status, 1000, **more) | {"state": {"currentStatus": status, "transitions": way}}
    documents.put(document)
    return plain(text_of(desk.get(reverse("shipping-address-edit", args=["norce/se", "o_Case"]))))


def test_an_address_of_an_order_that_others_have_says_whom_it_does_not_reach(desk: Client) -> None:
    says = "The order is “Completed” since Nov 21 11:00: the shop and the warehouse may have the old address"
    assert says in address_form(desk, "completed")


def test_an_accepted_order_is_with_others_once_it_is_exported(desk: Client) -> None:
    assert "the shop and the warehouse" not in address_form(desk, "accepted")
    OrderDocument.objects.all().delete()
    Stored.objects.all().delete()
    export = {
        "id": "oc_1",
        "adapterId": "norce_adapter",
        "scope": "/state/currentStatus",
        "invoke": "https://a.example/",
    }
    assert "The order is “Accepted” since Nov 21" in address_form(desk, "accepted", notifications=[export])


# What transactions alone tell


REFUND = {
    "event": "refund", "amount": 300, "isSuccess": True, "pspStatus": "refunded", "created": "2026-11-22T09:00:00Z",
    "orderId": "o_Case", "paymentId": "p_Cardcaptured",
}  # fmt: skip


@pytest.fixture
def partly_refunded(settings: Any) -> dict[str, Any]:
    settings.PAYMENT_ADAPTER_PROFILES = {"card_adapter": {"amounts": "moved"}}
    refund = {"id": "a_1", "type": "refund", "adapterId": "card_adapter", "url": "https://a.example/refund"}
    document = an_order("completed", 1000, paid(1000, "captured", adapterId="card_adapter", actions=[refund]))
    documents.put(document, {"p_Cardcaptured": [REFUND]})
    return document


def test_a_partial_refund_that_only_transactions_tell_puts_the_card_and_its_button_right(
    desk: Client, partly_refunded: dict[str, Any]
) -> None:
    html = desk.get("/norce/se/orders/o_Case/").content.decode()
    assert '<span>Refund <span id="refund-of-p_Cardcaptured">1,000.00\N{NO-BREAK SPACE}SEK</span>…' in html
    (steps,) = re.findall(r'hx-get="([^"]+part=steps)"', html)
    answer = desk.get(steps.replace("&amp;", "&"), headers=HTMX)
    assert answer.headers["HX-Trigger"] == '{"money-told": {}}', "so that the timeline puts the head right too"
    fresh = answer.content.decode()
    assert '<dl class="figures" id="figures-p_Cardcaptured" hx-swap-oob="true">' in " ".join(fresh.split())
    words = plain(" ".join(re.sub(r"<[^>]+>", " ", fresh).split()))
    assert "Captured 1,000.00 SEK Refunded 300.00 SEK Left 700.00 SEK 700.00 SEK" in words


def test_no_button_is_put_right_where_there_is_none(
    client_of: ClientOf, support: User, partly_refunded: dict[str, Any]
) -> None:
    desk = client_of(support)  # may look, and not execute
    html = desk.get("/norce/se/orders/o_Case/").content.decode()
    (steps,) = re.findall(r'hx-get="([^"]+part=steps)"', html)
    fresh = desk.get(steps.replace("&amp;", "&"), headers=HTMX).content.decode()
    assert "refund-of-" not in html + fresh and 'id="figures-p_Cardcaptured"' in fresh


def test_the_timeline_puts_the_whole_page_right(desk: Client, partly_refunded: dict[str, Any]) -> None:
    on_it = {"HX-Target": "timeline", "HX-Current-URL": "http://testserver/norce/se/orders/o_Case/"}
    fresh = desk.get("/norce/se/orders/o_Case/timeline/", headers={**HTMX, **on_it}).content.decode()
    assert plain(re.findall(r'id="payments-cover"[^>]*>(.*?)</p>', fresh)[0]) == (
        "Paid 700.00 of 1,000.00 SEK · refunded 300.00 SEK"
    )
    assert 'id="how-paid"' in fresh and 'id="figures-p_Cardcaptured"' in fresh
    alone = desk.get("/norce/se/orders/o_Case/timeline/", headers=HTMX).content.decode()
    assert "hx-swap-oob" not in alone.split('id="timeline-entries"')[-1].split("figures")[0] and "how-paid" not in alone
