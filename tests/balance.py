"""Which worker runs what, and when. A module's tests stay together, so that what is made once a module is made once.
One worker has the browser: a desk and a Chromium take long to start; the others help when they have nothing else to do.
What takes longest begins first, so that nobody is left alone with it at the end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

BROWSER = "browser-"
"""The groups of browser tests begin so (tests/e2e/conftest.py)."""


class ModulesTogether(LoadGroupScheduling):  # type: ignore[misc]  # xdist has no types
    """As `--dist loadgroup`, but what is in no group goes by modules, one after the other as they were collected."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False  # the number of tests says little of how long they take
        super().__init__(config, log)
        self._has_the_browser: Any = None

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return group.partition("::")[0] if group == nodeid else group

    def _assign_work_unit(self, node: Any) -> None:
        self._has_the_browser = self._has_the_browser or node
        self.workqueue.move_to_end(next_unit(self.workqueue, of_browser=node is self._has_the_browser), last=False)
        super()._assign_work_unit(node)


def next_unit(waiting: Iterable[str], *, of_browser: bool) -> str:
    """The next one that is of the browser, or is not; any, if there is none."""
    return next((each for each in waiting if each.startswith(BROWSER) is of_browser), next(iter(waiting)))


def unit(item: pytest.Item) -> str:
    """What has to run on one worker."""
    group = item.get_closest_marker("xdist_group")
    return str(group.args[0]) if group else item.nodeid.partition("::")[0]


def turn(item: pytest.Item) -> int:
    """What is known to take seconds comes first."""
    return 0 if item.get_closest_marker("slow") else 1


def in_turn(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Unit by unit; of those of one turn, the ones with most tests before the others."""
    sizes = Counter(unit(item) for item in items)
    turns: dict[str, int] = {}
    for item in items:
        turns[unit(item)] = min(turn(item), turns.get(unit(item), turn(item)))
    return sorted(items, key=lambda item: (turns[unit(item)], -sizes[unit(item)], unit(item)))
