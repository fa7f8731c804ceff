"""That somebody looks is written down, that nobody does is an alert, and the worker outlives what goes wrong."""

import datetime as dt
import io
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from audit import log
from audit.chain import head
from gateway.one_thread import OneThread
from payments.alerts import heartbeat, pulse, rules
from payments.alerts.models import Heartbeat
from payments.alerts.rules import Kind
from payments.executions import reconciliation, worker
from payments.models import Execution
from tests.audit.helpers import drop_triggers, run, write
from tests.payments.conftest import Attempt

pytestmark = pytest.mark.django_db
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def not_a_moment_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "_next", 0.0)


def kinds() -> list[Kind]:
    return [alarm.kind for alarm in rules.alarms() if not alarm.where]


def looked_at() -> dt.datetime | None:
    return heartbeat.row().looked_at


def raise_it(*_: object, **__: object) -> None:
    raise RuntimeError("as it happens")


# The heartbeat


def test_the_worker_writes_when_it_looked_and_no_more_often_than_it_has_to(monkeypatch: pytest.MonkeyPatch) -> None:
    pulse.pulse(looked=True)
    first = looked_at()
    assert first
    pulse.pulse(looked=True)
    assert looked_at() == first
    monkeypatch.setattr(pulse, "_next", 0.0)
    pulse.pulse(looked=True)
    assert looked_at() != first


def test_that_nobody_looks_is_an_alert_once_there_is_something_to_look_at(attempt: Attempt) -> None:
    assert kinds() == []
    attempt("")
    assert kinds() == [], "it has just been sent"
    Execution.objects.update(created_at=timezone.now() - 6 * MINUTES)
    assert kinds() == [Kind.HEARTBEAT], "what has ended is watched"
    heartbeat.beat(timezone.now() - 6 * MINUTES)
    assert kinds() == [Kind.HEARTBEAT]
    heartbeat.beat()
    assert kinds() == []
    Heartbeat.objects.all().delete()
    Execution.objects.update(next_check_at=None)
    assert kinds() == [], "nothing is left to look at"


@pytest.mark.parametrize("is_on", [True, False])
def test_it_is_one_whether_or_not_the_desk_has_a_worker_of_its_own(
    attempt: Attempt, settings: Settings, is_on: bool
) -> None:
    attempt("")
    Execution.objects.update(created_at=timezone.now() - 6 * MINUTES)
    settings.PAYMENT_WORKER = is_on
    assert kinds() == [Kind.HEARTBEAT]


def test_the_command_that_cron_runs_is_somebody_who_looks() -> None:
    call_command("payments_reconcile", stdout=io.StringIO())
    assert looked_at()


def test_a_look_that_fails_is_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "check_due", raise_it)
    monkeypatch.setattr("payments.executions.worker.connections", Connections(lambda: None))
    assert worker.look_once() == worker.LONGEST_SLEEP
    assert looked_at() is None


# The worker lives


class Connections:
    def __init__(self, close_all: Callable[[], None]) -> None:
        self.close_all = close_all


def test_a_connection_that_cannot_be_closed_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.executions.worker.connections", Connections(raise_it))
    assert worker.look_once() == worker.LONGEST_SLEEP


@pytest.mark.parametrize("step", ["heartbeat.beat", "heartbeat.check_log", "delivery.refresh", "delivery.send_due"])
def test_alerts_that_cannot_be_brought_up_to_date_do_not_end_the_worker(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(f"payments.alerts.{step}", raise_it)
    pulse.pulse(looked=True)


@pytest.fixture
def worker_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Event]]:
    """The worker's threads only wait to be ended; each event ends one."""
    settings.PAYMENT_WORKER = True
    ends: list[threading.Event] = []

    def wait() -> None:
        ends.append(threading.Event())
        ends[-1].wait(10)

    monkeypatch.setattr(worker, "_thread", OneThread("payments-reconcile", wait))
    yield ends
    for end in ends:
        end.set()


def test_a_worker_that_ended_is_started_again_by_whoever_needs_it(worker_of_its_own: list[threading.Event]) -> None:
    worker.ensure()
    first = worker._thread.thread
    worker.ensure()
    assert worker._thread.thread is first
    assert first
    while not worker_of_its_own:
        time.sleep(0.01)
    worker_of_its_own[0].set()
    first.join(5)
    worker.ensure()
    assert worker._thread.thread is not first
    assert worker._thread.thread
    assert worker._thread.thread.is_alive()


# The log


@pytest.fixture
def entries() -> list[int]:
    """Nine entries, in a log that is open to everybody, and was found whole."""
    written = [entry.sequence for entry in write("default", 9)]
    drop_triggers("default")
    heartbeat.check_log()
    assert kinds() == []
    return written


def later() -> None:
    """The next check."""
    heartbeat.check_log(timezone.now() + heartbeat.LOG_CHECK_EVERY)
    Heartbeat.objects.update(log_checked_at=timezone.now())


def test_a_changed_entry_is_an_alert_and_stays_one_until_it_is_as_it_was(entries: list[int]) -> None:
    run("default", "UPDATE audit_entry SET username = 'somebody' WHERE sequence = %s", entries[4])
    assert kinds() == [], "an hour has not passed"
    later()
    (alarm,) = [each for each in rules.alarms() if each.kind == Kind.LOG]
    assert f"entry {entries[4]} was changed" in alarm.says
    log.event(log.Who.system("test"), "sign-in")
    later()
    assert [each.since for each in rules.alarms() if each.kind == Kind.LOG] == [alarm.since]
    run("default", "UPDATE audit_entry SET username = 'signe' WHERE sequence = %s", entries[4])
    later()
    assert kinds() == []


def test_a_log_that_goes_on_past_the_break_is_still_broken(entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "LOG_ENTRIES", 5)
    run("default", "UPDATE audit_entry SET username = 'somebody' WHERE sequence = %s", entries[-1])
    later()
    write("default", 20)
    later()
    assert kinds() == [Kind.LOG]


def test_entries_that_were_cut_off_are_an_alert(entries: list[int]) -> None:
    run("default", "DELETE FROM audit_entry WHERE sequence > %s", entries[4])
    later()
    assert kinds() == [Kind.LOG]
    write("default", 9)
    later()
    assert kinds() == [Kind.LOG], "what was written in their place is something else"


def test_after_a_backup_was_restored_a_person_accepts_the_log_as_it_is(entries: list[int]) -> None:
    run("default", "DELETE FROM audit_entry WHERE sequence > %s", entries[4])
    later()
    out = io.StringIO()
    call_command("payments_alerts", "--accept-log", stdout=out)
    assert out.getvalue() == "Nothing is an alert.\n"
    last = head()
    assert last
    assert heartbeat.row().log_sequence == last.sequence == entries[4]


def test_only_the_last_entries_are_read_each_time(entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "LOG_ENTRIES", 3)
    run("default", "UPDATE audit_entry SET username = 'somebody' WHERE sequence = %s", entries[0])
    later()
    assert kinds() == []


def test_of_several_processes_one_reads_the_log(entries: list[int]) -> None:
    run("default", "UPDATE audit_entry SET username = 'somebody' WHERE sequence = %s", entries[4])
    now = timezone.now() + heartbeat.LOG_CHECK_EVERY
    Heartbeat.objects.update(log_checked_at=now)  # another one has just begun
    heartbeat.check_log(now)
    assert kinds() == []
