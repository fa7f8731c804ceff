"""Processes that work on jobs are killed at any moment: an export goes on, and its file is that of one left alone."""

import datetime as dt
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, connections

from accounts.channels import Channel
from audit.log import Who
from jobs import exports, queue, running, worker
from jobs.exports import Wanted
from jobs.models import Job, State
from orders.exports import source
from orders.exports.columns import Row, usual
from tests.exports.helpers import content_of
from tests.orders.orders_in_the_sandbox import many
from tests.programs import with_catalogues

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("kills")]
ORDERS, PAGE = 120, 5
LEASE = dt.timedelta(seconds=0.3)
LONGEST = 300.0  # seconds: whatever else keeps the machine busy
FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def many_small_pieces(monkeypatch: pytest.MonkeyPatch, settings: pytest.FixtureRequest) -> Iterator[None]:
    monkeypatch.setattr(source, "PAGE", PAGE)
    monkeypatch.setattr(running, "SLICE", 0.05)
    monkeypatch.setattr(exports, "PIECE_TAKES", 0.0)
    settings.JOBS_LEASE = LEASE  # type: ignore[attr-defined]
    yield
    Job.objects.all().delete()


def export(person: User, form: str) -> Job:
    wanted = Wanted(usual(Row.ORDER), form, "UTC", "orders")
    arguments = source.arguments_of([Channel("norce", "se")], Row.ORDER)
    return exports.start(source.KIND, Who(person.username, person.pk), wanted, arguments, {"query": {}})


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def left_alone(person: User, form: str) -> bytes:
    """The file of an export that nobody disturbs."""
    job = export(person, form)
    while running.go_on(str(job.pk)):
        pass
    assert again(job).code == "complete"
    return content_of(again(job))


def work() -> None:
    """What a worker's process does, for ever."""
    connections.close_all()
    worker.run()


def start_worker() -> multiprocessing.process.BaseProcess:
    connections.close_all()
    child = FORK.Process(target=work, daemon=True)
    child.start()
    return child


def kill(child: multiprocessing.process.BaseProcess) -> None:
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    child.join()


def to_its_end(job: Job) -> Job:
    child, until = start_worker(), time.monotonic() + LONGEST
    try:
        while again(job).is_open:
            assert time.monotonic() < until, again(job)
            time.sleep(0.05)
    finally:
        kill(child)
    return again(job)


def wait_until_done(job: Job, done: int) -> None:
    until = time.monotonic() + LONGEST
    while again(job).is_open and again(job).done < done:
        assert time.monotonic() < until, again(job)
        time.sleep(0.002)


def killed_so_often(person: User, times: int, seed: int) -> None:
    chance, killed, died_at = random.Random(seed), 0, set()
    expected = {form: left_alone(person, form) for form in ("csv-semicolon", "xlsx")}
    while killed < times:
        form = chance.choice(list(expected))
        job = export(person, form)
        for _ in range(min(10, times - killed)):
            child = start_worker()
            # It dies as it starts, or as soon as it has done that much more, and then somewhere within a piece.
            wait_until_done(job, again(job).done + PAGE * chance.choice((0, 1, 1, 2, 4, 8)))
            time.sleep(chance.uniform(0.0, 0.05))
            kill(child)
            killed += 1
            died_at.add(again(job).done)
            if not again(job).is_open:
                break
        job = to_its_end(job)
        assert (job.state, job.code, job.done) == (State.DONE, "complete", ORDERS)
        assert job.cursor["rows"] == ORDERS, "no order left out, none twice"
        if form != "xlsx":
            assert content_of(job) == expected[form]
        else:
            assert cells(content_of(job)) == cells(expected[form])
    assert len(died_at) > 1, "they died in the midst of it"


def cells(workbook: bytes) -> bytes:
    """The rows of a workbook; around them stands when it was made."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        return book.read("xl/worksheets/sheet1.xml")


def test_workers_are_killed_a_few_times(support: User) -> None:
    many(ORDERS)
    killed_so_often(support, 4, seed=1)


@pytest.mark.rest
def test_workers_are_killed_50_times(support: User) -> None:
    many(ORDERS)
    killed_so_often(support, 50, seed=2)


def test_two_workers_do_nothing_twice(support: User) -> None:
    many(ORDERS)
    expected = left_alone(support, "csv-comma")
    jobs = [export(support, "csv-comma") for _ in range(3)]
    children = [start_worker(), start_worker()]
    try:
        until = time.monotonic() + LONGEST
        while any(again(job).is_open for job in jobs):
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        for child in children:
            kill(child)
    assert [content_of(again(job)) for job in jobs] == [expected] * 3


def test_the_command_is_killed_and_another_one_ends_what_it_began(support: User, tmp_path: Path) -> None:
    many(ORDERS)
    expected = left_alone(support, "csv-comma")
    job = export(support, "csv-comma")
    first = command(tmp_path)
    try:
        until = time.monotonic() + LONGEST
        while not again(job).done:
            assert time.monotonic() < until
            time.sleep(0.01)
    finally:
        first.kill()
        first.wait()
    time.sleep(LEASE.total_seconds())
    second = command(tmp_path)
    try:
        while again(job).is_open:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        second.kill()
        second.wait()
    assert content_of(again(job)) == expected


def command(folder: Path) -> subprocess.Popen[bytes]:
    """`manage.py jobs_work` on this test's database."""
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
        "JOBS_LEASE_SECONDS": str(LEASE.total_seconds()),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
    }
    for each in ("PYTEST_VERSION", "PYTEST_XDIST_WORKER"):
        environment.pop(each, None)
    manage = Path(__file__).parents[2] / "manage.py"
    return subprocess.Popen([sys.executable, str(manage), "jobs_work"], env=environment)


def test_what_the_queue_lost_is_found(support: User) -> None:
    many(10)
    job = export(support, "csv-comma")
    if worker.on_database():
        from django_tasks_db.models import DBTaskResult

        assert DBTaskResult.objects.count() == 1
        DBTaskResult.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(enqueued_at=again(job).created_at - 2 * queue.patience())
    assert to_its_end(job).code == "complete"
