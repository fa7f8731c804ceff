"""Finding, through the pages: typing and Enter find the same, one hit opens, nothing is asked too often."""

import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import address, an_order, payment, put
from tests.orders.pages import HTMX, orders_on, text_of

ORDER_ID = "o_yClTSySjyAuuBjmiBlHCjuEcTf"
CASES = Path(__file__).resolve().parent.parent / "documents" / "cases"


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    """A desk whose sandbox has a few orders, two of them with the same reference and of the same person."""
    put(
        an_order(
            "yClTSySjyAuuBjmiBlHCjuEcTf",
            reference="SE-100591",
            cart={"reference": "4471903"},
            payments=[payment("p_KBiXuYjvYxsezKCQAMuuSKGDaT", 100)],
            customer={"type": "person", "billing": address("Zlatan", "Åkesson-Öhrn", phone="+46 73 555 12 34")},
        ),
        an_order(
            "aaaa",
            reference="SE-200000",
            customer={"type": "person", "billing": address("Jörg", "Großmann", phone="+4670 765 43 21")},
        ),
        an_order(
            "bbbb",
            reference="SE-200000",
            customer={
                "type": "person",
                "billing": address("Jörg", "Großmann"),
                "shipping": address("Kerstin", "Käll", email="kk@example.no"),
            },
        ),
        an_order("cccc", reference="SE-300000", customer={"billing": address("Søren", "Bech", phone="070-174 06 99")}),
        *(json.loads((CASES / f"{name}.json").read_text()) for name in ("curly-apostrophe", "reference-with-hash")),
    )
    return client_of(support)


def entered(desk: Client, said: str) -> list[str]:
    """The orders that Enter leads to: one that it opens, or those of a list."""
    answer = desk.get("/norce/se/orders/find/", {"search": said})
    if answer.status_code != 302:
        assert answer.status_code == 200
        return list(orders_on(answer))
    to = answer.headers["Location"]
    return list(orders_on(desk.get(to))) if "?" in to or to == "/norce/se/orders/" else [to.split("/")[4]]


def typed(desk: Client, said: str, within: str = "") -> list[str]:
    """The orders that are listed while it stands in the box."""
    headers = {**HTMX, "HX-Trigger": "q"}
    return list(orders_on(desk.get("/norce/se/orders/", {"search": said, "within": within}, headers=headers)))


ONE = [
    ORDER_ID, "SE-100591", " SE-100591 ", "se-100591", "Se-100591.", "100591", "order 100591", "#SE-100591",
    "Order: SE-100591", "4471903", "p_KBiXuYjvYxsezKCQAMuuSKGDaT", "+46735551234", "0735551234", "073-555 12 34",
    "0046 73 555 12 34", "073.555.12.34", "+46 (0)73 555 12 34", "Åkesson-Öhrn", "åkesson öhrn", "akesson ohrn",
    "zlatan åkesson öhrn", "Åkesson-Öhrn Zlatan", "Åkesson-Öhrn, Zlatan", "Aakesson Oehrn",
    "zlatan.kesson-hrn@example.se", "Zlatan <zlatan.kesson-hrn@example.se>", "mailto:zlatan.kesson-hrn@example.se",
    "ZLATAN.KESSON-HRN@EXAMPLE.SE", "\N{ZERO WIDTH SPACE}SE-100591\N{POP DIRECTIONAL FORMATTING}",
    "SE\N{NON-BREAKING HYPHEN}100591", "SE–100591",
    "Hej, min order SE-100591 har inte kommit. Mvh anna@example.se",
    "Hej! Min order SE-100591 har inte kommit, och jag undrar var den är. " * 5,
    f"https://desk.example/orders/{ORDER_ID}/",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("said", ONE)
def test_whatever_names_one_order_opens_it_and_typing_lists_it(desk: Client, said: str) -> None:
    desk.get("/norce/se/orders/")  # what references begin with here has been seen
    assert entered(desk, said) == [ORDER_ID]
    assert typed(desk, said) == [ORDER_ID]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("SE-200000", {"o_bbbb", "o_aaaa"}),
        ("Großmann Jörg", {"o_bbbb", "o_aaaa"}),
        ("jorg grossmann", {"o_bbbb", "o_aaaa"}),
        ("kk@example.no", {"o_bbbb"}),
        ("Käll", {"o_bbbb"}),
        ("Kerstin Käll", {"o_bbbb"}),
        ("0701740699", {"o_cccc"}),
        ("+46 70 174 06 99", {"o_cccc"}),
        ("Soeren", {"o_cccc"}),
        ("Soeren Bech", {"o_cccc"}),
        ("O'Brien", {"o_CaseCurlyApostropheAbcdefg"}),
        ("O’Brien", {"o_CaseCurlyApostropheAbcdefg"}),
        ("Sinead O'Brien", {"o_CaseCurlyApostropheAbcdefg"}),
        ("#1001", {"o_CaseReferenceHashAbcdefghi"}),
        ("order #1001", {"o_CaseReferenceHashAbcdefghi"}),
        ("1001", {"o_CaseReferenceHashAbcdefghi"}),
        ("Where is #1001? (he asks)", {"o_CaseReferenceHashAbcdefghi"}),
        ("46701740699", {"o_cccc"}),
        ("701740699", {"o_cccc"}),
        ("(070) 174 06 99", {"o_cccc"}),
        ("070/1740699", {"o_cccc"}),
        ("tel:+46701740699", {"o_cccc"}),
        ("070-174 06 99 ankn 212", {"o_cccc"}),
        ("０７０１７４０６９９", {"o_cccc"}),
        ("ring 070-174 06 99 efter kl 17", {"o_cccc"}),
        ("nobody@example.se", set()),
        ("o_NobodyHasThisIdNobodyHasIt", set()),
        ("Käll Nobody", set()),
    ],
)
def test_typing_and_enter_find_the_same(desk: Client, said: str, found: set[str]) -> None:
    assert set(entered(desk, said)) == found
    assert set(typed(desk, said)) == found


