"""What a search over six channels takes beside its slowest channel's answers, in one run.

    python -m benchmarks.finding [--rounds 20] [--orders 600]

A database of its own (SQLite in a temporary folder, unless DATABASE_URL names another). The Order API is on another
machine in production, so here it is one that takes its time and none of ours: what the sandbox answered once is kept
and given again after a pause, another one for each channel. The clock of a search goes from the request of a signed-in
person to the last piece that the box is sent. Beside it stands what the slowest channel's calls, one after the other,
took in the API alone: no search can be faster. The first answer is timed as well.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAUSES = {
    "norce/se": 0.12,
    "norce/no": 0.15,
    "norce/dk": 0.18,
    "nordlys/de": 0.2,
    "nordlys/fi": 0.25,
    "nordlys/nl": 0.3,
}
"""Seconds that a channel takes for each answer."""
Headers = Sequence[tuple[str, str]]


class Api:
    """Gives what the embedded Order API answered once, after the channel's pause; counts what each channel took."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self.real = real
        self.kept: dict[tuple[str, ...], Any] = {}
        self.took: dict[str, float] = defaultdict(float)
        self.calls = 0
        self.is_asleep = False
        self._lock = threading.Lock()

    def __call__(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> Any:
        told = dict(headers)
        channel = f"{told['x-merchant']}/{told['x-channel']}"
        key, began = (method, path, query, channel), time.perf_counter()
        if key not in self.kept:
            self.kept[key] = self.real(method, path, query, headers, body)
        if self.is_asleep:
            time.sleep(PAUSES[channel])
        with self._lock:
            self.took[channel] += time.perf_counter() - began
            self.calls += 1
        return self.kept[key]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--orders", type=int, default=600)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rounds, options.orders)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "benchmarks.finding", "--inside"]
        command += ["--rounds", str(options.rounds), "--orders", str(options.orders)]
        environ = {**os.environ, **settings, "PAYMENT_WORKER": "0", "FAN_OUT_CALLS_A_MINUTE": "1000000"}
        subprocess.run(command, cwd=ROOT, env=environ, check=True)


def measure(rounds: int, orders: int) -> None:
    """Seeds, warms up, and prints the table."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client

    from benchmarks.timed_desk import prepare

    prepare(orders)
    gateway: Any = import_module("gateway.connection")
    api = gateway.answer = Api(gateway.answer)
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="admin"))
    print("| searched for | calls | slowest channel's API time, ms | search, ms | ratio | first answer, ms |")
    print("|---|---|---|---|---|---|")
    for name, said in texts().items():
        api.is_asleep = False
        search(client, said)
        api.is_asleep = True
        report(name, [one(client, said, api) for _ in range(rounds)])


def texts() -> dict[str, str]:
    """What callers say: of an order of the channel that is the fourth to be asked, and of none."""
    from gateway.connection import order_api

    orders = order_api("nordlys", "de").orders.list(limit=50).data
    bills = ((order.reference, order.customer.billing) for order in orders if order.customer)
    reference, bill = next((reference, bill) for reference, bill in bills if reference and bill and bill.email)
    return {
        "a reference": reference,
        "an e-mail": bill.email or "",
        "a phone": bill.phone or "",
        "a name": f"{bill.given_name} {bill.family_name}",
        "a name that nobody has": "Nobody Atall",
        "a number that nobody has": "987654321",
    }


def search(client: Any, said: str) -> tuple[float, float]:
    """Seconds until the first channel's answer, and until the last piece."""
    began = time.perf_counter()
    pieces = iter(client.post("/find/answers/", {"said": said, "ask": "all", "own": "norce/se"}).streaming_content)
    next(pieces)
    next(pieces)
    first = time.perf_counter() - began
    for _ in pieces:
        pass
    return first, time.perf_counter() - began


def one(client: Any, said: str, api: Api) -> tuple[float, float, float, int]:
    api.took.clear()
    api.calls = 0
    first, whole = search(client, said)
    return max(api.took.values()), whole, first, api.calls


def report(name: str, runs: list[tuple[float, float, float, int]]) -> None:
    slowest, whole, first = (statistics.median(run[n] for run in runs) for n in range(3))
    ratio = statistics.median(run[1] / run[0] for run in runs)
    line = f"| {name} | {runs[0][3]} | {slowest * 1000:.0f} | {whole * 1000:.0f} | {ratio:.2f} |"
    print(f"{line} {first * 1000:.0f} |", flush=True)


if __name__ == "__main__":
    main()
