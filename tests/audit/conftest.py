from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from audit.log import Subject, Who

SERVER = "host=127.0.0.1 port=5432 user=postgres dbname=postgres connect_timeout=3"


@pytest.fixture
def signe() -> Who:
    return Who("signe", 7, "192.0.2.17", "Firefox")


@pytest.fixture
def order() -> Subject:
    """An order that no other test has."""
    return Subject(f"o{uuid4().hex[:10]}", "norce", "se")


@pytest.fixture(scope="session")
def postgres(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The alias of a PostgreSQL database of our own that has the log and nothing else; after the
    last test it has to be whole."""
    try:
        server = psycopg.connect(SERVER, autocommit=True)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL on 127.0.0.1:5432 that trusts the user postgres ({str(error).splitlines()[0]})")
    alias = name = f"audit_{uuid4().hex[:12]}"
    server.execute(f'CREATE DATABASE "{name}"')
    where = {"NAME": name, "HOST": "127.0.0.1", "PORT": "5432", "USER": "postgres", "PASSWORD": ""}
    plain: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
    }
    connections.settings[alias] = {**connections.settings["default"], **where, **plain}
    try:
        with django_db_blocker.unblock():
            MigrationExecutor(connections[alias]).migrate([("audit", "0001_log")])
            yield alias
            call_command("audit_verify", database=alias)
            connections[alias].close()
    finally:
        del connections.settings[alias]
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.close()


@pytest.fixture(params=["default", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each database that the log runs on. Whatever a test does in there is rolled back, dropped triggers with it."""
    if request.param == "default":
        request.getfixturevalue("db")
        yield "default"
        return
    alias: str = request.getfixturevalue("postgres")
    with request.getfixturevalue("django_db_blocker").unblock(), transaction.atomic(using=alias):
        yield alias
        transaction.set_rollback(True, using=alias)
