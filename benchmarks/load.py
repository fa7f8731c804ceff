"""What 200 people at work make of the desk: how long they wait, what fails, and what the processes hold meanwhile.

    python -m benchmarks.load [--people 200] [--minutes 10] [--think 6] [--orders 12000]
                              [--server postgres://postgres@127.0.0.1:5432]

Serves the desk as anybody would (`manage.py serve`, two processes) on a PostgreSQL database that it makes and drops,
and beside it the bare page of `benchmarks.bare`, on one of its own. Each of the people has an account and a session,
and looks at a list, filters, searches, opens an order or writes (a note, a reference), with pauses between. All the
while one more asks the bare page, twice a second: the floor, at the same load. Linux only: it reads /proc.

The index has been through all orders before they begin, as that of a desk at work has. A change that the order does
not take (it is shipped already, or a hook says no) is answered with 422 and its reason: that is no failure, and is
listed.

The aims: nothing fails, the 95th percentile is at most 15 times the floor's median, and memory is flat once each
process has seen each kind of page, from three tenths of the time on. It ends with 1 where one is missed.
"""

import argparse
import asyncio
import os
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg

from benchmarks.floor import BARE, ROOT, get, prepare_bare, served
from benchmarks.memory import family, free_port, pss, wait_for

SEED = 12
MIX = {"list": 40, "filter": 20, "search": 15, "order": 20, "write": 5}  # per cent
TIMES_THE_FLOOR = 15
FLAT = 1.10  # times what was held after three tenths of the time
LISTS = ("?size=50", "?size=50&page=2", "?size=50&page=3", "", "?page=2", "?size=100")
FILTERS = (
    "status=completed",
    "status=processing",
    "status=accepted&size=50",
    "country=SE",
    "country=NO,SE",
    "status=declined",
)
CHANNEL = "norce/se"
KNOWN = 1000  # orders that people open
PAUSE = 0.5  # seconds between two looks at the bare page


@dataclass
class Seen:
    """What happened so far."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    held: list[float] = field(default_factory=list)


@dataclass
class Orders:
    """What people look for."""

    ids: list[str]
    words: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument(
        "--think", type=float, default=6, help="seconds between an answer and the next request, on average"
    )
    parser.add_argument("--orders", type=int, default=12_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        database(options.server) as own,
        database(options.server) as bare,
        desk(folder, own, options) as (process, address, environ),
        bare_page(folder, bare),
    ):
        keys = sessions(environ, options.people)
        subprocess.run(
            [sys.executable, "manage.py", "index_rebuild"], cwd=ROOT, env=environ, check=True, stdout=sys.stderr
        )
        seen = Seen()
        began = time.monotonic()
        asyncio.run(work(seen, address, keys, process, options))
        took = time.monotonic() - began
        complaints = (Path(folder) / "serve.log").read_text()
    if not report(seen, took, complaints):
        raise SystemExit(1)


@contextmanager
def database(server: str) -> Iterator[str]:
    """The address of an empty database, which is dropped afterwards."""
    name = f"load_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{server}/{name}"
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def desk(
    folder: str, own: str, options: argparse.Namespace
) -> Iterator[tuple["subprocess.Popen[bytes]", str, dict[str, str]]]:
    """The process that forks those that serve, the address, and what programs of that desk are called with."""
    port = free_port()
    environ = os.environ | {
        "DATA_DIR": folder,
        "DATABASE_URL": own,
        "PORT": str(port),
        "WEB_CONCURRENCY": str(options.workers),
        "SANDBOX_ORDERS": str(options.orders),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
    }
    command = [sys.executable, "manage.py", "serve"]
    with (Path(folder) / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, timeout=120) as probe:
                wait_for(probe, process)
            yield process, address, environ
        finally:
            process.terminate()
            process.wait(120)


@contextmanager
def bare_page(folder: str, address: str) -> Iterator[None]:
    settings = {"FLOOR_URL": address, "DATA_DIR": folder}
    prepare_bare(settings)
    with served("benchmarks.bare", BARE, settings):
        yield


def sessions(environ: dict[str, str], people: int) -> list[str]:
    """The keys of sessions of so many people of support, each with an account."""
    command = [sys.executable, "-c", f"from benchmarks.load import sign_in; sign_in({people})"]
    done = subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()


def sign_in(people: int) -> None:
    """In a program of the desk: makes the people, lets each in without a password, and prints their sessions' keys."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import login
    from django.contrib.auth.models import Group, User
    from django.http import HttpRequest

    from accounts.session_store import SessionStore

    support = Group.objects.get(name="support")
    for number in range(people):
        user = User.objects.create_user(f"load{number}")
        user.groups.add(support)
        user.channel_grants.create(merchant="*", channel="*")
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = "127.0.0.1"
        request.session = SessionStore()
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        print(request.session.session_key)


