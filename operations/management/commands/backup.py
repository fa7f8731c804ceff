"""`manage.py backup`: the desk's database, its log's anchors and their key in one file, while the desk runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations import backup


class Command(BaseCommand):
    help = (
        "Writes a backup, which holds everything that the desk knows of people, and the key of the log's anchors: keep "
        "it where only you can read it. The settings, SECRET_KEY with them, and the key of the index are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="FOLDER", default="", help="instead of the folder backups in DATA_DIR")
        parser.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N in that folder")

    def handle(self, *args: Any, to: str, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep has to leave at least one.")
        folder = Path(to) if to else settings.DATA_DIR / "backups"
        try:
            made = backup.make(folder)
        except (backup.BackupError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from None
        self.stdout.write(f"{made} ({made.stat().st_size / 1e6:.1f} MB)")
        for path in backup.remove_older(folder, keep) if keep else ():
            self.stdout.write(f"removed {path.name}")
