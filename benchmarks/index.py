"""What the index answers over ten thousand, a hundred thousand and a million orders in six channels, in one run.

    python -m benchmarks.index [--sizes 10000,100000,1000000] [--rounds 15] [--database postgres://…] [--keep]

A database of its own: SQLite in DATA_DIR (a temporary folder where that is not set), or the one of PostgreSQL that is
named, which is made, and dropped afterwards. With --keep it stays, and another run finds it filled. 2,500 believable
orders of the sandbox are written by `index.writing.see`, whose cost is printed.
The rest is made by a fast loader: copies of those rows with ids, references and payments of their own and other times,
by INSERT … SELECT, with the indexes made afterwards and the sums by `rollups.recount`. What counts is the ratio to the
first size; the aim is 1.5. The time is CPU time, of this process and of the one of PostgreSQL that works for
it (Linux, on this machine), and the best of all rounds, so that others' work on the machine counts little.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BASE = 2_500
ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 29, tzinfo=UTC)
Questions = Mapping[str, Callable[[], Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--database", default="", help="of PostgreSQL; made, and dropped afterwards")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure([int(size) for size in options.sizes.split(",")], options.rounds)
        return
    with contextlib.ExitStack() as stack:
        folder = os.environ.get("DATA_DIR") or stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(made(options.database, keep=options.keep))
        settings = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings", "LOG_LEVEL": "ERROR"}
        settings |= {"DATABASE_URL": options.database} if options.database else {}
        command = [sys.executable, "-m", "benchmarks.index", "--inside"]
        command += ["--sizes", options.sizes, "--rounds", str(options.rounds)]
        subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)


@contextlib.contextmanager
def made(url: str, *, keep: bool) -> Iterator[None]:
    """That database of PostgreSQL, for the block."""
    if not url:
        yield
        return
    import psycopg

    address, name = urlsplit(url), urlsplit(url).path.strip("/")
    server = address._replace(path="/postgres").geturl()

    def run(statement: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)

    with contextlib.suppress(psycopg.errors.DuplicateDatabase):
        run(f'CREATE DATABASE "{name}"')
    try:
        yield
    finally:
        if not keep:
            run(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(sizes: list[int], rounds: int) -> None:
    """Prints a row for each question."""
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.index_copies import copied, is_empty

    call_command("migrate", verbosity=0)
    first = BASE
    if is_empty():
        new, same = seen(first)
        print(
            f"see(): {new * 1000 / first:.2f} ms of CPU an order that is new, "
            f"{same * 1000 / first:.3f} for one that is as it was",
            flush=True,
        )
    found: dict[str, list[float]] = {}
    for size in sizes:
        began = time.perf_counter()
        if copied(first, size // first):
            print(f"{size} orders by the loader: {time.perf_counter() - began:.0f} s", flush=True)
            settle()
        for name, took in timed(questions(), rounds).items():
            found.setdefault(name, []).append(took)
    print(f"\n| | {' | '.join(f'{size:,}, ms' for size in sizes)} | ratio |")
    print(f"|---|{'---|' * (len(sizes) + 1)}")
    for name, times in found.items():
        print(f"| {name} | {' | '.join(f'{each:.1f}' for each in times)} | {times[-1] / times[0]:.2f} |")


def timed(asked: Questions, rounds: int) -> dict[str, float]:
    """The best times in milliseconds; the questions take turns."""
    clock = cpu()
    times: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(rounds + 2):
        for name, ask in asked.items():
            began = clock()
            ask()
            if turn >= 2:
                times[name].append((clock() - began) * 1000)
    return {name: min(each) for name, each in times.items()}


def cpu() -> Callable[[], float]:
    """Seconds of CPU that this process has taken, and the one of PostgreSQL that works for it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        spent = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: time.process_time() + int(spent.read_text().split()[0]) / 1e9


