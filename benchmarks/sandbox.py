"""How the sandbox's list stands ten thousand orders, a hundred thousand and a million, and how long these take to seed.

    python -m benchmarks.sandbox [--sizes 10000,100000,1000000] [--database sqlite|postgresql] [--rounds 15] [--keep]

For each size a database of its own: SQLite files in DATA_DIR (a temporary folder where that is not set), or databases
`orderdesk_sandbox_<size>` of the server at 127.0.0.1:5432. With --keep they stay, and another run finds them seeded.
One process for each size answers calls of the API; they take turns, question by question, so that what else the machine
does weighs on all sizes alike. Times are CPU times, the least of all rounds: those of the process and, where it can be
looked at, of the server's process that works for it. What counts is the ratio to the smallest. Beside the
seconds that seeding takes stand those of twenty million additions on the same machine, to tell how quick it is.
"""

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
SERVER = "postgres://postgres@127.0.0.1:5432"
UNTIL = "2026-11-22T14:00"
PATH = "/checkout/order/api/v0/checkout/orders"
FIRST = ", for the first time"
"""Ends the name of what is asked as if nobody had looked for it before."""
HEADERS = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se", "host": "localhost"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        answer()
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    with contextlib.ExitStack() as stack:
        folder = os.environ.get("DATA_DIR") or stack.enter_context(tempfile.TemporaryDirectory())
        environs = {size: prepared(stack, size, Path(folder), options) for size in sizes}
        measure({size: Answering(stack, environ) for size, environ in environs.items()}, options.rounds)


