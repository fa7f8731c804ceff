"""What the index costs: looking through a channel, in calls and in CPU, and what feeding adds to a list page.

    python -m benchmarks.sweep [--orders 10000] [--rounds 60] [--database postgres://…]

A database of its own (SQLite in a temporary folder, or an empty one of PostgreSQL). The sweep is run three times over a
channel of so many orders: the first time, again with nothing changed, and again after a twentieth of them changed.
Counted is the CPU of the process less what the embedded Order API took of it, which is another machine in production.
The list page is asked for with feeding on and off in turn, each with its thread at work, so that a noisy machine
disturbs both alike: once as somebody sees it for the first time, and once again; what counts are the ratios.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.pages import timed

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--database", default="", help="of PostgreSQL, empty")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.orders, options.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "ERROR"}
        settings |= {"SANDBOX_PUSH": "0", "INDEX_CALLS_A_MINUTE": "1000000", "INDEX_KEEP_DAYS": "4000"}
        settings |= {"DATABASE_URL": options.database} if options.database else {}
        command = [sys.executable, "-m", "benchmarks.sweep", "--inside", "--orders", str(options.orders)]
        command += ["--rounds", str(options.rounds)]
        subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)


def measure(orders: int, rounds: int) -> None:
    """Seeds, and prints both tables."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.test import Client

    from accounts.channels import Channel
    from accounts.demo import ensure_demo_accounts
    from gateway import connection
    from index import registry
    from index.models import ChannelState, IndexedOrder
    from index.sweeping import steps
    from sandbox.codec import decode, encode
    from sandbox.models import Order, OrderDocument

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("sandbox_seed", orders=int(orders * 2.2), verbosity=0)
    ensure_demo_accounts()
    registry._readers.clear()
    channel = Channel("norce", "se")
    surplus = Order.objects.filter(merchant="norce", channel="se").order_by("-created").values_list("number", flat=True)
    Order.objects.filter(number__in=list(surplus[orders:])).delete()
    there = Order.objects.filter(merchant="norce", channel="se").count()
    spent = Spent(connection)

    def sweep(name: str) -> None:
        done = dict.fromkeys(("newest_at", "open_at", "completed_at"), django.utils.timezone.now())
        ChannelState.objects.update_or_create(merchant="norce", channel="se", defaults=done | {"whole_at": None})
        spent.reset()
        calls, cpu, clock = steps.state_of(channel).spent, time.process_time(), time.perf_counter()
        while steps.take_turn(channel, seconds=600):
            pass
        cpu, clock = time.process_time() - cpu - spent.cpu, time.perf_counter() - clock
        calls, share = steps.state_of(channel).spent - calls, 10_000 / there
        print(f"| {name} | {calls} | {calls * share:.0f} | {cpu * share:.2f} | {clock * share:.1f} |", flush=True)

    print(f"{there:,} orders of a channel\n")
    print(
        "| sweep of the whole | calls | calls a 10k | own CPU, s a 10k | with the API, s a 10k |\n|---|---|---|---|---|"
    )
    sweep("the first time")
    sweep("nothing changed")
    with transaction.atomic():
        for row in OrderDocument.objects.filter(order__channel="se").order_by("-order__created")[: there // 20]:
            body = encode(decode(row.body) | {"reference": f"R-{row.pk}"}).decode()
            OrderDocument.objects.filter(pk=row.pk).update(body=body)
    sweep("one in twenty changed")
    assert IndexedOrder.objects.filter(merchant="norce", channel="se").count() == there
    person = Client(headers={"host": "localhost"})
    person.login(username="support", password="demo")
    pages(person, there, rounds)


class Spent:
    """The CPU that the embedded Order API took of this process."""

    def __init__(self, connection: Any) -> None:
        self.cpu = 0.0
        answer: Callable[..., Any] = connection.answer

        def counted(*call: Any) -> Any:
            start = time.thread_time()
            try:
                return answer(*call)
            finally:
                self.cpu += time.thread_time() - start

        connection.answer = counted

    def reset(self) -> None:
        self.cpu = 0.0


def pages(person: Any, there: int, rounds: int) -> None:
    """The list, with feeding and without, in turn."""
    from django.core.cache import cache
    from django.test import override_settings

    print("\n| list of 50 | without feeding, ms | with it, ms | ratio |\n|---|---|---|---|")
    last = max(1, there // 50 - 1)

    def asked(number: int, *, feeding: bool) -> float:
        with override_settings(INDEX_FEEDING=feeding):
            return timed(lambda: person.get(f"/norce/se/orders/?size=50&page={number}"))

    for name, number_of in (
        ("seen before", lambda _round: 1),
        ("not seen before", lambda round_: 2 + round_ % last),
    ):
        times: dict[bool, list[float]] = {True: [], False: []}
        for round_ in range(rounds + 4):
            for feeding in (True, False) if round_ % 2 else (False, True):
                # Two pages, side by side: each of them is new to the process once.
                took = asked(number_of(2 * round_ + feeding), feeding=feeding)
                if round_ >= 4:
                    times[feeding].append(took)
        cache.clear()
        without, with_it = (statistics.median(times[feeding]) for feeding in (False, True))
        print(f"| {name} | {without:.1f} | {with_it:.1f} | {with_it / without:.2f} |", flush=True)


if __name__ == "__main__":
    main()
