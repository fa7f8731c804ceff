"""One table of every address of the desk and who may open it. An address that is not in it fails the test.

Each one that is about an order is tried with an order of the person's own channel and with one of a
channel that was not given to them.
"""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import ChannelGrant
from accounts.roles import ROLES
from tests.conftest import ClientOf, person
from tests.forms import IN_DIALOG, OF_ONE_ORDER, ROUTES, TYPED, Fields, address, filled, put_note, put_order, send
from tests.pages_of_people import PAGES, PEOPLE, TO_SIGN_IN
from tests.wire import Call, listening


def test_every_address_stands_in_the_table_and_nothing_else() -> None:
    assert [(name, route) for name, route in ROUTES.items() if name not in PAGES] == []
    assert [name for name in PAGES if name not in ROUTES] == []


class Answer(NamedTuple):
    status: int
    leads_to_sign_in: bool


def ask(client: Client, name: str) -> Answer:
    page = PAGES[name]
    response = getattr(client, page.method)(reverse(name, kwargs=dict(page.kwargs)))
    return Answer(response.status_code, response.headers.get("Location", "").startswith(reverse("account_login")))


def told(name: str, who: str) -> Answer:
    status = getattr(PAGES[name], who)
    return Answer(status, who == "visitor" and status == TO_SIGN_IN)


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_what_the_table_says(who: str, visitor: Client, client_of: ClientOf) -> None:
    client = visitor if who == "visitor" else client_of(person("" if who == "newcomer" else who))
    answers = {name: ask(client, name) for name in PAGES}
    assert {name: answer for name, answer in answers.items() if answer != told(name, who)} == {}


def test_the_permission_decides_and_not_the_name_of_the_group(client_of: ClientOf) -> None:
    stripped = client_of(person("admin"))
    Group.objects.get(name="admin").permissions.clear()
    guarded = [name for name, page in PAGES.items() if page.newcomer == 403]
    answers = {name: ask(stripped, name).status for name in guarded}
    assert {name: status for name, status in answers.items() if status != 403} == {}


def test_a_superuser_needs_no_group(db: None, client_of: ClientOf) -> None:
    assert ask(client_of(User.objects.create_superuser("root")), "order-list").status == 200


def test_the_table_knows_every_role() -> None:
    assert set(ROLES) == set(PEOPLE) - {"visitor", "newcomer"}


@pytest.mark.parametrize("path", ["order/api/v0/checkout/orders", "order/openapi.json", "no/such/path"])
def test_the_sandbox_asks_nobody_to_sign_in(visitor: Client, path: str) -> None:
    response = visitor.get(settings.SANDBOX_PREFIX + path)
    assert response.status_code != TO_SIGN_IN
    assert "sessionid" not in response.cookies


def test_a_signed_in_browser_is_no_token_for_the_sandbox(support: User, client_of: ClientOf) -> None:
    path = f"{settings.SANDBOX_PREFIX}order/api/v0/checkout/orders"
    headers = {"x-merchant": "norce", "x-channel": "se"}
    assert client_of(support).get(path, headers=headers).status_code == 401


# Own and foreign channels

OWN, FOREIGN = "norce/se", "norce/no"
FOUR = ("visitor", "support", "manager", "admin")
FROM_LEAST_TO_MOST = ("visitor", "support", pytest.param("manager", marks=pytest.mark.rest), "admin")
"""Where channels are what it is about, and the role is not."""
ABOUT_ORDERS = ("order-list", "order-find", "order-create", *OF_ONE_ORDER)
ONLY_READ = {"order-detail", "order-raw", "order-timeline", "note-history", "payment-list", "payment-detail"} | {
    "payment-transactions", "shipping-list", "shipping-detail", "order-before", "order-after",
    "order-customer", "order-customer-line",
}  # fmt: skip
ASKED_WITH_A_FORM = {"order-customer-channel", "order-customer-found"}
"""These change nothing: what they are asked with is about people, and nothing for an address
(tests/customer/test_page.py)."""
CHANGES = [name for name in OF_ONE_ORDER if name not in ONLY_READ | ASKED_WITH_A_FORM]
KEPT_HERE = {"note-create", "note-edit", "order-identity", "payment-action-ask"} | {
    "attention-take", "attention-aside",
    "task-create", "task-hand-over", "task-done", "task-take", "task-give-back",
}  # fmt: skip
"""What these change is the desk's own: notes, tasks, what is asked for, and the log, which says who saw an identity
number."""
# All that a page, a script or a hand can say about the channel: in the address, in a header, in a form.
CLAIMS: tuple[dict[str, Any], ...] = (
    {
        "QUERY_STRING": f"channel={FOREIGN}&merchant=norce&x-channel=no",
        "headers": {"X-Merchant": "norce", "X-Channel": "no"},
    },
    {"data": {"channel": FOREIGN, "merchant": "norce"}},
)


class Orders(NamedTuple):
    """What the addresses of three orders in OWN are made of: one of OWN, one that is FOREIGN's, and one that does not
    exist; and of the second one's in FOREIGN."""

    own: dict[str, str]
    foreign: dict[str, str]
    missing: dict[str, str]
    over_there: dict[str, str]


