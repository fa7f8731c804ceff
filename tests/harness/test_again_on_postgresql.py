"""The whole harness once more, on PostgreSQL. It takes longest, so its name has it begin first."""

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


@pytest.mark.postgres
@pytest.mark.slow
def test_money_moves_once_on_postgresql_too(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"there is no PostgreSQL at 127.0.0.1:5432 ({error})")
    environment = os.environ | {"DATABASE_URL": f"{SERVER}/orderdesk_harness_{os.getpid()}", "DATA_DIR": str(tmp_path)}
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", "--ignore", __file__]
    run = subprocess.run(
        [*command, str(HERE)],
        cwd=HERE.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    tally = Tally.read(run.stdout)
    if tally:
        record_property(NAME, str(tally))
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert tally and tally.interrupted + tally.raced >= 300
