"""`manage.py index_sweep` in a process of its own, which kills itself with SIGKILL at the point that it is told.

    python -m tests.index_feeding.deadly CHANNEL LIMIT POINT NTH FILE

It writes each call that it makes into FILE, and dies at the NTH time that it comes to POINT: `called` (an answer came),
`writing` (in the middle of putting it into the index), `written` (it is in the index, and the cursor is where it was),
`kept` (all of it is kept); with `-`, it lives.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import django


def main(channel: str, limit: int, point: str, nth: int, file: Path) -> None:
    from django.core.management import call_command

    from gateway import connection
    from index import documents, writing
    from index.sweeping import pages

    gateway: Any = connection
    counts = dict.fromkeys(("called", "writing", "written", "kept"), 0)

    def passed(name: str) -> None:
        counts[name] += 1
        if (name, counts[name]) == (point, nth):
            os.kill(os.getpid(), signal.SIGKILL)

    def then(module: Any, name: str, said: str) -> None:
        there: Callable[..., Any] = getattr(module, name)

        def wrapped(*args: Any, **more: Any) -> Any:
            value = there(*args, **more)
            passed(said)
            return value

        setattr(module, name, wrapped)

    def log(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
        asked = parse_qs(query)
        with file.open("a") as out:
            out.write(f"{path.rpartition('/')[2]} {asked.get('offset', ['-'])[0]}\n")
        found = answer(method, path, query, headers, body)
        passed("called")
        return found

    answer, gateway.answer = gateway.answer, log
    pages.LIMIT = limit
    then(writing, "see", "writing")
    then(documents, "take_in", "written")
    then(pages.Cursor, "keep", "kept")
    call_command("index_sweep", channel=channel)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))
