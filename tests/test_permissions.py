"""One table of every address of the desk and who may open it. An address that is not in it fails the test.

Each one that is about an order is tried with an order of the person's own channel and with one of a channel that was not given to them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from accounts.models import ChannelGrant
from accounts.roles import ROLES
from tests.conftest import ClientOf, person
from tests.forms import OF_ONE_ORDER, ROUTES, TYPED, Fields, address, filled, put_note, put_order, send
from tests.wire import Call, listening

PEOPLE = ("visitor", "newcomer", "support", "manager", "admin")
TO_SIGN_IN = 302
ORDER = {"order_id": "NoSuchOrder"}
PAYMENT = ORDER | {"payment_id": "no-such-payment"}
SOMEBODY = {"person_id": "999999"}
SHIPPING = ORDER | {"shipping_id": "no-such-shipping"}
EXECUTION = {"pk": str(UUID(int=0))}


class Page(NamedTuple):
    """The status that each of PEOPLE gets; newcomers have an account and no role."""

    visitor: int
    newcomer: int
    support: int
    manager: int
    admin: int
    kwargs: Mapping[str, str] = {}
    method: str = "get"


def everybody(status: int = 200, kwargs: Mapping[str, str] | None = None) -> Page:
    return Page(status, status, status, status, status, kwargs or {})


def signed_in(status: int = 200, **more: str) -> Page:
    return Page(TO_SIGN_IN, status, status, status, status, **more)  # type: ignore[arg-type]


def who_sees_orders(status: int = 200, kwargs: Mapping[str, str] | None = None) -> Page:
    """Needs accounts.view_order. The orders named here do not exist: whoever may look is told so, the others are not."""
    return Page(TO_SIGN_IN, 403, status, status, status, kwargs or {})


def who_manages_people(status: int = 200, kwargs: Mapping[str, str] | None = None, method: str = "get") -> Page:
    """Needs accounts.manage_people. The person named here does not exist."""
    return Page(TO_SIGN_IN, 403, 403, 403, status, kwargs or {}, method)


PAGES: Mapping[str, Page] = {
    "home": signed_in(302),
    "health": everybody(),
    "account_login": Page(200, 302, 302, 302, 302),
    "account_logout": signed_in(),
    "account_inactive": everybody(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(302),
    "account_reauthenticate": signed_in(),
    "preferences": signed_in(),
    "channel-switch": signed_in(404, method="post"),
    "rows-per-page": signed_in(302, method="post"),
    "person-password": everybody(404, {"token": "no-such-token"}),
    "person-list": who_manages_people(),
    "person-invite": who_manages_people(),
    "person-detail": who_manages_people(404, SOMEBODY),
    "person-link": who_manages_people(404, SOMEBODY, "post"),
    "person-activate": who_manages_people(404, SOMEBODY, "post"),
    "person-deactivate": who_manages_people(404, SOMEBODY, "post"),
    "person-sessions-end": who_manages_people(404, SOMEBODY, "post"),
    "audit-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "audit-export": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "audit-detail": Page(TO_SIGN_IN, 403, 403, 403, 404, {"sequence": "999999"}),
    "order-list": who_sees_orders(),
    "order-find": who_sees_orders(302),
    "order-create": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "order-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "order-detail": who_sees_orders(404, ORDER),
    "order-identity": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"which": "billing"}),
    "order-raw": who_sees_orders(404, ORDER),
    "state-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "reference-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "billing-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "shipping-address-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "order-validate": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "validation-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "validation-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"validation_id": "no-such"}),
    "validation-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"validation_id": "no-such"}),
    "hook-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "hook-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"hook_id": "no-such"}),
    "notification-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "notification-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER | {"notification_id": "no-such"}),
    "shipping-create": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "shipping-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, SHIPPING),
    "shipping-remove": Page(TO_SIGN_IN, 403, 403, 404, 404, SHIPPING),
    "cart-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "order-timeline": who_sees_orders(404, ORDER),
    "note-create": who_sees_orders(404, ORDER),
    "note-history": who_sees_orders(404, ORDER | {"note_id": "1"}),
    "note-edit": who_sees_orders(404, ORDER | {"note_id": "1"}),
    "payment-create": Page(TO_SIGN_IN, 403, 403, 403, 404, ORDER),
    "payment-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-remove": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "transaction-create": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "action-create": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT),
    "payment-action-execute": Page(TO_SIGN_IN, 403, 403, 403, 404, PAYMENT | {"action_id": "no-such"}),
    "execution-result": who_sees_orders(404, EXECUTION),
    "doubt-list": who_sees_orders(),
    "execution-detail": who_sees_orders(404, EXECUTION),
    "execution-proof": who_sees_orders(404, EXECUTION),
    "execution-check": Page(TO_SIGN_IN, 403, 404, 404, 404, EXECUTION, "post"),
    "execution-settle": Page(TO_SIGN_IN, 403, 403, 403, 404, EXECUTION),
    "consents-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-create": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-delete": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER | {"consent_id": "no-such-consent"}),
    "attributes-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "payment-list": who_sees_orders(404, ORDER),
    "payment-detail": who_sees_orders(404, PAYMENT),
    "payment-transactions": who_sees_orders(404, PAYMENT),
    "shipping-list": who_sees_orders(404, ORDER),
    "shipping-detail": who_sees_orders(404, SHIPPING),
    "approval-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "approval-detail": who_sees_orders(404, EXECUTION),
    "approval-approve": Page(TO_SIGN_IN, 403, 403, 403, 404, EXECUTION, "post"),
    "approval-turn-down": Page(TO_SIGN_IN, 403, 403, 403, 404, EXECUTION, "post"),
    "approval-withdraw": Page(TO_SIGN_IN, 403, 404, 404, 404, EXECUTION, "post"),
    "limit-list": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "limit-create": Page(TO_SIGN_IN, 403, 403, 403, 200),
    "limit-edit": Page(TO_SIGN_IN, 403, 403, 403, 404, {"limit_id": "999999"}),
    "limit-delete": Page(TO_SIGN_IN, 403, 403, 403, 404, {"limit_id": "999999"}),
}
CASES = [(name, who) for name in PAGES for who in PEOPLE]


def test_every_address_stands_in_the_table_and_nothing_else() -> None:
    assert [(name, route) for name, route in ROUTES.items() if name not in PAGES] == []
    assert [name for name in PAGES if name not in ROUTES] == []


def ask(client: Client, name: str) -> tuple[int, str]:
    page = PAGES[name]
    response = getattr(client, page.method)(reverse(name, kwargs=dict(page.kwargs)))
    return response.status_code, response.headers.get("Location", "")


@pytest.mark.parametrize(("name", "who"), CASES)
def test_each_person_gets_what_the_table_says(name: str, who: str, visitor: Client, client_of: ClientOf) -> None:
    client = visitor if who == "visitor" else client_of(person("" if who == "newcomer" else who))
    status, location = ask(client, name)
    assert status == getattr(PAGES[name], who)
    to_sign_in = location.startswith(reverse("account_login"))
    assert to_sign_in == (who == "visitor" and PAGES[name].visitor == TO_SIGN_IN)


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.newcomer == 403])
def test_the_permission_decides_and_not_the_name_of_the_group(name: str, client_of: ClientOf) -> None:
    stripped = person("admin")
    Group.objects.get(name="admin").permissions.clear()
    assert ask(client_of(stripped), name)[0] == 403


def test_a_superuser_needs_no_group(db: None, client_of: ClientOf) -> None:
    assert ask(client_of(User.objects.create_superuser("root")), "order-list")[0] == 200


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
ABOUT_AN_ORDER = [(name, who) for name in OF_ONE_ORDER for who in FOUR]
ABOUT_ORDERS = [(name, who) for name in ("order-list", "order-find", "order-create", *OF_ONE_ORDER) for who in FOUR]
ONLY_READ = {"order-detail", "order-raw", "order-identity", "order-timeline", "note-history", "payment-list", "payment-detail"} | {
    "payment-transactions", "shipping-list", "shipping-detail",
}  # fmt: skip
CHANGES = [(name, who) for name, who in ABOUT_AN_ORDER if name not in ONLY_READ]
# All that a page, a script or a hand can say about the channel: in the address, in a header, in a form.
CLAIMS: tuple[dict[str, Any], ...] = (
    {"QUERY_STRING": f"desk-channel={FOREIGN}&channel={FOREIGN}&merchant=norce&x-channel=no"},
    {"headers": {"X-Desk-Channel": FOREIGN}},
    {"headers": {"X-Merchant": "norce", "X-Channel": "no"}},
    {"data": {"desk-channel": FOREIGN, "channel": FOREIGN, "merchant": "norce"}},
)


class Orders(NamedTuple):
    """What the addresses of three orders are made of: one of OWN, one of FOREIGN, and one that does not exist."""

    own: dict[str, str]
    foreign: dict[str, str]
    missing: dict[str, str]


class Somebody(NamedTuple):
    """One of FOUR, who was given OWN and nothing else; the notes on the orders are theirs, from when they had both channels."""

    client: Client
    orders: Orders


@pytest.fixture
def somebody(visitor: Client, client_of: ClientOf) -> Callable[[str], Somebody]:
    def make(who: str) -> Somebody:
        user = person("support" if who == "visitor" else who)
        own, foreign = (
            put_note(put_order(f"o_{name}", channel), user) for name, channel in (("Own", OWN), ("Foreign", FOREIGN))
        )
        user.channel_grants.all().delete()
        ChannelGrant.objects.create(user=user, merchant="norce", channel="se")
        client = visitor if who == "visitor" else client_of(user)
        return Somebody(client, Orders(own, foreign, {**foreign, "order_id": "o_Missing"}))

    return make


@pytest.fixture
def form_of(client_of: ClientOf) -> Callable[[str, dict[str, str]], Fields]:
    """A form about an order as somebody would send it who may do everything: with the seals that belong to it."""

    def fill(name: str, ids: dict[str, str]) -> Fields:
        author = User.objects.get()
        User.objects.filter(pk=author.pk).update(is_superuser=True)
        client, where = client_of(author), address(name, ids)
        client.post(reverse("channel-switch"), {"channel": ids["channel"]})
        fields = filled(client.get(where), where, TYPED.get(name, {}))  # type: ignore[arg-type]
        User.objects.filter(pk=author.pk).update(is_superuser=False)
        return fields

    return fill


def seen(answer: Any) -> tuple[int, str, str]:
    """Status, where to, and the page, without what is another one each time: the order's id, tokens, the id of the request."""
    page = re.sub(r"o_(Foreign|Missing)\b", "o_…", answer.content.decode())
    page = re.sub(r'(name="csrfmiddlewaretoken" value|"X-CSRFToken")[=:] ?"\w+"|<code>[0-9a-f]{32}</code>', "…", page)
    return answer.status_code, answer.headers.get("Location", "").replace("o_Foreign", "o_Missing"), page


