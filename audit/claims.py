"""What other parts of the desk say that the log must have, as they keep something of their own about it."""

from collections.abc import Callable

Claim = Callable[[str], str]
"""Given the database's alias: what is missing in the log, in words; empty if nothing is."""
_claims: list[Claim] = []


def register(claim: Claim) -> None:
    """To be called once, when the program starts."""
    if claim not in _claims:
        _claims.append(claim)


def missing(using: str) -> str:
    """The first thing that somebody says is missing; empty if nobody does."""
    return next(filter(None, (claim(using) for claim in _claims)), "")
