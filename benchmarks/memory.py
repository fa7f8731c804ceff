"""What the desk's processes hold, in MB of PSS (shared pages counted once): at the start, after
use, with the preferences opened.

    python -m benchmarks.memory [--requests 5000] [--orders 2000]                                # SQLite
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/desk python -m benchmarks.memory             #
    PostgreSQL, an empty database

Runs `manage.py serve` with two workers as anybody would, and asks it for pages by eight at a time.
Linux only: it reads /proc.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
ONE_REQUEST_A_CONNECTION = httpx.Limits(max_keepalive_connections=0)  # so that both workers get their share
LISTS = (
    "/norce/se/orders/?size=50",
    "/norce/se/orders/?size=50&page=3",
    "/norce/se/orders/?size=25&status=completed",
    "/norce/se/orders/?size=100",
    "/norce/se/orders/?search=anna",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environ = os.environ | {
            "DATA_DIR": folder,
            "PORT": str(port),
            "WEB_CONCURRENCY": str(options.workers),
            "SANDBOX_ORDERS": str(options.orders),
        }
        command = [sys.executable, "manage.py", "serve"]
        desk = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        try:
            measure(desk, f"http://127.0.0.1:{port}", options.requests)
        finally:
            desk.send_signal(signal.SIGTERM)
            desk.wait(60)


def measure(desk: subprocess.Popen[bytes], address: str, requests: int) -> None:
    """Prints a line for each step of the walk."""
    with (
        httpx.Client(base_url=address, timeout=120, limits=ONE_REQUEST_A_CONNECTION) as person,
        ThreadPoolExecutor(8) as people,
    ):

        def use(paths: list[str]) -> None:
            for answer in people.map(lambda path: person.get(path, follow_redirects=True), paths):
                answer.raise_for_status()

        wait_for(person, desk)
        say("start", desk)
        sign_in(person)
        orders = re.findall(r'href="(/orders/[^/"?]+/)"', person.get("/norce/se/orders/?size=100").text)
        mixed = cycle([*LISTS, *orders[:20:2], *LISTS, *(f"{order}timeline/" for order in orders[1:20:4])])
        use(list(islice(mixed, 300)))
        say("after 300 requests", desk)
        for part in range(1, 5):
            use(list(islice(mixed, max(0, requests - 300) // 4)))
            say(f"after {300 + part * max(0, requests - 300) // 4:,} requests", desk)
        use(["/accounts/preferences/"] * 40)
        say("with the preferences opened", desk)


def sign_in(person: httpx.Client) -> None:
    person.get("/accounts/login/")
    form = {"login": "admin", "password": "demo", "csrfmiddlewaretoken": person.cookies["csrftoken"]}
    answer = person.post("/accounts/login/", data=form, headers={"Referer": str(person.base_url)})
    if answer.status_code != httpx.codes.FOUND:
        raise SystemExit(f"Nobody can sign in: {answer.status_code}")


def say(step: str, desk: subprocess.Popen[bytes]) -> None:
    each = [pss(pid) for pid in family(desk.pid)]
    print(f"| {step} | {sum(each):.0f} | {' + '.join(f'{one:.0f}' for one in each)} |", flush=True)


def family(pid: int) -> list[int]:
    """This process and all that it has started, those of its children too."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grandchild for child in children for grandchild in family(int(child)))]


def pss(pid: int) -> float:
    """Megabytes: the process's own pages, and its share of those that others have too."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def wait_for(person: httpx.Client, desk: subprocess.Popen[bytes]) -> None:
    while desk.poll() is None:
        try:
            person.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server ended before it answered.")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