async def work(
    seen: Seen, address: str, keys: list[str], process: "subprocess.Popen[bytes]", options: argparse.Namespace
) -> None:
    """All people for all the time."""
    until = time.monotonic() + 60 * options.minutes
    chance = random.Random(SEED)
    orders = await known(address)
    people = [
        Person(
            seen,
            browser=browser(address, key),
            orders=orders,
            own=orders.ids[number :: len(keys)],
            think=options.think,
            chance=random.Random(chance.random()),
        )
        for number, key in enumerate(keys)
    ]
    others = [
        asyncio.create_task(asyncio.to_thread(floor, seen, until)),
        asyncio.create_task(hold(seen, process, until, options.minutes)),
    ]
    await asyncio.gather(*(person.work(until) for person in people), *others)


async def known(address: str) -> Orders:
    """Orders to open, and what they can be found by, as the sandbox tells them."""
    merchant, channel = CHANNEL.split("/")
    headers = {"Authorization": "Bearer sandbox", "x-merchant": merchant, "x-channel": channel}
    ids, words = list[str](), list[str]()
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120) as api:
        for offset in range(0, KNOWN, 250):
            answer = await api.get("/checkout/order/api/v0/checkout/orders", params={"limit": 250, "offset": offset})
            for order in answer.raise_for_status().json()["data"]:
                ids.append(order["id"])
                billing = (order.get("customer") or {}).get("billing") or {}
                words += [
                    text for text in (order.get("reference"), billing.get("email"), billing.get("familyName")) if text
                ]
    return Orders(ids, words)


def browser(address: str, key: str) -> httpx.AsyncClient:
    """One that is signed in."""
    return httpx.AsyncClient(
        base_url=address,
        cookies={"sessionid": key},
        headers={"Referer": f"{address}/", "Origin": address},
        timeout=120,
        follow_redirects=True,
        limits=httpx.Limits(keepalive_expiry=1.0),
    )


