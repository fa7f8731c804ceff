"""What the Order API cannot sort by, the index does: through the whole list, and it says so."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import ClientOf
from tests.orders.known import ids_on, known, norwegian
from tests.orders.orders_in_the_sandbox import an_order, payment
from tests.orders.pages import body_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def walked(desk: Client, address: str) -> list[list[str]]:
    """The ids on each page, from that one on to the last."""
    pages = []
    while address:
        answer = desk.get(address)
        pages.append(ids_on(answer))
        following = re.search(r'id="page-next" href="([^"]+)"', body_of(answer))
        address = following[1].replace("&amp;", "&") if following else ""
    return pages


def flat(pages: list[list[str]]) -> list[str]:
    return [each for page in pages for each in page]


def test_the_list_of_a_channel_is_sorted_by_total_and_says_that_the_index_answers(desk: Client) -> None:
    known(an_order("small", total=90), an_order("large", total=1000), an_order("middle", total=200))
    answer = desk.get("/norce/se/orders/?sort=-total")
    assert ids_on(answer) == ["o_large", "o_middle", "o_small"]
    assert "Answered by the index" in text_of(answer) and "not applied" not in text_of(answer)
    assert "One currency after the other" not in text_of(answer)
    assert ids_on(desk.get("/norce/se/orders/?sort=total")) == ["o_small", "o_middle", "o_large"]


def test_pages_by_total_hold_each_order_once_however_many_are_alike(desk: Client) -> None:
    totals = {f"n{n:02}": (n % 7 + 1) * 10 for n in range(40)}
    known(*(an_order(name, total=total) for name, total in totals.items()))
    pages = walked(desk, "/norce/se/orders/?sort=-total&size=10")
    assert [len(page) for page in pages] == [10] * 4
    assert sorted(flat(pages)) == sorted(f"o_{name}" for name in totals)
    found = [totals[each.removeprefix("o_")] for each in flat(pages)]
    assert found == sorted(found, reverse=True)


def test_of_several_currencies_one_comes_after_the_other_and_the_list_says_so(desk: Client) -> None:
    known(*(an_order(f"se{n}", total=1000 + n) for n in range(4)))
    known(*(norwegian(f"no{n}", total=10 + n) for n in range(4)))
    address = "/orders/?sort=-total&size=3"
    assert flat(walked(desk, address)) == [f"o_no{n}" for n in (3, 2, 1, 0)] + [f"o_se{n}" for n in (3, 2, 1, 0)]
    assert "One currency after the other" in text_of(desk.get(address))
    lowest = flat(walked(desk, "/orders/?sort=total&size=3"))
    assert lowest == [f"o_no{n}" for n in range(4)] + [f"o_se{n}" for n in range(4)]


def test_the_pages_before_are_those_that_came_before_across_currencies(desk: Client) -> None:
    known(*(an_order(f"se{n}", total=100 + n) for n in range(4)), *(norwegian(f"no{n}") for n in range(4)))
    first = desk.get("/orders/?sort=-total&size=3")
    following = re.search(r'id="page-next" href="([^"]+)"', body_of(first))
    assert following
    second = desk.get(following[1].replace("&amp;", "&"))
    back = re.search(r'id="page-previous" href="([^"]+)"', body_of(second))
    assert back and ids_on(desk.get(back[1].replace("&amp;", "&"))) == ids_on(first)


def test_what_was_changed_last_can_come_first(desk: Client) -> None:
    known(
        an_order("early", lastModified="2026-11-20T10:00:00Z"),
        an_order("late", lastModified="2026-11-22T10:00:00Z"),
        an_order("between", lastModified="2026-11-21T10:00:00Z"),
    )
    assert ids_on(desk.get("/norce/se/orders/?sort=-modified")) == ["o_late", "o_between", "o_early"]
    assert ids_on(desk.get("/norce/se/orders/?sort=modified")) == ["o_early", "o_between", "o_late"]


def test_a_filter_of_the_index_and_a_sort_of_it_hold_together(desk: Client) -> None:
    held: dict[str, Any] = {"payments": [payment("p_held", 100, "reserved")]}
    known(an_order("a", total=90, **held), an_order("b", total=1000, **held), an_order("c", total=2000))
    assert ids_on(desk.get("/norce/se/orders/?payment_state=reserved&sort=-total")) == ["o_b", "o_a"]


def test_where_the_api_can_answer_the_sorts_of_both_are_offered_and_told_apart(desk: Client) -> None:
    known(an_order("one"))
    plain, sorted_by_index = (body_of(desk.get(f"/norce/se/orders/{query}")) for query in ("", "?sort=-total"))
    for page in (plain, sorted_by_index):
        group = page[page.index('<optgroup label="Answered by the index">') : page.index("</optgroup>")]
        assert 'value="-total"' in group and "billingName" not in group and 'value="billingName"' in page
    narrowed = body_of(desk.get("/norce/se/orders/?currency=SEK"))
    assert 'value="-total"' in narrowed and 'value="billingName"' not in narrowed


def test_the_heading_turns_the_order_round_by_whoever_answers(desk: Client) -> None:
    known(an_order("one"))
    link = 'id="sort-total" href="/norce/se/orders/?'
    assert f'{link}sort=-cartTotal"' in body_of(desk.get("/norce/se/orders/"))
    assert f'{link}sort=total"' in body_of(desk.get("/norce/se/orders/?sort=-total"))
    assert f'{link}currency=SEK&amp;sort=-total"' in body_of(desk.get("/norce/se/orders/?currency=SEK"))


def test_the_export_of_a_list_that_the_index_sorts_is_of_its_page_and_of_all_that_the_api_has(desk: Client) -> None:
    known(*(an_order(f"n{n}", total=100 + n) for n in range(4)))
    form = desk.get("/norce/se/orders/export/?sort=-total&size=2")
    assert "These 2 orders" in text_of(form) and "match the list" in text_of(form)
    assert re.findall(r'name="ids" value="([^"]+)"', body_of(form)) == ["o_n3", "o_n2"]
