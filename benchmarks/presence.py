"""What it costs that people see who else is at an order: a beat, and what a list asks, beside the order's page.

    python -m benchmarks.presence [--rounds 200] [--pages 50]

A database of its own (SQLite in a temporary folder, or `--database`). `--pages` is how many pages are open at the order
and at others of the channel. The three alternate through the same client, so that a noisy machine disturbs all alike.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.pages import timed

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--database", default="", help="of PostgreSQL, empty")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rounds, options.pages)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "ERROR"}
        settings |= {"DATABASE_URL": options.database} if options.database else {}
        command = [sys.executable, "-m", "benchmarks.presence", "--inside"]
        command += ["--rounds", str(options.rounds), "--pages", str(options.pages)]
        subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)


def measure(rounds: int, pages: int) -> None:
    """Fills the table, warms up, and prints a row for each."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from accounts.channels import Channel
    from accounts.demo import ensure_demo_accounts
    from gateway.connection import order_api
    from teamwork.presence import Spot, beat

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("sandbox_seed", orders=200, verbosity=0)
    ensure_demo_accounts()
    channel = Channel("norce", "se")
    ids = [order.id or "" for order in order_api(*channel).orders.list(limit=50).data]
    for number in range(pages):
        colleague, _made = User.objects.get_or_create(username=f"p{number % 10}")
        beat(colleague, Spot(channel, ids[0 if number < 10 else number % len(ids)], f"page-{number:04}"), "view")
    client = Client(headers={"host": "localhost"})
    client.login(username="support", password="demo")
    where = reverse("presence", args=(channel,))
    said = {"order": ids[0], "page": "page-9999", "mode": "view"}
    ways = {
        "the order's page": lambda: client.get(reverse("order-detail", args=(channel, ids[0]))),
        "a beat": lambda: client.post(where, said),
        "what a list of 50 asks": lambda: client.get(where, {"order": ids}),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 3):
        for name, way in ways.items():
            took = timed(way)
            if number >= 3:
                times[name].append(took)
    print("| | ms | statements beside session and person |\n|---|---|---|")
    for name, way in ways.items():
        with CaptureQueriesContext(connection) as queries:
            way()
        own = [each for each in queries if "sandbox_" not in each["sql"]]
        print(f"| {name} | {statistics.median(times[name]):.2f} | {len(own) - 2} |")


if __name__ == "__main__":
    main()
