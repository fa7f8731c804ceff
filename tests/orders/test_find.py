"""One box for whatever the caller says."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders.list.find import guess, turned
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import address, an_order, payment, put
from tests.orders.pages import orders_on

ORDER_ID = "o_yClTSySjyAuuBjmiBlHCjuEcTf"


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        (ORDER_ID, ["order", "reference", "search"]),
        ("oanzNtkz", ["order", "reference", "search"]),
        ("  oanzNtkz\n", ["order", "reference", "search"]),
        ("p_KBiXuYjvYxsezKCQAMuuSKGDaT", ["payment_id", "search"]),
        ("pfwLhFoDPFBKtfJkSoVHDaMTIiT", ["payment_id", "search"]),
        ("anna@example.se", ["billing_emails", "shipping_emails", "search"]),
        ("<anna@example.se>", ["billing_emails", "shipping_emails", "search"]),
        ("mailto:anna@example.se", ["billing_emails", "shipping_emails", "search"]),
        ("anna@", ["reference", "cart_reference", "search"]),
        ("070-123 45 67", ["billing_phones", "shipping_phones", "reference", "search"]),
        ("0701234567", ["billing_phones", "shipping_phones", "reference", "search"]),
        ("+46 70 123 45 67", ["billing_phones", "shipping_phones", "reference", "search"]),
        ("(08) 12 34 56", ["billing_phones", "shipping_phones", "reference", "search"]),
        ("104415", ["reference", "cart_reference", "billing_phones", "shipping_phones", "search"]),
        ("2026-104415", ["reference", "billing_phones", "shipping_phones", "search"]),
        ("SE-104415", ["reference", "cart_reference", "search"]),
        ("#SE-104415", ["reference", "cart_reference", "search"]),
        ("018f1ac8-7409-724b-b864-0a0a049719e2", ["reference", "cart_reference", "search"]),
        ("Åsa Lindström", ["billing_names", "shipping_names", "search"]),
        ("Sjöö-Håkansson", ["reference", "billing_names", "search"]),
        ("J. O’Hara", ["billing_names", "shipping_names", "search"]),
        ("Oskarsson", ["reference", "billing_names", "search"]),
        ("olofsson", ["reference", "billing_names", "search"]),
        ("Nordfjäll Friluft & Äventyr AB", ["search"]),
        ("12", ["reference", "cart_reference", "search"]),
        ("Ek, Karin Ängla", ["billing_names", "shipping_names", "search"]),
        ("x" * 201, ["search"]),
        ("1" * 4000, ["search"]),
        ("a.." * 60 + "!1", ["reference", "cart_reference", "search"]),
        ("a.." * 30 + "," + "b.." * 30 + "7", ["reference", "cart_reference", "search"]),
        ("", []),
        ("…", []),
        ("  \0 ", []),
        ("“”", []),
    ],
)
def test_the_text_is_taken_for_what_it_looks_like(said: str, ways: list[str]) -> None:
    assert list(guess(said).ways) == ways


def test_what_wraps_the_text_is_no_part_of_it() -> None:
    assert guess(" “#SE-104415” ").text == "SE-104415"
    assert guess("Åsa   Lindström\t").text == "Åsa Lindström"


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("anna@example.se, ", "anna@example.se"),
        (f"{ORDER_ID}.", ORDER_ID),
        ("“SE-104415”.", "SE-104415"),
        ("order SE-100423", "SE-100423"),
        ("Order no. 100423", "100423"),
        ("Ordernummer: #SE-100423", "SE-100423"),
        (f"beställning {ORDER_ID}", ORDER_ID),
        (f"https://desk.example/orders/{ORDER_ID}/", ORDER_ID),
        (f"https://desk.example/orders/{ORDER_ID}/payments/p_aaaa/?x=1#log", ORDER_ID),
        (f"https://api.example/checkout/order/api/v0/checkout/orders/{ORDER_ID}", ORDER_ID),
        # A word that only looks like a label stays: a name, or half a sentence.
        ("Order Andersson", "Order Andersson"),
        ("Nordisk", "Nordisk"),
        ("order", "order"),
        ("orders from May 3", "orders from May 3"),
    ],
)
def test_what_was_pasted_along_is_left_out(pasted: str, meant: str) -> None:
    assert guess(pasted).text == meant


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("Ek, Karin Ängla", ["Karin Ängla Ek"]),
        ("Ek Karin Ängla", ["Karin Ängla Ek", "Ängla Ek Karin"]),
        ("Ek", []),
        ("one two three four five", []),
    ],
)
def test_a_name_may_begin_with_the_family(name: str, ways: list[str]) -> None:
    assert turned(name) == ways


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    """A desk whose sandbox has three orders, two of them with the same reference and of the same person."""
    put(
        an_order(
            "yClTSySjyAuuBjmiBlHCjuEcTf",
            reference="SE-1",
            cart={"reference": "4471903"},
            payments=[payment("p_KBiXuYjvYxsezKCQAMuuSKGDaT", 100)],
        ),
        an_order(
            "aaaa",
            reference="SE-2",
            customer={"type": "person", "billing": address("Jörg", "Großmann", phone="+4670 765 43 21")},
        ),
        an_order(
            "bbbb",
            reference="SE-2",
            customer={
                "type": "person",
                "billing": address("Jörg", "Großmann"),
                "shipping": address("Kerstin", "Käll", email="kk@example.no"),
            },
        ),
    )
    return client_of(support)


def found(desk: Client, said: str) -> str:
    answer = desk.get("/orders/find/", {"search": said})
    assert answer.status_code == 302
    return answer.headers["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("said", [ORDER_ID, "SE-1", " #SE-1 ", "4471903", "p_KBiXuYjvYxsezKCQAMuuSKGDaT"])
def test_an_exact_id_or_reference_opens_the_one_order(desk: Client, said: str) -> None:
    assert found(desk, said) == f"/orders/{ORDER_ID}/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ("SE-2", "/orders/?reference=SE-2"),
        ("SA.LINDSTRM@example.se", "/orders/?billing_emails=SA.LINDSTRM%40example.se"),
        ("kk@example.no", "/orders/?shipping_emails=kk%40example.no"),
        ("0707654321", "/orders/?billing_phones=0707654321"),
        ("+46 70-123 45 67", "/orders/?billing_phones=%2B46+70-123+45+67"),
        ("jorg grossmann", "/orders/?billing_names=jorg+grossmann"),
        ("Käll", "/orders/?search=K%C3%A4ll"),
        ("Großmann Jörg", "/orders/?billing_names=J%C3%B6rg+Gro%C3%9Fmann"),
        ("Käll, Kerstin", "/orders/?shipping_names=Kerstin+K%C3%A4ll"),
        ("Käll Nobody", "/orders/?search=K%C3%A4ll+Nobody"),
        ("Kerstin Käll", "/orders/?shipping_names=Kerstin+K%C3%A4ll"),
        ("nobody@example.se", "/orders/?search=nobody%40example.se"),
        ("o_NobodyHasThisIdNobodyHasIt", "/orders/?search=o_NobodyHasThisIdNobodyHasIt"),
        ("SE-", "/orders/?search=SE-"),
        ("  ", "/orders/"),
    ],
)
def test_anything_else_is_listed_by_the_filter_that_finds_it(desk: Client, said: str, listed: str) -> None:
    assert found(desk, said) == listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", ["SE-2", "0707654321", "+46 70-123 45 67", "jorg grossmann", "Kerstin Käll", "kk@example.no", "Käll"]
)
def test_where_it_leads_there_is_something(desk: Client, said: str) -> None:
    assert orders_on(desk.get(found(desk, said)))


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_said_to_be_by_the_list(desk: Client) -> None:
    answer = desk.get("/orders/find/", {"search": "x" * 1500}, follow=True)
    assert answer.status_code == 200
    assert [chip.name for chip in answer.context["problems"]] == ["search"]


@pytest.mark.django_db
def test_an_order_of_another_channel_is_not_found_here(desk: Client) -> None:
    put(an_order("zzzz", reference="NO-1", channel="no"))
    assert found(desk, "o_zzzz") == "/orders/?search=o_zzzz"
    assert found(desk, "NO-1") == "/orders/?search=NO-1"
