"""Who else is at an order: told to those who may see it, everybody once, for a minute, at one statement a beat."""

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.channels import Channel
from audit.models import Entry
from teamwork import presence
from teamwork.models import Presence
from teamwork.presence import Spot
from tests.conftest import ClientOf, person
from tests.orders.orders_in_the_sandbox import an_order, put

pytestmark = pytest.mark.django_db
SE = Channel("norce", "se")
WHERE = reverse("presence", args=(SE,))
WHO = ("accounts_session", "auth_user")
Beat = Callable[..., dict[str, str]]


def named(role: str, first: str, last: str, account: str) -> User:
    user = person(role)
    user.username, user.first_name, user.last_name = account, first, last
    user.save()
    return user


@pytest.fixture
def anna(db: None) -> User:
    return named("support", "Anna", "Berg", "anna")


@pytest.fixture
def johan(db: None) -> User:
    return named("manager", "Johan", "Ek", "johan")


@pytest.fixture
def beat(client_of: ClientOf) -> Beat:
    """`beat(anna, "edit")`: what a page of hers says, and is answered."""
    clients: dict[int, Client] = {}

    def say(who: User, mode: str = "view", what: str = "", *, order: str = "o_one", tab: str = "tab-0001") -> Any:
        if who.pk not in clients:
            clients[who.pk] = client_of(who)
        answer = clients[who.pk].post(WHERE, {"order": order, "page": tab, "mode": mode, "what": what})
        assert answer.status_code == 200
        words = {part: text.rpartition('class="says">')[2] for part, text in answer.json().items()}
        return {part: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for part, text in words.items()}

    return say


def statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [each["sql"] for each in queries if "sandbox_" not in each["sql"]]


def names(found: list[presence.Here]) -> list[tuple[str, str]]:
    return [(each.name, each.mode) for each in found]


# What is said


def test_each_is_told_of_the_other_and_nobody_of_themselves(anna: User, johan: User, beat: Beat) -> None:
    assert beat(anna) == {"here": "", "word": ""}
    assert beat(johan)["here"] == "Anna Berg looks at this order"
    assert beat(anna)["here"] == "Johan Ek looks at this order"


@pytest.mark.parametrize(
    ("mode", "what", "says"),
    [
        ("edit", "", "Johan Ek is changing this order"),
        ("money", "refund", "Johan Ek is preparing a refund"),
        ("money", "CAPTURE", "Johan Ek is preparing a capture"),
        ("money", "cancel", "Johan Ek is preparing a cancellation"),
        ("money", "<b>", "Johan Ek is preparing a payment action"),
        ("edit", "refund", "Johan Ek is changing this order"),
        ("dance", "", "Johan Ek looks at this order"),
    ],
)
def test_what_somebody_does_is_said(anna: User, johan: User, beat: Beat, mode: str, what: str, says: str) -> None:
    beat(johan, mode, what)
    assert beat(anna)["here"] == says


def test_those_at_work_come_first_and_a_form_hears_of_them_alone(anna: User, johan: User, beat: Beat) -> None:
    beat(johan)
    beat(named("admin", "Eva", "Ny", "eva"), "money", "refund")
    said = beat(anna, "edit")
    assert said["here"] == "Eva Ny is preparing a refund · Johan Ek looks at this order"
    assert said["word"].startswith("Eva Ny is preparing a refund since ") and "Johan" not in said["word"]
    assert "You can go on all the same." in said["word"]


def test_of_many_the_head_names_three(anna: User, beat: Beat) -> None:
    for number in range(5):
        user = User.objects.create_user(f"p{number}", first_name=f"P{number}")
        presence.beat(user, Spot(SE, "o_one", "tab-0001"), "view")
    assert beat(anna)["here"].endswith("· and 2 more")


def test_a_name_is_written_as_text(anna: User, client_of: ClientOf) -> None:
    user = User.objects.create_user("x", first_name="<script>alert(1)</script>")
    presence.beat(user, Spot(SE, "o_one", "tab-0001"), "edit")
    said = client_of(anna).post(WHERE, {"order": "o_one", "page": "tab-0001", "mode": "edit"}).json()
    assert "<script" not in said["here"] + said["word"] and html.escape("<script>") in said["here"]


def test_since_when_is_since_they_began_with_it(anna: User, johan: User, beat: Beat) -> None:
    beat(johan, "view")
    beat(johan, "edit")
    began = Presence.objects.get(person=johan).since
    beat(johan, "edit")
    (here,) = presence.others(anna, SE, "o_one")
    assert here.since == began
    beat(johan, "money", "refund")
    assert Presence.objects.get(person=johan).since > began


# Who counts, where and for how long


