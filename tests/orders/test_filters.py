"""The query string on one side, the parameters of the API's list on the other, and nothing lost or
made up between them."""

import datetime as dt
from collections.abc import Iterator
from typing import get_type_hints
from urllib.parse import urlencode

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.channels import Channel
from domain.phones import compact, spellings
from domain.typed import name_spellings
from order_api.query import OrderQuery, on_the_wire
from orders.list.filters import Address, OrderFilterSet, chips, read_address, says_the_same, stretches, tabs
from orders.list.filters.fields import LONGEST_ADDRESS
from orders.list.filters.panel import panel
from orders.list.filters.query import MOST_SPELLED

NEWEST_FIRST = {"order_by": "created", "order_by_direction": "desc"}

SE = Channel("norce", "se")
OF_THE_PAGE = ("channels", "columns", "view")
"""What an address says besides which orders are meant."""


@pytest.fixture(autouse=True)
def in_stockholm() -> Iterator[None]:
    with timezone.override("Europe/Stockholm"), time_machine.travel("2026-11-22T23:30:00+01:00", tick=False):
        yield


def read(query: str) -> OrderFilterSet:
    return OrderFilterSet(QueryDict(query))


def params(query: str) -> dict[str, object]:
    """What the API is asked, without the order of the rows."""
    return {name: value for name, value in read(query).params.items() if name not in NEWEST_FIRST}


def tidied(query: str) -> str:
    filters = read(query)
    return read_address(QueryDict(query), filters, 25, SE).here


def test_no_query_asks_for_everything_newest_first() -> None:
    assert dict(read("").params) == NEWEST_FIRST


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("reference=SE-1", {"reference": "SE-1"}),
        ("cart_reference=4471", {"cart_reference": "4471"}),
        ("payment_id=p_abc", {"payment_id": "p_abc"}),
        ("status=completed&status=declined", {"status": ["completed", "declined"]}),
        ("status=Completed", {"status": ["completed"]}),
        ("countries=SE&countries=norway", {"countries": ["SE", "NO"]}),
        ("billing_countries=se,NO%3BDenmark", {"billing_countries": ["SE", "NO", "DK"]}),
        ("shipping_countries=Sweden&shipping_countries=SE", {"shipping_countries": ["SE"]}),
        ("billing_emails=a@x.se,b@x.se%0Ac@x.se", {"billing_emails": ["a@x.se", "b@x.se", "c@x.se"]}),
        ("shipping_emails=a@x.se&shipping_emails=b@x.se", {"shipping_emails": ["a@x.se", "b@x.se"]}),
        (
            "billing_names=Lindstr%C3%B6m, %C3%85sa%3BK%C3%A4ll",
            {"billing_names": [*name_spellings("Lindström, Åsa"), *name_spellings("Käll")]},
        ),
        ("shipping_names=Anna", {"shipping_names": ["Anna"]}),
        ("shipping_phones=%2B46 70-123", {"shipping_phones": ["+46 70-123", "+4670123", "070123"]}),
    ],
)
def test_a_filter_becomes_the_parameter_of_the_same_name(query: str, asked: dict[str, object]) -> None:
    assert params(query) == asked


def test_a_phone_is_asked_for_in_the_ways_in_which_a_shop_may_have_stored_it() -> None:
    asked = params("billing_phones=0701234567")["billing_phones"]
    assert isinstance(asked, list) and asked[0] == "0701234567"
    assert {"+46701234567", "070-123 45 67", "+46 70 123 45 67", "0046701234567"} <= set(asked)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_spellings_of_many_values_are_not_more_than_an_address_holds(count: int) -> None:
    names = params("billing_names=" + ";".join(f"Åsa Öhrn-Sjöö {chr(97 + n % 26) * (n + 1)}" for n in range(count)))
    phones = params("billing_phones=" + ",".join(f"0701234{n:03}" for n in range(count)))
    for asked in (names["billing_names"], phones["billing_phones"]):
        assert isinstance(asked, list) and count <= len(asked) <= MOST_SPELLED


