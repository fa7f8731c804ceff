"""`manage.py audit_verify`: exit 0 and the head's hash if the log is whole, exit 1 and the first
broken entry if it is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from audit import anchors
from audit.models import Entry
from audit.verify import verify


class Command(BaseCommand):
    help = (
        "Proves that the audit log is whole, and that it is the one of the anchors. Keep copies of these, or of what "
        "it prints, somewhere else: only against what the same person cannot change can it be seen that the log was "
        "written anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            dest="start",
            type=int,
            default=1,
            metavar="N",
            help="begin at this entry; what is before is not read",
        )
        parser.add_argument(
            "--expect",
            metavar="HASH",
            help="a hash that was noted before: an entry has to carry it, the Nth if --count is given",
        )
        parser.add_argument(
            "--count",
            type=int,
            metavar="N",
            help="a count that was noted before: there have to be at least as many entries",
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(
        self, *args: Any, start: int, expect: str | None, count: int | None, database: str, **options: Any
    ) -> None:
        if start < 1:
            raise CommandError("--from counts from 1.")
        noted = Noted(expect.lower() if expect else None, count)
        verdict = verify(start, using=database, witness=noted.see)
        if verdict.broken:
            raise CommandError(
                f"BROKEN ({verdict.broken.how.value}): {verdict.broken.says}. {verdict.count} entries before it hold."
            )
        if missing := noted.missing(verdict.last):
            raise CommandError(f"BROKEN (missing): {missing}.")
        good, _wrong = anchors.read() if database == DEFAULT_DB_ALIAS else ([], [])
        anchored = f"\nanchors {len(good)}, the last of {good[-1].at} at entry {good[-1].sequence}" if good else ""
        if good:
            anchored += f"\nkey {good[-1].key}"
        since = f" from {start} on" if start > 1 else ""
        self.stdout.write(
            f"The log is whole: {verdict.count} entries{since}.\nhead {verdict.last} {verdict.hash}{anchored}"
        )


class Noted:
    """What an operator wrote down when the log was proved before, and whether it is still there."""

    def __init__(self, expect: str | None, count: int | None) -> None:
        self.expect, self.count, self.seen = expect, count, expect is None

    def see(self, entry: Entry) -> None:
        if entry.hash == self.expect and self.count in (None, entry.sequence):
            self.seen = True

    def missing(self, last: int) -> str:
        """What was noted and is not there, in words; empty if all of it is."""
        if self.count is not None and last < self.count:
            return f"the log ends at entry {last}, and there were {self.count}: the newest were cut off"
        if not self.seen:
            place = "no entry" if self.count is None else f"entry {self.count} is not the one that"
            return f"{place} carries the hash {self.expect}: the log was written anew or cut off"
        return ""
