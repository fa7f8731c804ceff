"""What a new version does to the people who are there already."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.roles import ROLES
from audit.models import Change, Entry
from audit.reading import records
from audit.telling import tell

BEFORE, AFTER = ("accounts", "0003_channels_and_links"), ("accounts", "0004_grants_for_those_here")


@pytest.mark.django_db(transaction=True)
def test_whoever_was_here_before_there_were_grants_keeps_every_channel() -> None:
    try:
        apps = MigrationExecutor(connection)
        apps.migrate([BEFORE])
        user = apps.loader.project_state([BEFORE]).apps.get_model("auth", "User").objects.create(username="old hand")
        executor = MigrationExecutor(connection)
        executor.migrate([AFTER])
        grants = executor.loader.project_state([AFTER]).apps.get_model("accounts", "ChannelGrant").objects
        assert [(g.user_id, g.merchant, g.channel) for g in grants.all()] == [(user.pk, "*", "*")]
    finally:
        latest = MigrationExecutor(connection)
        latest.migrate(latest.loader.graph.leaf_nodes())


EXECUTE = "accounts.execute_payment_action"
SINCE = ("accounts", "0012_managers_execute")


@pytest.fixture
def managers(transactional_db: None) -> Iterator[Group]:
    """Those of a desk of before: they have all that managers had then, and do not execute."""
    MigrationExecutor(connection).migrate([("accounts", "0011_single_keys")])
    group = Group.objects.get(name="manager")
    group.permissions.remove(Permission.objects.get(codename="execute_payment_action"))
    yield group
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    group.permissions.set(Permission.objects.filter(codename__in=[name.partition(".")[2] for name in ROLES["manager"]]))


def upgrade() -> list[Entry]:
    """What the log says of it."""
    last = Entry.objects.order_by("-sequence").first()
    MigrationExecutor(connection).migrate([SINCE])
    return list(Entry.objects.filter(sequence__gt=last.sequence if last else 0))


def rights_of(group: Group) -> set[str]:
    return {f"{label}.{name}" for label, name in group.permissions.values_list("content_type__app_label", "codename")}


def test_managers_who_were_here_before_execute_too_and_the_log_says_since_when(managers: Group) -> None:
    (entry,) = upgrade()
    assert rights_of(managers) == ROLES["manager"]
    assert (entry.action, entry.username, entry.target) == ("role.change", "system:upgrade", "manager")
    assert entry.changes == [Change("rights", [], [EXECUTE])]
    (line,) = tell(records([entry]))
    assert line.sentence == "The desk changed what a role may do"
    assert [change.new for change in line.changes] == ["Execute payment actions"]


def test_managers_whom_an_admin_had_taken_something_from_get_nothing(managers: Group) -> None:
    managers.permissions.remove(Permission.objects.get(codename="change_state"))
    assert upgrade() == []
    assert EXECUTE not in rights_of(managers)


def test_managers_who_executed_already_are_no_news(managers: Group) -> None:
    managers.permissions.add(Permission.objects.get(codename="execute_payment_action"))
    assert upgrade() == []
    assert EXECUTE in rights_of(managers)
