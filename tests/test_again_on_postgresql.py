"""What takes a lock of the database or counts on what it refuses, once more on PostgreSQL: money,
limits, approvals and alerts, the sandbox."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.harness.tally import NAME, Tally

SERVER = "postgres://postgres@127.0.0.1:5432"
HERE = Path(__file__).parent
AGAIN = (
    "accounts/test_own_sessions.py",
    "data_protection",
    "exports",
    "harness",
    "index",
    "index_feeding",
    "jobs",
    "payments/test_alert_delivery.py",
    "payments/test_alerts.py",
    "payments/test_approvals.py",
    "payments/test_asking.py",
    "payments/test_asking_faults.py",
    "payments/test_asking_limits.py",
    "payments/test_limits.py",
    "payments/test_two_approvers.py",
    "sandbox/test_concurrency.py",
    "sandbox/test_errors.py",
    "sandbox/test_listing.py",
    "sandbox/test_notifications.py",
    "sandbox/test_orders.py",
    "sandbox/test_provider.py",
    "sandbox/test_seeding.py",
    "sandbox/test_tallies.py",
    "teamwork",
    "test_fanout.py",
    "test_outside_text.py",
    "test_two_saves.py",
)
COMMAND = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup")


@pytest.mark.postgres
@pytest.mark.rest
@pytest.mark.slow
def test_all_of_it_holds_on_postgresql_too(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"there is no PostgreSQL at 127.0.0.1:5432 ({error})")
    environment = os.environ | {"DATABASE_URL": f"{SERVER}/orderdesk_{os.getpid()}", "DATA_DIR": str(tmp_path)}
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID"):
        environment.pop(name, None)
    run = subprocess.run(
        [*COMMAND, *(str(HERE / name) for name in AGAIN)],
        cwd=HERE.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=2700,
        check=False,
    )
    tally = Tally.read(run.stdout)
    if tally:
        record_property(NAME, str(tally))
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert tally and tally.interrupted + tally.raced >= 300
