"""One table of every address of the desk and who may open it. An address that is not in it fails the test."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import ROLES
from tests.conftest import ClientOf, person

PEOPLE = ("visitor", "newcomer", "support", "manager", "admin")
TO_SIGN_IN = 302
ORDER = {"order_id": "NoSuchOrder"}
PAYMENT = ORDER | {"payment_id": "no-such-payment"}
SOMEBODY = {"person_id": "999999"}
SHIPPING = ORDER | {"shipping_id": "no-such-shipping"}


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
    "consents-edit": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-create": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER),
    "consent-delete": Page(TO_SIGN_IN, 403, 404, 404, 404, ORDER | {"consent_id": "no-such-consent"}),
    "attributes-edit": Page(TO_SIGN_IN, 403, 403, 404, 404, ORDER),
    "payment-list": who_sees_orders(404, ORDER),
    "payment-detail": who_sees_orders(404, PAYMENT),
    "payment-transactions": who_sees_orders(404, PAYMENT),
    "shipping-list": who_sees_orders(404, ORDER),
    "shipping-detail": who_sees_orders(404, SHIPPING),
}
CASES = [(name, who) for name in PAGES for who in PEOPLE]


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, str | None]]:
    """Every address of the desk with its name; what is behind the sandbox's prefix knows tokens and not people."""
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if route.startswith(settings.SANDBOX_PREFIX):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.name


def test_every_address_stands_in_the_table_and_nothing_else() -> None:
    found = dict(addresses(get_resolver().url_patterns))
    assert [route for route, name in found.items() if name not in PAGES] == []
    assert [name for name in PAGES if name not in found.values()] == []


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
