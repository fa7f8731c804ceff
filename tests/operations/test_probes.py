"""`/healthz` and `/readyz`: who starts, stops and feeds the desk is told the truth, whatever else is out of order."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone

from gateway.connection import get_connection
from operations import schema
from operations.release import version
from payments.alerts import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_fits", False)


def asked(path: str, **headers: str) -> tuple[int, Any]:
    answer = Client(headers=headers).get(path)
    return answer.status_code, json.loads(answer.content)


def test_the_process_is_well_without_its_database_and_says_which_release_it_is() -> None:
    def gone(*_: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        assert asked("/healthz") == (200, {"status": "ok", "version": version()})
        status, body = asked("/readyz")
    assert (status, body["status"]) == (503, "not ready")
    assert body["checks"] == {
        "database": {"status": "down", "says": "it does not answer: OperationalError"},
    }


def test_it_is_ready_once_its_database_is_this_release_s() -> None:
    status, body = asked("/readyz")
    assert (status, body["status"]) == (200, "ready")
    assert set(body["checks"]) == {"database", "worker", "order_api", "disk"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_comes_under_any_name_from_anywhere_and_over_plain_http(path: str) -> None:
    with override_settings(DEMO=True, SECURE_SSL_REDIRECT=True):
        answer = Client(headers={"Host": "10.0.0.7"}).get(path, REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert Client().post(path).status_code == 405


@pytest.mark.parametrize("found", ["missing", "unknown"])
def test_another_release_s_tables_are_not_ready(found: str) -> None:
    if found == "missing":
        MigrationRecorder.Migration.objects.filter(app="payments", name__startswith="0001").delete()
    else:
        MigrationRecorder(connection).record_applied("payments", "9999_of_tomorrow")
    assert getattr(schema.schema(), found)
    status, body = asked("/readyz")
    assert status == 503 and "tables" in body["checks"]["database"]["says"]


def test_a_worker_that_looks_no_more_is_not_ready_where_this_process_should_have_it() -> None:
    heartbeat.beat()
    assert asked("/readyz")[1]["checks"]["worker"]["status"] == "ok"
    heartbeat.beat(timezone.now() - dt.timedelta(minutes=12))
    with override_settings(PAYMENT_WORKER=True):
        status, body = asked("/readyz")
    assert status == 503 and "for 12 min" in body["checks"]["worker"]["says"]
    with override_settings(PAYMENT_WORKER=False):
        status, body = asked("/readyz")
    assert (status, body["checks"]["worker"]["status"]) == (200, "amiss")


def test_an_api_that_is_not_asked_for_now_is_told_and_no_reason_to_send_people_away(
    fresh_connections: None,
) -> None:
    get_connection().breakers.of({"x-merchant": "norce", "x-channel": "se"}).pause(30)
    status, body = asked("/readyz")
    assert (status, body["checks"]["order_api"]) == (200, {"status": "amiss", "says": "not asked for now: norce/se"})
