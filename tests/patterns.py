"""All regular expressions of the program, and texts that are hard on each of them."""

import ast
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

opcode: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
"""How `re` itself reads a pattern: the only way to make texts that a pattern nearly matches."""
FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
Pattern = re.Pattern[str] | re.Pattern[bytes]


class Found(NamedTuple):
    """A pattern and where it stands."""

    place: str
    pattern: Pattern


def patterns_in(path: Path, root: Path) -> Iterator[Found]:
    """Each `re.…("…")` of the file, flags included, also where names of the same file are put into the text."""
    tree = ast.parse(path.read_text())
    known = {"re": re}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS:
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args):
                continue
            text = _literal(node.args[0])
            if text is not None:
                yield Found(f"{path.relative_to(root)}:{node.lineno}", re.compile(text, _flags(node, known)))


def _literal(node: ast.expr) -> str | bytes | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, str | bytes) else None


def _flags(call: ast.Call, known: dict[str, Any]) -> int:
    written = [word.value for word in call.keywords if word.arg == "flags"] + call.args[1:2]
    named = [node for node in written if "re." in ast.unparse(node) and "(" not in ast.unparse(node)]
    return int(eval(ast.unparse(named[0]), known)) if named else 0


def compiled_in(value: object, deep: int = 4) -> Iterator[Pattern]:
    """The patterns that a value is or holds: of a module, a table, a validator."""
    if isinstance(value, re.Pattern):
        yield value
    elif deep and isinstance(value, dict):
        for each in [*value, *value.values()]:
            yield from compiled_in(each, deep - 1)
    elif deep and isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from compiled_in(each, deep - 1)
    elif deep and isinstance(getattr(value, "regex", None), re.Pattern):
        yield getattr(value, "regex")  # noqa: B009 - of whatever class it is


# Texts


def units_of(pattern: str) -> list[str]:
    """What can be repeated to make a text that this pattern nearly matches: its own characters,
    words and examples of its parts."""
    parsed = parser.parse(pattern)
    samples = [_sample(parsed, most) for most in (0, 1, 2)]
    parts = [_sample([part], 1) for part in parsed]
    inner = [_sample(each, 1) for each in _repeated(parsed)]
    characters = sorted({each for sample in samples for each in sample})
    tails = ["".join(parts[:n]) for n in range(1, len(parts))]
    return list(dict.fromkeys(unit for unit in [*samples, *parts, *inner, *characters, *tails] if unit))


def _repeated(parsed: Any) -> Iterator[Any]:
    for op, value in parsed:
        for inside in _inside(op, value):
            if op in (opcode.MAX_REPEAT, opcode.MIN_REPEAT, opcode.POSSESSIVE_REPEAT):
                yield inside
            yield from _repeated(inside)


def _inside(op: Any, value: Any) -> list[Any]:
    if op in (opcode.MAX_REPEAT, opcode.MIN_REPEAT, opcode.POSSESSIVE_REPEAT):
        return [value[2]]
    if op is opcode.SUBPATTERN:
        return [value[3]]
    if op is opcode.BRANCH:
        return list(value[1])
    if op in (opcode.ASSERT, opcode.ASSERT_NOT):
        return [value[1]]
    return [value] if op is opcode.ATOMIC_GROUP else []


def _sample(parsed: Any, most: int) -> str:
    """A text that the parts match, each repeated as rarely as it may be and `most` times more."""
    return "".join(_of(op, value, most) for op, value in parsed)


def _of(op: Any, value: Any, most: int) -> str:
    if op in (opcode.MAX_REPEAT, opcode.MIN_REPEAT, opcode.POSSESSIVE_REPEAT):
        least, longest, inside = value
        times: int = min(least + most, int(longest))
        return _sample(inside, most) * times
    if op in (opcode.SUBPATTERN, opcode.BRANCH, opcode.ATOMIC_GROUP):
        ways = _inside(op, value)
        return _sample(ways[most % len(ways)], most)
    return _character(op, value)


def _character(op: Any, value: Any) -> str:
    """One that the part takes; nothing where it only looks around."""
    if op is opcode.LITERAL:
        return chr(value)
    if op is opcode.IN:
        return _member(value)
    others: dict[Any, str] = {opcode.NOT_LITERAL: "b" if value == ord("a") else "a", opcode.ANY: "a"}
    return others.get(op, "")


_OF_CATEGORY = {
    opcode.CATEGORY_DIGIT: "1",
    opcode.CATEGORY_SPACE: " ",
    opcode.CATEGORY_WORD: "a",
    opcode.CATEGORY_NOT_DIGIT: "a",
    opcode.CATEGORY_NOT_SPACE: "a",
    opcode.CATEGORY_NOT_WORD: " ",
}


def _member(members: Sequence[Any]) -> str:
    if members[0][0] is opcode.NEGATE:
        return next(c for c in "a1 -.,:;#" if not re.match(f"[{re.escape(_member(members[1:]))}]", c))
    op, value = members[0]
    return chr(value) if op is opcode.LITERAL else chr(value[0]) if op is opcode.RANGE else _OF_CATEGORY[value]


# Measuring


class TooLongError(Exception):
    """It used more time of the processor than it was given."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TooLongError once this process has computed for so long, however many others it shares
    the machine with."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cost(work: Callable[[], object], tries: int = 1) -> float:
    """Seconds of the processor for it, the least of some tries."""
    return min(_once(work) for _ in range(tries))


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


FREE = 0.05
"""Seconds within which nobody minds how it grows."""
LENGTH = 8_000
MOST = 10
"""A text four times as long takes four times as long; sixteen times where it is read again from
each of its characters."""


def grows_too_fast(work: Callable[[int], object], length: int = LENGTH) -> bool:
    """Whether work on a text of this length takes much more than four times what it takes on a
    quarter of it; never hangs."""
    try:
        with at_most(16 * FREE):
            if cost(lambda: work(length)) <= FREE:
                return False
            long = cost(lambda: work(length), tries=2)
            return long > FREE and long > MOST * cost(lambda: work(length // 4), tries=3)
    except TooLongError:
        return True
