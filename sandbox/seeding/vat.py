"""VAT rates in basis points, by country, kind of goods and day: rates change, and old orders keep the old ones."""

from datetime import date

STANDARD, FOOD, BOOK, EXEMPT = "standard", "food", "book", "exempt"

# (from this day on, basis points), the latest first.
Steps = tuple[tuple[date, int], ...]
ALWAYS = date.min


def _flat(standard: int, food: int, book: int) -> dict[str, Steps]:
    return {STANDARD: ((ALWAYS, standard),), FOOD: ((ALWAYS, food),), BOOK: ((ALWAYS, book),)}


RATES: dict[str, dict[str, Steps]] = {
    "SE": {**_flat(2500, 1200, 600), FOOD: ((date(2026, 4, 1), 600), (ALWAYS, 1200))},
    "NO": _flat(2500, 1500, 0),
    "DK": _flat(2500, 2500, 2500),
    "FI": {
        STANDARD: ((date(2024, 9, 1), 2550), (ALWAYS, 2400)),
        FOOD: ((date(2026, 1, 1), 1350), (ALWAYS, 1400)),
        BOOK: ((date(2026, 1, 1), 1350), (date(2025, 1, 1), 1400), (ALWAYS, 1000)),
    },
    "DE": _flat(1900, 700, 700),
    "NL": _flat(2100, 900, 900),
    "AT": _flat(2000, 1000, 1000),
    "BE": _flat(2100, 600, 600),
    "EE": {
        STANDARD: ((date(2025, 7, 1), 2400), (ALWAYS, 2200)),
        FOOD: ((date(2025, 7, 1), 2400), (ALWAYS, 2200)),
        BOOK: ((ALWAYS, 900),),
    },
}


def rate(country: str, kind: str, day: date) -> int:
    """The rate in basis points; gift cards (`EXEMPT`) carry none until they are spent."""
    if kind == EXEMPT:
        return 0
    return next(points for since, points in RATES[country][kind] if since <= day)


def fraction(points: int) -> float:
    """As the API writes it: 0.255 for 2550."""
    return points / 10_000
