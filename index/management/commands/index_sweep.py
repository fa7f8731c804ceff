"""`manage.py index_sweep`: look through the channels for the index: once, or for ever with --loop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.channels import Channel, all_channels
from index.models import ChannelState
from index.sweeping import worker
from index.sweeping.steps import take_turn


def channel_named(name: str) -> Channel:
    """One of the desk's channels; CommandError, naming them, for anything else."""
    found = next((channel for channel in all_channels() if str(channel) == name), None)
    if found is None:
        raise CommandError(f"There is no channel {name}; there are {', '.join(map(str, all_channels()))}.")
    return found


class Command(BaseCommand):
    help = "Reads orders through the Order API into the index, within INDEX_CALLS_A_MINUTE for each channel."

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--loop", action="store_true", help="go on until Ctrl-C")
        how.add_argument(
            "--once", action="store_true", help="what is due, as far as this minute's calls reach: as it is"
        )
        parser.add_argument("--channel", default="", help="this one alone, as in norce/se")

    def handle(self, *args: Any, loop: bool = False, channel: str = "", **options: Any) -> None:
        only = channel_named(channel) if channel else None
        if loop:
            worker.run(only)
        steps = 0
        while more := sum(take_turn(each) for each in worker.due(only)):
            steps += more
        failing = ChannelState.objects.filter(failed_at__isnull=False).count()
        self.stdout.write(f"{steps} steps, {failing} channels do not answer.")
