"""The page about data protection cannot leave anything out: every table and every column of text is declared, and what
the page says follows the settings."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as now
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from operations.data_protection.stores import lines, span
from operations.data_protection.tables import TABLES, Store, Table, installed
from operations.data_protection.tidying import cache_table, remove_expired_from_cache
from tests.conftest import ClientOf

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
APPS = {model._meta.app_label for model in MODELS.values()}
NAMES_SOMEBODY = re.compile(r"(^|_)(name|username|ip|agent|email|phone|by)$")
TEXT = (models.TextField, models.JSONField, models.BinaryField, models.EmailField)
NOBODYS_NAME = {
    "overview.Dismissal.check_name", "auth.Permission.name", "auth.Group.name", "auth.Permission.codename",
    "django_tasks_database.DBTaskResult.queue_name", "django_tasks_database.DBTaskResult.backend_name",
    "sandbox.Order.billing_email", "sandbox.Order.shipping_email", "sandbox.Order.billing_phone",
    "sandbox.Order.shipping_phone", "payments.Evidence.by",
}  # fmt: skip
"""Of a check, a right, a queue; of customers who do not exist; an account's name in what is proof as a whole."""
DECLARED = [(label, TABLES[label]) for label in MODELS if label in TABLES]


def test_every_table_is_declared() -> None:
    assert sorted(MODELS.keys() - TABLES.keys()) == []


def test_nothing_is_declared_that_is_not_there() -> None:
    """But for what apps have that this desk does not use."""
    assert [label for label in TABLES if label not in MODELS and label.partition(".")[0] in APPS] == []


def columns(table: Table) -> list[str]:
    return [*table.texts, *table.proof, *table.plain]


@pytest.mark.parametrize(("label", "table"), DECLARED)
def test_every_column_that_may_say_something_of_a_person_is_declared(label: str, table: Table) -> None:
    fields = {field.name: field for field in MODELS[label]._meta.concrete_fields}
    named = {column for _reference, column in table.names}
    declared = {*columns(table), *named, *table.people, *table.secret}
    assert sorted(declared - fields.keys()) == [], "declared, and not there"
    assert len(columns(table)) == len(set(columns(table))), "declared twice"
    accounts = {name for name, field in fields.items() if field.related_model is User}
    assert accounts == set(table.people)
    said = {
        name
        for name, field in fields.items()
        if name not in accounts
        and not field.is_relation
        and (isinstance(field, TEXT) or (isinstance(field, models.CharField) and NAMES_SOMEBODY.search(name)))
        and f"{label}.{name}" not in NOBODYS_NAME
    }
    assert sorted(said - declared) == [], "not declared"
    assert {reference for reference, _column in table.names} <= {*table.people, ""}


@pytest.mark.parametrize(("label", "table"), [(label, table) for label, table in DECLARED if table.order is not None])
def test_what_is_about_an_order_leads_to_it(label: str, table: Table) -> None:
    for column in ("merchant", "channel", "order_id"):
        MODELS[label]._default_manager.filter(**{f"{table.order}{column}": "x"}).query  # noqa: B018 - FieldError, if not


def test_every_store_has_its_line_and_every_table_stands_on_one() -> None:
    shown = list(lines())
    told = {name for line in shown for name in line.tables}
    assert {model._meta.db_table for model in installed()} <= told
    assert {table.store for table in TABLES.values()} == set(Store)
    assert all(line.what and line.whose and line.until for line in shown)


def test_what_all_processes_share_goes_when_it_is_over(db: None) -> None:
    cache.set("over", 1, 60)
    cache.set("under", 1, 600)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=5), tick=False):
        remove_expired_from_cache()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key FROM {cache_table()}")
        kept = [key for (key,) in cursor.fetchall()]
    assert ":1:under" in kept and ":1:over" not in kept


# --- The page


@pytest.fixture
def desk(support: User, client_of: ClientOf) -> Client:
    return client_of(support)


def told(client: Client) -> dict[str, tuple[str, ...]]:
    """The lines, by their name, as they are read."""
    page = client.get("/data-protection/").content.decode()
    rows = re.findall(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    cells = {
        name: re.findall(r"<td>(.*?)</td>", rest, re.DOTALL) for name, rest in rows
    }  # fmt: skip
    return {html.unescape(name): tuple(" ".join(html.unescape(each).split()) for each in cells[name]) for name in cells}


def test_it_says_what_the_settings_are(desk: Client, settings: Settings) -> None:
    before = told(desk)
    assert before["Index of orders"][2].startswith("400 days after the order was created")
    assert before["Sessions"][2] == "4 hours after the last page, 12 hours after signing in at the latest."
    assert before["Exports and jobs"][2].startswith("7 days")
    settings.INDEX_KEEP_DAYS, settings.EXPORTS_KEPT = 77, dt.timedelta(days=2)
    settings.SESSION_IDLE_TIME, settings.SESSION_TIME = dt.timedelta(minutes=30), dt.timedelta(hours=8)
    after = told(desk)
    assert after["Index of orders"][2].startswith("77 days")
    assert after["Sessions"][2] == "30 minutes after the last page, 8 hours after signing in at the latest."
    assert after["Exports and jobs"][2].startswith("2 days")


def test_the_sandbox_stands_there_only_where_there_is_one(desk: Client) -> None:
    assert ("The sandbox" in told(desk)) is ("sandbox" in now.INSTALLED_APPS)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.timedelta(days=400), "400 days"),
        (dt.timedelta(days=1), "24 hours"),
        (dt.timedelta(hours=12), "12 hours"),
        (dt.timedelta(hours=1.5), "90 minutes"),
        (dt.timedelta(seconds=60), "1 minute"),
        (dt.timedelta(seconds=45), "45 seconds"),
        (dt.timedelta(hours=1, seconds=30), "1.01 hours"),
    ],
)
def test_a_time_is_told_exactly(time: dt.timedelta, words: str) -> None:
    with translation.override("en"):
        assert span(time) == words