def prepared(stack: contextlib.ExitStack, size: int, folder: Path, options: argparse.Namespace) -> dict[str, str]:
    """The environment of a seeded database; says how long seeding took."""
    environ = {**os.environ, "DATA_DIR": str(folder / str(size)), "LOG_LEVEL": "ERROR", "SANDBOX_TOKEN": "sandbox"}
    environ |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings", "PYTHONWARNINGS": "ignore"}
    Path(environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    environ.pop("DATABASE_URL", None)
    if options.database == "postgresql":
        environ["DATABASE_URL"] = f"{SERVER}/orderdesk_sandbox_{size}"
        stack.enter_context(database(f"orderdesk_sandbox_{size}", keep=options.keep))
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "migrate", "--verbosity=0"], cwd=ROOT, env=environ, check=True)
    began, used = time.monotonic(), children_cpu()
    seed = [*run, "sandbox_seed", f"--orders={size}", f"--until={UNTIL}", "--if-empty"]
    subprocess.run(seed, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    took, cpu = time.monotonic() - began, children_cpu() - used
    print(
        f"{size:,} orders seeded in {took:,.0f} s, {cpu:,.0f} of CPU (without PostgreSQL's); "
        f"20 million additions take {additions():.1f} s of CPU",
        flush=True,
    )
    return environ


def children_cpu() -> float:
    """Seconds of CPU of programs that ended, with those that they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def additions() -> float:
    """Seconds of CPU of a work that is always the same."""
    began, total = time.process_time(), 0
    for number in range(20_000_000):
        total += number
    return time.process_time() - began


@contextlib.contextmanager
def database(name: str, *, keep: bool) -> Iterator[None]:
    """A database of the server, that is there inside."""
    import psycopg

    def run(statement: str) -> None:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(statement)

    with contextlib.suppress(psycopg.errors.DuplicateDatabase):
        run(f"CREATE DATABASE {name}")
    try:
        yield
    finally:
        if not keep:
            run(f"DROP DATABASE {name} WITH (FORCE)")


class Answering:
    """A process that answers questions by their number."""

    def __init__(self, stack: contextlib.ExitStack, environ: dict[str, str]) -> None:
        command = [sys.executable, "-m", "benchmarks.sandbox", "--inside"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=-1, stdout=-1, text=True, bufsize=1)
        stack.callback(process.kill)
        self.process = process
        self.questions = self.read().split("|")

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ask(self, number: int) -> tuple[float, int]:
        """Seconds that the answer took, and how many orders matched."""
        assert self.process.stdin
        self.process.stdin.write(f"{number}\n")
        took, size = self.read().split()
        return float(took), int(size)


def measure(answering: dict[int, Answering], rounds: int) -> None:
    """Prints a row a question: milliseconds (the least), hits and ratio for each size."""
    first = next(iter(answering))
    print("| the list | " + " | ".join(f"{size:,}: ms (hits)" for size in answering) + " | ratios |")
    print("|---|" + "---|" * (len(answering) + 1))
    for number, question in enumerate(answering[first].questions):
        times: dict[int, list[float]] = {size: [] for size in answering}
        hits = {size: one.ask(number)[1] for size, one in answering.items()}
        for _ in range(rounds):
            for size, one in answering.items():
                times[size].append(one.ask(number)[0])
        least = {size: min(took) for size, took in times.items()}
        cells = " | ".join(f"{took * 1000:.1f} ({hits[size]:,})" for size, took in least.items())
        ratios = ", ".join(f"{took / least[first]:.2f}" for size, took in least.items() if size != first)
        print(f"| {question} | {cells} | {ratios} |", flush=True)


def answer() -> None:
    """Says the names of the questions, then for each number that is read how long its answer takes."""
    import django

    django.setup()
    from django.test import Client

    clock = clock_of_work()
    client = Client(headers=HEADERS)

    def get(**query: Any) -> Any:
        return client.get(f"{PATH}?{urlencode(query, doseq=True)}").json()

    asked = questions(get)
    print("|".join(asked), flush=True)
    for line in sys.stdin:
        name, query = list(asked.items())[int(line)]
        if name.endswith(FIRST):
            forget_searches()
        began = clock()
        found = get(**query)
        print(clock() - began, found["pagination"]["size"], flush=True)


def forget_searches() -> None:
    """Nobody has looked for anything yet."""
    from sandbox.models import SearchTally

    SearchTally.objects.all().delete()


def clock_of_work() -> Callable[[], float]:
    """Seconds of CPU so far, of this process and of PostgreSQL's for it; seconds that pass where that is elsewhere."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # all of it in one process
        cursor.execute("SELECT pg_backend_pid()")
        its = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not its.exists():
        return time.perf_counter
    return lambda: time.process_time() + int(its.read_text().split()[0]) / 1e9


def questions(get: Any) -> dict[str, dict[str, Any]]:
    """What is asked of a list, about the orders that are there."""
    newest = get(limit=250)
    whole = newest["pagination"]["size"]
    completed = get(status="completed", limit=1)["pagination"]["size"]
    named = get(search="anna", limit=1)["pagination"]["size"]
    middle = get(limit=250, offset=whole // 2)["data"]
    one = next(order for order in middle if order.get("reference") and order.get("customer"))
    bill = one["customer"]["billing"]
    last = {"date_from": "2026-10-01", "date_to": "2026-10-31"}
    return {
        "newest": {},
        "middle page": {"offset": whole // 2},
        "last page": {"offset": whole - 25},
        "completed": {"status": "completed"},
        "completed, middle page": {"status": "completed", "offset": completed // 2},
        "checkout, to Norway": {"status": "checkout", "shipping_countries": "NO"},
        "October": last,
        "October, declined": {**last, "status": "declined"},
        "two years but for some hours": {"date_from": "2024-12-01T07:00:00Z", "date_to": "2026-11-20T15:00:00Z"},
        "a reference": {"reference": one["reference"]},
        "an e-mail": {"billing_emails": bill["email"]},
        "search: a reference": {"search": one["reference"]},
        "search: an e-mail": {"search": bill["email"]},
        "search: a payment's id": {"search": (one.get("payments") or [one])[0]["id"]},
        "search: nothing there": {"search": "nobody atall"},
        "search: a name": {"search": f"{bill['givenName']} {bill['familyName']}"},
        f"search: a given name{FIRST}": {"search": "anna"},
        "search: a given name": {"search": "anna"},
        "search: a given name, middle page": {"search": "anna", "offset": named // 2},
        f"billing_names: a given name{FIRST}": {"billing_names": "anna"},
        "billing_names: a given name": {"billing_names": "anna"},
        f"search: two letters{FIRST}": {"search": "qx"},
        "search: two letters": {"search": "qx"},
        "by e-mail": {"order_by": "billingEmail"},
        "by e-mail, middle page": {"order_by": "billingEmail", "offset": whole // 2},
        "by total, completed": {"order_by": "cartTotal", "status": "completed"},
    }


if __name__ == "__main__":
    main()
