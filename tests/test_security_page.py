"""docs/security.md: every requirement of ASVS 5.0.0, levels 1 and 2, stands there once, with a test that is there."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()
STATES = ("holds", "in part", "no", "does not apply")


def to(last: int) -> tuple[int, ...]:
    return tuple(range(1, last + 1))


# fmt: off
REQUIRED = {
    "1.1": to(2), "1.2": to(9), "1.3": to(11), "1.4": to(3), "1.5": to(2), "2.1": to(3), "2.2": to(3), "2.3": to(4),
    "2.4": to(1), "3.2": to(2), "3.3": to(4), "3.4": to(6), "3.5": to(5), "3.7": to(2), "4.1": to(3), "4.2": to(1),
    "4.3": to(2), "4.4": to(4), "5.1": to(1), "5.2": to(3), "5.3": to(2), "5.4": to(3), "6.1": to(3), "6.2": to(12),
    "6.3": to(4), "6.4": to(4), "6.5": to(5), "6.6": to(3), "6.8": to(4), "7.1": to(3), "7.2": to(4), "7.3": to(2),
    "7.4": to(5), "7.5": to(2), "7.6": to(2), "8.1": to(2), "8.2": to(3), "8.3": to(1), "8.4": to(1), "9.1": to(3),
    "9.2": to(4), "10.1": to(2), "10.2": to(2), "10.3": to(4), "10.4": to(11), "10.5": to(5), "10.6": to(2),
    "10.7": to(3), "11.1": to(2), "11.2": to(3), "11.3": to(3), "11.4": to(4), "11.5": to(1), "11.6": to(1),
    "12.1": to(3), "12.2": to(2), "12.3": to(4), "13.1": to(1), "13.2": to(5), "13.3": to(2), "13.4": to(5),
    "14.1": to(2), "14.2": to(4), "14.3": to(3), "15.1": to(3), "15.2": to(3), "15.3": to(7), "16.1": to(1),
    "16.2": to(5), "16.3": to(4), "16.4": to(3), "16.5": to(3), "17.1": to(1), "17.2": to(4), "17.3": to(2),
}
"""Of each section the numbers that are of level 1 or 2."""
FIRST_LEVEL = {
    "1.2": to(5), "1.3": to(2), "1.5": to(1), "2.1": to(1), "2.2": to(2), "2.3": to(1), "3.2": to(2), "3.3": to(1),
    "3.4": to(2), "3.5": to(3), "4.1": to(1), "4.4": to(1), "5.2": to(2), "5.3": to(2), "6.1": to(1), "6.2": to(8),
    "6.3": to(2), "6.4": to(2), "7.2": to(4), "7.4": to(2), "8.1": to(1), "8.2": to(2), "8.3": to(1), "9.1": to(3),
    "9.2": to(1), "10.4": to(5), "11.3": to(2), "11.4": to(1), "12.1": to(1), "12.2": to(2), "13.4": to(1),
    "14.2": to(1), "14.3": to(1), "15.1": to(1), "15.2": to(1), "15.3": to(1),
}
"""Those of them that are of level 1."""
# fmt: on

TEST = re.compile(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`")


class Line(NamedTuple):
    numbers: tuple[str, ...]
    level: str
    what: str
    state: str
    why: str


def numbers_of(cell: str) -> tuple[str, ...]:
    """`1.2.6`, or all from `1.2.6` to `1.2.8`."""
    first, _to, last = cell.partition("–")
    section, begins = first.rsplit(".", 1)
    ends = last.rsplit(".", 1)[1] if last else begins
    assert not last or last.rsplit(".", 1)[0] == section, cell
    return tuple(f"{section}.{number}" for number in range(int(begins), int(ends) + 1))


def flat(sections: dict[str, tuple[int, ...]]) -> list[str]:
    return [f"{section}.{number}" for section, numbers in sections.items() for number in numbers]


def lines() -> list[Line]:
    rows = re.findall(r"^\| (\d+\.\d+\.\d+\S*) \| (\S+) \| (.*?) \| (.*?) \| (.*) \|$", PAGE, re.MULTILINE)
    return [Line(numbers_of(cell), *rest) for cell, *rest in rows]


def is_there(path: str, name: str) -> bool:
    file = ROOT / path
    return file.is_file() and (not name or re.search(rf"^ *def {name}\(", file.read_text(), re.MULTILINE) is not None)


def test_every_requirement_stands_there_once_and_in_order() -> None:
    listed = [number for line in lines() for number in line.numbers]
    assert listed == flat(REQUIRED)


def test_each_says_its_level_a_state_and_why() -> None:
    assert [line for line in lines() if line.state not in STATES or not line.what or len(line.why) < 5] == []
    first = set(flat(FIRST_LEVEL))
    of = {
        line.numbers: "/".join(sorted({"1" if number in first else "2" for number in line.numbers})) for line in lines()
    }
    assert {line.numbers: line.level for line in lines()} == of


def test_what_is_missing_is_said_and_no_test_is_named_for_it_alone() -> None:
    lacking = [line for line in lines() if line.state in ("in part", "no")]
    assert [line.numbers for line in lacking if not re.search(r"[a-z]{3,} \w+ \w+", TEST.sub("", line.why))] == []


@pytest.mark.parametrize("name", sorted({f"{path}::{name}" for path, name in TEST.findall(PAGE)}))
def test_each_test_that_is_named_is_there(name: str) -> None:
    assert is_there(*name.split("::")), name


def test_names_of_tests_are_written_so_that_they_are_found() -> None:
    assert len(re.findall(r"tests/", PAGE)) == len(TEST.findall(PAGE))


def test_the_sums_are_those_of_the_lines() -> None:
    counted = Counter(dict.fromkeys(STATES, 0))
    counted.update(chain.from_iterable([line.state] * len(line.numbers) for line in lines()))
    told = {state: int(number) for state, number in re.findall(r"^\| ([a-z ]+) \| (\d+) \|$", PAGE, re.MULTILINE)}
    assert told == {**counted, "all": counted.total()}
