"""`manage.py sandbox_seed`: fills the sandbox with believable orders."""

import sys
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox import seeding
from sandbox.progress import ProgressLine


def count(text: str) -> int:
    """A number of orders, one or more."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of orders, such as 2000")
    return int(text)


def moment(text: str) -> datetime:
    """An end of time: a day (its end, UTC) or an ISO date-time (UTC unless it says otherwise)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date, such as 2026-11-22 or 2026-11-22T14:00") from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (found + timedelta(days=1) if len(text) == len("2026-11-22") else found).astimezone(UTC)


class Command(BaseCommand):
    """Seeds, and refuses to mix its orders with others unless told to."""

    help = "Fill the sandbox with believable orders, the same each time for the same seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=count, default=settings.SANDBOX_ORDERS, help="how many (%(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="what they follow from (%(default)s)")
        parser.add_argument(
            "--until", type=moment, help="the end of their two years, a day or a date-time (the last full hour)"
        )
        there = parser.add_mutually_exclusive_group()
        there.add_argument("--replace", action="store_true", help="delete every order of the sandbox first")
        there.add_argument("--add", action="store_true", help="add to the orders that are there")
        there.add_argument(
            "--if-empty", action="store_true", help="do nothing, and say nothing, where orders are there"
        )

    def handle(self, *, orders: int, seed: int, until: datetime | None, verbosity: int, **options: Any) -> None:
        """Seed, with progress on stderr; CommandError when the sandbox is not empty and no option says what to do."""
        if not seeding.is_empty():
            if options["if_empty"]:
                return
            if options["replace"]:
                seeding.clear()
            elif not options["add"]:
                raise CommandError("The sandbox holds orders already: --replace deletes them first, --add keeps them.")
        made = self._seed(orders, seed, until, verbosity)
        if verbosity:
            self.stdout.write(f"Seeded {made:,} orders.")

    def _seed(self, orders: int, seed: int, until: datetime | None, verbosity: int) -> int:
        line = ProgressLine(sys.stderr, orders)
        try:
            return seeding.seed(orders, seed, until, line if verbosity else lambda _: None)
        except seeding.AlreadyThereError as error:
            raise CommandError(str(error)) from None
        except seeding.StoppedError as error:
            raise CommandError(f"{error} What was stored stays: --replace starts anew.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was stored stays: --replace starts anew.", returncode=130) from None
        finally:
            line.end()
