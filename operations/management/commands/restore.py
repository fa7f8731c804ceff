"""`manage.py restore FILE`: a backup comes back, is proved, and what may have gone on since is put in doubt."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations.backup import BackupError, opened
from operations.restore import restore


class Command(BaseCommand):
    help = "Restores a backup. Stop the desk and its workers first, on every machine."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--check", action="store_true", help="only say whether it is whole, and what it holds")
        parser.add_argument(
            "--replace", action="store_true", help="SQLite: set the database aside that is there, and go on"
        )

    def handle(self, *args: Any, file: str, check: bool, replace: bool, **options: Any) -> None:
        path = Path(file)
        try:
            if check:
                with opened(path) as (manifest, _folder):
                    self.stdout.write(
                        f"Whole: {manifest.vendor}, release {manifest.version}, made {manifest.at}, a log of "
                        f"{manifest.entries} entries with the head {manifest.head}"
                    )
                return
            done = restore(path, replace=replace)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from None
        if done.set_aside:
            self.stdout.write(f"What was there lies in {done.set_aside}")
        self.stdout.write(
            f"Restored as of {done.manifest.at}. The log is whole: {done.verdict.count} entries."
            f"\n{done.in_doubt} payment actions are in doubt now, {done.watched} that had ended are looked at again."
            "\nWhat people did after that time is not here: payments that were captured or refunded since show up as "
            "money that others moved. Everybody signs in anew. If INDEX_KEY_FILE is not the one of then, run "
            "manage.py index_rebuild."
        )
