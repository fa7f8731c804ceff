"""Payment card numbers in text: found wherever they stand, glued to other digits and across separators."""

import re
from collections.abc import Iterator
from itertools import accumulate

# First two digits that card schemes give out, and how long their numbers are. A Visa of 13 digits,
# not issued since the nineties,
# is left out: it would hide one German EAN in ten.
_ISSUED: dict[int, tuple[int, ...]] = {
    **dict.fromkeys(range(22, 28), (16,)),
    **dict.fromkeys((34, 37), (15,)),
    35: (16,),
    **dict.fromkeys((30, 36, 38, 39), (14, 15, 16)),
    **dict.fromkeys(range(40, 50), (16, 19)),
    **dict.fromkeys(range(50, 70), (16, 17, 18, 19)),
}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""What a digit counts in Luhn's formula where it is doubled."""
_LONGEST_RUN = 200
"""Digits in a row; a longer one is hidden whole, be there a card in it or not."""
# Digits with at most two spaces or dashes between them, or a dot that parts groups: that of a fraction does not.
_RUN = re.compile(r"(?<!\d)\d(?:(?:[ \t\u00a0\u2009\u202f\-\u2010-\u2015]{0,2}|\.(?=\d{3,6}(?!\d)))\d){13,}")


def hide_cards(text: str, *, dots: str) -> str:
    """The text with every card number in it replaced by dots and its last four digits.

    A longer row of digits is searched for a card at each of its places: `order 2026 4111111111111111 737` hides one.
    Where several overlap, all that any of them covers is hidden, as nobody can tell which of them is the card.
    """
    return _RUN.sub(lambda found: _hidden(found[0], dots), text)


def _hidden(run: str, dots: str) -> str:
    places = [place for place, character in enumerate(run) if character.isdecimal()]
    digits = "".join(run[place] for place in places)
    if len(digits) > _LONGEST_RUN:
        return dots
    pieces: list[str] = []
    done = 0
    for start, end in _joined(_cards(digits)):
        pieces += run[done : places[start]], f"{dots} {digits[end - 4 : end]}"
        done = places[end - 1] + 1
    return "".join(pieces) + run[done:]


def _cards(digits: str) -> Iterator[tuple[int, int]]:
    """Where a card can be read, from its first digit to behind its last, in order of their beginnings."""
    values = [int(digit) for digit in digits]
    sums = _luhn_sums(values)
    for start in range(len(values) - 13):
        for length in _ISSUED.get(10 * values[start] + values[start + 1], ()):
            end = start + length
            if end <= len(values) and (sums[end % 2][end] - sums[end % 2][start]) % 10 == 0:
                yield start, end


def _luhn_sums(values: list[int]) -> tuple[list[int], list[int]]:
    """Running sums of the row with its even and with its odd places doubled, so that each part of
    it is checked at once."""
    even, odd = (
        [0, *accumulate(_DOUBLED[digit] if place % 2 == parity else digit for place, digit in enumerate(values))]
        for parity in (0, 1)
    )
    return even, odd


def _joined(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that overlap as one."""
    whole: tuple[int, int] | None = None
    for start, end in spans:
        if whole and start < whole[1]:
            whole = whole[0], max(whole[1], end)
        else:
            if whole:
                yield whole
            whole = start, end
    if whole:
        yield whole
