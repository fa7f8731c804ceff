"""`manage.py payments_alerts`: say what is an alert now; with --send, tell those outside the desk as well."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.alerts import delivery, heartbeat, rules


class Command(BaseCommand):
    help = "Says what somebody should look at now. Reads the desk's own database, and nothing at the Order API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send", action="store_true", help="send what is new, or over, by webhook and mail")
        parser.add_argument(
            "--accept-log",
            action="store_true",
            help="take the audit log as it is now for the right one, as after a backup was restored",
        )

    def handle(self, *args: Any, send: bool = False, accept_log: bool = False, **options: Any) -> None:
        if accept_log:
            heartbeat.accept_log()
        heartbeat.check_log()
        alarms = rules.alarms()
        for alarm in alarms:
            since = alarm.since.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
            self.stdout.write(f"{alarm.kind}  {alarm.where or '-'}  since {since} UTC  {alarm.says}  {alarm.address}")
        if not alarms:
            self.stdout.write("Nothing is an alert.")
        if not send:
            return
        if not delivery.ways():
            self.stdout.write("Nobody is told: neither ALERT_WEBHOOK_URL nor ALERT_MAIL_TO is set.")
        delivery.refresh()
        told = delivery.send_due()
        self.stdout.write(f"{told.sent} sent, {told.left} to be sent later.")
