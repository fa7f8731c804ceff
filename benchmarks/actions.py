"""What the payment engine adds to the bare call that executes an action, in one run.

    python -m benchmarks.actions [--rounds 60]

A database of its own (SQLite in a temporary folder). Bare calls and executions alternate, each on an order of its own,
through the same client, so that a noisy machine disturbs both alike. An execution calls the API five times: two reads
before, the call, two reads after; so those five stand between the two.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pages import timed

if TYPE_CHECKING:
    from order_api import OrderApi

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "benchmarks.actions", "--inside", "--rounds", str(options.rounds)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **settings, "PAYMENT_WORKER": "0"}, check=True)


def measure(rounds: int) -> None:
    """Makes the orders, warms up, and prints the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from gateway.connection import order_api

    call_command("migrate", verbosity=0, interactive=False)
    api = order_api("norce", "se")
    ways = {"the bare call": bare(api), "the five calls that it makes": five(api), "an execution": execution(api)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 3):
        for name, way in ways.items():
            took = timed(way(*payment(api)))
            if number >= 3:
                times[name].append(took)
    report({name: statistics.median(each) for name, each in times.items()}, queries(way(*payment(api))))


def payment(api: "OrderApi") -> tuple[str, str, str]:
    """An order with a payment that can be captured: their ids, and the action's."""
    from order_api.schemas import Order, Payment

    order_id = api.orders.create(Order(currency="SEK", country="SE"))
    made = Payment(adapter_id="stripe_adapter", name="Card", currency="SEK", amount=Decimal(499))
    payment_id = api.payments.create(order_id, made)
    api.payments.update(order_id, payment_id, api.payments.get(order_id, payment_id).changed(state="reserved"))
    return order_id, payment_id, api.payments.get(order_id, payment_id).actions[0].id or ""


Way = Callable[[str, str, str], Callable[[], object]]


def bare(api: "OrderApi") -> Way:
    return lambda *ids: lambda: api.payments.execute(*ids)


def five(api: "OrderApi") -> Way:
    def call(order_id: str, payment_id: str, action_id: str) -> None:
        api.orders.get(order_id)
        api.payments.transactions(order_id, payment_id)
        api.payments.execute(order_id, payment_id, action_id)
        api.payments.get(order_id, payment_id)
        api.payments.transactions(order_id, payment_id)

    return lambda *ids: lambda: call(*ids)


def execution(api: "OrderApi") -> Way:
    """What stands behind the confirm button; the dialog was read before, and is not measured."""
    from django.contrib.auth.models import User

    from accounts.channels import Channel
    from audit import log
    from payments.executions import engine, intent
    from payments.models import State

    person = User.objects.create(username="anna")
    asked = engine.Asked(person, log.Who(person.username, person.pk), "delivered")

    def execute(seen: intent.Intent) -> None:
        assert engine.execute(api, seen, asked).state == State.DONE

    def way(*ids: str) -> Callable[[], object]:
        seen = intent.read(api, Channel("norce", "se"), *ids).case
        return lambda: execute(seen)

    return way


def queries(execute: Callable[[], object]) -> int:
    """How many statements on the desk's own tables an execution makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        execute()
    return sum("payments_" in query["sql"] or "audit_" in query["sql"] for query in captured)


def report(medians: dict[str, float], own_queries: int) -> None:
    first, second, whole = medians.values()
    print("| | ms | ratio to the bare call |\n|---|---|---|")
    for name, took in medians.items():
        print(f"| {name} | {took:.1f} | {took / first:.2f} |")
    print(
        f"| the engine's own share, {own_queries} statements | {whole - second:.1f} | {(whole - second) / first:.2f} |"
    )


if __name__ == "__main__":
    main()