def test_two_tabs_are_one_person_by_what_they_do_most(anna: User, johan: User, beat: Beat) -> None:
    beat(johan, "money", "refund", tab="tab-0001")
    beat(johan, "view", tab="tab-0002")
    assert beat(anna)["here"] == "Johan Ek is preparing a refund"
    assert names(presence.others(anna, SE, "o_one")) == [("Johan Ek", "money")]


def test_closing_one_of_two_tabs_leaves_the_other(anna: User, johan: User, beat: Beat, client_of: ClientOf) -> None:
    beat(johan, "edit", tab="tab-0001")
    beat(johan, tab="tab-0002")
    gone = {"order": "o_one", "page": "tab-0001", "gone": "1"}
    assert client_of(johan).post(WHERE, gone).status_code == 204
    assert beat(anna)["here"] == "Johan Ek looks at this order"


@pytest.mark.parametrize("is_first", [True, False], ids=["before its first beat", "after one"])
def test_a_beat_that_was_on_its_way_when_its_page_was_closed_comes_too_late(
    anna: User, johan: User, beat: Beat, client_of: ClientOf, is_first: bool
) -> None:
    if not is_first:
        beat(johan, "edit")
    client_of(johan).post(WHERE, {"order": "o_one", "page": "tab-0001", "gone": "1"})
    beat(johan, "edit")
    assert presence.others(anna, SE, "o_one") == [] and beat(anna)["here"] == ""
    beat(johan, "view", tab="tab-0002")  # the page came back as it was: with another number
    assert beat(anna)["here"] == "Johan Ek looks at this order"


def test_nobody_closes_the_page_of_somebody_else_nor_takes_it_over(anna: User, johan: User, beat: Beat) -> None:
    beat(johan, "edit", tab="tab-0001")
    presence.leave(anna, Spot(SE, "o_one", "tab-0001"))
    assert beat(anna, "view", tab="tab-0001")["here"] == "Johan Ek is changing this order"
    assert Presence.objects.filter(page="tab-0001").count() == 2


def test_after_a_minute_without_a_beat_somebody_is_gone(anna: User, johan: User, beat: Beat) -> None:
    beat(johan)
    Presence.objects.update(until=timezone.now() + dt.timedelta(seconds=1))
    assert presence.others(anna, SE, "o_one")
    assert Presence.objects.get().until - timezone.now() < presence.LASTS
    Presence.objects.update(until=timezone.now())
    assert beat(anna)["here"] == "" and presence.others(anna, SE, "o_one") == []


def test_a_beat_lasts_for_three(johan: User, beat: Beat) -> None:
    beat(johan)
    left = Presence.objects.get().until - timezone.now()
    assert presence.BEATS_EVERY * 2.9 < left.total_seconds() <= 60


def test_another_order_and_the_same_number_in_another_channel_are_other_orders(
    anna: User, johan: User, beat: Beat
) -> None:
    beat(johan, order="o_two")
    presence.beat(johan, Spot(Channel("norce", "no"), "o_one", "tab-0009"), "edit")
    assert beat(anna) == {"here": "", "word": ""}
    assert presence.at_orders(anna, SE, ["o_one"]) == {}


def test_a_page_that_goes_on_to_another_order_is_not_at_the_first_any_more(anna: User, johan: User, beat: Beat) -> None:
    beat(johan)
    beat(johan, order="o_two")
    assert presence.others(anna, SE, "o_one") == [] and presence.others(anna, SE, "o_two")


def test_who_has_not_the_channel_is_told_nothing(johan: User, beat: Beat, client_of: ClientOf) -> None:
    beat(johan)
    other = person("support")
    other.channel_grants.all().delete()
    other.channel_grants.create(merchant="norce", channel="no")
    client, said = client_of(other), {"order": "o_one", "page": "tab-0001"}
    assert (client.post(WHERE, said).status_code, client.get(WHERE, {"order": "o_one"}).status_code) == (404, 404)
    theirs = reverse("presence", args=(Channel("norce", "no"),))
    assert client.post(theirs, said).json() == {"here": "", "word": ""}
    assert client.get(theirs, {"order": "o_one"}).json() == {}


def test_who_may_not_see_orders_is_refused(visitor: Client, newcomer: User, client_of: ClientOf) -> None:
    said = {"order": "o_one", "page": "tab-0001"}
    assert client_of(newcomer).post(WHERE, said).status_code == 403
    assert visitor.post(WHERE, said).status_code in (204, 403)
    assert not Presence.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"order": "o_one"},
        {"order": "", "page": "tab-0001"},
        {"order": "o" * 201, "page": "tab-0001"},
        {"order": "o_one", "page": "short"},
        {"order": "o_one", "page": "x" * 37},
        {"order": "o_one", "page": "tab 0001"},
        {"order": "o\0", "page": "tab-0001"},
    ],
    ids=str,
)
def test_what_no_page_says_is_refused(anna: User, client_of: ClientOf, said: dict[str, str]) -> None:
    assert client_of(anna).post(WHERE, said).status_code == 400


