"""The way to a desk in processes of its own (tests/harness/deadly.py), and what has one of them die."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from tests.harness.steps import Point
from tests.programs import with_catalogues

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "import django; django.setup(); from tests.harness.deadly import serve; serve()"
PROCESSES = 4


class Server(NamedTuple):
    """The way to the processes that serve."""

    port: int
    data_dir: Path

    def deadly(self, point: Point) -> Path:
        """Has the next process that comes to that point die. The file is gone once one did."""
        flag = self.data_dir / f"die-{point}"
        flag.touch()
        return flag

    def pausing(self, point: Point) -> Path:
        """Has the next process that comes to that point stop; `paused` tells when it has."""
        flag = self.data_dir / f"stop-{point}"
        flag.with_suffix(".pid").unlink(missing_ok=True)
        flag.touch()
        return flag

    def paused(self, flag: Path) -> int:
        """The id of the process that has stopped; to be woken with SIGCONT."""
        for _ in range(600):
            with suppress(FileNotFoundError, ValueError):
                return int(flag.with_suffix(".pid").read_text())
            time.sleep(0.05)
        raise AssertionError("no process came to that point")

    def press(self, seal: str, salt: str, person: str) -> str:
        """What became of it, in a word; `no answer` where the process died over it."""
        body = json.dumps({"seal": seal, "salt": salt, "person": person})
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as desk:
                desk.request("POST", "/press", body)
                return desk.getresponse().read().decode()
        except (http.client.HTTPException, OSError):
            return "no answer"


@contextmanager
def served(data_dir: Path) -> Iterator[Server]:
    """Processes that serve on the database of this test, and are ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    where = connection.settings_dict
    database = f"sqlite:///{where['NAME']}"
    if connection.vendor == "postgresql":
        database = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    folder = str(with_catalogues(data_dir))
    environ = os.environ | {"DATABASE_URL": database, "DATA_DIR": folder, "PORT": str(port), "HOST": "127.0.0.1"}
    environ |= {"WEB_CONCURRENCY": str(PROCESSES), "THREADS": "8", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with (data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", ENTRY], cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            _wait_for(port, process, data_dir / "server.log")
            yield Server(port, data_dir)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listened for a minute:\n{log.read_text()}")
