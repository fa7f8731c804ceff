"""Amounts in the currency's minor unit (öre, cents), so that sums are exact; only the document holds decimals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Amount:
    """A sum with and without VAT, in minor units."""

    including: int = 0
    excluding: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.including + other.including, self.excluding + other.excluding)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.including - other.including, self.excluding - other.excluding)

    def price(self) -> Json:
        """As the API's Price: major units, both with and without VAT."""
        return {"includingVat": major(self.including), "excludingVat": major(self.excluding)}


def major(minor: int) -> float:
    """Minor units as the API's amount in major units; exact to the cent when printed."""
    return minor / 100


def taxed(including: int, rate: int) -> Amount:
    """The amount that is `including` VAT at this rate (in basis points: 2550 = 25.5 %), the net rounded half up."""
    whole = 10_000 + rate
    return Amount(including, (including * 20_000 + whole) // (2 * whole))


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum of amounts; nothing at all is zero."""
    return sum(amounts, Amount())


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Parts of the amount in proportion to the weights, that add up to it exactly (largest remainder first)."""
    whole = sum(weights)
    if not whole:
        return [amount, *[0] * (len(weights) - 1)]
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % whole), at))
    for at in by_remainder[: amount - sum(parts)]:
        parts[at] += 1
    return parts
