"""The same on Redis: RQ's workers do what the desk's own thread does, and a job survives them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from jobs import queue
from jobs.models import Job, State
from tests.exports.helpers import content_of
from tests.jobs.test_kills import ORDERS, again, export, left_alone
from tests.orders.orders_in_the_sandbox import many
from tests.programs import with_catalogues
from tests.real_redis import URL, emptied

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("redis")]
LONGEST = 300.0  # seconds: whatever else keeps the machine busy
MANAGE = Path(__file__).parents[2] / "manage.py"


@pytest.fixture(autouse=True)
def redis_here() -> Iterator[None]:
    with emptied():
        yield
    Job.objects.all().delete()


def on_redis(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """`manage.py jobs_work` with RQ, on this test's database, in a group of its own: RQ works in children."""
    name = connection.settings_dict
    url = (
        f"sqlite:///{name['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{name['USER']}@{name['HOST']}:{name['PORT']}/{name['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": str(with_catalogues(folder)),
        "EXPORTS_DIR": str(settings.EXPORTS_DIR),
        "JOBS_BACKEND": "rq",
        "REDIS_URL": URL,
        "JOBS_LEASE_SECONDS": "1",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
    }
    for each in ("PYTEST_VERSION", "PYTEST_XDIST_WORKER"):
        environment.pop(each, None)
    return subprocess.Popen([sys.executable, str(MANAGE), "jobs_work", *arguments], env=environment, process_group=0)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def as_if_the_queue_had_lost(job: Job) -> None:
    """So that whoever looks next puts it into theirs."""
    Job.objects.filter(pk=job.pk).update(enqueued_at=job.created_at - 2 * queue.patience())


def test_a_worker_of_redis_does_it(support: User, tmp_path: Path) -> None:
    many(ORDERS)
    expected = left_alone(support, "csv-comma")
    job = export(support, "csv-comma")
    as_if_the_queue_had_lost(job)
    assert on_redis(tmp_path, "--once").wait(LONGEST) == 0
    assert (again(job).code, content_of(again(job))) == ("complete", expected)


def test_one_that_is_killed_is_taken_over(support: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(40 * ORDERS)
    expected = left_alone(support, "csv-comma")
    job = export(support, "csv-comma")
    as_if_the_queue_had_lost(job)
    first, until = on_redis(tmp_path), time.monotonic() + LONGEST
    try:
        while again(job).state != State.RUNNING:
            assert time.monotonic() < until
            time.sleep(0.01)
    finally:
        kill(first)
    assert again(job).is_open, "it died in the midst of it"
    second = on_redis(tmp_path)
    try:
        while again(job).is_open:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        kill(second)
    assert content_of(again(job)) == expected


def test_the_desk_starts_with_it(tmp_path: Path) -> None:
    environment = os.environ | {"JOBS_BACKEND": "rq", "REDIS_URL": URL, "DATA_DIR": str(with_catalogues(tmp_path))}
    environment.pop("PYTEST_VERSION", None)
    environment["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
    checked = subprocess.run([sys.executable, str(MANAGE), "check"], env=environment, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
