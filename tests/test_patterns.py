"""No text, however long and whatever is in it, makes a pattern of this program take more time than the text is long."""

import importlib
import re
from collections.abc import Iterator

import pytest

from tests.patterns import LENGTH, Found, Pattern, compiled_in, grows_too_fast, patterns_in, units_of
from tests.test_architecture import ROOT, modules

ENDS = ("", "!")
HARD = (
    "x", "1", " ", "\n", "-", ".", "ab:", "token:", "a@", "a@a.", "1 ", "+1", "f0", "eyJa-", "<a ", '"', "\\",
    "/norce/se/orders/a", "é", "a, ",
)  # fmt: skip


def every_pattern() -> Iterator[Found]:
    """Those that stand in the source as text, and those that modules hold, however they were put together."""
    seen: set[tuple[str | bytes, int]] = set()
    for name, path in modules():
        if "migrations" in name:
            continue
        module = importlib.import_module(name)
        held = [Found(name, each) for value in vars(module).values() for each in compiled_in(value)]
        for found in [*patterns_in(path, ROOT), *held]:
            key = (found.pattern.pattern, found.pattern.flags)
            if key not in seen:
                seen.add(key)
                yield found


PATTERNS = list(every_pattern())


def text_of(pattern: Pattern) -> str:
    return pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")


def slow(pattern: Pattern, unit: str, end: str, length: int = LENGTH) -> bool:
    """Whether it grows too fast on a row of this unit, be the text looked through or looked at whole."""

    def work(size: int) -> None:
        text = unit * (size // len(unit)) + end
        given = text if isinstance(pattern.pattern, str) else text.encode()
        for _ in pattern.finditer(given):  # type: ignore[arg-type]
            pass
        pattern.fullmatch(given)  # type: ignore[arg-type]

    return grows_too_fast(work, length)


def test_the_patterns_are_found() -> None:
    places = {found.place.partition(":")[0] for found in PATTERNS}
    assert len(PATTERNS) > 50
    assert {"orders/list/find.py", "sandbox/outside.py", "audit/tidy.py"} <= places


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_a_pattern_takes_no_longer_than_its_text_is_long(found: Found) -> None:
    own = units_of(text_of(found.pattern))
    hard = ((unit, end) for unit in dict.fromkeys([*own, *HARD]) for end in ENDS)
    assert next((each for each in hard if slow(found.pattern, *each)), None) is None


@pytest.mark.parametrize("bad", [r"[\w.+-]+@\w", r"(a+)+b", r"(\s*,\s*)*$", r"<title[^>]*>(.*?)</title"])
def test_a_pattern_that_reads_a_text_again_and_again_would_be_found(bad: str) -> None:
    pattern = re.compile(bad, re.DOTALL)
    assert any(slow(pattern, unit, end, 2 * LENGTH) for unit in [*units_of(bad), *HARD] for end in ENDS)
