"""A real desk in a real browser: `manage.py serve` in a process of its own, seeded, and Debian's Chromium.

Each worker that runs such tests has a desk and a browser of its own (tests/balance.py says which do).
"""

import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, expect

from tests.balance import BROWSER
from tests.e2e import preparation
from tests.faults.stub import Stub, stub
from tests.programs import with_catalogues

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60_000  # ms, which only a test that fails waits for, however slow the machine is
CASES = ROOT / "tests" / "documents" / "cases"
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The one without windows is the same engine, and takes a third of the time."""
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A worker that begins with a module does all of it, which saves signing in; without Chromium
    they are skipped, in so many words."""
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group(f"{BROWSER}{item.path.stem}"))
        if CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"):
            item.add_marker(
                pytest.mark.skip(reason="no Chromium here (Debian package chromium-headless-shell, or chromium)")
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk(NamedTuple):
    url: str
    data_dir: Path
    environ: dict[str, str]

    @property
    def made(self) -> dict[str, str]:
        """What the addresses of what was prepared are made of: a request, a limit, an execution in doubt and its
        payment, one that is contradicted, and what others moved."""
        return dict(json.loads((self.data_dir / preparation.MADE).read_text()))

    def manage(self, *arguments: str) -> str:
        """Runs a management command against this desk's database."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environ, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(6000):  # ten minutes: how fast the machine is, is not the point
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the desk did not start:\n{log.read_text()}")


def ask_for(desk: Desk, channel: str, path: str) -> dict[str, Any]:
    """What the desk's sandbox answers about that channel of norce."""
    headers = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": channel}
    request = urllib.request.Request(f"{desk.url}/checkout/order/api/v0/checkout/{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def environ_of(data_dir: Path) -> dict[str, str]:
    """What the programs of a desk with that data folder are called with."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "ORDER_API", "DJANGO_SETTINGS"))}
    patience = {"FAN_OUT_DEADLINE": "10"}  # seconds: a channel is not down because other tests keep the machine busy
    return ours | patience | {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "tests.e2e.settings"}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder to begin with (tests/e2e/preparation.py). The first worker that needs it makes
    it; the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = with_catalogues(Path(tempfile.mkdtemp(dir=folder.parent)))
            command = [sys.executable, "-m", "tests.e2e.preparation"]
            subprocess.run(command, cwd=ROOT, env=environ_of(making), check=True)
            making.rename(folder)
    return folder


def serve(data_dir: Path, **settings: str) -> Iterator[Desk]:
    """A desk until the last test is through; what it leaves behind has to be a log that `audit_verify` finds whole."""
    port = free_port()
    environ = environ_of(data_dir) | {"PORT": str(port), **settings}
    log = data_dir / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process, log)
            desk = Desk(f"http://127.0.0.1:{port}", data_dir, environ)
            yield desk
        finally:
            process.terminate()
            process.wait(300)
    desk.manage("audit_verify")


@pytest.fixture(scope="session")
def desk(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk over the sandbox, with 600 orders, and the people and things that were prepared."""
    yield from serve(shutil.copytree(prepared, tmp_path_factory.mktemp("desk") / "data"))


class RemoteDesk(NamedTuple):
    desk: Desk
    faults: Stub


@pytest.fixture(scope="session")
def remote_desk(desk: Desk, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteDesk]:
    """A second desk that reaches the first one's Order API over the network, as it would the real
    one; faults on demand."""
    data_dir = with_catalogues(tmp_path_factory.mktemp("remote"))
    shutil.copy(prepared / preparation.FOR_REMOTE, data_dir / "orderdesk.sqlite3")
    shutil.copytree(prepared / "static", data_dir / "static")
    with stub(desk.url) as faults:
        for remote in serve(
            data_dir,
            ORDER_API_URL=f"{faults.url}/checkout/order",
            ORDER_API_TOKEN="sandbox",
            ORDER_API_CHANNELS="norce/se,norce/no",
            SECRET_KEY="a-key-for-this-test-alone-a-key-for-this-test-alone-0123456789",
            ENVIRONMENT="stage",
            SECOND_FACTOR="offered",  # who executes is not led to set one up
        ):
            yield RemoteDesk(remote, faults)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_type_launch_args: dict[str, object]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


def sign_in(page: Page, url: str, user: str, password: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("main [type=submit]").click()
    page.wait_for_url(re.compile(f"^{re.escape(url)}/(overview/|[^/]+/[^/]+/orders/)"))  # by what they may do


@pytest.fixture
def remote_page(browser: Browser, remote_desk: RemoteDesk) -> Iterator[Page]:
    """Somebody from support at that second desk, whose Order API is well before and after."""
    remote_desk.faults.mode = "ok"
    context = browser.new_context(base_url=remote_desk.desk.url)
    page = watch(context.new_page(), [])
    sign_in(page, remote_desk.desk.url, "ines", preparation.PASSWORD)
    yield page
    remote_desk.faults.mode = "ok"
    context.close()


def state_of(desk: Desk, browser: Browser, user: str, password: str = "demo") -> StorageState:
    """The cookies of somebody, by default of the demo people, who signed in by hand."""
    context = browser.new_context()
    sign_in(context.new_page(), desk.url, user, password)
    state = context.storage_state()
    context.close()
    return state


GOOD_FOR = 150.0
"""Seconds after which a test signs in anew: where somebody is asked again who they are, which is five minutes later,
the session goes on under another key, and what is kept of it here is over."""


@pytest.fixture(scope="session")
def kept_states() -> dict[str, tuple[float, StorageState]]:
    """Who signed in, and when."""
    return {}


StateOf = Callable[..., StorageState]


@pytest.fixture
def kept_state_of(desk: Desk, browser: Browser, kept_states: dict[str, tuple[float, StorageState]]) -> StateOf:
    """The cookies of somebody, by default of the demo people, who signed in a short while ago."""

    def kept(user: str, password: str = "demo") -> StorageState:
        at, state = kept_states.get(user, (0.0, None))
        if state is None or time.monotonic() - at > GOOD_FOR:
            state = state_of(desk, browser, user, password)
            kept_states[user] = (time.monotonic(), state)
        return state

    return kept


@pytest.fixture
def signed_in_state(kept_state_of: StateOf) -> StorageState:
    """Somebody from support."""
    return kept_state_of("support")


@pytest.fixture
def manager_state(kept_state_of: StateOf) -> StorageState:
    """A manager."""
    return kept_state_of("manager")


@pytest.fixture
def admin_state(kept_state_of: StateOf) -> StorageState:
    """An admin, who sees every page."""
    return kept_state_of("admin")


@pytest.fixture
def second_admin_state(kept_state_of: StateOf) -> StorageState:
    """Another admin, for what nobody may do to what they asked for themselves."""
    return kept_state_of("admin2")


@pytest.fixture
def console() -> list[str]:
    """What the browser complained of: errors, CSP violations, uncaught exceptions."""
    return []


def watch(page: Page, console: list[str]) -> Page:
    page.on("console", lambda m: console.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: console.append(str(e)))
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def context(browser: Browser, desk: Desk, signed_in_state: StorageState) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=desk.url,
        storage_state=signed_in_state,
        viewport={"width": 1440, "height": 900},
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, console: list[str]) -> Iterator[Page]:
    """A signed-in page; at the end of each test its console has to be clean."""
    page = watch(context.new_page(), console)
    yield page
    assert console == []


@pytest.fixture(scope="module")
def cases(desk: Desk) -> None:
    """The desk's sandbox has the orders of the case documents."""
    lines = [json.dumps(json.loads(case.read_text())) for case in sorted(CASES.glob("*.json"))]
    together = desk.data_dir / "cases.jsonl"  # one program for all: each start takes longer than what it does
    together.write_text("\n".join(lines))
    desk.manage("sandbox_load", str(together), "--replace-existing")


@pytest.fixture
def sized(browser: Browser, desk: Desk, cases: None, signed_in_state: StorageState) -> Iterator[Page]:
    """A page of somebody who is signed in, to be given any size."""
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state)
    yield watch(context.new_page(), [])
    context.close()
