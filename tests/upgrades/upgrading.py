"""Brings databases of earlier states up to today's, in one process that stands for the new release:
`python -m tests.upgrades.upgrading [NAME …]` prints a line of JSON for each state of states.json.

Each state is made by today's migrations, as far as it had them, filled with rows of every table by the models as they
were then, and migrated to the end. What was written is read before and afterwards, by SQL. DATABASE_URL and DATA_DIR
say where; nothing of that may be there yet.
"""

import datetime as dt
import json
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.apps.registry import Apps  # noqa: E402 - once Django is set up
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.sql import emit_post_migrate_signal  # noqa: E402
from django.db import IntegrityError, connection, connections, models, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from audit import log  # noqa: E402
from audit.actions import AuditAction  # noqa: E402
from audit.verify import verify  # noqa: E402
from operations.schema import schema  # noqa: E402

HERE = Path(__file__).resolve().parent
STATES: dict[str, dict[str, str]] = json.loads((HERE / "states.json").read_text())
BESIDE = ("auth", "contenttypes", "sessions")
"""Applications of Django's that every state had as a whole."""
NOW = dt.datetime(2026, 11, 20, 10, 30, tzinfo=dt.UTC)
PAGES = ("/status/", "/audit/", "/people/", "/payments/")
OF_THE_DESK = {
    "merchant": ("norce",) * 2, "channel": ("se", "no"), "sent_at": (None,) * 2, "axis": ("ra",) * 2,
    "IndexedOrder.currency": ("SEK",) * 2, "IndexedPayment.currency": ("SEK", "EUR"),
    "IndexedPayment.state": ("captured", "reserved"), "IndexedPayment.transactions_at": (None,) * 2,
    "IndexedOrder.status": ("completed", "checkout"), "IndexedPayment.held": (30_000, 40_000),
    "MoneyEvent.event": ("refund", "validate"), "MoneyEvent.is_ours": (False,) * 2, "MoneyEvent.moved": (5_000, None),
}  # fmt: skip
"""Values of both rows that the desk's own rules ask for: channels that there are, nothing that was sent without an
entry, sums by which it is known that there is something to add up, a payment in another currency than its order, one
whose transactions nobody has read, one to be captured, and a refund."""
ENDED = {"orders_lease", "index_ordersum", "index_paymentsum", "sandbox_tally"}
"""Tables whose rows were of the moment and are gone with it, or are made anew from others."""
Rows = dict[str, dict[str, dict[str, Any]]]


def states() -> Iterator[tuple[str, dict[str, str]]]:
    """Those that landed, in their order, and one within the last, from which sums that are kept are counted anew."""
    for name, leaves in STATES.items():
        if name == "all-channels":
            yield "before sums of money", {**leaves, "index": "0003_sorting"}
        yield name, leaves


