"""Many machines: two web processes, each with a data folder and a port of its own, over one PostgreSQL and one Redis,
and a worker beside them. People's requests go to either, and each of the three is killed at its turn."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from html import unescape
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import psycopg
import pytest

from tests.programs import with_catalogues
from tests.real_redis import emptied
from tests.test_serve import ROOT, starting, wait_for
from tests.test_slow_clients import Browser

pytestmark = [pytest.mark.slow, pytest.mark.rest, pytest.mark.postgres, pytest.mark.xdist_group("redis")]
SERVER = "postgres://postgres@127.0.0.1:5432"
ORDERS = 300
AMOUNT = 499
PATIENCE = 240.0  # seconds, however busy the machine is


def until(what: str, found: Callable[[], Any]) -> Any:
    """What is found, once it is something."""
    end = time.monotonic() + PATIENCE
    while not (it := found()):
        assert time.monotonic() < end, f"{what}: not in {PATIENCE:g} s"
        time.sleep(0.1)
    return it


class Machine(NamedTuple):
    """A web process with all that it forked."""

    port: int
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """As a power cut does."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (self.process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(60)


class Desk:
    """The whole of it; `database` is asked what stands in it."""

    def __init__(self, machines: list[Machine], url: str, settings: dict[str, str], folder: Path) -> None:
        self.machines, self.settings, self.folder = machines, settings, folder
        self.database = psycopg.connect(url, autocommit=True)

    def one(self, statement: str, *values: object) -> Any:
        row = self.database.execute(statement, values).fetchone()
        return row[0] if row else None

    @contextmanager
    def worker(self, name: str) -> Iterator["subprocess.Popen[bytes]"]:
        """`manage.py work`, in a group of its own, as RQ works in children."""
        folder = self.folder / name
        folder.mkdir()
        environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(with_catalogues(folder)), **self.settings}
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "manage.py", "work"]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, process_group=0)
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(60)


