"""What a new version does to the people who are there already."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

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
