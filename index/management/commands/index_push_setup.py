"""`manage.py index_push_setup`: what Norce's configuration of a channel has to hold, so that the desk is told of
changes."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.channels import all_channels
from index import push
from index.management.commands.index_sweep import channel_named


class Command(BaseCommand):
    help = "Prints the configuration static_notifications of a channel, with the secret in it, or of all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", default="", help="this one alone, as in norce/se")

    def handle(self, *args: Any, channel: str = "", **options: Any) -> None:
        for each in [channel_named(channel)] if channel else all_channels():
            notifications = push.static_notifications(*each)
            if not notifications:
                raise CommandError("Set INDEX_PUSH_SECRET, and DESK_URL to the desk's address as Norce reaches it.")
            said = {"id": "static_notifications", "active": True, "order": {"notifications": notifications}}
            self.stdout.write(f"{each}\n{json.dumps(said, indent=2)}\n")
