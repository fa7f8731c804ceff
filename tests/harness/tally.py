"""What the harness counted, added up over tests, processes and databases, and said at the end."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Self

NAME = "payments harness"


@dataclass
class Tally:
    """`interrupted` and `raced` are executions; `calls` reached the provider, and `moves` are what it really moved."""

    interrupted: int = 0
    raced: int = 0
    intents: int = 0
    calls: int = 0
    moves: int = 0
    done: int = 0
    refused: int = 0
    not_sent: int = 0
    in_doubt: int = 0
    settled: int = 0
    violations: int = 0

    def __iadd__(self, other: "Tally") -> Self:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self

    def __str__(self) -> str:
        return f"{NAME}: " + ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in asdict(self).items())

    @classmethod
    def read(cls, text: str) -> "Self | None":
        """The tally that stands somewhere in that text."""
        line = next((line for line in text.splitlines() if line.startswith(NAME)), None)
        if line is None:
            return None
        found = re.findall(r"([a-z ]+): (\d+)", line.removeprefix(f"{NAME}: "))
        return cls(**{name.strip().replace(" ", "_"): int(value) for name, value in found})


def total(properties: Iterable[tuple[str, object]]) -> Tally | None:
    """The sum of all tallies among the properties of tests; None where none was counted."""
    found = [Tally.read(str(value)) for name, value in properties if name == NAME]
    if not found:
        return None
    whole = Tally()
    for each in found:
        whole += each or Tally()
    return whole
