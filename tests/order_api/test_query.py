"""How the list's filters are written on the wire."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.order_api.servers import Prepared, page


def asked(**query: object) -> list[tuple[str, str]]:
    server = Prepared(page())
    server.api.orders.list(**query)  # type: ignore[arg-type]
    return list(server.requests[0].url.params.multi_items())


def test_limit_and_offset_are_always_sent() -> None:
    assert asked() == [("limit", "25"), ("offset", "0")]
    assert asked(limit=100, offset=200) == [("limit", "100"), ("offset", "200")]


def test_several_values_of_one_filter_are_repeated_keys() -> None:
    assert asked(status=["completed", "declined"], billing_countries=("SE",))[2:] == [
        ("status", "completed"),
        ("status", "declined"),
        ("billing_countries", "SE"),
    ]


def test_what_is_empty_is_not_sent() -> None:
    assert asked(search="", reference=None, status=[], billing_emails=["", None])[2:] == []


def test_a_date_is_sent_as_a_date_and_a_time_in_utc() -> None:
    stockholm = timezone(timedelta(hours=2))
    assert asked(date_from=date(2026, 3, 1), date_to=datetime(2026, 3, 2, 1, 30, tzinfo=stockholm))[2:] == [
        ("date_from", "2026-03-01"),
        ("date_to", "2026-03-01T23:30:00Z"),
    ]
    assert asked(date_from=datetime(2026, 3, 1, tzinfo=UTC))[2:] == [("date_from", "2026-03-01T00:00:00Z")]


def test_a_time_without_a_zone_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="time zone"):
        asked(date_from=datetime(2026, 3, 1))  # noqa: DTZ001


def test_what_a_person_typed_arrives_as_typed() -> None:
    assert asked(search="Åsa & co +46 70=1#%20")[2:] == [("search", "Åsa & co +46 70=1#%20")]
