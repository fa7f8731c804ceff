"""How strictly values are masked: less on a page, which is gone when it is closed, than in a log
that cannot be corrected."""

from dataclasses import dataclass

DOTS = "••••••"
MAX_DEPTH = 60
"""Levels of a document; deeper than any provider nests. What lies below is hidden, not walked."""


class Masked(str):
    """Text that stands in for a value that was hidden, wholly or in part."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Strength:
    """`people`: names, streets, e-mails and phones are shortened. `wary`: what merely may be an identity number, a
    phone or a key is hidden too. `longest`: characters of one text that are looked at, and shown; `most`: values of one
    document, `characters`: of all texts of one document, likewise.
    """

    dots: str
    people: bool
    wary: bool
    longest: int
    most: int
    characters: int


PAGE = Strength(DOTS, people=True, wary=False, longest=20_000, most=50_000, characters=500_000)
PAGE_WITH_PEOPLE = Strength(DOTS, people=False, wary=False, longest=20_000, most=50_000, characters=500_000)
LOG = Strength("•••", people=True, wary=True, longest=3_900, most=1_000, characters=100_000)