class Person:
    """Somebody with a browser, who does one thing after the other, each after a while."""

    def __init__(
        self,
        seen: Seen,
        *,
        browser: httpx.AsyncClient,
        orders: Orders,
        own: list[str],
        think: float,
        chance: random.Random,
    ) -> None:
        """`own`: orders that nobody else writes to."""
        self.seen, self.browser, self.orders, self.own = seen, browser, orders, own
        self.think, self.chance = think, chance

    async def work(self, until: float) -> None:
        await asyncio.sleep(self.chance.random() * self.think)  # nobody begins at the same moment
        async with self.browser:
            while time.monotonic() < until:
                (kind,) = self.chance.choices(list(MIX), list(MIX.values()))
                begun = time.perf_counter()
                try:
                    if kind == "write":
                        await self.write()
                    else:
                        await self.look(kind)
                except (httpx.HTTPError, ValueError) as error:
                    self.seen.wrong[
                        f"{kind}: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
                    ] += 1
                else:
                    if kind != "write":
                        self.seen.took[kind].append(time.perf_counter() - begun)
                await asyncio.sleep(self.chance.uniform(0.5, 1.5) * self.think)

    async def look(self, kind: str) -> None:
        pick, orders = self.chance.choice, self.orders
        path = {
            "list": lambda: pick(LISTS),
            "filter": lambda: f"?{pick(FILTERS)}",
            "search": lambda: f"?search={quote(pick(orders.words))}",
            "order": lambda: f"{pick(orders.ids)}/",
        }[kind]()
        (await self.browser.get(f"/{CHANNEL}/orders/{path}")).raise_for_status()

    async def write(self) -> None:
        """A note, or a reference; what is timed is the sending."""
        order = self.chance.choice(self.own or self.orders.ids)
        page, form = f"/{CHANNEL}/orders/{order}/", "notes/add/"
        typed = {"text": f"Called back, no answer ({secrets.token_hex(3)})"}
        if self.chance.random() < 0.5:
            form, typed = "reference/", {"reference": f"LOAD-{secrets.token_hex(4)}"}
        opened = (await self.browser.get(page + (form if form == "reference/" else ""))).raise_for_status().text
        hidden = dict(
            re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|seen|once)" value="([^"]*)"', opened)
        )
        hidden.setdefault("csrfmiddlewaretoken", self.browser.cookies.get("csrftoken") or "")
        begun = time.perf_counter()
        answer = await self.browser.post(page + form, data=hidden | typed)
        if reason := refusal(answer):
            self.seen.refused[reason] += 1
        else:
            answer.raise_for_status()
        self.seen.took["write"].append(time.perf_counter() - begun)


def refusal(answer: httpx.Response) -> str:
    """Why the order does not take a change, in the words of the form that came back."""
    if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
        return ""
    alert = re.search(r'class="alert[^>]*>(.*?)</div>', answer.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", alert[1]).split()) if alert else ""


def floor(seen: Seen, until: float) -> None:
    """Somebody asks for the bare page all the while."""
    cookies = get(BARE, "/in/").cookies
    while time.monotonic() < until:
        begun = time.perf_counter()
        if get(BARE, "/", cookies).status == httpx.codes.OK:
            seen.took["the bare page"].append(time.perf_counter() - begun)
        time.sleep(PAUSE)


async def hold(seen: Seen, process: "subprocess.Popen[bytes]", until: float, minutes: float) -> None:
    """Looks at what the processes hold, ten times."""
    for _ in range(10):
        await asyncio.sleep(max(0.0, min(60 * minutes / 10, until - time.monotonic())))
        seen.held.append(sum(pss(pid) for pid in family(process.pid)))


def report(seen: Seen, took: float, complaints: str) -> bool:
    """Prints it all, and says whether the aims are held."""
    bare = seen.took.pop("the bare page")
    together = [one for each in seen.took.values() for one in each]
    print(f"{len(together) / took:.1f} requests a second for {took / 60:.1f} minutes\n")
    print("| what | requests | p50, ms | p95, ms | p99, ms |\n|---|---|---|---|---|")
    rows = {**{kind: seen.took[kind] for kind in MIX}, "all": together, "the bare page, meanwhile": bare}
    for kind, times in rows.items():
        cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
        print(f"| {kind} | {len(times)} | {cuts[49] * 1000:.0f} | {cuts[94] * 1000:.0f} | {cuts[98] * 1000:.0f} |")
    ratio = statistics.quantiles(together, n=100)[94] / statistics.median(bare)
    growth = seen.held[-1] / seen.held[2]
    print(f"\nMB held: {', '.join(f'{each:.0f}' for each in seen.held)}")
    held = {
        f"{sum(seen.wrong.values())} failed (aim 0)": not seen.wrong,
        f"p95 is {ratio:.1f} times the floor's median (aim {TIMES_THE_FLOOR})": ratio <= TIMES_THE_FLOOR,
        f"memory at the end is {growth:.2f} of what it was after three tenths (aim {FLAT:.2f})": growth <= FLAT,
        f"{complaints.count('Traceback')} tracebacks in the program's log (aim 0)": "Traceback" not in complaints,
    }
    for words, is_held in held.items():
        print(f"{'held' if is_held else 'MISSED'}: {words}")
    for words, count in (seen.wrong + seen.refused).most_common(20):
        print(f"  {count} × {words}")
    return all(held.values())


if __name__ == "__main__":
    main()
