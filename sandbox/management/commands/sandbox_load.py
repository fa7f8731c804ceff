"""`manage.py sandbox_load FILE`: puts a team's own orders into the sandbox."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.loading.checking import Wishes
from sandbox.loading.reading import Bad
from sandbox.loading.run import load
from sandbox.progress import ProgressLine


class Command(BaseCommand):
    """Loads what it can, reports the rest by line and reason, and exits with 1 where anything was skipped."""

    help = "Load orders as GET returns them: one JSON document a line, a page of the list, an array, or one document."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file; - reads standard input")
        parser.add_argument("--merchant", default="", help="load into this merchant, whatever the documents say")
        parser.add_argument("--channel", default="", help="load into this channel, whatever the documents say")
        parser.add_argument("--replace-existing", action="store_true", help="replace orders that have the same id")
        parser.add_argument(
            "--without-callbacks", action="store_true", help="leave out validations, hooks and notifications"
        )

    def handle(self, *, file: str, verbosity: int, **options: Any) -> None:
        """Load; CommandError where the file cannot be opened, exit code 1 where an order was skipped."""
        line = ProgressLine(sys.stderr)

        def report(bad: Bad) -> None:
            line.end()
            self.stderr.write(f"{bad.where}: {bad.reason}")

        wishes = Wishes(
            **{name: options[name] for name in ("merchant", "channel", "without_callbacks", "replace_existing")}
        )
        with _opened(file) as lines:
            tally = load(lines, wishes, report, line if verbosity else lambda _: None)
        line.end()
        self.stdout.write(f"loaded {tally.loaded:,}, skipped {tally.skipped:,}")
        if tally.skipped:
            raise SystemExit(1)


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below, once opening it has worked
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from None
    with stream:
        yield stream
