"""`manage.py work`: all that goes on beside the pages, in one process: payment actions that are not settled, the index,
jobs. For where the processes that serve leave it alone (PAYMENT_WORKER, INDEX_WORKER and JOBS_WORKER off)."""

import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from index.sweeping import worker as index_worker
from operations import tracing
from payments.executions import worker as payments_worker

BESIDE: dict[str, Callable[[], object]] = {
    "payments-reconcile": payments_worker.run,
    "index-sweep": index_worker.run,
}


class Command(BaseCommand):
    help = "Looks after payment actions and the index, and works on jobs, until Ctrl-C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is under way is taken up by whoever comes next
        tracing.start()
        for name, run in BESIDE.items():
            threading.Thread(target=run, name=name, daemon=True).start()
        try:
            call_command("jobs_work")  # in the main thread, where one of RQ's workers has to be
        except KeyboardInterrupt:
            self.stdout.write("Ended.")
        finally:
            tracing.end()
