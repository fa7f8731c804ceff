"""`manage.py index_status`: how well each channel is known, and what looking through it cost."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.channels import Channel, all_channels
from gateway.connection import shut_for
from index import push, reading
from index.models import ChannelState, PushedOrder
from index.sweeping import budget


def _at(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "never"


class Command(BaseCommand):
    help = "Says how well each channel is known. Reads the desk's own database, and nothing at the Order API."

    def handle(self, *args: Any, **options: Any) -> None:
        states = {Channel(row.merchant, row.channel): row for row in ChannelState.objects.all()}
        for known in reading.freshness(all_channels()):
            self.stdout.write(f"{known.channel}  {known.orders} orders, as of {_at(known.as_of)}")
            if state := states.get(known.channel):
                self._tell(known.channel, state)
        self.stdout.write(f"Pushes are {'listened to' if push.is_on() else 'off: INDEX_PUSH_SECRET is not set'}.")

    def _tell(self, channel: Channel, state: ChannelState) -> None:
        waiting = PushedOrder.objects.filter(merchant=channel.merchant, channel=channel.name).count()
        lines = [
            f"looked through: open {_at(state.open_at)}, handed over {_at(state.completed_at)}, "
            f"whole {_at(state.whole_at)}",
            f"pushed {_at(state.pushed_at)}, {waiting} to be read again",
            f"calls: {budget.made(state)} of {settings.INDEX_CALLS_A_MINUTE} in this minute, {state.spent} in all",
        ]
        lines += [
            f"under way: {name}, at {kept['offset']} of {kept['size']}{' (asking for the rest)' * kept['is_read']}"
            for name, kept in state.cursors.items()
            if "offset" in kept
        ]
        if state.failed_at:
            lines.append(
                f"does not answer since {_at(state.failed_at)}: {state.error}, {state.failures} in a row, "
                f"tried again {_at(state.next_at)}"
            )
        if wait := shut_for(channel.merchant, channel.name):
            lines.append(f"the breaker of this process is open for {wait:.0f} s")
        for line in lines:
            self.stdout.write(f"    {line}")
