"""The one box: an order of any channel by whatever a caller says, each channel's answer by itself."""

import html
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from accounts.channels import Channel
from accounts.models import ChannelGrant
from gateway.in_process import answer
from orders.finding.addresses import order_url
from orders.finding.asking import MOST_CALLS
from orders.finding.recent import MOST, word_of
from orders.list.met import met_in
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import address, an_order, put
from tests.orders.pages import text_of
from tests.wire import answered_by

pytestmark = pytest.mark.django_db
SE, NO = Channel("norce", "se"), Channel("norce", "no")
ALL = ("norce/se", "norce/no", "norce/dk", "nordlys/de", "nordlys/fi", "nordlys/nl")
PHONE = "+47 913 55 012"


@pytest.fixture(autouse=True)
def fresh(fresh_connections: None) -> None:
    cache.clear()


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    """Orders in two channels of six."""
    put(
        an_order("here", reference="SE-100591"),
        an_order(
            "there",
            channel="no",
            reference="NO-200100",
            customer={"type": "person", "billing": address("Kari", "Nordmann-Ås", phone=PHONE, email="k@n.no")},
        ),
        *(an_order(f"more{letter}", channel="no", reference=f"NO-30000{n}") for n, letter in enumerate("abcdefg")),
    )
    return client_of(support)


def looked(desk: Client, said: str, **more: Any) -> str:
    """All that the box was told, in the order in which it came."""
    response: Any = desk.post("/find/answers/", {"said": said, "ask": "all", **more})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def pieces(markup: str) -> list[str]:
    return [words(piece) for piece in markup.split("\x1e")]