def seen(size: int) -> tuple[float, float]:
    """Seconds of CPU for all of them, when they are new and when nothing of them is."""
    from index import writing
    from index.models import IndexedPayment
    from order_api.schemas import Order, PaymentTransaction
    from order_api.schemas.base import decode
    from payments.listing.noting import read_of
    from sandbox.codec import encode
    from sandbox.seeding.orders import generate

    documents, new, same = generate(size, 1, NOW), 0.0, 0.0
    while some := list(islice(documents, 250)):
        orders = [recent(decode(encode(document), Order)) for document, _told in some]
        began = time.process_time()
        writing.see(orders, at=NOW)
        new += time.process_time() - began
        began = time.process_time()
        writing.see(orders, at=NOW + timedelta(seconds=1))
        same += time.process_time() - began
        told = {key: lines for _document, of in some for key, lines in of.items()}
        for payment in IndexedPayment.objects.filter(payment_id__in=told).select_related("order"):
            read_of(payment, decode(encode(told[payment.payment_id]), tuple[PaymentTransaction, ...]), NOW)
    return new, same


def recent(order: Any) -> Any:
    """The order within the days that the index keeps."""
    days = (NOW - order.created).days
    return order.changed(created=order.created + timedelta(days=days - days % 390)) if days >= 390 else order


def questions() -> Questions:
    """What a list and a board ask, over all six channels, and over the one with most orders."""
    from accounts.channels import Channel
    from index import rollups

    channels = tuple(Channel(*each) for each in rollups.known_channels())
    alone = {f"{name}, one channel": ask for name, ask in asked_of((Channel("norce", "se"),)).items()}
    return {**asked_of(channels), **alone}


