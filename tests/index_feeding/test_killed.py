"""Whoever looks through a channel may be killed at any moment: another goes on where it was, reads one page once more
at the most, and misses nothing. On either database, and with two at once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from gateway.models import Lease
from index.reading import freshness
from tests.harness.server import ROOT
from tests.index_feeding.conftest import SE, known
from tests.index_feeding.sweeps import done_before, some, state
from tests.programs import with_catalogues

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LIMIT, ORDERS = 20, 100
OFFSETS = [0, 16, 32, 48, 64, 80]


def sweeping(data_dir: Path, calls: Path, point: str = "-", nth: int = 1) -> "subprocess.Popen[bytes]":
    """A process that looks through norce/se, and dies there."""
    where = connection.settings_dict
    database = f"sqlite:///{where['NAME']}"
    if connection.vendor == "postgresql":
        database = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    environ = os.environ | {"DATABASE_URL": database, "DATA_DIR": str(with_catalogues(data_dir))}
    command = [sys.executable, "-m", "tests.index_feeding.deadly", str(SE), str(LIMIT), point, str(nth), str(calls)]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: "subprocess.Popen[bytes]") -> int:
    said = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode


def asked(calls: Path) -> list[int]:
    """The pages; what is asked of one order or payment has no offset."""
    said = [line.split()[1] for line in calls.read_text().splitlines()] if calls.exists() else []
    return [int(offset) for offset in said if offset != "-"]


def only_the_whole_is_due() -> None:
    """However long it takes until a process has started."""
    done_before(whole_at=None, newest_at=timezone.now() + timedelta(hours=1))


def the_dead_ones_lease_is_over() -> None:
    assert Lease.objects.update(until=timezone.now()) == 1


@pytest.mark.parametrize(
    ("point", "nth", "read_again"),
    [
        ("written", 3, [32]),
        pytest.param("called", 3, [32], marks=pytest.mark.rest),
        pytest.param("writing", 3, [32], marks=pytest.mark.rest),
        pytest.param("kept", 3, [], marks=pytest.mark.rest),
        pytest.param("called", 1, [0], marks=pytest.mark.rest),
        pytest.param("written", 6, [80], marks=pytest.mark.rest),
        pytest.param("kept", 6, [], marks=pytest.mark.rest),
    ],
)
def test_another_goes_on_where_a_killed_one_was(tmp_path: Path, point: str, nth: int, read_again: list[int]) -> None:
    ids = some(ORDERS)
    only_the_whole_is_due()
    assert ended(sweeping(tmp_path, tmp_path / "first", point, nth)) == -signal.SIGKILL
    assert state().whole_at is None
    the_dead_ones_lease_is_over()
    assert ended(sweeping(tmp_path, tmp_path / "second")) == 0
    first, second = asked(tmp_path / "first"), asked(tmp_path / "second")
    assert sorted(first + second) == sorted(OFFSETS + read_again)
    assert known() == set(ids)
    assert state().whole_at
    assert freshness([SE])[0].orders == ORDERS, "the sums are those of the rows"


@pytest.mark.rest
def test_while_the_dead_ones_lease_lasts_nobody_looks_through_its_channel(tmp_path: Path) -> None:
    some(ORDERS)
    only_the_whole_is_due()
    ended(sweeping(tmp_path, tmp_path / "first", "called", 2))
    assert ended(sweeping(tmp_path, tmp_path / "second")) == 0
    assert asked(tmp_path / "second") == []


def test_two_processes_at_once_read_each_page_once(tmp_path: Path) -> None:
    ids = some(ORDERS)
    only_the_whole_is_due()
    both = [sweeping(tmp_path, tmp_path / name) for name in ("one", "two")]
    for process in both:
        ended(process)
    assert sorted(asked(tmp_path / "one") + asked(tmp_path / "two")) == OFFSETS
    assert known() == set(ids)