def test_filters_that_are_too_long_together_lose_the_longest_alone() -> None:
    names = ";".join(f"{n} " + "å" * 50 for n in range(9))
    more = ";".join(f"{n} " + "ö" * 60 for n in range(9))
    filters = read(urlencode({"billing_names": names, "shipping_names": more, "reference": "R-1"}))
    assert set(filters.errors) == {"shipping_names"}
    assert set(filters.params) > {"billing_names", "reference"}
    kept = {name: value for name, value in filters.written().items() if name not in filters.errors}
    assert len(urlencode(kept, doseq=True)) <= LONGEST_ADDRESS


def test_every_parameter_that_the_api_has_can_be_filtered_by() -> None:
    ours = {"sort": ("order_by", "order_by_direction")}
    own = {name for name, each in read("").filters.items() if getattr(each, "of_index", False)} | {
        "preset",
        "way",
        *OF_THE_PAGE,
    }
    offered = {each for name in read("").filters if name not in own for each in ours.get(name, (name,))}
    assert offered == set(get_type_hints(OrderQuery))


def test_a_time_of_a_day_is_a_moment_in_the_reader_s_zone_and_is_not_included() -> None:
    asked = params("date_from=2026-11-22&date_to=2026-11-22T15:05")
    assert asked["date_from"] == dt.datetime(2026, 11, 21, 23, tzinfo=dt.UTC)
    assert asked["date_to"] == dt.datetime(2026, 11, 22, 14, 5, tzinfo=dt.UTC)
    assert "date_to=2026-11-22T15%3A05" in tidied("date_to=2026-11-22T15:05")
    assert read("date_from=2026-11-22T15:05&date_to=2026-11-22T15:00").errors.keys() == {"date_to"}
    assert read("date_to=2026-11-22T15:99").errors.keys() == {"date_to"}


@pytest.mark.parametrize("sort", ["created", "billingEmail", "billingName", "cartTotal"])
@pytest.mark.parametrize(("sign", "direction"), [("", "asc"), ("-", "desc")])
def test_the_rows_can_be_ordered_both_ways(sort: str, sign: str, direction: str) -> None:
    assert dict(read(f"sort={sign}{sort}").params) == {"order_by": sort, "order_by_direction": direction}


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("preset=today", "2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"),
        ("preset=yesterday", "2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"),
        ("preset=7-days", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"),
        ("preset=30-days", "2026-10-23T22:00:00Z", "2026-11-22T23:00:00Z"),
        ("preset=this-month", "2026-10-31T23:00:00Z", "2026-11-22T23:00:00Z"),
        ("date_from=2026-11-03&date_to=2026-11-03", "2026-11-02T23:00:00Z", "2026-11-03T23:00:00Z"),
        ("preset=custom&date_from=2026-03-29&date_to=2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("preset=today&date_from=2020-01-01", "2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"),
    ],
)
def test_days_are_the_persons_own_and_the_last_one_counts_in_full(query: str, first: str, last: str) -> None:
    wire = dict(on_the_wire(read(query).params))
    assert (wire["date_from"], wire["date_to"]) == (first, last)


def test_today_is_another_day_where_it_is_past_midnight() -> None:
    with timezone.override("Asia/Tokyo"):
        assert dict(on_the_wire(read("preset=today").params))["date_from"] == "2026-11-22T15:00:00Z"