def asked_of(channels: tuple[Any, ...]) -> Questions:
    from django.conf import settings
    from django.contrib.auth.models import User

    from index import reading
    from index.conditions import of_channels
    from index.models import IndexedOrder, IndexedPayment, IndexedSku
    from index.questions import Question
    from overview.checks import BY_INDEX
    from overview.counting import find
    from overview.scope import Scope
    from payments.listing import rows, sums
    from payments.listing.questions import Question as PaymentsAsked
    from payments.listing.questions import Tab

    assert settings.TIME_ZONE
    mine = of_channels(channels)
    every = Question(channels=channels)
    midnight = datetime(2026, 10, 14, 22, tzinfo=UTC)
    week = replace(every, created_from=midnight, created_to=midnight + timedelta(days=45, hours=1))
    noon = replace(
        week, created_from=midnight + timedelta(hours=12), created_to=midnight + timedelta(days=44, hours=13)
    )
    odd = replace(
        week,
        created_from=midnight + timedelta(hours=8, minutes=50),
        created_to=midnight + timedelta(days=44, hours=15, minutes=50),
    )
    reference = IndexedOrder.objects.filter(mine).exclude(reference="").order_by("number")[77].reference
    sku = IndexedSku.objects.filter(mine).order_by("pk")[77].sku
    amounts = replace(every, amount_from=Decimal(2000), amount_to=Decimal(2100))
    adapter = IndexedPayment.objects.filter(mine).exclude(adapter="").order_by("pk")[77].adapter
    middle = middle_of(every)
    person = User.objects.get_or_create(username="everywhere", is_superuser=True)[0]
    to_capture = PaymentsAsked(tab=Tab.TO_CAPTURE, channels=channels)
    of_one = replace(to_capture, provider=adapter)
    by_others = PaymentsAsked(others=True, channels=channels)

    def listed(asked: PaymentsAsked) -> None:
        rows.page(asked, person, 50)
        sums.tally(asked, person)

    dear = replace(every, amount_from=Decimal(1000), sort="total")
    by_total, by_change = replace(every, sort="total"), replace(every, sort="modified")
    middle_total, middle_change = middle_of(by_total), middle_of(by_change)
    of_few = replace(by_total, check="twins")
    second = reading.page(of_few, 50).next
    return {
        "tally of all": lambda: reading.tally(every),
        "tally by status": lambda: reading.tally(replace(every, status=("completed",))),
        "tally by payment state": lambda: reading.tally(replace(every, payment_states=("reserved",))),
        "tally by adapter": lambda: reading.tally(replace(every, adapters=(adapter,))),
        "check: not captured": lambda: reading.tally(replace(every, check="not-captured")),
        "check: stuck": lambda: reading.tally(replace(every, check="stuck")),
        "ages of not captured": lambda: reading.ages(replace(every, check="not-captured"), NOW),
        "the board, all checks": lambda: find(Scope(channels), BY_INDEX),
        "tally of 45 days": lambda: reading.tally(week),
        "45 days from noon to noon": lambda: reading.tally(noon),
        "noon to noon, of one state": lambda: reading.tally(replace(noon, payment_states=("captured",))),
        "45 days at odd hours": lambda: reading.tally(odd),
        "odd hours, of one state": lambda: reading.tally(replace(odd, payment_states=("captured",))),
        "45 days of one state": lambda: reading.tally(replace(week, payment_states=("captured",))),
        "90 days, for the trend": lambda: reading.days(channels, (NOW - timedelta(days=90)).date(), NOW.date(), zone()),
        "tally of an amount range": lambda: reading.tally(amounts),
        "tally of a SKU": lambda: reading.tally(replace(every, sku=sku)),
        "first page": lambda: reading.page(every, 50),
        "page in the middle": lambda: reading.page(every, 50, after=middle),
        "last page": lambda: reading.page(every, 50, at="end"),
        "first page by status and state": lambda: reading.page(
            replace(every, status=("completed", "accepted"), payment_states=("reserved",)), 50
        ),
        "first page of a check": lambda: reading.page(replace(every, check="not-captured"), 50),
        "first page of an amount range": lambda: reading.page(amounts, 50),
        "the same, of one currency": lambda: reading.page(replace(amounts, currency="SEK"), 50),
        "first page by amount": lambda: reading.page(dear, 50),
        "first page by total": lambda: reading.page(by_total, 50),
        "page in the middle by total": lambda: reading.page(by_total, 50, after=middle_total),
        "by total, of a state": lambda: reading.page(replace(by_total, payment_states=("reserved",)), 50),
        "by total, of a day": lambda: reading.page(replace(by_total, created_from=NOW - timedelta(days=1)), 50),
        "by total, of a check": lambda: reading.page(replace(by_total, check="mismatch"), 50),
        "second page by total, of a check": lambda: reading.page(of_few, 50, after=second),
        "page in the middle by last change": lambda: reading.page(by_change, 50, after=middle_change),
        "first page of a SKU": lambda: reading.page(replace(every, sku=sku), 50),
        "text: hit": lambda: reading.page(replace(every, text=reference[2:]), 50),
        "text: many hits": lambda: reading.page(replace(every, text="se-1"), 50),
        "text: many hits, counted": lambda: reading.tally(replace(every, text="se-1")),
        "text: miss": lambda: reading.page(replace(every, text="se-1zz99"), 50),
        "reference": lambda: reading.page(replace(every, reference=reference), 50),
        "to capture: first page": lambda: rows.page(to_capture, person, 50),
        "to capture: sums": lambda: sums.tally(to_capture, person),
        "to capture, of one provider: first page": lambda: rows.page(of_one, person, 50),
        "to capture, of one provider: sums": lambda: sums.tally(of_one, person),
        "to capture, of a text: page and sums": lambda: listed(replace(to_capture, text=reference)),
        "to capture, of an amount: page and sums": lambda: listed(replace(to_capture, amount_from=Decimal(20_000))),
        "done by others: page and sums": lambda: listed(by_others),
        "refunded by others: page and sums": lambda: listed(replace(by_others, tab=Tab.REFUNDED)),
        "done by others, of a text: page and sums": lambda: listed(replace(by_others, text=reference)),
    }


def zone() -> Any:
    from zoneinfo import ZoneInfo

    from django.conf import settings

    return ZoneInfo(settings.TIME_ZONE)


def middle_of(question: Any) -> str:
    from index import positions
    from index.conditions import of_channels
    from index.models import IndexedOrder
    from index.narrowing import Sorting

    column = Sorting.of(question.sort).column
    mine = IndexedOrder.objects.filter(of_channels(question.channels))
    rows = mine.order_by(*(("currency", "total") if column == "total" else (column,)), "number")
    row = rows[mine.count() // 2]
    currency = row.currency if column == "total" else ""
    return positions.written(column, getattr(row, column), row.number, currency)


def settle() -> None:
    """As a database is that has been at work for a while."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