class Person(Browser):
    """Somebody whose requests a proxy gives to one machine after the other; whoever does not listen is left out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.machines[0].port, patience=PATIENCE)
        self.turn = cycle(machine.port for machine in desk.machines)

    def fetch(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        for _ in range(2):
            self.port = next(self.turn)
            with suppress(ConnectionRefusedError):
                return super().fetch(path, form)
        raise AssertionError("no machine listens")

    def send(self, path: str, form: dict[str, str]) -> str:
        """The page that follows what was sent."""
        status, page = self.fetch(path, form)
        assert status == 302, (status, words(page)[:2000])
        return self.fetch(re.sub(r"[^/]+/$", "", path) if "notes" not in path else path.partition("notes/")[0])[1]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(page)))


def hidden(page: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    name = f"machines_{os.getpid()}"
    try:
        admin = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=2)
    except psycopg.OperationalError as error:
        pytest.skip(f"there is no PostgreSQL at 127.0.0.1:5432 ({error})")
    with admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{SERVER}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="module")
def on_redis() -> Iterator[str]:
    with emptied() as url:
        yield url


@pytest.fixture(scope="module")
def desk(database: str, on_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("machines")
    shared = folder / "shared"
    shared.mkdir()
    settings = {
        "DATABASE_URL": database,
        "REDIS_URL": on_redis,
        "CACHE_BACKEND": "redis",
        "JOBS_BACKEND": "rq",
        "JOBS_LEASE_SECONDS": "2",
        "PAYMENT_GIVEN_UP_SECONDS": "20",
        "EXPORTS_DIR": str(shared / "exports"),
        "AUDIT_ANCHOR_DIR": str(shared / "anchors"),
        "AUDIT_KEY_FILE": str(shared / "audit-key.pem"),
        "INDEX_KEY_FILE": str(shared / "index-key"),
        "PAYMENT_WORKER": "off",
        "INDEX_WORKER": "off",
        "JOBS_WORKER": "off",
        "LOG_LEVEL": "ERROR",
        "THREADS": "4",
    }
    with ExitStack() as all_of_it:
        machines = []
        for name in ("a", "b"):
            own = folder / name
            own.mkdir()
            machines.append(Machine(*all_of_it.enter_context(starting(own, **settings))))
        for port, process in machines:
            wait_for(port, process)
        desk = Desk(machines, database, settings, folder)
        seed = [sys.executable, "manage.py", "sandbox_seed", f"--orders={ORDERS}", "--if-empty"]
        environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder / "a"), **settings}
        subprocess.run(seed, cwd=ROOT, env=environ, check=True, capture_output=True)
        with desk.database:
            yield desk


@pytest.fixture
def admin(desk: Desk) -> Person:
    person = Person(desk)
    assert person.sign_in("admin", "demo") == 302, "the form came from one, and went to the other"
    return person


def call(desk: Desk, method: str, path: str, body: Any = None) -> Any:
    """What the Order API of any machine answers, for norce/se."""
    headers = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}
    headers["Content-Type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    port = desk.machines[-1].port
    address = f"http://127.0.0.1:{port}/checkout/order/api/v0/checkout/orders{path}"
    with urlopen(Request(address, data=data, headers=headers, method=method), timeout=PATIENCE) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def paid(desk: Desk, day: str = "") -> tuple[str, str]:
    """An order with a payment that is reserved; `day` is the provider's for it."""
    price = {"includingVat": AMOUNT, "excludingVat": AMOUNT * 0.8}
    item = {"name": "Flask", "sku": "F-1", "quantity": 1, "price": price, "total": price, "vatRate": 0.25}
    whole = {"currency": "SEK", "country": "SE", "reference": "SE-1", "cart": {"items": [item], "total": price}}
    order = str(call(desk, "POST", "", whole)["id"])
    payment = {"adapterId": "stripe_adapter", "name": "Card", "currency": "SEK", "amount": AMOUNT}
    made = call(desk, "POST", f"/{order}/payments", payment | {"attributes": {"sandbox": day}})
    found = call(desk, "GET", f"/{order}/payments/{made['id']}")
    call(desk, "PUT", f"/{order}/payments/{made['id']}", {**found, "state": "reserved"})
    return order, str(made["id"])


def moved(desk: Desk, payment: str) -> list[str]:
    """What the provider really did with the money of that payment, as it counts itself."""
    rows = desk.database.execute("SELECT kind FROM sandbox_move WHERE payment = %s ORDER BY id", [payment])
    return [kind for (kind,) in rows.fetchall()]


def capture(desk: Desk, person: Person, order: str, payment: str) -> tuple[str, dict[str, str]]:
    """The address and the form of its dialog, to be sent."""
    found = call(desk, "GET", f"/{order}/payments/{payment}")
    action = next(each["id"] for each in found["actions"] if each["type"] == "capture")
    url = f"/norce/se/orders/{order}/payments/{payment}/actions/{action}/execute/"
    status, page = person.fetch(url)
    assert status == 200, words(page)[:2000]
    typed = {"reason": "other", "note": "The customer asked for it", "password": "demo"}
    reason = re.search(r'<option value="([^"]+)"', page)
    return url, {**hidden(page), **typed, **({"reason": reason[1]} if reason else {})}


def test_a_person_works_on_both_without_noticing(desk: Desk, admin: Person) -> None:
    """The session, a form that one machine sealed and the other takes, a note, tries to sign in."""
    order, _ = paid(desk)
    page = f"/norce/se/orders/{order}/"
    status, form = admin.fetch(f"{page}reference/")
    assert status == 200
    shown = admin.send(f"{page}reference/", {**hidden(form), "reference": "SE-TYPED"})
    assert "SE-TYPED" in shown
    assert "Called back" in admin.send(f"{page}notes/add/", {"text": "Called back"})
    assert all("SE-TYPED" in admin.fetch(page)[1] for _ in desk.machines)
    guesser = Person(desk)
    guesser.fetch("/accounts/login/")
    told = [guesser.fetch("/accounts/login/", {"login": "manager", "password": "guess"})[1] for _ in range(6)]
    assert ["Too many" in page for page in told] == [False] * 5 + [True], "both count together"


