"""Amounts as the index keeps them: whole ten-thousandths of the major unit, which every database adds up exactly."""

from decimal import ROUND_HALF_UP, Decimal

ONE = 10_000
_MOST = 10**15
"""A hundred thousand million: no order comes near, and thousands of them still fit into a sum."""


def to_units(amount: Decimal | None) -> int:
    """An amount in major units as whole ten-thousandths; nothing is 0. Bounded, so that sums fit a column."""
    if not amount:
        return 0
    bounded = max(Decimal(-_MOST), min(Decimal(_MOST), amount * ONE)) if amount.is_finite() else Decimal(0)
    return int(bounded.quantize(Decimal(1), ROUND_HALF_UP))


def from_units(units: int | None) -> Decimal:
    """Ten-thousandths in major units."""
    return Decimal(units or 0) / ONE
