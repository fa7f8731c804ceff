"""`make run` and `manage.py serve`: what stands in the way is one clear sentence, never a traceback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEY = "a-key-for-this-test-alone-a-key-for-this-test-alone-0123456789"
REAL = {
    "ORDER_API_URL": "https://nobody.invalid/checkout/order",
    "ORDER_API_TOKEN": "t0ken",
    "ORDER_API_CHANNELS": "norce/se",
}

LEFT_BEHIND = """
from django.utils import timezone
from payments.models import Execution
from payments.executions.snapshot import Snapshot
import json
now = timezone.now()
seen = json.dumps(Snapshot("reserved", "499", "SEK", (), (), now.isoformat()).to_json())
Execution.objects.create(
    created_at=now, sent_at=now, merchant="norce", channel="se", order_id="o_1", payment_id="p_1", action_id="a_1",
    action_type="capture", asked_by_name="admin", reason="other", baseline="b", seen_json=seen, before_json=seen,
    state="sending", next_check_at=now,
)
"""


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at processes in /proc")


def manage(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs manage.py as a person would, with nothing in the environment but what is named."""
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "PORT": "0", **settings}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[tuple[int, int]]:
    """The port and the process of a server with an empty sandbox, which is ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "PORT": str(port), **settings}
    command = [sys.executable, "manage.py", "serve", "--no-seed"]
    server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.communicate(timeout=300)


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[int]:
    with serving(folder, **settings) as (port, _process):
        yield port


def workers_of(process: int, count: int) -> set[int]:
    """The processes that serve, once there are so many."""
    children = Path(f"/proc/{process}/task/{process}/children")
    for _ in range(600):
        if len(found := {int(child) for child in children.read_text().split()}) == count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found} after a minute")


def files_of(process: int) -> set[str]:
    """Names of the files that the process holds open."""
    return {link.readlink().name for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}


def status_of(port: int, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as desk:
        desk.request("GET", path)
        return desk.getresponse().status


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        assert server.poll() is None, "the server ended before it answered"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("nothing listened for five minutes")


def sentence_of(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_what_goes_over_the_wire_arrives_whole(tmp_path: Path) -> None:
    """A long address, a body in chunks, and an answer to HEAD: what only a real server can show."""
    signed = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}
    orders = "/checkout/order/api/v0/checkout/orders"
    with served(tmp_path) as port, closing(HTTPConnection("127.0.0.1", port, timeout=60)) as desk:
        desk.request("GET", f"/orders/?billing_names={'x' * 8000}")
        answer = desk.getresponse()
        answer.read()
        assert answer.status == 302, "to sign in"

        desk.request("POST", orders, iter([b'{"reference": ', b'"R-1"}']), signed, encode_chunked=True)
        answer = desk.getresponse()
        assert (answer.status, "id" in json.loads(answer.read())) == (201, True)

        desk.request("HEAD", "/checkout/order/openapi.json", headers=signed)
        answer = desk.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        desk.request("GET", f"{orders}?reference=R-1", headers=signed)
        answer = desk.getresponse()
        assert json.loads(answer.read())["pagination"]["size"] == 1


@needs_proc
def test_the_process_that_forks_the_workers_hands_down_no_connection_and_no_thread(tmp_path: Path) -> None:
    """It has loaded the program for all; what belongs to one process each of them opens for itself."""
    with serving(tmp_path, WEB_CONCURRENCY="2") as (port, process):
        workers = workers_of(process, 2)
        for _ in range(20):
            assert (status_of(port, "/health/"), status_of(port, "/accounts/login/")) == (200, 200)
        assert "orderdesk.sqlite3" not in files_of(process)
        assert len(list(Path(f"/proc/{process}/task").iterdir())) == 1
        assert any("orderdesk.sqlite3" in files_of(worker) for worker in workers)


@needs_proc
def test_a_worker_that_dies_is_replaced_by_one_that_serves(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, process):
        (before,) = workers_of(process, 1)
        assert status_of(port, "/accounts/login/") == 200
        os.kill(before, signal.SIGKILL)
        for _ in range(600):
            if (now := workers_of(process, 1)) != {before}:
                break
            time.sleep(0.1)
        assert now != {before}
        assert status_of(port, "/accounts/login/") == 200


def test_static_files_that_changed_since_the_last_start_are_found(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text('{"version": "1.1", "paths": {}, "hash": ""}')
    with served(tmp_path) as port:
        assert status_of(port, "/accounts/login/") == 200


def test_what_a_dead_process_left_is_taken_up_soon_after_the_start(tmp_path: Path) -> None:
    """Money that was on its way is not forgotten, whether or not anybody opens a page."""
    small = {"PAYMENT_GIVEN_UP_SECONDS": "0.5"}
    assert manage("migrate", "-v0", folder=tmp_path, **small).returncode == 0
    assert manage("shell", "-v0", "-c", LEFT_BEHIND, folder=tmp_path, **small).returncode == 0
    told = (
        "from payments.models import Evidence as E; print([e.execution.state + ':' + e.kind for e in "
        "E.objects.order_by('pk')])"
    )
    with served(tmp_path, **small):
        for _ in range(100):
            said = manage("shell", "-v0", "-c", told, folder=tmp_path).stdout
            if "lost" in said:
                break
            time.sleep(0.2)
    assert "in_doubt:lost" in said


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Cannot listen on 127.0.0.1:{port}" in sentence_of(manage("serve", folder=tmp_path, PORT=str(port)))


@pytest.mark.parametrize("port", ["70000", "eighty"])
def test_a_port_that_is_none_is_said(tmp_path: Path, port: str) -> None:
    assert "port" in sentence_of(manage("serve", folder=tmp_path, PORT=port)).lower()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "Cannot make the folder" in sentence_of(manage("serve", folder=tmp_path / "file" / "var"))


def test_every_bad_setting_is_said_at_once(tmp_path: Path) -> None:
    said = sentence_of(manage("serve", folder=tmp_path, THREADS="many", DEBUG="perhaps", ORDER_API_READ_TIMEOUT="soon"))
    assert all(name in said for name in ("THREADS", "DEBUG", "ORDER_API_READ_TIMEOUT"))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"HOST": "0.0.0.0"}, "SECRET_KEY"),
        ({"HOST": "0.0.0.0", "SECRET_KEY": KEY}, "SANDBOX_TOKEN"),
        ({"HOST": "0.0.0.0", "DEBUG": "1"}, "Unset DEBUG"),
        ({"HOST": "0.0.0.0", "DEBUG": "1", "HTTPS": "0", "SECRET_KEY": KEY, "SANDBOX_TOKEN": "t0ken"}, "Unset DEBUG"),
        ({"HTTPS": "1"}, "SECRET_KEY"),
        ({"HTTPS": "1", "ALLOWED_HOSTS": "desk.example", "SECRET_KEY": KEY}, "SANDBOX_TOKEN"),
        ({"ALLOWED_HOSTS": "localhost,desk.example"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"CSRF_TRUSTED_ORIGINS": "https://desk.example"}, "CSRF_TRUSTED_ORIGINS"),
        ({"TRUSTED_PROXY_COUNT": "1"}, "TRUSTED_PROXY_COUNT"),
        (REAL | {"SECRET_KEY": KEY, "DEBUG": "1"}, "Unset DEBUG"),
        (REAL, "SECRET_KEY"),
        (REAL | {"SECRET_KEY": KEY, "ORDER_API_TOKEN": ""}, "ORDER_API_TOKEN"),
        (REAL | {"SECRET_KEY": KEY, "ORDER_API_CHANNELS": ""}, "ORDER_API_CHANNELS"),
        (REAL | {"SECRET_KEY": KEY, "ORDER_API_CHANNELS": "norce"}, "norce"),
    ],
)
def test_a_server_refuses_to_start_on_what_is_for_the_demo(
    tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    assert sentence in sentence_of(manage("serve", folder=tmp_path, **settings))


def test_a_server_refuses_to_start_with_a_demo_account_left(tmp_path: Path) -> None:
    assert manage("migrate", "-v0", folder=tmp_path).returncode == 0
    assert (
        manage(
            "shell", "-v0", "-c", "from accounts.demo import ensure_demo_accounts as e; e()", folder=tmp_path
        ).returncode
        == 0
    )
    said = sentence_of(manage("serve", folder=tmp_path, SECRET_KEY=KEY, **REAL))
    assert "demo password" in said and "admin" in said


def test_demo_accounts_are_not_made_where_a_real_api_is_named(tmp_path: Path) -> None:
    settings = {"SECRET_KEY": KEY, **REAL}
    assert manage("migrate", "-v0", folder=tmp_path, **settings).returncode == 0
    counted = (
        "from accounts.demo import ensure_demo_accounts as e; from django.contrib.auth.models import User; e(); "
        "print('people', User.objects.count())"
    )
    assert "people 0" in manage("shell", "-v0", "-c", counted, folder=tmp_path, **settings).stdout


def test_a_python_that_is_too_old_is_said_by_make(tmp_path: Path) -> None:
    pretend = "import sys; sys.version_info, sys.version = (3, 9, 1), '3.9.1'; exec(sys.argv[1])"
    old = tmp_path / "python3"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "run", f"PYTHON={old}", f"VENV={tmp_path}/venv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "needs Python 3.11" in sentence_of(done)


WHAT_OF_THE_SANDBOX = """
import sys
from django.db import connection
from django.urls import get_resolver
get_resolver().url_patterns
print(sorted(name for name in sys.modules if name.split(".")[0] == "sandbox"))
print([table for table in connection.introspection.table_names() if table.startswith("sandbox")])
"""


def test_behind_the_real_api_there_is_neither_code_nor_a_table_of_the_sandbox(tmp_path: Path) -> None:
    assert manage("migrate", "-v0", folder=tmp_path, SECRET_KEY=KEY, **REAL).returncode == 0
    ran = manage("shell", "-v0", "-c", WHAT_OF_THE_SANDBOX, folder=tmp_path, SECRET_KEY=KEY, **REAL)
    assert ran.stdout == "[]\n[]\n", ran.stderr
    refused = manage("sandbox_seed", folder=tmp_path, SECRET_KEY=KEY, **REAL)
    assert "Unknown command" in refused.stderr
