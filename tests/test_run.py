"""How the tests are run: what belongs together stays together, and no fixture asks for what is gone before it is."""

from itertools import groupby
from typing import NamedTuple

import pytest

from tests.balance import next_unit, turn, unit
from tests.scopes import all_too_short


class Made(NamedTuple):
    scope: str
    argnames: tuple[str, ...] = ()


def test_the_tests_of_a_unit_run_one_after_the_other_and_the_longest_begin(request: pytest.FixtureRequest) -> None:
    items = request.session.items
    units = [name for name, _ in groupby(items, unit)]
    assert len(units) == len(set(units))
    begins = [min(turn(item) for item in of_it) for _, of_it in groupby(items, unit)]
    assert begins == sorted(begins)


def test_one_worker_has_the_browser_and_the_others_help_when_nothing_else_is_left() -> None:
    waiting = ["tests/a.py", "browser-list", "processes", "browser-order"]
    assert (next_unit(waiting, of_browser=True), next_unit(waiting, of_browser=False)) == ("browser-list", "tests/a.py")
    assert next_unit(["browser-list", "browser-order"], of_browser=False) == "browser-list"
    assert next_unit(["tests/a.py", "processes"], of_browser=True) == "tests/a.py"


def test_a_fixture_that_asks_for_one_that_is_gone_before_it_is_is_found() -> None:
    desk, state = Made("session"), Made("function", ("desk",))
    assert all_too_short([{"desk": [desk], "state": [state], "page": [Made("function", ("state", "request"))]}]) == []
    (said,) = all_too_short([{"desk": [desk], "state": [state], "order": [Made("module", ("desk", "state"))]}])
    assert said == "order, of a module, asks for state, of a function"


def test_a_fixture_may_ask_for_the_one_that_it_replaces() -> None:
    longer, shorter = Made("session"), Made("function", ("made",))
    assert all_too_short([{"made": [longer, shorter]}]) == []
    assert len(all_too_short([{"made": [shorter, Made("session", ("made",))]}])) == 1