class Somebody(NamedTuple):
    """One of PEOPLE, who was given OWN and nothing else; the notes on the orders are theirs, from
    when they had both channels."""

    user: User
    client: Client
    orders: Orders

    def another_order(self, name: str) -> dict[str, str]:
        """What the addresses of one more order of theirs are made of."""
        return put_note(put_order(f"o_Own{name.title().replace('-', '')}", OWN), self.user)


@pytest.fixture
def somebody(visitor: Client, client_of: ClientOf) -> Callable[[str], Somebody]:
    def make(who: str) -> Somebody:
        user = person({"visitor": "support", "newcomer": ""}.get(who, who))
        own, foreign = (
            put_note(put_order(f"o_{name}", channel), user) for name, channel in (("Own", OWN), ("Foreign", FOREIGN))
        )
        user.channel_grants.all().delete()
        ChannelGrant.objects.create(user=user, merchant="norce", channel="se")
        client = visitor if who == "visitor" else client_of(user)
        return Somebody(
            user,
            client,
            Orders(own, {**foreign, "channel": OWN}, {**foreign, "channel": OWN, "order_id": "o_Missing"}, foreign),
        )

    return make


@pytest.fixture
def form_of(client_of: ClientOf) -> Callable[[str, dict[str, str]], Fields]:
    """A form about an order as somebody would send it who may do everything: with the seals that belong to it."""

    def fill(name: str, ids: dict[str, str]) -> Fields:
        author = User.objects.get()
        User.objects.filter(pk=author.pk).update(is_superuser=True)
        client, where = client_of(author), address(name, ids)
        fields = filled(client.get(where, headers=IN_DIALOG), where, TYPED.get(name, {}))  # type: ignore[arg-type]
        User.objects.filter(pk=author.pk).update(is_superuser=False)
        return fields

    return fill


def seen(answer: Any) -> tuple[int, str, str]:
    """Status, where to, and the page, without what is another one each time: the order's id,
    tokens, the id of the request."""
    page = re.sub(r"o_(Foreign|Missing)\b", "o_…", answer.content.decode())
    page = re.sub(r'(name="csrfmiddlewaretoken" value|"X-CSRFToken")[=:] ?"\w+"', "…", page)
    page = re.sub(r"<code>[0-9a-f]{32}-\d+</code>", "…", page)
    return answer.status_code, answer.headers.get("Location", "").replace("o_Foreign", "o_Missing"), page


def reached(calls: list[Call]) -> set[str]:
    return {call.channel for call in calls}


def test_only_these_addresses_of_an_order_take_no_form(admin: User, client_of: ClientOf) -> None:
    client, ids = client_of(admin), put_note(put_order("o_Own"), admin)
    assert {name for name in OF_ONE_ORDER if client.post(address(name, ids)).status_code == 405} == ONLY_READ


def like_missing(page: str, foreign: Any, missing: Any, status: int) -> Iterator[str]:
    """What tells an order of another channel from one that does not exist, or either from what the table says."""
    if missing.status_code != status:
        yield f"{page}: an order that does not exist gets {missing.status_code}, not {status}"
    if seen(foreign) != seen(missing):
        yield f"{page}: an order of another channel is unlike one that does not exist"


def elsewhere(page: str, calls: list[Call]) -> Iterator[str]:
    if others := reached(calls) - {OWN}:
        yield f"{page}: reached {others}"


@pytest.mark.parametrize("who", FROM_LEAST_TO_MOST)
def test_an_order_of_another_channel_is_exactly_like_one_that_does_not_exist(
    who: str, somebody: Callable[[str], Somebody]
) -> None:
    _, client, orders = somebody(who)
    wrong: list[str] = []
    for name in OF_ONE_ORDER:
        status = getattr(PAGES[name], who)
        with listening() as calls:
            own, foreign, missing = (client.get(address(name, ids)) for ids in orders[:3])
        if own.status_code != (200 if status == 404 else status):
            wrong.append(f"{name}: their own order gets {own.status_code}")
        wrong += [*like_missing(name, foreign, missing, status), *elsewhere(name, calls)]
    assert wrong == []


@pytest.mark.parametrize("who", FROM_LEAST_TO_MOST)
def test_the_addresses_of_another_channel_are_not_found_whatever_stands_behind_them(
    who: str, somebody: Callable[[str], Somebody]
) -> None:
    _, client, orders = somebody(who)
    missing = {**orders.over_there, "order_id": "o_Missing", "channel": "norce/nowhere"}
    wrong: list[str] = []
    with listening() as calls:
        for name in ABOUT_ORDERS:
            there, nowhere = (client.get(address(name, ids)) for ids in (orders.over_there, missing))
            posted = client.post(address(name, orders.over_there), {"reference": "X"})
            expected = TO_SIGN_IN if who == "visitor" else 404
            if {there.status_code, nowhere.status_code, posted.status_code} != {expected}:
                wrong.append(f"{name}: {there.status_code}, {nowhere.status_code}, {posted.status_code}")
    assert (wrong, calls) == ([], [])


