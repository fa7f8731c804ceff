"""The list of payments over many executions beside the same over few, in one run.

    python -m benchmarks.payments_list [--rounds 15] [--few 1000] [--many 100000]

A database of its own (SQLite in a temporary folder, unless DATABASE_URL names another), filled with executions of two
years in three channels and three currencies; of the few one in 200 is not settled, as what waits for people does not
grow with what is done. The time of a page is that of the view, asked by a signed-in person, the frame included: CPU
time as in `benchmarks.index`, the least of all rounds. The sums are of at most 10,000 rows, so both of them are
measured: those of few, which are all of them, and those of many, which are of the newest.
"""

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CHANNELS = ("se", "no", "dk")
PAGES = {
    "first page": "",
    "in doubt": "tab=in-doubt",
    "refunded": "tab=refunded",
    "of a person": "person={person}",
    "of a channel and a currency": "channel=norce/se&currency=SEK",
    "30 days": "preset=30-days",
    "amounts from 5,000": "amount_from=5000.00",
    "a reference": "text=SE-777",
    "also what was not done here": "others=1",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "benchmarks.payments_list", "--inside"]
        command += [f"--{name}={getattr(options, name)}" for name in ("rounds", "few", "many")]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **settings, "PAYMENT_WORKER": "0"}, check=True)


def measure(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client

    from benchmarks.timed_desk import prepare

    prepare(50)
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="admin"))
    fill(options.few)
    few = timed(client, options.rounds)
    fill(options.many - options.few, is_settled=True)
    many = timed(client, options.rounds)
    print(f"| page | {options.few:,} executions, ms | {options.many:,}, ms | ratio |")
    print("|---|---|---|---|")
    for name, took in few.items():
        print(f"| {name} | {took:.0f} | {many[name]:.0f} | {many[name] / took:.2f} |", flush=True)


def fill(count: int, *, is_settled: bool = False) -> None:
    """So many executions more, all of them settled or some not."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from benchmarks.index import settle
    from domain.states import EXECUTION
    from payments.models import Execution

    draw, now = random.Random(count), timezone.now()
    people = list(User.objects.all())
    ended = ["refused", *["done"] * 20]
    unsettled = [name for name, row in EXECUTION.items() if row.is_unsettled or row.is_request or row.needs_person]
    for first in range(0, count, 5_000):
        rows = []
        for number in range(first, min(count, first + 5_000)):
            person, channel = draw.choice(people), draw.choice(CHANNELS)
            currency = {"se": "SEK", "no": "NOK", "dk": "DKK"}[channel]
            at = now - dt.timedelta(seconds=draw.randint(0, 63_000_000))
            rows.append(
                Execution(
                    created_at=at, merchant="norce", channel=channel, order_id=f"o{uuid.uuid4().hex}",
                    order_reference=f"{channel.upper()}-{number}", payment_id=f"p{uuid.uuid4().hex}",
                    provider="klarna_checkout_adapter", method="Klarna", action_id="a",
                    action_type=draw.choice(("capture", "capture", "capture", "refund", "cancel")),
                    amount=Decimal(draw.randint(100, 999_999)) / 100, currency=currency, asked_by=person,
                    asked_by_name=person.username, baseline=uuid.uuid4().hex, seen_json="{}", sent_at=at,
                    state=draw.choice(ended if is_settled or number % 200 else unsettled),
                )
            )  # fmt: skip
        Execution.objects.bulk_create(rows)
    settle()


def timed(client: Any, rounds: int) -> dict[str, float]:
    """Milliseconds of each page; the page in the middle is where the walk from the first has come to."""
    from django.contrib.auth.models import User

    from benchmarks.index import cpu
    from payments.alerts import heartbeat

    asked = {name: text.format(person=User.objects.get(username="manager").pk) for name, text in PAGES.items()}
    asked["a page in the middle"] = f"after={middle()}"
    heartbeat.beat()  # as whoever looks at what is open does
    found, clock = {}, cpu()
    for name, query in asked.items():
        took = []
        for _ in range(rounds + 2):
            began = clock()
            answer = client.get(f"/payments/?{query}")
            took.append(clock() - began)
            assert answer.status_code == 200, (name, answer.status_code)
        found[name] = min(took[2:]) * 1000
    return found


def middle() -> str:
    from payments.listing.paging import Position
    from payments.models import Execution

    rows = Execution.objects.order_by("-created_at", "-pk")
    row = rows[rows.count() // 2]
    return str(Position(row.created_at, 0, row.pk))


if __name__ == "__main__":
    main()
