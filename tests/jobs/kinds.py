"""A kind of job for tests: it counts to a number in threes, and does along the way what a test asks of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jobs import registry
from jobs.models import Job
from jobs.running import Step

KIND = "tests.counting"


@contextmanager
def counting(
    before: Callable[[Step], Any] = lambda step: None,
    inside: Callable[[Job], Any] = lambda job: None,
    may: registry.May = lambda job, owner: "",
) -> Iterator[list[int]]:
    """Registers the kind for the time of the block. Gives the numbers that were counted, as they were committed."""
    counted: list[int] = []

    def run(step: Step) -> None:
        before(step)
        at = step.cursor.get("at", 0)
        with step.committing() as job:
            upto = min(at + 3, step.arguments["to"])
            job.cursor, job.done = {"at": upto}, upto
            inside(job)
            if upto == step.arguments["to"]:
                step.finish("counted", to=upto)
        counted.extend(range(at, upto))

    registry.kind(KIND, run, {"": "Counting", "counted": "Counted to %(to)s"}, may=may)
    try:
        yield counted
    finally:
        registry._kinds.pop(KIND)
