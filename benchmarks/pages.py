"""What the desk adds to its Order API's own time: the list and the order's page against the same API call, in one run.

    python -m benchmarks.pages [--orders 2000 100000] [--rounds 60]

Each size gets a database of its own (SQLite in a temporary folder), seeded the same each time. Page and API call
alternate, through the same Django test client, so that a noisy machine disturbs both alike; what counts is their ratio,
and the difference of the medians: the desk's own share.
"""

import argparse
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="+", default=[2000, 100_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.orders[0], options.rounds)
        return
    print(
        "| orders | page | API call, ms | page, ms | own share, ms | ratio | queries | page, KB (gzip) "
        "|\n|---|---|---|---|---|---|---|---|"
    )
    for orders in options.orders:
        with tempfile.TemporaryDirectory() as folder:
            environ = {
                **os.environ,
                "DATA_DIR": folder,
                "DJANGO_SETTINGS_MODULE": "dashboard.settings",
                "LOG_LEVEL": "ERROR",
            }
            command = [
                sys.executable,
                "-m",
                "benchmarks.pages",
                "--inside",
                "--orders",
                str(orders),
                "--rounds",
                str(options.rounds),
            ]
            subprocess.run(command, cwd=ROOT, env=environ, check=True)


def measure(orders: int, rounds: int) -> None:
    """One size: seeds, warms up, and prints a row for each page."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from accounts.demo import ensure_demo_accounts

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("sandbox_seed", orders=orders, verbosity=0)
    ensure_demo_accounts()
    person, api = Client(headers={"host": "localhost"}), Client(headers=api_headers())
    person.login(username="support", password="demo")
    orders_path = "/checkout/order/api/v0/checkout/orders"
    order_id = api.get(f"{orders_path}?limit=1").json()["data"][0]["id"]
    for name, page, call in (
        ("list, 50 rows", "/norce/se/orders/?size=50", f"{orders_path}?limit=50&offset=0"),
        ("list, 25 rows", "/norce/se/orders/?size=25", f"{orders_path}?limit=25&offset=0"),
        (
            "list, completed",
            "/norce/se/orders/?size=50&status=completed",
            f"{orders_path}?limit=50&offset=0&status=completed",
        ),
        ("order", f"/norce/se/orders/{order_id}/", f"{orders_path}/{order_id}"),
    ):
        report(orders, name, rounds, lambda page=page: person.get(page), lambda call=call: api.get(call))  # type: ignore[misc]


def api_headers() -> dict[str, str]:
    from django.conf import settings

    from accounts.channels import all_channels

    merchant, channel = all_channels()[0]
    return {
        "authorization": f"Bearer {settings.SANDBOX_TOKEN}",
        "x-merchant": merchant,
        "x-channel": channel,
        "host": "localhost",
    }


def report(orders: int, name: str, rounds: int, page: Callable[[], Any], call: Callable[[], Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for warm_up in (page, call, page, call):
        answer = warm_up()
        assert answer.status_code == 200, (name, answer.status_code)
    pages, calls = [], []
    for _ in range(rounds):
        calls.append(timed(call))
        pages.append(timed(page))
    with CaptureQueriesContext(connection) as queries:
        body = page().content
    api_ms, page_ms = statistics.median(calls), statistics.median(pages)
    size = len(gzip.compress(body)) / 1000
    print(
        f"| {orders:,} | {name} | {api_ms:.1f} | {page_ms:.1f} | {page_ms - api_ms:.1f} | {page_ms / api_ms:.2f} "
        f"| {len(queries)} | {len(body) / 1000:.0f} ({size:.0f}) |",
        flush=True,
    )


def timed(call: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
