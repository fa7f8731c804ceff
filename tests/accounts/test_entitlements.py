"""What a person was given is read with each request, in one statement, and is what Django's own backend says."""

from collections.abc import Callable

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.backends import Backend
from accounts.entitlements import Entitlements, entitlements_of, person_of_session
from accounts.models import Preference, preference_of
from accounts.sessions import begin_next_epoch
from tests.conftest import ClientOf, person


@pytest.mark.parametrize("role", ["", "support", "manager", "admin"])
def test_permissions_are_those_that_django_itself_finds(db: None, role: str) -> None:
    user = person(role)
    user.user_permissions.add(Permission.objects.get(codename="view_personal_data"))
    user.groups.add(Group.objects.create(name='a, b\'s "group"'))
    fresh = User.objects.get(pk=user.pk)
    assert Backend().get_all_permissions(user) == ModelBackend().get_all_permissions(fresh)


def test_who_is_not_active_a_visitor_and_a_single_object_get_nothing(admin: User) -> None:
    assert Backend().get_all_permissions(admin, obj=admin) == set()
    assert Backend().get_all_permissions(AnonymousUser()) == set()
    admin.is_active = False
    assert Backend().get_all_permissions(admin) == set()
    assert entitlements_of(AnonymousUser()) == Entitlements()


def test_a_superuser_has_everything(db: None) -> None:
    root = User.objects.create_superuser("root")
    assert Backend().get_all_permissions(root) == ModelBackend().get_all_permissions(User.objects.get(pk=root.pk))


def test_a_person_of_a_session_is_the_row_with_preferences_and_entitlements(
    support: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Preference.objects.create(user=support, theme="dark", page_size=100, channel="norce/no")
    with django_assert_num_queries(1):
        found = person_of_session(str(support.pk))
        assert found is not None
        assert preference_of(found).theme == "dark"
        assert entitlements_of(found).grants == (("*", "*"),)
        assert found.has_perm("accounts.view_order")
    assert {**vars(found)}.keys() - vars(support).keys() == {"_entitlements"}
    row = User.objects.get(pk=support.pk)
    assert {field.attname: getattr(found, field.attname) for field in User._meta.concrete_fields} == {
        field.attname: getattr(row, field.attname) for field in User._meta.concrete_fields
    }
    assert preference_of(found) == Preference.objects.get(user=support)


def test_somebody_without_preferences_has_the_defaults_and_nothing_is_written(support: User) -> None:
    found = person_of_session(support.pk)
    assert found is not None
    assert not preference_of(found).pk
    assert preference_of(found).page_size == Preference.PAGE_SIZES[0]
    assert not Preference.objects.exists()


def test_a_session_of_nobody_is_nobodys(db: None) -> None:
    assert person_of_session(4711) is None
    assert Backend().get_user(4711) is None


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    user.set_password("another horse, another battery")
    user.save(update_fields=["password"])


SIGN_IN = reverse("account_login")


@pytest.mark.parametrize("end", [deactivate, change_password, begin_next_epoch, User.delete])
def test_a_session_that_is_over_opens_no_page_any_more(
    support: User, client_of: ClientOf, end: Callable[[User], object]
) -> None:
    client = client_of(support)
    assert client.get("/norce/se/orders/").status_code == 200
    end(support)
    answer = client.get("/norce/se/orders/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, SIGN_IN)


@pytest.mark.parametrize(
    "take",
    [
        lambda user: user.groups.clear(),
        lambda user: Group.objects.get(name="support").permissions.clear(),
        lambda user: Group.objects.filter(name="support").delete(),
        lambda user: user.channel_grants.all().delete(),
        lambda user: Permission.objects.filter(codename="view_order").delete(),
        lambda user: connection.cursor().execute("DELETE FROM auth_user_groups WHERE user_id = %s", [user.pk]),
    ],
)
def test_what_was_taken_away_is_gone_with_the_next_request(
    support: User, client_of: ClientOf, take: Callable[[User], object]
) -> None:
    client = client_of(support)
    assert client.get("/norce/se/orders/").status_code == 200
    take(support)
    assert client.get("/norce/se/orders/").status_code == 403


def statements_of(client_of: ClientOf, user: User, address: str) -> list[str]:
    """What the desk itself asks the database for a page that was shown before; the sandbox has tables of its own."""
    client = client_of(user)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries if "sandbox_" not in query["sql"]]


@pytest.mark.parametrize("role", ["support", "manager", "admin"])
def test_who_is_asking_costs_two_statements_whatever_they_may(db: None, client_of: ClientOf, role: str) -> None:
    statements = statements_of(client_of, person(role), reverse("preferences"))
    others = ("payments_execution", "teamwork_", "orders_batch", 'accounts_preference"."id')
    about = [sql for sql in statements if not any(name in sql for name in others)]
    assert len(about) == 2 + 1, "and what the page itself shows of the account"