def test_a_stretch_may_be_open_at_either_end() -> None:
    assert params("date_from=2026-11-03") == {"date_from": dt.datetime(2026, 11, 2, 23, tzinfo=dt.UTC)}
    assert params("date_to=2026-11-03") == {"date_to": dt.datetime(2026, 11, 3, 23, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("date_from=31-31-2025", "date_from", "“31-31-2025” is not a date"),
        ("date_to=2026-02-30", "date_to", "“2026-02-30” is not a date"),
        ("date_from=0001-01-01", "date_from", "no orders of that year"),
        ("date_from=2026-11-03&date_to=2026-11-02", "date_to", "The last day is before the first"),
        ("preset=tomorrow", "preset", "“tomorrow” is not a stretch of days"),
        ("status=foo", "status", "“foo” is not a state"),
        ("status=completed&status=foo", "status", "“foo” is not a state"),
        ("sort=shoeSize", "sort", "cannot sort by “shoeSize”"),
        ("countries=Narnia", "countries", "“Narnia” is not a country"),
        ("billing_emails=anna", "billing_emails", "“anna” is not a whole e-mail address"),
        ("shipping_emails=a@x.se, @", "shipping_emails", "“@” is not a whole e-mail address"),
        ("billing_phones=call+me", "billing_phones", "“call me” is not a phone number"),
        ("shipping_names=" + "x" * 201, "shipping_names", "is too long"),
        (
            "billing_names=" + ";".join(f"{n} {'x' * 180}" for n in range(40)),
            "billing_names",
            "too much for one address",
        ),
        ("billing_phones=" + ",".join(f"070{n:06}" for n in range(51)), "billing_phones", "At most 50"),
        ("search=" + "x" * 201, "search", "at most 200"),
    ],
)
def test_a_filter_that_cannot_be_read_says_so_and_the_others_hold(query: str, field: str, words: str) -> None:
    filters = read(f"{query}&payment_id=p_abc")
    assert words in str(filters.errors[field])
    assert filters.params["payment_id"] == "p_abc"
    assert field not in filters.params
    marked = [chip for chip in chips(filters, read_address(QueryDict(""), filters, 25, SE)) if chip.problem]
    assert [chip.name for chip in marked] == [field]


def test_what_cannot_be_read_stands_in_its_field_to_be_put_right() -> None:
    controls = {
        control.name: control
        for group in panel(read("date_from=31-31-2025&billing_emails=anna"))
        for entry in group.entries
        for control in entry.controls
    }
    assert controls["date_from"].value == "31-31-2025"
    assert controls["date_from"].error
    assert controls["billing_emails"].value == "anna"


def test_the_panel_has_every_filter_but_those_that_have_a_place_of_their_own() -> None:
    filters = read("")
    assert {name for group in panel(filters) for entry in group.entries for name in entry.names} == set(
        filters.filters
    ) - {
        "search",
        "sort",
        "way",
        *OF_THE_PAGE,
    }


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("search=&status=&preset=&page=1", "/norce/se/orders/"),
        ("countries=Sweden&countries=", "/norce/se/orders/?countries=SE"),
        ("billing_names=a%3Bb", "/norce/se/orders/?billing_names=a&billing_names=b"),
        ("preset=today&date_from=2020-01-01", "/norce/se/orders/?preset=today"),
        ("preset=custom&date_from=2026-01-01", "/norce/se/orders/?date_from=2026-01-01"),
        ("preset=custom", "/norce/se/orders/"),
        ("sort=-created", "/norce/se/orders/"),
        ("date_from=31-31-2025", "/norce/se/orders/?date_from=31-31-2025"),
        ("size=50", "/norce/se/orders/?size=50"),
        ("size=25", "/norce/se/orders/"),
        ("page=3", "/norce/se/orders/?size=25&page=3"),
        ("page=abc&size=-1", "/norce/se/orders/"),
        ("page=%D9%A3&size=1e9", "/norce/se/orders/"),
        ("unknown=1&search=x", "/norce/se/orders/?search=x"),
    ],
)
def test_an_address_is_tidied(written: str, tidy: str) -> None:
    assert tidied(written) == tidy


NAMES = [*OrderFilterSet.base_filters, "page", "size", "unknown"]
WRITTEN = st.sampled_from(
    [
        "",
        " ",
        "SE",
        "sweden;no",
        "a@b.se, c",
        "2026-11-22",
        "31-31-2025",
        "today",
        "custom",
        "foo",
        "+46 70",
        "\0",
        "-created",
    ]
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), WRITTEN | st.text(max_size=20)), max_size=8))
def test_no_query_breaks_the_list_and_a_tidy_address_stays_as_it_is(pairs: list[tuple[str, str]]) -> None:
    with timezone.override("Europe/Stockholm"):
        once = tidied(urlencode([(name, value.encode("utf-8", "ignore")) for name, value in pairs]))
        again = QueryDict(once.partition("?")[2])
        filters = read(once.partition("?")[2])
        address = read_address(again, filters, 25, SE)
        assert address.here == once
        assert says_the_same(again, address)
        assert on_the_wire(filters.params)


