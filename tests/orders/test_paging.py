"""What a page says of the list, whatever the API means by `size`."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.channels import Channel
from order_api.schemas import Order, OrderPaginationSet, Pagination
from orders.list.filters import Address
from orders.list.paging import links_of, paging_of, sum_of

SE = Channel("norce", "se")


def a_page(rows: int, **said: Any) -> OrderPaginationSet:
    return OrderPaginationSet(data=tuple(Order(currency="SEK") for _ in range(rows)), pagination=Pagination(**said))


@pytest.mark.parametrize(
    ("rows", "page", "said", "total", "has_next"),
    [
        (26, 1, {"size": 60, "total_size": 900}, 60, True),
        (26, 2, {"size": 60, "offset": 25}, 60, True),
        (10, 3, {"size": 60, "offset": 50}, 60, False),
        (25, 1, {"size": 25, "total_size": 900}, 25, False),
        (25, 2, {"size": 50, "offset": 25}, 50, False),
        # `size` may be the rows that came: then the row beyond the page is all that is known of the next one.
        (26, 1, {"size": 26, "total_size": 900}, None, True),
        (26, 2, {"size": 26, "offset": 25, "total_size": 900}, None, True),
        (10, 3, {"size": 10, "offset": 50, "total_size": 900}, 60, False),
        (26, 1, {"size": 26, "total_size": 26}, 26, True),
        (25, 1, {"size": 25, "limit": 25, "total_size": 900}, None, True),
        (26, 1, {}, None, True),
        (25, 1, {}, 25, False),
        (7, 1, {}, 7, False),
        (0, 1, {"size": 0}, 0, False),
        (0, 9, {"size": 0, "offset": 200, "total_size": 900}, None, False),
        (0, 9, {"size": 60, "offset": 200}, 60, False),
    ],
)
def test_the_total_is_told_only_where_it_is_known(
    rows: int, page: int, said: dict[str, int], total: int | None, has_next: bool
) -> None:
    paging = paging_of(a_page(rows, **said), page, 25)
    assert (paging.total, paging.has_next) == (total, has_next)


@pytest.mark.parametrize(
    ("counts_all", "total", "has_next"), [(True, 26, True), (False, None, True), (None, None, True)]
)
def test_one_more_than_a_page_is_a_total_where_it_is_known_what_the_api_counts(
    counts_all: bool | None, total: int | None, has_next: bool
) -> None:
    paging = paging_of(a_page(26, size=26, total_size=900), 1, 25, counts_all=counts_all)
    assert (paging.total, paging.has_next) == (total, has_next)


def test_an_answer_without_pagination_is_still_a_page() -> None:
    paging = paging_of(OrderPaginationSet(), 1, 25)
    assert (paging.total, paging.has_next, paging.numbers) == (0, False, [])


def test_fewer_rows_than_asked_for_skip_no_order() -> None:
    paging = paging_of(a_page(50, size=120, limit=50, offset=0), 1, 100)
    links = links_of(Address({}, 100, channel=SE), paging)
    assert links.next == "/norce/se/orders/?size=50&page=2"
    assert paging.pages == 3


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (1, 9, [1, 2, 3, None, 9]),
        (3, 9, [1, 2, 3, 4, None, 9]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
        (4, 5, [1, None, 3, 4, 5]),
    ],
)
def test_first_last_and_nearby_pages_are_offered_by_number(page: int, pages: int, numbers: list[int | None]) -> None:
    paging = paging_of(a_page(25, size=pages * 25, offset=(page - 1) * 25, total_size=pages * 25), page, 25)
    assert paging.numbers == numbers


def test_the_sum_is_the_apis_own_and_of_one_currency() -> None:
    found = OrderPaginationSet(
        data=(Order(currency="sek"), Order(currency="SEK")), pagination=Pagination(value_sum=Decimal("7.50"), size=2)
    )
    assert sum_of(found, paging_of(found, 1, 25), {"SEK"}) == (Decimal("7.50"), "SEK")


@pytest.mark.parametrize(("size", "told"), [(2, True), (60, False)])
def test_a_sum_over_other_pages_is_not_told_once_the_channel_has_shown_a_second_currency(size: int, told: bool) -> None:
    orders = (Order(currency="SEK"),) * min(size, 26)
    found = OrderPaginationSet(data=orders, pagination=Pagination(value_sum=Decimal(7), size=size, total_size=900))
    assert (sum_of(found, paging_of(found, 1, 25), {"SEK", "EUR"}) is not None) is told


@pytest.mark.parametrize(
    ("currencies", "said"),
    [
        (["SEK", "EUR"], {"value_sum": Decimal(7), "size": 2}),
        (["SEK", None], {"value_sum": Decimal(7), "size": 2}),
        (["SEK", "SEK"], {"size": 2}),
        ([], {"value_sum": Decimal(0), "size": 0}),
        (["SEK"] * 26, {"value_sum": Decimal(7), "size": 26}),
    ],
)
def test_no_sum_where_it_is_not_clear_what_it_adds_up(currencies: list[str | None], said: dict[str, Any]) -> None:
    pagination = Pagination(**said)
    found = OrderPaginationSet(data=tuple(Order(currency=each) for each in currencies), pagination=pagination)
    assert sum_of(found, paging_of(found, 1, 25), {"SEK"}) is None