def reached(calls: list[Call]) -> set[str]:
    return {call.channel for call in calls}


def test_only_these_addresses_of_an_order_take_no_form(admin: User, client_of: ClientOf) -> None:
    client, ids = client_of(admin), put_note(put_order("o_Own"), admin)
    assert {name for name in OF_ONE_ORDER if client.post(address(name, ids)).status_code == 405} == ONLY_READ


@pytest.mark.parametrize(("name", "who"), ABOUT_AN_ORDER)
def test_an_order_of_another_channel_is_exactly_like_one_that_does_not_exist(
    name: str, who: str, somebody: Callable[[str], Somebody]
) -> None:
    (client, orders), status = somebody(who), getattr(PAGES[name], who)
    with listening() as calls:
        own, foreign, missing = (client.get(address(name, ids)) for ids in orders)
    assert own.status_code == (200 if status == 404 else status)
    assert missing.status_code == status
    assert seen(foreign) == seen(missing)
    assert reached(calls) <= {OWN}


@pytest.mark.parametrize(("name", "who"), CHANGES)
def test_a_change_is_sent_by_who_may_and_in_their_own_channel_alone(
    name: str, who: str, somebody: Callable[[str], Somebody], form_of: Callable[[str, dict[str, str]], Fields]
) -> None:
    (client, orders), status = somebody(who), getattr(PAGES[name], who)
    there = {**form_of(name, orders.foreign), "desk-channel": OWN}
    with listening() as calls:
        foreign, missing = (client.post(address(name, ids), there) for ids in (orders.foreign, orders.missing))
    assert missing.status_code == status
    assert seen(foreign) == seen(missing)
    assert [call for call in calls if call.writes] == []
    assert reached(calls) <= {OWN}
    here, typed = form_of(name, orders.own), TYPED.get(name, {})
    with listening() as calls:
        where = address(name, orders.own)
        own = send(client, where, typed) if status == 404 else client.post(where, here)
    if status == 404:
        assert own.status_code == (200 if name == "order-validate" else 302)
        assert len([call for call in calls if call.writes]) == (0 if name in ("note-create", "note-edit") else 1)
        assert reached(calls) <= {OWN}
    else:
        assert (own.status_code, calls) == (status, [])


@pytest.mark.parametrize(("name", "who"), ABOUT_ORDERS)
def test_naming_a_channel_that_was_not_given_reaches_nothing_there(
    name: str, who: str, somebody: Callable[[str], Somebody]
) -> None:
    client, orders = somebody(who)
    where = address(name, orders.foreign)
    with listening() as calls:
        for claim in CLAIMS:
            client.get(where, **claim)
            client.post(where, **claim)
    assert reached(calls) <= {OWN}
    assert [call for call in calls if call.writes] == []


@pytest.mark.parametrize("who", FOUR)
def test_an_order_of_another_channel_can_be_copied_as_little_as_one_that_does_not_exist(
    who: str, somebody: Callable[[str], Somebody]
) -> None:
    client, orders = somebody(who)
    where = reverse("order-create")
    with listening() as calls:
        own, foreign, missing = (client.get(where, {"from": ids["order_id"]}) for ids in orders)
    status = getattr(PAGES["order-create"], who)
    assert (own.status_code, missing.status_code) == (status, 404 if status == 200 else status)
    assert seen(foreign) == seen(missing)
    assert reached(calls) <= {OWN}
