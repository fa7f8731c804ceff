"""`manage.py index_rebuild`: forget what the index has of a channel, or of all, and read it anew."""

import time
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.channels import Channel, all_channels
from index import reading
from index.management.commands.index_sweep import channel_named
from index.sweeping.steps import forget_all, take_turn
from index.sweeping.worker import due

PAUSE = 1.0
"""Seconds between two looks for a minute's calls, or for a channel that another process has."""
TOLD_EVERY = 10.0


class Command(BaseCommand):
    help = (
        "Forgets what the index has of the channels and reads them anew, within INDEX_CALLS_A_MINUTE. Where it is "
        "stopped, the worker of the desk or `index_sweep` goes on with it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", default="", help="this one alone, as in norce/se")
        parser.add_argument("--no-wait", action="store_true", help="leave all of it to the worker of the desk")

    def handle(self, *args: Any, channel: str = "", no_wait: bool = False, **options: Any) -> None:
        channels = [channel_named(channel)] if channel else list(all_channels())
        for each in channels:
            forget_all(each)
        if no_wait:
            self.stdout.write("It is forgotten and read anew by whoever looks through the channels.")
            return
        told = time.monotonic()
        while left := self.left(channels):
            asked = due()
            if not sum(take_turn(each) for each in left if each in asked):
                time.sleep(PAUSE)
            if time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                self.tell(channels)
        self.tell(channels)

    def left(self, channels: Sequence[Channel]) -> list[Channel]:
        """Those that are not read to their end, and answer."""
        return [each.channel for each in reading.freshness(channels) if each.whole_at is None and not each.failed_at]

    def tell(self, channels: Sequence[Channel]) -> None:
        for each in reading.freshness(channels):
            far = "all of it" if each.whole_at else f"{each.percent} %"
            why = f", does not answer: {each.error}" if each.failed_at else ""
            self.stdout.write(f"{each.channel}  {each.orders} orders, {far}{why}")
