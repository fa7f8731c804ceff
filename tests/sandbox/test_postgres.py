"""The sandbox on PostgreSQL: what touches the database runs once more there."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

SERVER = "postgres://postgres@127.0.0.1:5432"
HERE = Path(__file__).parent
AGAIN = [
    "test_listing.py",
    "test_orders.py",
    "test_errors.py",
    "test_provider.py",
    "test_notifications.py",
    "test_concurrency.py",
]


@pytest.mark.postgres
@pytest.mark.slow
def test_the_sandbox_keeps_its_word_on_postgresql(tmp_path: Path) -> None:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"there is no PostgreSQL at 127.0.0.1:5432 ({error})")
    environment = os.environ | {"DATABASE_URL": f"{SERVER}/orderdesk_sandbox_{os.getpid()}", "DATA_DIR": str(tmp_path)}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *(str(HERE / name) for name in AGAIN),
    ]
    run = subprocess.run(
        command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert " passed" in run.stdout
