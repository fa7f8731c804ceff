"""What an export takes beside reading the same pages bare, and what it holds in memory, small and large.

    python -m benchmarks.exports [--orders 10000] [--rounds 3]

Bare is a loop over the same pages of 250, each read into orders and let go, by the same client from the same embedded
Order API. Each measurement is a process of its own, forked from one that is warm; its memory is the most that it held
of its own beyond what it had when it began. CPU is what both take where others keep the machine busy. Linux only: it
reads /proc.
"""

import argparse
import json
import multiprocessing
import os
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

FORK = multiprocessing.get_context("fork")
SHARE_OF_THE_CHANNEL = 0.33  # of what the sandbox seeds, in norce/se


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000, help="in the channel")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "WARNING"}
        os.environ["INDEX_FEEDING"] = "off"  # which has a thread of its own, for both alike
        import django

        django.setup()
        prepare(round(options.orders / SHARE_OF_THE_CHANNEL))
        measure(options.rounds)


def prepare(orders: int) -> None:
    from django.core.management import call_command

    from accounts.demo import ensure_demo_accounts

    call_command("migrate", interactive=False, verbosity=0)
    ensure_demo_accounts()
    call_command("sandbox_seed", orders=orders, verbosity=0)
    read_bare(until_day=None, most=500)  # warm: modules, decoders, the connection


def measure(rounds: int) -> None:
    """Prints a line for each kind, of all and of a tenth."""
    total = read_bare(until_day=None)
    small = day_of(total // 10)
    print(f"{total} orders in norce/se, {rounds} rounds, medians; a tenth of them for the second figure of memory")
    print("| | seconds | ÷ bare | CPU ÷ bare | MB beyond the start | of a tenth |\n|---|---|---|---|---|---|")
    kinds: dict[str, Callable[[str | None], object]] = {"bare": read_bare} | {
        f"export, {form}, a row an {row}": partial(export, form, row)
        for form, row in (("csv-semicolon", "order"), ("xlsx", "order"), ("csv-semicolon", "item"), ("xlsx", "item"))
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, work in kinds.items():
            found[name].append(apart(partial(work, None)))
    bare, bare_cpu = (statistics.median(one[what] for one in found["bare"]) for what in ("seconds", "cpu"))
    for name, work in kinds.items():
        seconds = statistics.median(one["seconds"] for one in found[name])
        cpu = statistics.median(one["cpu"] for one in found[name]) / bare_cpu
        memory = statistics.median(one["mb"] for one in found[name])
        tenth = apart(partial(work, small))["mb"]
        print(f"| {name} | {seconds:.1f} | {seconds / bare:.2f} | {cpu:.2f} | {memory:.1f} | {tenth:.1f} |", flush=True)


def read_bare(until_day: str | None, most: int | None = None) -> int:
    """Reads the pages and lets them go; how many orders there were."""
    from gateway.connection import get_fan_out_connection, order_api
    from orders.exports.source import PAGE, unpack

    api = order_api("norce", "se", way=get_fan_out_connection())
    query, offset = unpack({}, until(until_day)), 0
    while most is None or offset < most:
        page = api.orders.list(limit=PAGE, offset=offset, **query)
        offset += len(page.data)
        if len(page.data) < PAGE:
            break
    return offset


def until(day: str | None) -> str:
    return day or "2099-01-01T00:00:00+00:00"


def day_of(place: int) -> str:
    """When the order at that place was created."""
    from gateway.connection import order_api
    from orders.exports.source import unpack

    page = order_api("norce", "se").orders.list(limit=1, offset=place, **unpack({}, until(None)))
    assert page.data[0].created
    return page.data[0].created.isoformat()


def export(form: str, row: str, day: str | None) -> None:
    """One export to its end."""
    from django.contrib.auth.models import User

    from accounts.channels import Channel
    from audit.log import Who
    from jobs import exports, files, running
    from jobs.exports import Wanted
    from jobs.models import Job
    from orders.exports.columns import Row, usual
    from orders.exports.source import KIND, arguments_of

    person = User.objects.get(username="admin")
    arguments = {**arguments_of([Channel("norce", "se")], Row(row)), "until": until(day)}
    wanted = Wanted(usual(Row(row)), form, "Europe/Stockholm", "orders")
    job = exports.start(KIND, Who(person.username, person.pk), wanted, arguments, {"query": {}})
    while running.go_on(str(job.pk)):
        pass
    assert Job.objects.get(pk=job.pk).code == "complete"
    Job.objects.filter(pk=job.pk).delete()
    files.forget(job.pk)


def apart(work: Callable[[], object]) -> dict[str, float]:
    """Seconds and MB that it takes, in a process of its own."""
    from django.db import connections

    connections.close_all()
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=in_child, args=(work, theirs))
    child.start()
    told: dict[str, float] = json.loads(ours.recv())
    child.join()
    return told


def in_child(work: Callable[[], object], tell: Any) -> None:
    before, most, is_over = held(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not is_over.wait(0.02):
            most = max(most, held())

    watching = threading.Thread(target=watch)
    watching.start()
    began, cpu = time.perf_counter(), time.process_time()
    work()
    told = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    is_over.set()
    watching.join()
    tell.send(json.dumps({**told, "mb": most - before}))


def held() -> float:
    """MB of its own: without the database, which SQLite maps into memory."""
    found = re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
