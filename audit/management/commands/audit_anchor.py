"""`manage.py audit_anchor`: signs the head of the log into the file of anchors, and sends it where settings say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import anchors
from audit.signing import KeyUnusableError


class Command(BaseCommand):
    help = "Signs the last entry of the audit log and adds it to the file of anchors. For cron, where little happens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-due", action="store_true", help="only if the last anchor is older than AUDIT_ANCHOR_MINUTES"
        )

    def handle(self, *args: Any, if_due: bool, **options: Any) -> None:
        try:
            anchor = anchors.anchor_if_due() if if_due else anchors.anchor_now()
        except (OSError, KeyUnusableError) as error:
            raise CommandError(f"No anchor was written: {error}") from error
        for thread in anchors.under_way():
            thread.join()  # a command that ends would take it with it
        self.stdout.write(anchor.line if anchor else "Nothing new: the last entry is anchored, or none is due.")