@pytest.mark.django_db
def test_the_text_as_it_was_typed_comes_before_what_is_read_out_of_it(desk: Client) -> None:
    put(*(an_order(f"x{letter}", reference=f"10010{n}") for n, letter in enumerate("abc")))
    assert entered(desk, "#1001") == ["o_CaseReferenceHashAbcdefghi"]


@pytest.mark.django_db
def test_who_was_sent_other_orders_than_they_were_billed_for_is_listed_and_not_opened(desk: Client) -> None:
    put(
        an_order("gave", customer={"billing": address("Ann", "Ek"), "shipping": address("Siv", "Bo", email="s@b.se")}),
        an_order("paid", customer={"billing": address("Siv", "Bo", email="s@b.se")}),
    )
    answer = desk.get("/norce/se/orders/find/", {"search": "s@b.se"}, follow=True)
    assert list(orders_on(answer)) == ["o_paid"]
    assert "Found as billing e-mail s@b.se · Look at shipping addresses instead" in text_of(answer)
    assert list(orders_on(desk.get("/norce/se/orders/?search=s%40b.se&way=shipping_emails"))) == ["o_gave"]


@pytest.mark.django_db
def test_nothing_is_said_in_the_ways_that_were_tried(desk: Client) -> None:
    for answer in (
        desk.get("/norce/se/orders/find/", {"search": "0739999999"}),
        desk.get("/norce/se/orders/", {"search": "0739999999"}),
    ):
        words = text_of(answer)
        assert "Nothing matches “ 0739999999 ”" in words
        assert "Looked in norce/se for it as: phone 0739999999, +46739999999, 073-999 99 99, +46 73 999 99 99" in words
        assert "reference 0739999999" in words and "any text 0739999999, 739999999" in words
        assert 'data-say="No order matches. Looked as phone, reference, any text."' in answer.content.decode()


@pytest.mark.django_db
def test_many_references_at_once_are_said_and_none_is_cut_off(desk: Client) -> None:
    few, many = (" ".join(f"SE-{100000 + n}" for n in range(count)) for count in (3, 60))
    for said, count in ((few, 3), (many, 60)):
        answer = desk.get("/norce/se/orders/find/", {"search": said}, follow=True)
        assert f"There are {count} order numbers in it. Search for one at a time." in text_of(answer)
        assert said in text_of(answer)


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_said_to_be_by_the_list(desk: Client) -> None:
    answer = desk.get("/norce/se/orders/find/", {"search": "x" * 1500}, follow=True)
    assert answer.status_code == 200
    assert [chip.name for chip in answer.context["problems"]] == ["search"]
    assert "It has 1500 characters; at most 200 can be searched for." in text_of(answer)


