"""Whatever release a database is of, today's program brings it up: rows are kept, the log holds, pages open."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.test_again_on_postgresql import SERVER
from tools.released import STATES

ROOT = Path(__file__).resolve().parents[2]
NAMES = [*json.loads(STATES.read_text())]
OLDEST, NEWEST = NAMES[0], NAMES[-1]
WITHIN = "before sums of money"
ALL = [*NAMES[:-1], WITHIN, NEWEST]


def upgraded(folder: Path, names: list[str], **environ: str) -> dict[str, dict[str, Any]]:
    """What became of a database of each of these states."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.upgrades.upgrading", *names],
        cwd=ROOT, env={**around, "DATA_DIR": str(folder), **environ}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4000:]
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"state"')]
    return {each["state"]: each for each in told}


def complaints(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is not as it should be, by state."""
    well = {"lost": [], "fits": True, "broken": None, "ready": "ok"}
    wrong = {}
    for name, of in found.items():
        amiss = {key: of[key] for key, value in well.items() if of[key] != value}
        amiss |= {path: status for path, status in of["answers"].items() if status != 200}
        if not 0 < of["entries"][0] <= of["entries"][1]:
            amiss["entries"] = of["entries"]
        if not of["rows"] >= of["tables"] > 15:
            amiss["rows"] = of["rows"], of["tables"]
        if amiss:
            wrong[name] = amiss
    return wrong


def are_counted(found: dict[str, dict[str, Any]]) -> None:
    """Whether sums that came later have all orders that were there before, and what is told of payments since."""
    for name in (WITHIN, NEWEST):
        sums = found[name]["sums"]
        assert sums["quartered"] == sums["orders"] > 0, name
        assert (sums["abroad"], sums["unread"]) == (["EUR"], ["captured"]), name
        assert sums["held"] == [[False, 1, 40_000], [True, 1, 30_000]], name
        assert sums["moved"] == [[axis, "refund", 1, 5_000] for axis in ("a", "ad", "am")], name
    assert found[WITHIN]["sums"]["counted"] == found[WITHIN]["sums"]["orders"]


@pytest.mark.slow
def test_a_database_of_the_first_landing_becomes_today_s_with_all_its_rows(tmp_path: Path) -> None:
    found = upgraded(tmp_path, [OLDEST])
    assert [*found] == [OLDEST] and complaints(found) == {}


@pytest.mark.rest
@pytest.mark.slow
def test_so_does_one_of_every_other_state(tmp_path: Path) -> None:
    found = upgraded(tmp_path, [])
    assert [*found] == ALL and complaints(found) == {}
    are_counted(found)


@pytest.mark.postgres
@pytest.mark.rest
@pytest.mark.slow
def test_so_do_they_on_postgresql(tmp_path: Path) -> None:
    name = f"orderdesk_upgrades_{os.getpid()}"
    try:
        server = psycopg.connect(f"{SERVER}/postgres", connect_timeout=2, autocommit=True)
    except psycopg.OperationalError as error:
        pytest.skip(f"there is no PostgreSQL at 127.0.0.1:5432 ({error})")
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            found = upgraded(tmp_path, [], DATABASE_URL=f"{SERVER}/{name}")
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}"')
    assert [*found] == ALL and complaints(found) == {}
    are_counted(found)
