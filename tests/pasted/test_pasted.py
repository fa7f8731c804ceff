"""From a paste to its table: looked up in all channels, each answer where it belongs, and nobody else's business."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from orders.list.met import met_in
from orders.models import Paste
from orders.pasted import looking_up
from orders.pasted.recognise import LONGEST
from tests.conftest import ClientOf, person
from tests.orders.orders_in_the_sandbox import address, an_order, payment, put
from tests.pasted.pasting import NEW, lines_of, looked_up, number, paste

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_connections")]


def test_each_line_is_found_in_whatever_channel_it_is_and_stands_where_it_was_pasted(
    support: User, client_of: ClientOf
) -> None:
    customer = {"type": "person", "billing": address("Karin", "Ek")}
    put(number(1), number(2, "no", currency="NOK"), number(3, "dk", customer=customer))
    client = client_of(support)
    page = looked_up(client, paste(client, "DK-100003", "SE-100001", "SE-999999", "NO-100002", "se-100001"))
    assert lines_of(page) == [
        "1 DK-100003 DK-100003 norce/dk Karin Ek Completed Captured 100.00 SEK",
        "2 SE-100001 twice SE-100001 norce/se Åsa Lindström Completed Captured 100.00 SEK",
        "3 SE-999999 Not found in 6 channels",
        "4 NO-100002 NO-100002 norce/no Åsa Lindström Completed Captured 100.00 NOK",
    ]
    assert "4 of 4 looked up" in page and "3 found, 1 not found" in " ".join(page.split())


def test_an_id_a_link_a_payment_a_phone_and_an_address_are_each_looked_up_as_what_they_are(
    support: User, client_of: ClientOf
) -> None:
    put(
        an_order("byId"),
        an_order("byLink", channel="no"),
        an_order("byPayment", payments=[payment("p_byPaymentOfIt", 100)]),
        an_order("byPhone", channel="dk", customer={"billing": address("A", "B", phone="+46701112233", email="")}),
        an_order("byMail", customer={"shipping": address("C", "D", email="c.d@example.se", phone="")}),
    )
    client = client_of(support)
    lines = (
        "o_byId",
        "https://desk.example/norce/no/orders/o_byLink/",
        "p_byPaymentOfIt",
        "070-111 22 33",
        "c.d@example.se",
    )
    found = lines_of(looked_up(client, paste(client, *lines)))
    assert [re.search(r"o_\w+ norce/\w+", line)[0] for line in found] == [  # type: ignore[index]
        "o_byId norce/se", "o_byLink norce/no", "o_byPayment norce/se", "o_byPhone norce/dk", "o_byMail norce/se",
    ]  # fmt: skip


def test_a_number_is_found_behind_the_prefix_that_its_channel_is_known_for(support: User, client_of: ClientOf) -> None:
    put(number(1), number(2, "no"))
    client = client_of(support)
    for channel in ("se", "no"):
        met_in(f"norce/{channel}", [SimpleNamespace(currency="SEK", prefix=f"{channel.upper()}-")])
    found = lines_of(looked_up(client, paste(client, "100001", "100002")))
    assert [line.split()[2] for line in found] == ["SE-100001", "NO-100002"]


def test_a_phone_whose_plus_a_spreadsheet_took_away_is_found_as_a_phone(support: User, client_of: ClientOf) -> None:
    put(number(1, customer={"billing": address("A", "B", phone="+46701112233")}))
    client = client_of(support)
    found = lines_of(looked_up(client, paste(client, "46701112233", "46709999999")))
    assert "SE-100001 norce/se" in found[0] and found[1] == "2 46709999999 Not found in 6 channels"


def test_an_order_that_two_lines_lead_to_says_so(support: User, client_of: ClientOf) -> None:
    put(number(1))
    client = client_of(support)
    found = lines_of(looked_up(client, paste(client, "SE-100001", "o_sexb")))
    assert "The same order as line 1" in found[1] and "The same" not in found[0]


def test_an_address_with_many_orders_shows_some_and_says_how_many_there_are(support: User, client_of: ClientOf) -> None:
    put(*(number(n) for n in range(1, 9)), number(1, "no"))
    client = client_of(support)
    page = looked_up(client, paste(client, "sa.lindstrm@example.se", "SE-999999"))
    first = lines_of(page)[0]
    assert first.count("norce/se") == looking_up.MOST_SHOWN and first.count("norce/no") == 1
    assert "3 more orders are found by searching for it" in first


def test_it_can_be_stopped_and_goes_on_where_it_stopped(support: User, client_of: ClientOf) -> None:
    put(number(1))
    client = client_of(support)
    where = paste(client, "SE-100001", "SE-100002")
    client.post(f"{where}stop/")
    client.post(f"{where}on/")
    page = client.get(where).content.decode()
    assert [line.split(maxsplit=2)[2] for line in lines_of(page)] == ["Not looked up"] * 2
    assert "0 of 2 looked up" in page and "Go on" in page
    client.post(f"{where}again/")
    assert "1 found, 1 not found" in " ".join(looked_up(client, where).split())


def test_two_tabs_do_not_look_up_the_same_twice(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    where = paste(client, "SE-100001", "SE-100002")
    one = Paste.objects.get()
    assert looking_up.claim(one, 5) and not looking_up.claim(one, 5)
    headers = {"HX-Request": "true", "HX-Target": "pasted-state"}
    part = client.post(f"{where}on/", {"done": 0}, headers=headers).content.decode()
    assert "0 of 2 looked up" in part and "load delay:1s" in part and "<tbody" not in part
    Paste.objects.update(busy_until=None)
    looked_up(client, where)
    part = client.post(f"{where}on/", {"done": 0}, headers=headers).content.decode()
    assert part.count("<tbody") == 2, "what the other tab found is brought along"


@pytest.mark.parametrize(
    "text",
    [
        "Hej!\nVar är order NO-100001?\nmvh Anna <anna@example.se>",
        "  only.this@example.se ",
        "https://desk.example/norce/no/orders/o_noxb/",
        "070-111 22 33",
    ],
)
def test_what_names_one_thing_goes_the_way_of_typing_it(support: User, client_of: ClientOf, text: str) -> None:
    customer = {"billing": address("Karin", "Ek", email="only.this@example.se", phone="+46701112233")}
    put(number(1, "no", customer=customer), number(2))
    response = client_of(support).post(NEW, {"text": text})
    assert (response.status_code, response["Location"]) == (302, reverse("order-detail", args=["norce/no", "o_noxb"]))
    assert Paste.objects.count() == 0


def test_of_one_thing_that_is_nowhere_the_box_says_where_it_looked(support: User, client_of: ClientOf) -> None:
    page = client_of(support).post(NEW, {"text": "Karin Qvist\n"}).content.decode()
    assert 'name="said" type="text" value="Karin Qvist"' in page and "norce/no" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SE-100001\n" * 2001, f"This has 20010 characters, and {LONGEST} can be read at once"),
        ("\n".join(f"SE-{n}" for n in range(100000, 100501)), "501 things to look up are in it"),
        ("", "Paste something first"),
        ("Hej\noch hå", "No order number, id, link, e-mail address or phone was recognised"),
        ("811218-9876", "nobody is looked up by those"),
    ],
    ids=["too long", "too many", "nothing", "nothing in it", "a person"],
)
def test_what_is_not_looked_up_comes_back_as_it_was_with_why(
    support: User, client_of: ClientOf, text: str, said: str
) -> None:
    response = client_of(support).post(NEW, {"text": text})
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    assert re.findall(r'id="id_text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)[0].strip() == text.strip()
    assert Paste.objects.count() == 0


def test_the_box_of_a_script_is_led_there_as_well(support: User, client_of: ClientOf) -> None:
    response = client_of(support).post(NEW, {"text": "SE-100001 SE-100002"}, headers={"HX-Request": "true"})
    assert response.status_code == 200 and response["HX-Redirect"].startswith("/pasted/")


def test_the_orders_lead_to_one_another_over_channels_and_are_marked_as_opened(
    support: User, client_of: ClientOf
) -> None:
    put(number(1), number(2), number(3))
    client = client_of(support)
    where = paste(client, "SE-100003", "SE-999999", "SE-100001", "SE-100002", "o_sexd")
    looked_up(client, where)
    order = client.get(reverse("order-detail", args=["norce/se", "o_sexb"])).content.decode()
    assert "2 of 3" in order and f'href="{where}#row-3"' in order
    before, after = (reverse("order-detail", args=["norce/se", f"o_sex{n}"]) for n in "dc")
    assert re.search(rf'id="order-previous" href="{before}"', order)
    assert re.search(rf'id="order-next" href="{after}"', order)
    page = client.get(where).content.decode()
    assert [("Opened" in line) for line in lines_of(page)] == [False, False, True, False, False]
    assert "1 of them opened" in page and re.search(rf'id="pasted-first" href="{before}"', page)
    assert "is-opened" not in client_of(person("manager")).get(NEW).content.decode()


def test_who_opens_an_order_from_a_list_goes_back_to_that_list(support: User, client_of: ClientOf) -> None:
    put(number(1), number(2))
    client = client_of(support)
    looked_up(client, paste(client, "SE-100001", "SE-100002"))
    client.get("/norce/se/orders/")
    where, from_list = (
        reverse("order-detail", args=["norce/se", "o_sexb"]),
        {"Referer": "http://testserver/norce/se/orders/"},
    )
    assert 'class="btn btn-quiet btn-small back" href="/pasted/' in client.get(where).content.decode()
    for headers in (from_list, {"Referer": f"http://testserver{where}"}):
        assert 'back" href="/norce/se/orders/' in client.get(where, headers=headers).content.decode()


def test_the_table_is_copied_as_a_spreadsheet_takes_it_and_holds_no_formula(support: User, client_of: ClientOf) -> None:
    customer = {"billing": address("=HYPERLINK(1)", "Ek\tÅ\nB", phone="+46701112233")}
    put(number(1, customer=customer))
    client = client_of(support)
    page = looked_up(client, paste(client, "SE-100001", "+46 70 111 22 33"))
    copied = re.search(r'data-copy="([^"]*)"', page)[1].split("\n")  # type: ignore[index]
    assert copied[0] == "Pasted\tOrder\tChannel\tCustomer\tState\tPayment\tTotal\tCurrency"
    assert [line.split("\t")[0] for line in copied[1:]] == ["SE-100001", "&#x27;+46 70 111 22 33"]
    assert copied[1].split("\t")[3] == "&#x27;=HYPERLINK(1) Ek Å B" and {line.count("\t") for line in copied} == {7}


@pytest.mark.slow
def test_500_lines_are_looked_up_to_the_last(support: User, client_of: ClientOf) -> None:
    put(*(number(n) for n in range(1, 491)))
    client = client_of(support)
    where = paste(client, *(f"SE-{100000 + n}" for n in range(1, 501)))
    page = looked_up(client, where, most=40)
    assert "490 found, 10 not found" in " ".join(page.split())
    assert [line.split()[1] for line in lines_of(page)] == [f"SE-{100000 + n}" for n in range(1, 501)]
