"""`manage.py payments_alerts`: say what is an alert now; with --send, tell those outside the desk as well; with --test,
try whether they could be told."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.log import Who
from payments.alerts import delivery, heartbeat, rules, trial


class Command(BaseCommand):
    help = "Says what somebody should look at now. Reads the desk's own database, and nothing at the Order API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send", action="store_true", help="send what is new, or over, by webhook and mail")
        parser.add_argument(
            "--test", action="store_true", help="send a test alert by each way that is set, and no more"
        )
        parser.add_argument(
            "--accept-log",
            action="store_true",
            help="take the audit log as it is now for the right one, as after a backup was restored",
        )

    def handle(
        self, *args: Any, send: bool = False, accept_log: bool = False, test: bool = False, **options: Any
    ) -> None:
        if test:
            self.try_each_way()
            return
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

    def try_each_way(self) -> None:
        """Raises CommandError where one is not taken, or nobody is told at all."""
        if not delivery.ways():
            raise CommandError("Nobody is told: neither ALERT_WEBHOOK_URL nor ALERT_MAIL_TO is set.")
        failed = []
        for way in delivery.ways():
            try:
                tried = trial.send(Who.system("alerts"), way)
            except trial.TooSoonError:
                raise CommandError("One was sent less than a minute ago. Wait a moment.") from None
            self.stdout.write(f"{way}: {tried.says}")
            failed += [way] if tried.how is not trial.How.TAKEN else []
        if failed:
            raise CommandError(f"Not taken: {', '.join(failed)}.")