def test_money_moves_once_though_a_machine_dies_over_it(desk: Desk) -> None:
    """A capture is under way, and the provider takes long; somebody else asks for the same on the other machine, and
    the first one is killed. The other goes on, and what was under way is found out about by the worker."""
    people = [Person(desk), Person(desk)]
    for person, name in zip(people, ("admin", "admin2"), strict=True):
        assert person.sign_in(name, "demo") == 302
    order, payment = paid(desk)
    url, form = capture(desk, people[0], order, payment)
    status, page = people[0].fetch(url, form)
    assert status in (200, 302), words(page)[:1500]
    assert moved(desk, payment) == ["capture"]

    order, payment = paid(desk, "slow")
    forms = [capture(desk, person, order, payment) for person in people]
    first, second = desk.machines

    def press(person: Person, port: int, number: int) -> None:
        person.turn = cycle([port])
        with suppress(OSError, HTTPException):
            person.fetch(*forms[number])

    pressing = [
        threading.Thread(target=press, args=(person, machine.port, number))
        for number, (person, machine) in enumerate(zip(people, (first, second), strict=True))
    ]
    pressing[0].start()
    sends = "SELECT state FROM payments_execution WHERE payment_id = %s"
    until("it is sent", lambda: desk.one(sends, payment) == "sending")
    pressing[1].start()
    first.kill()
    for thread in pressing:
        thread.join(PATIENCE)

    survivor = Person(desk)
    survivor.turn = cycle([second.port])
    assert survivor.sign_in("admin", "demo") == 302
    assert survivor.fetch("/norce/se/orders/")[0] == 200
    assert desk.one("SELECT count(*) FROM payments_execution WHERE payment_id = %s", payment) == 1
    with desk.worker("looks after what was left"):
        left = "SELECT state FROM payments_execution WHERE payment_id = %s AND state NOT IN ('sending', 'prepared')"
        state = until("what became of it is found out", lambda: desk.one(left, payment))
    events = moved(desk, payment)
    assert len(events) <= 1 and (state == "done") <= (events == ["capture"]), (state, events)


def test_a_job_outlives_the_worker_that_dies_over_it(desk: Desk) -> None:
    second = desk.machines[-1]
    person = Person(desk)
    person.turn = cycle([second.port])
    assert person.sign_in("admin", "demo") == 302
    status, form = person.fetch("/norce/se/orders/export/?row=order")
    assert status == 200
    typed = {"what": "all", "format": "csv-comma", "zone": "UTC", "start": "1", "columns": "id"}
    status, page = person.fetch("/norce/se/orders/export/?row=order", {**hidden(form), **typed})
    assert status == 302, words(page)[:2000]
    job = str(desk.one("SELECT id FROM jobs_job ORDER BY created_at DESC LIMIT 1"))
    state = "SELECT state FROM jobs_job WHERE id = %s"
    with desk.worker("first") as worker:
        until("it is begun", lambda: desk.one(state, job) in ("running", "done"))
        os.killpg(worker.pid, signal.SIGKILL)
    with desk.worker("second"):
        until("another ends it", lambda: desk.one(state, job) == "done")
    status, text = person.fetch(f"/downloads/{job}/file/", {})
    ids = [row[0] for row in csv.reader(io.StringIO(text.lstrip("\ufeff")))][1:]
    there = desk.one("SELECT count(*) FROM sandbox_order WHERE merchant = 'norce' AND channel = 'se'")
    assert (status, len(ids), len(set(ids))) == (200, there, there)


def test_the_log_is_whole_after_all_of_it(desk: Desk) -> None:
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(desk.folder / "b"), **desk.settings}
    command = [sys.executable, "manage.py", "audit_verify"]
    verified = subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr
