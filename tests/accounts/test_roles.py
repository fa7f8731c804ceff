import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from accounts.entitlements import role_of
from accounts.models import Access
from accounts.roles import EXTRAS, RIGHTS, ROLES


def migrate_again() -> None:
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def permissions_of(role: str) -> set[str]:
    rows = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in rows}


def test_each_role_is_a_group_with_its_permissions(db: None) -> None:
    assert {role: permissions_of(role) for role in ROLES} == ROLES


def test_every_permission_of_the_desk_is_somebodys() -> None:
    offered = {f"accounts.{codename}" for codename, _name in Access._meta.permissions}
    assert offered <= frozenset().union(*ROLES.values())


def test_a_higher_role_may_all_that_a_lower_one_may() -> None:
    assert ROLES["support"] < ROLES["manager"] < ROLES["admin"] == frozenset(RIGHTS)


def test_money_and_personal_data_take_a_permission_of_their_own_that_can_be_given_beside_a_role() -> None:
    assert set(EXTRAS) == {"accounts.execute_payment_action", "accounts.view_personal_data"}
    assert not set(EXTRAS) & ROLES["support"]
    assert "accounts.view_personal_data" not in ROLES["manager"]


def test_the_docs_hold_the_matrix_as_it_is() -> None:
    text = (settings.BASE_DIR / "docs" / "roles.md").read_text()
    header, _rule, *lines = [row for row in text.splitlines() if row.startswith("|")]
    assert cells(header) == ["permission", *ROLES, "lets them"]
    told = {line[0].strip("`"): line[1:] for line in map(cells, lines)}
    assert told == {
        name: [*("yes" if name in ROLES[role] else "" for role in ROLES), str(word)] for name, word in RIGHTS.items()
    }


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_migrating_again_leaves_what_an_admin_took_away_and_gave(db: None) -> None:
    extra = Permission.objects.get(codename="change_user")
    group = Group.objects.get(name="support")
    group.permissions.set([extra])
    migrate_again()
    assert permissions_of("support") == {"auth.change_user"}


def test_a_group_that_was_deleted_comes_back_whole(db: None) -> None:
    Group.objects.get(name="manager").delete()
    migrate_again()
    assert permissions_of("manager") == ROLES["manager"]


def test_a_permission_that_comes_with_a_new_version_reaches_the_groups_that_exist(db: None) -> None:
    Permission.objects.get(content_type__app_label="accounts", codename="add_note").delete()
    assert permissions_of("support") == ROLES["support"] - {"accounts.add_note"}
    migrate_again()
    assert permissions_of("support") == ROLES["support"]


def test_the_roles_survive_a_flush(transactional_db: None) -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert permissions_of("admin") == ROLES["admin"]


@pytest.mark.parametrize(
    ("groups", "word"), [([], ""), (["support"], "Support"), (["support", "admin"], "Admin"), (["other"], "")]
)
def test_the_word_for_a_person_is_that_of_their_highest_role(db: None, groups: list[str], word: str) -> None:
    user = User.objects.create_user("somebody")
    user.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in groups))
    assert str(role_of(user)) == word


def test_a_superuser_is_called_an_admin_and_a_visitor_nothing(db: None) -> None:
    assert str(role_of(User.objects.create_superuser("root"))) == "Admin"
    assert role_of(AnonymousUser()) == ""


def test_the_permissions_have_no_table_of_their_own(db: None) -> None:
    assert apps.get_model("accounts", "Access")._meta.db_table not in connection.introspection.table_names()