def failing(*channels: str) -> Any:
    """The Order API, silent about these channels."""

    def behave(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        if dict(headers).get("x-channel") in channels:
            raise TimeoutError
        return answer(method, path, query, headers, body)

    return answered_by(behave)


@pytest.mark.parametrize(
    "said",
    ["NO-200100", "no-200100", "200100", "91355012", "0047 913 55 012", "+4791355012", "k@n.no", "K@N.NO",
     "Nordmann Ås", "Kari Nordmann-Ås", "nordmann as", "o_there"],
)  # fmt: skip
def test_the_one_order_of_an_unknown_channel_is_opened_whatever_the_caller_says(desk: Client, said: str) -> None:
    response = desk.post("/find/", {"said": said})
    assert (response.status_code, response.headers.get("Location")) == (302, order_url(NO, "o_there"))


def test_each_channel_answers_for_itself_the_own_one_first(desk: Client) -> None:
    came = pieces(looked(desk, "NO-30000", own="norce/no"))
    assert came[0].split(" looking… ")[0] == "norce/no"
    assert came[0].count("looking…") == 6
    assert came[1].startswith("norce/no 7 NO-30000")
    assert "All 7 in norce/no" in came[1]
    assert came[1].count("NO-30000") == 5
    assert [piece.split()[1] for piece in came[2:7]] == ["none"] * 5
    assert came[7] == "More than 5 orders."


def test_one_order_in_all_is_said_to_be_the_one(desk: Client) -> None:
    assert 'data-one="sure"' in looked(desk, PHONE)
    by_a_word = looked(desk, "Nordmann")
    assert "data-one" in by_a_word, "so that Enter opens it"
    assert "sure" not in by_a_word, "somebody may be about to type more"
    assert "data-one" not in looked(desk, "NO-30000")


def test_nothing_is_said_once_all_have_answered_with_the_ways_that_were_tried(desk: Client) -> None:
    last = pieces(looked(desk, "073-999 99 99"))[-2]
    assert last.startswith("Nothing. Looked in 6 channels as phone 073-999 99 99, 0739999999, +46739999999")
    assert "reference" in last


def test_a_channel_that_does_not_answer_is_named_and_can_be_asked_again(desk: Client) -> None:
    with failing("no"):
        came = looked(desk, "SE-100591")
        told = pieces(came)
        assert "norce/no did not answer Try norce/no again" in told
        assert told[-2] == "One order. One channel of 6 did not answer."
        assert "data-one" not in came, "there may be another one"
        assert pieces(looked(desk, PHONE))[-2] == "Nothing so far: one channel of 6 did not answer."
    again = pieces(looked(desk, PHONE, ask="norce/no", channels=5))
    assert again[1].startswith("norce/no 1 NO-200100 Kari Nordmann-Ås")
    assert again[-2] == "One order."


def test_a_channel_that_refuses_the_desk_is_not_called_silent(desk: Client) -> None:
    def behave(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        if dict(headers).get("x-channel") == "no":
            return 401, [("content-type", "application/json")], b'{"status": 401}'
        return answer(method, path, query, headers, body)

    with answered_by(behave):
        told = pieces(looked(desk, "SE-100591"))
    assert "norce/no The Order API does not accept the token. Try norce/no again" in told


def test_the_page_without_a_script_says_what_did_not_answer(desk: Client) -> None:
    with failing("dk", "de"):
        page = desk.post("/find/", {"said": "SE-100591"})
    said = text_of(page)
    assert page.status_code == 200
    assert "One order. 2 channels of 6 did not answer." in said
    assert "norce/dk did not answer" in said
    assert f'href="{order_url(SE, "o_here")}"' in page.content.decode()


def test_the_own_channel_alone_is_asked_while_somebody_types(desk: Client) -> None:
    told = pieces(looked(desk, "SE-100591", ask="own", own="norce/se"))
    assert told[1].startswith("norce/se 1 SE-100591")
    assert told[-2] == "One order. Looks in 5 more channels."
    rest = looked(desk, "SE-100591", ask="rest", own="norce/se", channels=1, hits=1, identified=1)
    assert "norce/se" not in rest
    assert 'data-one="sure"' in rest


def test_nobody_is_asked_about_a_channel_that_is_not_theirs(client_of: ClientOf, newcomer: User, desk: Client) -> None:
    assert desk.post("/find/answers/", {"said": "SE-100591", "ask": "norce/xx"}).status_code == 404
    user = User.objects.get(username="support")
    ChannelGrant.objects.filter(user=user).delete()
    ChannelGrant.objects.create(user=user, merchant="norce", channel="se")
    narrow = client_of(user)
    assert pieces(looked(narrow, PHONE))[-2].startswith("Nothing. Looked in one channel")
    assert narrow.post("/find/answers/", {"said": PHONE, "ask": "norce/no"}).status_code == 404


@pytest.mark.parametrize("said", ["735551234", "#4471903", "4471903", "+46 73 555 12 34", "Ek Karin Ängla", "a@b.se"])
def test_no_channel_is_asked_more_often_than_it_may(desk: Client, said: str) -> None:
    for channel in ALL:
        met_in(channel, [mock.Mock(currency=None, prefix=prefix) for prefix in ("A-", "B-", "C-")])
    asked: Counter[str] = Counter()

    def count(*call: Any) -> Any:
        asked["/".join(dict(call[3])[name] for name in ("x-merchant", "x-channel"))] += 1
        return answer(*call)

    with answered_by(count):
        looked(desk, said)
    assert set(asked) == set(ALL)
    assert max(asked.values()) <= MOST_CALLS


def test_what_is_typed_stands_in_no_log(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        looked(desk, "kari.nordmann@example.no")
        desk.post("/find/", {"said": "kari.nordmann@example.no"})
    assert "kari" not in caplog.text


def test_a_search_that_came_later_in_the_same_tab_ends_the_one_before(desk: Client) -> None:
    first: Any = desk.post("/find/answers/", {"said": "SE-100591", "ask": "all", "tab": "one"})
    answers = iter(first.streaming_content)
    assert b"looking" in next(answers)
    other: Any = desk.post("/find/answers/", {"said": "SE-100", "ask": "all", "tab": "two"})
    assert b"norce/se" in next(answers), "a search in another tab is another search"
    desk.post("/find/answers/", {"said": "SE-1005", "ask": "own", "tab": "one"})
    assert list(answers) == []
    assert b"data-ended" in b"".join(other.streaming_content)


def test_a_budget_that_is_used_up_is_said_for_the_channel(desk: Client, settings: Any) -> None:
    settings.FAN_OUT_CALLS_A_MINUTE = 1
    told = pieces(looked(desk, "SE-100591"))
    assert told[1].startswith("norce/se 1 SE-100591")
    assert "norce/no was not asked: too much is being looked for at the moment Try norce/no again" in told


def test_a_whole_text_is_not_looked_for_as_it_is(desk: Client) -> None:
    with failing("se", "no", "dk", "de", "fi", "nl"):
        page = desk.post("/find/", {"said": "Hej, var är min beställning? " * 5})
    assert page.status_code == 200
    assert "did not answer" not in text_of(page)


# --- What it says while it is empty


def opened(desk: Client, channel: Channel, order_id: str, reference: str = "") -> int:
    return desk.post("/find/opened/", {"order": word_of(channel, order_id, reference)}).status_code


def recent(desk: Client) -> list[str]:
    return re.findall(r'href="([^"]+)"', desk.get("/find/start/").content.decode())


def test_the_orders_that_a_person_opened_last_stand_first_over_all_channels(desk: Client) -> None:
    assert recent(desk) == []
    for n in range(MOST + 2):
        assert opened(desk, NO, f"o_{n}", f"NO-{n}") == 204
    assert opened(desk, SE, "o_here", "SE-100591") == 204
    assert opened(desk, NO, "o_5", "NO-5") == 204
    urls = recent(desk)
    assert urls[:2] == [order_url(NO, "o_5"), order_url(SE, "o_here")]
    assert len(urls) == len(set(urls)) == MOST


def test_an_orders_page_says_what_is_to_be_kept_and_opening_it_keeps_nothing(desk: Client) -> None:
    page = desk.get(order_url(SE, "o_here")).content.decode()
    assert recent(desk) == []
    found = re.search(r'data-opened-order="([^"]+)"', page)
    assert found
    assert desk.post("/find/opened/", {"order": html.unescape(found[1])}).status_code == 204
    assert recent(desk) == [order_url(SE, "o_here")]


def test_nothing_but_what_a_page_said_is_kept(desk: Client) -> None:
    assert desk.post("/find/opened/", {"order": json.dumps(["norce", "se", "o_x", "x"])}).status_code == 400
    assert desk.get("/find/opened/").status_code == 405
    assert recent(desk) == []


def test_an_order_of_a_channel_that_was_taken_away_is_shown_no_more(client_of: ClientOf, desk: Client) -> None:
    opened(desk, NO, "o_there")
    opened(desk, SE, "o_here")
    user = User.objects.get(username="support")
    ChannelGrant.objects.filter(user=user).delete()
    ChannelGrant.objects.create(user=user, merchant="norce", channel="se")
    assert recent(client_of(user)) == [order_url(SE, "o_here")]


# --- Keys


def test_the_keys_are_a_page_too_and_name_the_places_that_one_may_go_to(
    client_of: ClientOf, desk: Client, admin: User
) -> None:
    said = text_of(desk.get("/keys/"))
    assert "G O Orders" in said
    assert "Audit log" not in said.split("Keys", 1)[1]
    assert "G L Audit log" in text_of(client_of(admin).get("/keys/"))


def test_the_keys_of_the_page_come_first_and_those_of_one_letter_are_gone_for_who_switched_them_off(
    desk: Client, support: User
) -> None:
    dialog: Callable[[], str] = lambda: text_of(  # noqa: E731
        desk.get("/keys/?on=order", headers={"HX-Request": "true", "HX-Target": "dialog"})
    )
    assert "On an order N Write a note" in dialog()
    assert "On the list of orders" not in dialog()
    support.preference.single_keys = False
    support.preference.save()
    assert "Write a note" not in dialog()
    assert "Ctrl K" in dialog()
    assert "You switched off keys of one letter" in dialog()