@pytest.mark.django_db
def test_an_order_of_another_channel_is_not_found_here(desk: Client) -> None:
    put(an_order("zzzz", reference="NO-1", channel="no"))
    assert entered(desk, "o_zzzz") == entered(desk, "NO-1") == []


@pytest.mark.django_db
def test_what_is_typed_is_looked_for_within_the_filters_and_enter_looks_everywhere(desk: Client) -> None:
    put(an_order("dddd", reference="SE-400000", state="declined"))
    assert typed(desk, "SE-400000", "status=declined") == ["o_dddd"]
    assert typed(desk, "SE-400000", "status=completed") == []
    assert entered(desk, "SE-400000") == ["o_dddd"]
    headers = {**HTMX, "HX-Trigger": "q"}
    answer = desk.get("/norce/se/orders/", {"search": "SE-400000", "within": "status=completed"}, headers=headers)
    assert "Typing looks within the filters; Enter looks among all orders." in text_of(answer)


@pytest.fixture
def calls(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "order_api")
    return caplog


def count(calls: pytest.LogCaptureFixture) -> int:
    made = len([record for record in calls.records if record.name == "order_api"])
    calls.clear()
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "typing", "entering"),
    [
        ("SE-100591", 1, 1),
        (ORDER_ID, 1, 1),
        ("0735551234", 1, 2),  # and whether anything else was sent there
        ("Lind", 4, 4),
        ("0739999999", 5, 5),
        ("Nobody Here", 5, 5),
    ],
)
def test_a_search_ends_with_the_first_way_that_hits(
    desk: Client, calls: pytest.LogCaptureFixture, said: str, typing: int, entering: int
) -> None:
    typed(desk, said)
    assert count(calls) == typing
    desk.get("/norce/se/orders/find/", {"search": said})
    assert count(calls) == entering


@pytest.mark.django_db
def test_the_other_pages_of_what_was_found_begin_with_the_way_that_hit(
    desk: Client, calls: pytest.LogCaptureFixture
) -> None:
    put(*(an_order(f"m{a}{b}", customer={"billing": address("Bo", "Ek")}) for a in "abcdef" for b in "abcdef"))
    answer = desk.get("/norce/se/orders/?search=ek%20bo")
    assert count(calls) == 4
    assert parse_qs(urlsplit(answer.context["pages"].next).query)["way"] == ["billing_names"]
    second = desk.get(answer.context["pages"].next)
    assert count(calls) == 2  # as it was typed, and the other way round
    assert len(orders_on(second)) == 11
    desk.get("/norce/se/orders/?search=0701234567&way=billing_phones&page=2&size=25")
    assert count(calls) == 1


@pytest.mark.django_db
def test_what_somebody_typed_on_over_is_asked_no_further(
    desk: Client, calls: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = cache.get

    def overtaken(key: str, *default: Any) -> object:
        return "another" if key.startswith("typing:") else plain(key, *default)

    monkeypatch.setattr("orders.list.overtaking.cache.get", overtaken)
    answer = desk.get("/norce/se/orders/", {"search": "0739999999", "within": ""}, headers={**HTMX, "HX-Trigger": "q"})
    assert (answer.status_code, count(calls)) == (204, 1)
    desk.get("/norce/se/orders/", {"search": "0739999999"})
    assert count(calls) == 5


@pytest.mark.django_db
def test_each_filter_takes_what_was_pasted_with_something_unseen_in_it(desk: Client) -> None:
    unseen = "\N{ZERO WIDTH SPACE}"
    for query in (
        {"reference": f"SE-100591{unseen}"},
        {"billing_emails": f"{unseen}zlatan.kesson-hrn@example.se"},
        {"billing_emails": "<zlatan.kesson-hrn@example.se>"},
        {"billing_phones": f"073-555\N{NON-BREAKING HYPHEN}12 34{unseen}"},
        {"billing_names": f"{unseen}akesson ohrn"},
        {"cart_reference": f"4471903{unseen}"},
        {"payment_id": f"{unseen}p_KBiXuYjvYxsezKCQAMuuSKGDaT"},
    ):
        assert list(orders_on(desk.get("/norce/se/orders/", query, follow=True))) == [ORDER_ID], query
