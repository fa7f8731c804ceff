"""Which channels are asked for what was pasted, and what is said where one is down or the budget is used up."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import User

from gateway.in_process import answer
from tests.conftest import ClientOf, person
from tests.orders.orders_in_the_sandbox import put
from tests.pasted.pasting import lines_of, looked_up, number, paste, without

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_connections")]


def test_a_channel_that_is_down_is_named_and_nothing_is_called_not_found_for_it(
    support: User, client_of: ClientOf
) -> None:
    put(number(1), number(2, "no"), number(3, "dk"))
    client = client_of(support)
    with without("no"):
        where = paste(client, "SE-100001", "NO-100002", "DK-100003", "SE-999999")
        page = looked_up(client, where)
    found = lines_of(page)
    assert "Not found in 5 channels; did not answer: norce/no" in found[1] and found[3].endswith(
        found[1][len("2 NO-100002 ") :]
    )
    assert "DK-100003 norce/dk" in found[2]
    assert "<b>norce/no</b> did not answer to 2 lines" in " ".join(page.split())
    assert client.post(f"{where}again/", {"channel": "norce/no"}).status_code == 302
    page = looked_up(client, where)
    found = lines_of(page)
    assert "NO-100002 norce/no" in found[1] and found[3] == "4 SE-999999 Not found in 6 channels"
    assert "did not answer" not in page


def test_a_channel_that_is_down_is_missed_only_where_something_may_be_there(support: User, client_of: ClientOf) -> None:
    put(number(1), number(3, "dk"))
    client = client_of(support)
    with without("no"):
        page = looked_up(client, paste(client, "SE-100001", "DK-100003"))
        assert "did not answer" not in page
        page = looked_up(client, paste(client, "sa.lindstrm@example.se", "SE-100001"))
    assert "Did not answer: norce/no" in lines_of(page)[0]
    assert "<b>norce/no</b> did not answer to one line" in " ".join(page.split())


def test_where_the_own_channel_is_down_the_others_are_asked_all_the_same(support: User, client_of: ClientOf) -> None:
    put(number(2, "no"))
    client = client_of(support)
    with without("se"):
        found = lines_of(looked_up(client, paste(client, "NO-100002", "SE-999999")))
    assert "NO-100002 norce/no" in found[0] and "did not answer: norce/se" in found[1]


def test_a_channel_that_is_down_is_not_asked_for_every_line(support: User, client_of: ClientOf) -> None:
    client, asked = client_of(support), []

    def counted(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        asked.append(dict(headers)["x-channel"])
        if asked[-1] == "no":
            raise TimeoutError
        return answer(method, path, query, headers, body)

    with mock.patch("gateway.connection.answer", counted):
        looked_up(client, paste(client, *(f"SE-{900000 + n}" for n in range(30))))
    assert asked.count("no") <= 3 and asked.count("dk") == 30


def test_what_is_found_in_the_own_channel_is_asked_of_no_other(support: User, client_of: ClientOf) -> None:
    put(*(number(n) for n in range(1, 21)))
    client, asked = client_of(support), []

    def counted(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        asked.append(dict(headers)["x-channel"])
        return answer(method, path, query, headers, body)

    with mock.patch("gateway.connection.answer", counted):
        looked_up(client, paste(client, *(f"SE-{100000 + n}" for n in range(1, 21))))
    assert asked == ["se"] * 20


def test_a_reference_is_asked_for_first_where_references_are_known_to_begin_so(
    support: User, client_of: ClientOf
) -> None:
    put(number(1), *(number(n, "no") for n in range(2, 8)))
    client, asked = client_of(support), []

    def counted(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        asked.append(dict(headers)["x-channel"])
        return answer(method, path, query, headers, body)

    with mock.patch("gateway.connection.answer", counted):
        looked_up(client, paste(client, "NO-100002", "NO-100003"))
        assert "se" in asked
        asked.clear()
        looked_up(client, paste(client, *(f"NO-{100000 + n}" for n in range(4, 8)), "SE-100001"))
    assert sorted(asked) == ["no"] * 4 + ["se"]


def test_where_the_budget_is_used_up_it_says_so_and_goes_on_later(
    support: User, client_of: ClientOf, settings: Any
) -> None:
    put(*(number(n) for n in range(1, 9)))
    settings.FAN_OUT_CALLS_A_MINUTE = 4  # of which one is left to the others
    client = client_of(support)
    with time_machine.travel(dt.datetime(2026, 11, 29, 10, 0, 5, tzinfo=dt.UTC), tick=False):
        where = paste(client, *(f"SE-{100000 + n}" for n in range(1, 9)))
        client.force_login(support)
        headers = {"HX-Request": "true", "HX-Target": "pasted-state"}
        part = client.post(f"{where}on/", {"done": 0}, headers=headers).content.decode()
    assert "3 of 8 looked up" in part and "goes on by itself in the next one" in part
    assert part.count("<tbody") == 3 and "load delay:10s" in part
    settings.FAN_OUT_CALLS_A_MINUTE = 1200
    with time_machine.travel(dt.datetime(2026, 11, 29, 10, 1, 5, tzinfo=dt.UTC), tick=False):
        part = client.post(f"{where}on/", {"done": 3}, headers=headers).content.decode()
    assert "8 of 8 looked up" in part and "load delay" not in part and part.count("<tbody") == 5


@pytest.mark.django_db(transaction=True)
def test_the_channels_are_asked_side_by_side(client_of: ClientOf) -> None:
    put(*(number(n) for n in range(1, 6)), *(number(n, "no") for n in range(6, 11)))
    client = client_of(person("support"))
    where = paste(
        client, *(f"SE-{100000 + n}" for n in range(1, 6)), *(f"NO-{100000 + n}" for n in range(6, 11)), "X-99999"
    )
    assert "10 found, 1 not found" in " ".join(looked_up(client, where).split())
