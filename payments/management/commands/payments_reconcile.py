"""`manage.py payments_reconcile`: look at every execution that is due, once, or for ever with --loop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.alerts.pulse import pulse
from payments.executions import reconciliation, worker
from payments.models import UNSETTLED, Execution


class Command(BaseCommand):
    help = "Reads again what is in flight, in doubt or pending, and settles what can be proven. Sends nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until Ctrl-C")

    def handle(self, *args: Any, loop: bool = False, **options: Any) -> None:
        if loop:
            worker.run()
        count = 0
        while looked := reconciliation.check_due():
            count += looked
        pulse(looked=True)
        unsettled = Execution.objects.filter(state__in=UNSETTLED).count()
        self.stdout.write(f"{count} looked at, {unsettled} not settled yet.")