@pytest.mark.parametrize("who", FROM_LEAST_TO_MOST)
def test_no_change_reaches_an_order_of_another_channel(
    who: str, somebody: Callable[[str], Somebody], form_of: Callable[[str, dict[str, str]], Fields]
) -> None:
    _, client, orders = somebody(who)
    wrong: list[str] = []
    for name in CHANGES:
        there = form_of(name, orders.over_there)
        with listening() as calls:
            foreign, missing = (client.post(address(name, ids), there) for ids in (orders.foreign, orders.missing))
        wrong += [*like_missing(name, foreign, missing, getattr(PAGES[name], who)), *elsewhere(name, calls)]
        wrong += [f"{name}: {call.operation}" for call in calls if call.writes]
    assert wrong == []


@pytest.mark.parametrize("who", FOUR)
def test_a_change_is_sent_by_who_may_and_in_their_own_channel_alone(
    who: str, somebody: Callable[[str], Somebody]
) -> None:
    them = somebody(who)
    wrong: list[str] = []
    for name in CHANGES:
        if getattr(PAGES[name], who) != 404:
            continue
        with listening() as calls:
            own = send(them.client, address(name, them.another_order(name)), TYPED.get(name, {}))
        expected = 200 if name in ("order-validate", "order-identity") else 302, 0 if name in KEPT_HERE else 1
        if (got := (own.status_code, len([call for call in calls if call.writes]))) != expected:
            wrong.append(f"{name}: status and writes are {got}, not {expected}")
        wrong += elsewhere(name, calls)
    assert wrong == []


@pytest.mark.parametrize("who", ["visitor", "newcomer", "support", "manager"])
def test_a_change_by_who_may_not_is_refused_before_anything_is_asked(
    who: str, somebody: Callable[[str], Somebody], form_of: Callable[[str, dict[str, str]], Fields]
) -> None:
    """What is sent is the form of somebody who may, filled in."""
    _, client, orders = somebody(who)
    wrong: list[str] = []
    for name in ["order-create", *CHANGES]:
        if (status := getattr(PAGES[name], who)) == 404:
            continue
        form = form_of(name, orders.own)
        with listening() as calls:
            own = client.post(address(name, orders.own), form)
        if (own.status_code, calls) != (status, []):
            wrong.append(f"{name}: {own.status_code}, not {status}, and {calls}")
        if status == 403 and "Your role does not include it" not in own.content.decode():
            wrong.append(f"{name}: it does not say why")
    assert wrong == []


def linked(client: Client, ids: dict[str, str]) -> set[str]:
    """The changes to which the list's page, the order's page and its timeline lead, by the names of their addresses."""
    names = ("order-list", "order-detail", "order-timeline", "payment-list", "consents-edit")
    pages = [client.get(address(name, ids)).content.decode() for name in names]
    paths = {html.unescape(path) for page in pages for path in re.findall(r'href="(/norce/se/orders/[^"?#]*)', page)}
    return {str(resolve(path).url_name) for path in paths} & {"order-create", *CHANGES}


def test_no_page_leads_to_a_change_that_its_reader_may_not_make(
    somebody: Callable[[str], Somebody], client_of: ClientOf
) -> None:
    user, client, orders = somebody("admin")
    all_links = linked(client, orders.own)
    assert len(all_links) > 20
    for role in ("support", "manager"):
        user.groups.set([Group.objects.get(name=role)])
        allowed = {name for name in all_links if getattr(PAGES[name], role) in (200, 404)}
        asks = set() if "payment-action-execute" in allowed else {"payment-action-ask"}
        assert linked(client_of(user), orders.own) == allowed | asks


@pytest.mark.parametrize("who", FROM_LEAST_TO_MOST)
def test_naming_a_channel_that_was_not_given_reaches_nothing_there(
    who: str, somebody: Callable[[str], Somebody]
) -> None:
    """Whom the table does not let in claims only what is not answered before the permission is looked at."""
    _, client, orders = somebody(who)
    wrong: list[str] = []
    for name in ABOUT_ORDERS:
        where = address(name, orders.foreign)
        is_let_in = getattr(PAGES[name], who) in (200, 302, 404) and who != "visitor"
        with listening() as calls:
            for claim in CLAIMS if is_let_in else CLAIMS[:1]:
                client.get(where, **claim)
                client.post(where, **claim)
        wrong += elsewhere(name, calls)
        wrong += [f"{name}: {call.operation}" for call in calls if call.writes]
    assert wrong == []


@pytest.mark.parametrize("who", FOUR)
def test_an_order_of_another_channel_can_be_copied_as_little_as_one_that_does_not_exist(
    who: str, somebody: Callable[[str], Somebody]
) -> None:
    _, client, orders = somebody(who)
    where = reverse("order-create", args=["norce/se"])
    with listening() as calls:
        own, foreign, missing = (client.get(where, {"from": ids["order_id"]}) for ids in orders[:3])
    status = getattr(PAGES["order-create"], who)
    assert (own.status_code, missing.status_code) == (status, 404 if status == 200 else status)
    assert seen(foreign) == seen(missing)
    assert reached(calls) <= {OWN}
