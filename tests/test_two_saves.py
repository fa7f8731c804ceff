"""Two requests that write one row at the same time: neither brings back what the other one ended."""

import ast
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts.models import Preference
from accounts.people import services
from accounts.people.services import Rights
from accounts.sessions import begin_next_epoch
from audit.log import Who
from audit.models import Entry
from payments.models import Limit
from tests.between import after_reading
from tests.conftest import PASSWORD, ClientOf
from tests.forms import filled
from tests.test_architecture import modules

WHO = Who("astrid")
CHOICES: dict[str, tuple[str, dict[str, str], int]] = {
    "the form of all preferences": ("preferences", {"time_zone": "Europe/Oslo", "theme": "dark", "page_size": "50"}, 2),
    "the list's own menu": ("rows-per-page", {"size": "50", "next": "/norce/se/orders/"}, 1),
}
"""Name of the page, what is sent, and how often the row is read before it is written."""


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("has_row", [True, False], ids=["chose before", "never chose"])
def test_sessions_that_were_ended_while_a_preference_was_saved_stay_ended(
    support: User, client_of: ClientOf, choice: str, has_row: bool
) -> None:
    if has_row:
        Preference.objects.create(user=support)
    here, elsewhere = client_of(support), client_of(support)
    name, fields, times = CHOICES[choice]
    with after_reading("accounts_preference", lambda: begin_next_epoch(support), times=times):
        assert here.post(reverse(name), fields).status_code == 302
    assert Preference.objects.get(user=support).session_epoch == 1
    assert {client.get(reverse("preferences")).status_code for client in (here, elsewhere)} == {302}


@pytest.mark.parametrize("address", ["/norce/se/orders/?size=50", "/norce/se/orders/", "/accounts/preferences/"])
def test_sessions_that_were_ended_while_a_page_was_read_stay_ended(
    support: User, client_of: ClientOf, address: str
) -> None:
    Preference.objects.create(user=support)
    client = client_of(support)
    with after_reading("accounts_preference", lambda: begin_next_epoch(support)):
        client.get(address)
    assert client.get("/accounts/preferences/").status_code == 302


def test_one_choice_leaves_another_one_of_the_same_moment_alone(support: User, client_of: ClientOf) -> None:
    one, other = client_of(support), client_of(support)
    one.post(reverse("preferences"), {"theme": "light", "page_size": "25", "channel": "norce/no"})
    with after_reading("accounts_preference", lambda: other.post(reverse("rows-per-page"), {"size": "100"})):
        one.post(reverse("help-read"))
    kept = Preference.objects.get(user=support)
    assert (kept.page_size, kept.channel, kept.theme, kept.knows_the_desk) == (100, "norce/no", "light", True)


def test_an_account_that_is_deactivated_while_its_password_is_changed_stays_deactivated(
    support: User, client_of: ClientOf
) -> None:
    client = client_of(support)
    new = {"oldpassword": PASSWORD, "password1": "wholly new battery", "password2": "wholly new battery"}
    with after_reading("accounts_channelgrant", lambda: services.set_active(WHO, support, False)):
        client.post(reverse("account_change_password"), new)
    kept = User.objects.get(pk=support.pk)
    assert not kept.is_active
    assert kept.check_password("wholly new battery")


def test_a_right_that_was_taken_while_other_rights_were_given_is_not_given_back(
    admin: User, support: User, client_of: ClientOf
) -> None:
    extras = frozenset({"accounts.execute_payment_action"})
    services.change_rights(WHO, support, Rights("support", frozenset({"*/*"}), extras))
    where, client = reverse("person-detail", args=[support.pk]), client_of(admin)
    form = client.get(where).context["form"].initial | {"role": "manager", "password": PASSWORD}

    def take() -> None:
        services.change_rights(WHO, User.objects.get(pk=support.pk), Rights("support", frozenset({"*/*"})))

    with after_reading("django_content_type", take):
        answer = client.post(where, form)
    assert (answer.status_code, "Somebody else has changed these rights" in answer.content.decode()) == (422, True)
    assert services.rights_of(User.objects.get(pk=support.pk)) == Rights("support", frozenset({"*/*"}))


@pytest.fixture
def limit(db: None) -> Limit:
    return Limit.objects.create(role="admin", merchant="norce", channel="se", currency="SEK", per_action=500)


def post_limit(client: Client, limit: Limit, meanwhile: Callable[[], object]) -> str:
    where = reverse("limit-edit", args=[limit.pk])
    form = filled(client.get(where), where, {"per_order": "900", "password": PASSWORD})  # type: ignore[arg-type]
    with after_reading("payments_limit", meanwhile):
        answer = client.post(where, form)
    assert answer.status_code == 422
    return answer.content.decode()


def test_a_limit_that_a_colleague_sets_at_the_same_moment_is_not_overwritten(
    admin: User, client_of: ClientOf, limit: Limit
) -> None:
    says = post_limit(client_of(admin), limit, lambda: Limit.objects.update(per_action=100))
    assert "Somebody else has changed this limit" in says
    kept = Limit.objects.get()
    assert (kept.per_action, kept.per_order) == (Decimal(100), None)


def test_a_limit_that_is_deleted_while_it_is_changed_does_not_come_back(
    admin: User, client_of: ClientOf, limit: Limit
) -> None:
    post_limit(client_of(admin), limit, lambda: Limit.objects.all().delete())
    assert not Limit.objects.exists()


def test_the_log_says_what_a_deleted_limit_was_when_it_was_deleted(
    admin: User, client_of: ClientOf, limit: Limit
) -> None:
    with after_reading("payments_limit", lambda: Limit.objects.update(per_action=100)):
        client_of(admin).post(reverse("limit-delete", args=[limit.pk]), {"password": PASSWORD})
    entry = Entry.objects.filter(action="payment.limit.delete").latest("sequence")
    assert {change.field: change.old for change in entry.changes}["per_action"] == "100"


def test_no_code_of_the_desk_writes_a_whole_row_that_may_be_there_already() -> None:
    """A save names its fields, or makes a new row."""
    guarded = {"update_fields", "force_insert"}
    careless = [
        f"{name}:{node.lineno}"
        for name, path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
        if not guarded & {keyword.arg for keyword in node.keywords}
    ]
    assert careless == []
