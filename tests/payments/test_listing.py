"""The list of payments: which rows stand under which tab and filter, and what they come to."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel
from accounts.models import ChannelGrant, keep_preference
from payments.listing import ours, words
from payments.listing.questions import Question, Tab
from payments.listing.sums import tally
from payments.models import Execution, State
from tests.conftest import ClientOf
from tests.payments.conftest import Attempt

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "money"}
NOW = timezone.now()


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


def put(state: str = State.DONE, amount: str | None = "100", **more: Any) -> Execution:
    """An execution as the engine leaves one; `ago`: minutes since it was asked for."""
    number = uuid4().hex[:8]
    asked = NOW - dt.timedelta(minutes=more.pop("ago", 1))
    values = {
        "created_at": asked, "merchant": "norce", "channel": "se", "order_id": f"o_{number}",
        "order_reference": f"SE-{number}", "payment_id": f"p_{number}", "provider": "klarna_checkout_adapter",
        "method": "Klarna", "action_id": "a", "action_type": "refund", "currency": "SEK", "asked_by_name": "admin",
        "baseline": number, "seen_json": "{}", "sent_at": asked,
    }  # fmt: skip
    return Execution.objects.create(state=state, amount=amount and Decimal(amount), **{**values, **more})


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\N{NO-BREAK SPACE}", " ").split())


def shown(desk: Client, **asked: Any) -> list[str]:
    """The references of the rows, in their order."""
    answer = desk.get(reverse("money-list"), asked, follow=True)
    assert answer.status_code == 200
    return [each.split("-")[1] for each in re.findall(r"<bdi>(SE-\w+)</bdi>", answer.content.decode())]


def names(*executions: Execution) -> list[str]:
    return [each.order_reference.split("-")[1] for each in executions]


def sums(desk: Client, **asked: Any) -> str:
    html = desk.get(reverse("money-list"), asked, follow=True).content.decode()
    found = re.search(r'<dl class="sums">.*?</dl>', html, re.DOTALL)
    return text_of(found[0]) if found else ""


def test_what_was_done_through_this_desk_stands_there_newest_first(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    older = put(ago=60)
    html = desk.get(reverse("money-list")).content.decode()
    assert html.index(execution.order_id) < html.index(older.order_reference)
    assert reverse("execution-detail", args=("norce/se", execution.pk)) in html
    assert "Capture Card, through Stripe" in text_of(html).replace(execution.order_id, "").replace("  ", " ")
    assert "SEK Captured 499.00 Refunded 100.00" in sums(desk)
    assert "2 rows · newest first" in text_of(html) and 'data-say="2"' in html


@pytest.mark.parametrize("narrowed", ["nothing", "tab", "person", "channels"])
def test_of_more_than_are_added_up_the_sums_are_of_the_newest(admin: User, manager: User, narrowed: str) -> None:
    for number in range(4):
        put(ago=4 - number, amount=str(10**number), asked_by=manager)
    question = {
        "nothing": Question(),
        "tab": Question(tab=Tab.REFUNDED),
        "person": Question(person=manager.pk),
        "channels": Question(channels=(Channel("norce", "se"),)),
    }[narrowed]
    for most, size, amount in ((3, 3, 1110), (4, 4, 1111), (5, 4, 1111)):
        found = tally(question, admin, most)
        assert (found.size, found.is_capped) == (size, size == most)
        assert [each.amount("refund") for each in found.sums] == [Decimal(amount)]


def test_each_tab_shows_what_it_says(desk: Client) -> None:
    done, doubt, waits, against = (
        put(state) for state in (State.DONE, State.IN_DOUBT, State.WAITING, State.CONTRADICTED)
    )
    assert set(shown(desk)) == set(names(done, doubt, waits, against))
    assert shown(desk, tab="in-doubt") == names(doubt)
    assert shown(desk, tab="waiting") == names(waits)
    assert shown(desk, tab="contradicted") == names(against)
    assert shown(desk, tab="refunded") == names(done)
    put(State.DONE, action_type="capture")
    assert shown(desk, tab="refunded") == names(done)


def test_the_tabs_say_how_many_need_somebody(desk: Client) -> None:
    put(State.IN_DOUBT)
    put(State.PENDING)
    put(State.ASKED)
    text = text_of(desk.get(reverse("money-list")).content.decode())
    assert "In doubt 2 Waiting 1 Refunded Contradicted" in text


def test_currencies_are_never_added_up(desk: Client) -> None:
    put(amount="100")
    put(amount="0.10")
    put(amount="7", currency="eur")
    assert sums(desk) == "EUR Refunded 7.00 SEK Refunded 100.10"


def test_what_is_not_known_or_moved_nothing_is_told_apart(desk: Client) -> None:
    put(amount="100")
    put(State.IN_DOUBT, amount="20")
    put(State.CONTRADICTED, amount="3")
    put(State.REFUSED, amount="4")
    put(State.ASKED, amount="5")
    put(State.DONE, amount="600", moved_amount=Decimal(50))
    assert sums(desk) == (
        "SEK Refunded 150.00 Not settled 23.00 Waiting for a person 5.00 Moved nothing 4.00"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ({"kind": "capture"}, {"action_type": "Capture"}),
        ({"outcome": ["refused", "not_done"]}, {"state": State.NOT_DONE}),
        ({"provider": "stripe"}, {"provider": "stripe_adapter"}),
        ({"provider": "Non-PSP"}, {"provider": "nonpsp_adapter"}),
        ({"amount_from": "99,50", "amount_to": "99.50"}, {"amount": "99.5"}),
        ({"currency": "eur"}, {"currency": "EUR"}),
        ({"channel": "norce/no"}, {"channel": "no"}),
        ({"text": "NO-77"}, {"payment_reference": "psp-no-771"}),
        ({"text": "o_exactly"}, {"order_id": "o_exactly"}),
        ({"preset": "yesterday"}, {"ago": 24 * 60}),
    ],
    ids=str,
)
def test_each_filter_narrows_to_what_it_says(desk: Client, asked: dict[str, Any], hit: dict[str, Any]) -> None:
    put(amount="100")
    wanted = put(**{"amount": "100", **hit})
    assert shown(desk, **asked) == names(wanted)


def test_the_last_day_counts_in_full_in_the_persons_own_zone(desk: Client, admin: User) -> None:
    keep_preference(admin, time_zone="Asia/Tokyo")
    late = put(created_at=dt.datetime(2026, 3, 5, 14, 59, tzinfo=dt.UTC))  # 23:59 in Tokyo
    put(created_at=dt.datetime(2026, 3, 5, 15, 0, tzinfo=dt.UTC))
    assert shown(desk, since="2026-03-05", until="2026-03-05") == names(late)


@pytest.mark.parametrize("much", [0, 2_000])
def test_whoever_did_it_can_be_asked_for_however_much_that_is(
    desk: Client, admin: User, manager: User, monkeypatch: pytest.MonkeyPatch, much: int
) -> None:
    monkeypatch.setattr(ours, "MUCH", much)
    asked = put(asked_by=manager, asked_by_name="manager")
    taken = put(asked_by=admin, taken_by=manager, taken_by_name="manager", ago=2)
    put(asked_by=admin)
    assert shown(desk, person=str(manager.pk)) == names(asked, taken)


def test_only_people_of_ones_own_channels_can_be_asked_for(support: User, client_of: ClientOf) -> None:
    elsewhere = User.objects.create_user("else", "else@example.com", first_name="Else", last_name="Where", pk=888888)
    elsewhere.groups.set(support.groups.all())
    ChannelGrant.objects.create(user=elsewhere, merchant="norce", channel="no")
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
    desk = client_of(support)
    assert "Else Where" not in desk.get(reverse("money-list")).content.decode()
    text = text_of(desk.get(reverse("money-list"), {"person": str(elsewhere.pk)}).content.decode())
    missing = text_of(desk.get(reverse("money-list"), {"person": "999999"}).content.decode())
    assert "not applied" in text and text.replace("888888", "999999") == missing


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "soon"}, {"since": "2026-02-02", "until": "2026-02-01"}, {"amount_from": "1,234"},
        {"amount_from": "9", "amount_to": "8"}, {"currency": "kronor"}, {"kind": "steal"}, {"outcome": "so-so"},
        {"channel": "norce/zz"}, {"person": "me"}, {"stands": "nowhere"}, {"text": "x" * 201}, {"preset": "someday"},
        {"tab": "to-capture", "kind": "refund"}, {"text": "a\x00b" + "x" * 200},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_stays_and_filters_nothing(desk: Client, wrong: dict[str, str]) -> None:
    execution = put()
    html = desk.get(reverse("money-list"), wrong).content.decode()
    assert "not applied" in html and "not filtered by everything" in html
    assert all(value.replace("\x00", "")[:20] in html.replace("\x00", "") for value in wrong.values())
    if "tab" not in wrong:
        assert execution.order_reference in html


def test_a_tab_that_there_is_not_is_all(desk: Client) -> None:
    execution = put()
    assert shown(desk, tab="everything") == names(execution)


def test_a_position_that_cannot_be_read_is_the_beginning(desk: Client) -> None:
    execution = put()
    for wrong in ("x", "1-2", "1-9-1", f"1-1-{2**70}", "9" * 70 + "-0-0", "-1-0-00", "1-0-zz"):
        assert shown(desk, after=wrong) == shown(desk, before=wrong) == names(execution)


def test_pages_hold_every_row_once_forwards_and_back(desk: Client) -> None:
    every = [put(ago=n // 3) for n in range(11)]  # three of each moment
    html, seen = desk.get(reverse("money-list"), {"size": "4"}).content.decode(), []
    pages = []
    while True:
        pages.append(re.findall(r"<bdi>SE-(\w+)</bdi>", html))
        seen += pages[-1]
        older = re.search(r'href="([^"]+)"[^>]* rel="next"', html)
        if not older:
            break
        html = desk.get(older[1].replace("&amp;", "&")).content.decode()
    assert sorted(seen) == sorted(names(*every)) and [len(page) for page in pages] == [4, 4, 3]
    back = []
    while newer := re.search(r'href="([^"]+)"[^>]* rel="prev"', html):
        html = desk.get(newer[1].replace("&amp;", "&")).content.decode()
        back.append(re.findall(r"<bdi>SE-(\w+)</bdi>", html))
    assert back == pages[-2::-1]


def test_new_rows_do_not_shift_those_that_are_read(desk: Client) -> None:
    for n in range(4):
        put(ago=n + 5)
    html = desk.get(reverse("money-list"), {"size": "2"}).content.decode()
    older = re.search(r'href="([^"]+)"[^>]* rel="next"', html)
    assert older
    rows = re.findall(r"<bdi>(SE-\w+)</bdi>", desk.get(older[1].replace("&amp;", "&")).content.decode())
    put()
    again = re.findall(r"<bdi>(SE-\w+)</bdi>", desk.get(older[1].replace("&amp;", "&")).content.decode())
    assert rows == again


def test_a_channel_of_others_is_as_if_it_were_not_there(support: User, client_of: ClientOf) -> None:
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
    mine, _theirs = put(), put(channel="no")
    desk = client_of(support)
    assert shown(desk) == names(mine) and sums(desk) == "SEK Refunded 100.00"
    foreign = desk.get(reverse("money-list"), {"channel": "norce/no"}).content.decode()
    missing = desk.get(reverse("money-list"), {"channel": "norce/xx"}).content.decode()
    token = re.compile(r"[A-Za-z0-9]{64}")
    assert token.sub("", foreign).replace("norce/no", "norce/xx").replace("norce%2Fno", "norce%2Fxx") == token.sub(
        "", missing
    )


def test_whoever_may_not_see_orders_sees_no_payments(newcomer: User, client_of: ClientOf) -> None:
    put()
    assert client_of(newcomer).get(reverse("money-list")).status_code == 403


def test_everybody_who_sees_orders_finds_it_in_the_menu(support: User, client_of: ClientOf) -> None:
    html = client_of(support).get(reverse("money-list")).content.decode()
    nav = re.search(r'<nav class="side".*?</nav>', html, re.DOTALL)
    assert nav and 'href="/payments/" aria-current="page"' in nav[0]


def test_a_channel_that_is_served_no_more_keeps_its_executions(desk: Client) -> None:
    gone = put(channel="closed")
    html = desk.get(reverse("money-list")).content.decode()
    assert gone.order_reference in html
    assert reverse("order-detail", args=("norce/closed", gone.order_id)) not in html


def test_what_was_left_blank_is_taken_out_of_the_address(desk: Client) -> None:
    answer = desk.get(reverse("money-list"), {"kind": "refund", "text": "", "since": " "})
    assert answer.status_code == 302 and answer["Location"] == "/payments/?kind=refund"
    part = desk.get(reverse("money-list"), {"kind": "refund", "text": ""}, headers=HTMX)
    assert part["HX-Push-Url"] == "/payments/?kind=refund" and "<html" not in part.content.decode()


def test_the_pages_of_in_doubt_that_stood_here_are_found(desk: Client) -> None:
    answer = desk.get("/payments/", {"doubts": "2"})
    assert answer.status_code == 302 and answer["Location"] == "/payments/in-doubt/?doubts=2"


@pytest.mark.parametrize("tab", ["", "to-capture", "in-doubt", "waiting", "refunded", "contradicted"])
def test_an_empty_tab_says_what_would_stand_there(desk: Client, tab: str) -> None:
    text = text_of(desk.get(reverse("money-list"), {"tab": tab} if tab else {}).content.decode())
    assert "Nothing " in text and "Payments" in text


def test_nothing_that_fits_says_so_and_leads_back(desk: Client) -> None:
    put()
    html = desk.get(reverse("money-list"), {"text": "nowhere"}).content.decode()
    assert "No payment matches" in html and 'id="x-text" href="/payments/"' in html


def test_the_rows_on_a_page_are_those_that_the_person_prefers(desk: Client, admin: User) -> None:
    keep_preference(admin, page_size=50)
    for _ in range(27):
        put()
    assert len(shown(desk)) == 27 and len(shown(desk, size="25")) == 25


@pytest.mark.parametrize("most", [1, 2_000])
def test_a_piece_is_found_wherever_it_stands_in_a_reference_and_however_many_have_it(
    desk: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(words, "FEW", most)
    one = put(order_reference="SE-one100", payment_reference="psp-ÅÄÖ/7%", ago=1)
    two = put(order_reference="SE-two100", payment_reference='no "words"', ago=2)
    for text, found in (
        ("one1", [one]), ("ONE1", [one]), ("100", [one, two]), ("e1", [one]), ("psp-ÅÄ", [one]), ("/7%", [one]),
        ('"words', [two]), ("o100", [two]), ("one100x", []), (one.order_id, [one]), (two.payment_id, [two]),
        (two.payment_id[:-1], []),
    ):  # fmt: skip
        assert shown(desk, text=text) == names(*found), text
