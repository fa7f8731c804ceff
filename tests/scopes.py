"""Fixtures that ask for one that does not live as long as they do. pytest says so only when a test needs them, and
then it fails, in whichever run it is; this looks at all that is collected, whatever is run of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

LIVES = ("function", "class", "module", "package", "session")


class Fixture(Protocol):
    @property
    def argnames(self) -> Sequence[str]: ...
    @property
    def scope(self) -> str: ...


Fixtures = Mapping[str, Sequence[Fixture]]
"""By name; one that replaces another of its name stands behind it."""


def too_short(fixtures: Fixtures) -> Iterator[str]:
    """Sentences about each of these that asks for what is gone before it is."""
    for name, all_of_it in fixtures.items():
        for number, fixture in enumerate(all_of_it):
            for asked in fixture.argnames:
                before = all_of_it[:number] if asked == name else fixtures.get(asked, ())
                if before and LIVES.index(before[-1].scope) < LIVES.index(fixture.scope):
                    yield f"{name}, of a {fixture.scope}, asks for {asked}, of a {before[-1].scope}"


def all_too_short(several: Iterable[Fixtures]) -> list[str]:
    """The same of what several tests have, of which most have the same ones."""
    distinct = {tuple(id(each[-1]) for each in fixtures.values()): fixtures for fixtures in several}
    return sorted({sentence for fixtures in distinct.values() for sentence in too_short(fixtures)})
