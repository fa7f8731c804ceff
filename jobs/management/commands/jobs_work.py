import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gateway.one_thread import beat
from jobs import worker


class Command(BaseCommand):
    help = "Works on jobs (exports, bulk changes) until Ctrl-C: beside the processes that serve, anywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing is left that can be done now")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        if worker.on_database():
            worker.look_once() if once else worker.run()
            return
        self.on_redis(once=once)

    def on_redis(self, *, once: bool) -> None:
        """One of RQ's workers, which works each task in a child of its own, and beside it the look for jobs that nobody
        works on."""
        from django_rq.workers import get_worker  # noqa: PLC0415 - where there is no Redis it is not set up
        from django_tasks_rq.backend import Job as TaskJob  # noqa: PLC0415 - as above

        worker.look_once()
        if not once:
            threading.Thread(target=self.look_for_ever, name="jobs-sweep", daemon=True).start()
        get_worker("default", job_class=TaskJob).work(burst=once, logging_level="WARNING")

    def look_for_ever(self) -> None:
        while True:
            pause = worker.look_once()
            beat(worker.NAME)
            time.sleep(pause)
