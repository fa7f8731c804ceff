"""`manage.py sandbox_pass`: lets time pass for the sandbox's provider and its notifications."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sandbox.delivery import let_pass


class Command(BaseCommand):
    """Does now what is due later."""

    help = "Do now what the sandbox owes within the next minutes: what its payment provider put off, notifications."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, default=60, help="how far ahead (%(default)s)")

    def handle(self, *, minutes: float, **options: Any) -> None:
        """Do it, and say how much it was."""
        self.stdout.write(f"Done: {let_pass(minutes)}.")