def migrate_to(leaves: dict[str, str]) -> Apps:
    """To that state, from an earlier one; what comes after a migration comes after it. The models as they were."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    ends = [key for app in BESIDE for key in graph.leaf_nodes(app)] + list(leaves.items())
    plan = executor.migration_plan(ends)
    state = executor.migrate(ends, plan)
    state.clear_delayed_apps_cache()
    emit_post_migrate_signal(0, False, connection.alias, apps=state.apps, plan=plan)
    return state.apps


def fill(apps: Apps, ours: set[str]) -> list[type[models.Model]]:
    """Two rows of every table of these applications, and somebody who may do everything. The models that have some."""
    filled: list[type[models.Model]] = []
    person = apps.get_model("auth", "User").objects.create(username="astrid", is_superuser=True, date_joined=NOW)
    person.groups.add(apps.get_model("auth", "Group").objects.get(name="admin"))
    for app in sorted(ours - {"audit"}):
        for model in apps.get_app_config(app).get_models():
            if model._meta.managed and not model._meta.auto_created:
                for n in (1, 2):
                    make(model, n)
                filled.append(model)
    return filled


def make(model: type[models.Model], n: int) -> models.Model:
    """The nth row, with everything in it, or, where its rules forbid that, with what it has to have."""
    if found := model._default_manager.order_by("pk")[n - 1 : n].first():
        return found
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    fields += [f for f in model._meta.concrete_fields if isinstance(f, models.AutoField) and not f.primary_key]
    for wanted in (fields, [f for f in fields if not f.null]):
        row = model(**{field.name: value_for(field, n) for field in wanted})
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue
        return row
    raise AssertionError(f"No row of {model._meta.label} could be made")


def value_for(field: "models.Field[Any, Any]", n: int) -> Any:  # noqa: PLR0911, PLR0912 - a table
    for name in (field.name, f"{field.model.__name__}.{field.name}"):
        if name in OF_THE_DESK:
            return OF_THE_DESK[name][n - 1]
    if isinstance(field, models.ForeignKey):
        return None if field.null else make(field.related_model, n)
    if field.choices and not isinstance(field, models.BooleanField):
        return next(iter(field.flatchoices))[0]
    match field:
        case models.BooleanField():
            return False
        case models.DateTimeField():
            return NOW + dt.timedelta(minutes=n)
        case models.DateField():
            return NOW.date() + dt.timedelta(days=n)
        case models.UUIDField():
            return uuid.uuid5(uuid.NAMESPACE_URL, f"{field.name}-{n}")
        case models.DecimalField():
            return Decimal(n)
        case models.IntegerField():
            return n
        case models.FloatField():
            return float(n)
        case models.JSONField():
            return field.get_default() if field.has_default() else {}
        case models.BinaryField():
            return b"%d" % n
        case models.TextField() if "json" in field.name or "document" in field.name:
            return "{}"
    return f"{field.name} {n}"[: field.max_length or 200]


def read(tables: list[str]) -> Rows:
    """All rows of these, by table and key, as far as the tables are there; what is no JSON as text."""
    found: Rows = {}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in tables:
            if table in there:
                key = connection.introspection.get_primary_key_column(cursor, table)
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                names = [column[0] for column in cursor.description]
                rows = [dict(zip(names, map(str, row), strict=True)) for row in cursor.fetchall()]
                found[table] = {row[str(key)]: row for row in rows}
    return found


def lost(before: Rows, after: Rows) -> list[str]:
    """What was there and is not, or is otherwise, where there still is a column of that name."""
    found = []
    for table, rows in before.items():
        if table in ENDED:
            continue
        for key, row in rows.items():
            now = after.get(table, {}).get(key)
            if now is None:
                found.append(f"{table} {key}")
                continue
            found += [
                f"{table}.{name} {key}: {value} became {now[name]}"
                for name, value in row.items()
                if name in now and now[name] != value
            ]
    return found


def upgraded(name: str, leaves: dict[str, str]) -> dict[str, Any]:
    """What became of a database of that state, which is the default one now."""
    settings.AUDIT_ANCHOR_DIR = settings.AUDIT_ANCHOR_DIR.with_name(name)
    apps = migrate_to(leaves)
    with transaction.atomic():
        filled = fill(apps, set(leaves))
        log.event(log.Who.system("test"), AuditAction.SIGN_IN)
    tables = ["auth_user", "audit_entry", *(model._meta.db_table for model in filled)]
    before, entries = read(tables), verify().count
    call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
    after, verdict, found = read(tables), verify(), schema()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(username="astrid"))
        answers = {path: client.get(path).status_code for path in PAGES}
        ready = client.get("/readyz").json()["checks"]["database"]["status"]
    return {
        "state": name, "rows": sum(map(len, before.values())), "tables": len(tables), "lost": lost(before, after),
        "fits": found.fits, "entries": [entries, verdict.count], "broken": verdict.broken and verdict.broken.says,
        "answers": answers, "ready": ready, "sums": sums(),
    }  # fmt: skip


def sums() -> dict[str, Any]:
    """How many orders the index's sums count, all and by quarters of days, and how many it has; which payments it
    has in another currency than their order's, and with transactions that are to be read; what is held, and was moved.
    """
    from django.db.models import Sum

    from index.models import IndexedOrder, IndexedPayment
    from index.rollups import QUARTERS
    from index.sums import Axis, HeldSum, MoveSum, OrderSum

    def of(*axes: Axis) -> int:
        return OrderSum.objects.filter(axis__in=axes).aggregate(n=Sum("n"))["n"] or 0

    abroad = IndexedPayment.objects.filter(is_abroad=True).values_list("currency", flat=True)
    return {
        "counted": of(Axis.ROUGH_ALL), "quartered": of(*QUARTERS), "orders": IndexedOrder.objects.count(),
        "abroad": list(abroad),
        "unread": list(IndexedPayment.objects.filter(is_unread=True).values_list("state", flat=True)),
        "held": sorted(HeldSum.objects.values_list("is_to_capture", "n", "held")),
        "moved": sorted(MoveSum.objects.values_list("axis", "event", "n", "moved")),
    }  # fmt: skip


class Databases:
    """One for each state, each begun where the one before it ended: so each migration runs once on the way there. They
    are files beside one another, or databases of one server."""

    def __init__(self) -> None:
        self.first = str(connection.settings_dict["NAME"])
        self.made: list[str] = []

    def use(self, name: str) -> None:
        connections.close_all()
        connection.settings_dict["NAME"] = name

    def copy_of_first(self) -> str:
        """A copy of the first one, to be used from now on."""
        name = f"{self.first}_{len(self.made)}"
        connections.close_all()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connections.close_all()
            shutil.copyfile(self.first, name)
        else:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.first}"')
        self.made.append(name)
        return name

    def drop(self) -> None:
        """Those of a server; files go with their folder."""
        if connection.vendor != "sqlite":
            with connection._nodb_cursor() as cursor:
                for name in self.made:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def main(wanted: list[str]) -> None:
    databases = Databases()
    try:
        for name, leaves in states():
            if wanted and name not in wanted:
                continue
            databases.use(databases.first)
            migrate_to(leaves)
            databases.use(databases.copy_of_first())
            sys.stdout.write(json.dumps(upgraded(name, leaves)) + "\n")
            sys.stdout.flush()
    finally:
        connections.close_all()
        databases.use(databases.first)
        databases.drop()


if __name__ == "__main__":
    main(sys.argv[1:])