@pytest.mark.parametrize(
    ("query", "label", "value"),
    [
        ("status=completed&status=accepted", "Order state", "Completed, Accepted"),
        ("countries=SE&countries=NO", "Order country", "Sweden, Norway"),
        ("preset=7-days", "Created", "Last 7 days"),
        ("date_from=2026-11-01&date_to=2026-11-03", "Created", "Nov 1, 2026 to Nov 3, 2026"),
        ("date_from=2026-11-01", "Created", "from Nov 1, 2026"),
        ("date_to=2026-11-03", "Created", "until Nov 3, 2026"),
        ("search=x", "Search", "x"),
    ],
)
def test_a_chip_says_the_filter_in_words(query: str, label: str, value: str) -> None:
    filters = read(query)
    (chip,) = chips(filters, read_address(QueryDict(query), filters, 25, SE))
    assert (chip.label, chip.value, chip.problem) == (label, value, "")
    assert chip.remove == "/norce/se/orders/"


def test_removing_a_chip_leaves_the_others_and_goes_to_the_first_page() -> None:
    query = "status=completed&countries=SE&countries=NO&page=4"
    filters = read(query)
    first, second = chips(filters, read_address(QueryDict(query), filters, 25, SE))
    assert (first.remove, second.remove) == (
        "/norce/se/orders/?countries=SE&countries=NO",
        "/norce/se/orders/?status=completed",
    )
    assert second.edit.endswith("edit=countries#f-countries")


def test_a_tab_changes_the_state_and_nothing_else() -> None:
    address = Address({"search": ["x"], "status": ["completed"]}, 25, page=3, channel=SE)
    found = {tab.word: tab for tab in tabs(address)}
    assert found["Any state"].url == "/norce/se/orders/?search=x"
    assert found["Declined"].url == "/norce/se/orders/?search=x&status=declined"
    assert [tab.word for tab in tabs(address) if tab.is_current] == ["Completed"]


def test_a_stretch_of_days_replaces_another() -> None:
    address = Address({"status": ["completed"], "date_from": ["2026-01-01"]}, 25, channel=SE)
    found = {tab.word: tab.url for tab in stretches(address, read("date_from=2026-01-01").stretch)}
    assert found["Today"] == "/norce/se/orders/?status=completed&preset=today"
    assert found["Any time"] == "/norce/se/orders/?status=completed"


def test_countries_are_read_in_the_readers_language_and_in_english() -> None:
    with translation.override("sv"):
        assert params("countries=%C3%96sterrike,Norway")["countries"] == ["AT", "NO"]
        assert params("countries=Tyskland,Norway")["countries"] == ["DE", "NO"]


def test_countries_are_read_as_they_call_themselves() -> None:
    query = "countries=Sverige,norge,DEUTSCHLAND,Suomi,Danmark,Nederland,%C3%96sterreich"
    assert params(query)["countries"] == ["SE", "NO", "DE", "FI", "DK", "NL", "AT"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("070-123 45 67", "0701234567"),
        ("+46 (0)70 123 45 67", "+46701234567"),
        ("0046 70-1234567", "+46701234567"),
        ("(08) 12 34 56", "08123456"),
        ("1234", ""),
        ("1" * 16, ""),
        ("12345 a", ""),
        ("+", ""),
    ],
)
def test_a_phone_number_is_read_without_its_signs(written: str, number: str) -> None:
    assert compact(written) == number


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        ("0701234567", ["0701234567"]),
        ("070-123 45 67", ["070-123 45 67", "0701234567"]),
        ("+46701234567", ["+46701234567", "0701234567"]),
        ("+47 901 23 456", ["+47 901 23 456", "+4790123456", "90123456"]),
        ("+358 40 1234567", ["+358 40 1234567", "+358401234567", "0401234567"]),
        ("00491701234567", ["00491701234567", "+491701234567", "01701234567"]),
    ],
)
def test_a_phone_number_is_asked_for_in_each_way_that_it_may_be_written(written: str, ways: list[str]) -> None:
    assert spellings(written) == ways