def test_without_the_token_of_its_forms_nothing_is_taken(anna: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna)
    assert strict.post(WHERE, {"order": "o_one", "page": "tab-0001"}).status_code == 403
    assert not Presence.objects.exists()


# What it costs, and what it leaves behind


def test_a_beat_is_one_statement_beside_whose_it_is(anna: User, johan: User, beat: Beat) -> None:
    beat(johan, "edit")
    beat(anna)
    asked = statements(lambda: beat(anna))
    assert len(asked) == len(WHO) + 1, asked
    assert "teamwork_presence" in asked[-1] and asked[-1].lstrip().startswith("INSERT")


def test_a_beat_leaves_the_session_as_it_was_and_nothing_in_the_log(anna: User, beat: Beat) -> None:
    beat(anna)
    before = Entry.objects.count()
    writes = [sql for sql in statements(lambda: beat(anna)) if not sql.lstrip().startswith("SELECT")]
    assert len(writes) == 1 and "teamwork_presence" in writes[0]
    assert Entry.objects.count() == before


def test_what_is_over_is_thrown_away_when_a_page_begins(anna: User, johan: User, beat: Beat) -> None:
    for number in range(presence.TIDIED_AT_ONCE + 5):
        presence.beat(johan, Spot(SE, "o_one", f"tab-{number:04}"), "view")
    Presence.objects.update(until=timezone.now() - presence.LASTS - dt.timedelta(seconds=1))
    beat(anna)
    assert Presence.objects.count() == 5 + 1
    beat(anna, tab="tab-0002")
    assert Presence.objects.count() == 2


# On the pages


@pytest.fixture
def order(db: None) -> Iterator[str]:
    put(an_order("one"), an_order("two"))
    yield "o_one"


def test_the_orders_page_has_the_place_and_asks_nothing_for_it(anna: User, order: str, client_of: ClientOf) -> None:
    client, where = client_of(anna), reverse("order-detail", args=(SE, order))
    page = client.get(where).content.decode()
    assert 'data-presence="here"' in page and f'data-order="{order}" data-mode="view"' in page
    assert not [sql for sql in statements(lambda: client.get(where)) if "teamwork_presence" in sql]


def test_a_form_says_who_has_one_open_at_one_statement(
    anna: User, johan: User, order: str, beat: Beat, client_of: ClientOf
) -> None:
    client, where = client_of(anna), reverse("billing-edit", args=(SE, order))
    beat(johan)
    page = client.get(where).content.decode()
    assert 'data-presence="word"' in page and 'data-mode="edit"' in page
    assert "Johan Ek" not in page, "who looks is in nobody's way"
    beat(johan, "money", "refund")
    page = client.get(where).content.decode()
    assert "Johan Ek is preparing a refund" in page
    assert re.search(r"since\s+<time", page)
    asked = statements(lambda: client.get(where))
    assert len([sql for sql in asked if "teamwork_presence" in sql]) == 1


def test_a_list_is_told_who_has_its_orders_open_in_one_statement(
    anna: User, johan: User, order: str, beat: Beat, client_of: ClientOf
) -> None:
    beat(johan, "edit")
    client = client_of(anna)
    assert f'data-presence-list="{WHERE}"' in client.get(reverse("order-list", args=(SE,))).content.decode()
    where = f"{WHERE}?order=o_one&order=o_two&order=o_nothing"
    assert client.get(where).json() == {"o_one": {"initials": ["JE"], "says": "Johan Ek is changing this order"}}
    assert client_of(johan).get(where).json() == {}, "of themselves nobody is told"
    assert len(statements(lambda: client.get(where))) == len(WHO) + 1


def test_it_can_be_switched_off(anna: User, order: str, client_of: ClientOf, settings: Settings) -> None:
    settings.PRESENCE = False
    client = client_of(anna)
    assert client.post(WHERE, {"order": order, "page": "tab-0001"}).status_code == 404
    assert client.get(WHERE, {"order": order}).status_code == 404
    of_order = [reverse(name, args=(SE, order)) for name in ("order-detail", "billing-edit")]
    addresses = [reverse("order-list", args=(SE,)), *of_order]
    pages = [client.get(where).content.decode() for where in addresses]
    assert not [page for page in pages if "data-presence" in page]
    assert not Presence.objects.exists()
