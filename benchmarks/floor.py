"""How far the list and the order's page are from a bare Django page that runs beside them, in the
same minute, under the same server.

    python -m benchmarks.floor [--rounds 100] [--orders 2000] [--database postgres://…]

The desk and the bare page are served by one gunicorn worker each, and asked in turn, one request at a time,
each on a new connection. What the embedded Order API takes to answer is taken off: in production it is
another machine. Beside the ratio of what somebody waits stands that of the CPU that both processes used from one answer
to the next, with all their threads, which says more while others work on the machine.
`--database` names an empty database for the desk; the bare page makes one beside it.
Without it each has a SQLite file of its own.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
DESK, BARE = 8161, 8162
WARM_UP, BLOCKS = 8, 5
FIRST_PAGES = 6
"""Pages of the list that are asked for once: as many as the seed has orders for in a channel."""


class Took(NamedTuple):
    """Milliseconds of a request, and how many of them the Order API took; `until`: of CPU that the process had used
    when it answered, without the API's."""

    whole: float
    api: float
    until: float

    @property
    def own(self) -> float:
        return self.whole - self.api


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--database", default="", help="DATABASE_URL of the desk: empty, and only for this")
    parser.add_argument("--bare-database", default="", help="the same for the bare page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATA_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "PAYMENT_WORKER": "0",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "FLOOR_URL": options.bare_database or f"sqlite:///{folder}/floor.sqlite3",
        }
        if options.database:
            settings["DATABASE_URL"] = options.database
        prepare(settings, options.orders)
        with served("benchmarks.timed_desk", DESK, settings), served("benchmarks.bare", BARE, settings):
            compare(options.rounds)


def prepare(settings: Mapping[str, str], orders: int) -> None:
    """Both databases with what is in them."""
    command = [sys.executable, "-m", "benchmarks.timed_desk", str(orders)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)
    prepare_bare(settings)


def prepare_bare(settings: Mapping[str, str]) -> None:
    """The bare page's database."""
    subprocess.run([sys.executable, "-m", "benchmarks.bare"], cwd=ROOT, env={**os.environ, **settings}, check=True)


@contextmanager
def served(module: str, port: int, settings: Mapping[str, str]) -> Iterator[None]:
    """A gunicorn with that application, until the block ends."""
    options = f"--workers 1 --worker-class gthread --threads 8 --bind 127.0.0.1:{port} --log-level error".split()
    command = [sys.executable, "-m", "gunicorn", *options, f"{module}:application"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        wait_for(port)
        yield
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError):
            get(port, "/")
            return
        time.sleep(0.1)
    raise SystemExit(f"Nothing answers at port {port}.")


class Answer(NamedTuple):
    status: int
    body: bytes
    cookies: str
    timing: str


def get(
    port: int,
    path: str,
    cookies: str = "",
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request on a connection of its own; a POST where there is a form."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {"Cookie": cookies, "Connection": "close", "Accept-Encoding": "identity", **(headers or {})}
    body = urlencode(form) if form else None
    if body:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if form else "GET", path, body, sent)
    answer = connection.getresponse()
    content = answer.read()
    jar = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie", [])))
    connection.close()
    now = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
    return Answer(answer.status, content, now, answer.headers.get("Server-Timing", ""))


def sign_in() -> str:
    """The cookies of somebody in support."""
    page = get(DESK, "/accounts/login/")
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
    assert found, "no form to sign in with"
    form = {"login": "support", "password": "demo", "csrfmiddlewaretoken": found[1].decode()}
    return get(DESK, "/accounts/login/", page.cookies, form=form).cookies


def asked(port: int, path: str, cookies: str) -> tuple[Took, int]:
    """How long the page took, and its size in bytes."""
    start = time.perf_counter()
    answer = get(port, path, cookies, headers={"Accept-Encoding": "gzip"})
    took = (time.perf_counter() - start) * 1000
    assert answer.status == 200, (path, answer.status)
    told = {name: float(ms) for name, ms in re.findall(r"(\w+);dur=([\d.]+)", answer.timing)}
    return Took(took, told.get("api", 0.0), told["cpu"]), len(answer.body)


def some_orders() -> list[str]:
    """The ids of the newest orders of the first channel, as many as the API gives at once."""
    headers = {"Authorization": "Bearer sandbox", "X-Merchant": "norce", "X-Channel": "se"}
    answer = get(DESK, "/checkout/order/api/v0/checkout/orders?limit=250", headers=headers)
    return [str(order["id"]) for order in json.loads(answer.body)["data"]]


def compare(rounds: int) -> None:
    """Prints a row for each page: the same again and again, and each one for the first time since
    the desk was started."""
    person, nobody = sign_in(), get(BARE, "/in/").cookies
    orders, pages = some_orders(), range(2, 2 + FIRST_PAGES)
    print(
        "| page | bare, ms | page, ms | of it the API, ms | own ÷ bare | over five blocks | by CPU | KB on the wire |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, paths in (
        ("list, 50 rows", ["/norce/se/orders/?size=50"] * (WARM_UP + rounds)),
        ("order", [f"/norce/se/orders/{orders[0]}/"] * (WARM_UP + rounds)),
        ("list, 50 rows that nobody has seen", [f"/norce/se/orders/?size=50&page={page}" for page in pages]),
        ("order that nobody has seen", [f"/norce/se/orders/{order}/" for order in orders[1 : 1 + WARM_UP + rounds]]),
    ):
        warm_up = WARM_UP if len(paths) > FIRST_PAGES else 1
        pairs = [(asked(BARE, "/", nobody), asked(DESK, path, person)) for path in paths][warm_up:]
        report(name, [bare for (bare, _), _ in pairs], [desk for _, (desk, _) in pairs], pairs[0][1][1])


def report(name: str, bare: list[Took], desk: list[Took], size: int) -> None:
    def ratio(start: int, end: int) -> float:
        return statistics.median(t.own for t in desk[start:end]) / statistics.median(t.own for t in bare[start:end])

    step = max(1, len(bare) // BLOCKS)
    blocks = [ratio(start, start + step) for start in range(0, step * BLOCKS, step)]
    floor = statistics.median(t.own for t in bare)
    whole, api, _until = (statistics.median(each) for each in zip(*desk, strict=True))
    spread = f"{min(blocks):.2f}–{max(blocks):.2f}"
    cpu = _cpu(desk) / _cpu(bare)
    print(
        f"| {name} | {floor:.1f} | {whole:.1f} | {api:.1f} | {ratio(0, len(bare)):.2f} | {spread} | {cpu:.2f} "
        f"| {size / 1024:.0f} |"
    )


def _cpu(took: list[Took]) -> float:
    """Milliseconds from one answer to the next, the median."""
    return statistics.median(after.until - before.until for before, after in pairwise(took))


if __name__ == "__main__":
    main()
