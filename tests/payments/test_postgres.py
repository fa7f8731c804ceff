"""Limits and approvals on PostgreSQL: what takes a lock of the database runs once more there."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

SERVER = "postgres://postgres@127.0.0.1:5432"
HERE = Path(__file__).parent
AGAIN = ["test_limits.py", "test_approvals.py"]


@pytest.mark.postgres
@pytest.mark.slow
def test_limits_and_approvals_keep_their_word_on_postgresql(tmp_path: Path) -> None:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"there is no PostgreSQL at 127.0.0.1:5432 ({error})")
    environment = os.environ | {"DATABASE_URL": f"{SERVER}/orderdesk_payments_{os.getpid()}", "DATA_DIR": str(tmp_path)}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run(
        [*command, *(str(HERE / name) for name in AGAIN)],
        cwd=HERE.parents[1], env=environment, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert " passed" in run.stdout
