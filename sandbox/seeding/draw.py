"""Chance that can be repeated: every draw follows from a seed and the name of what is drawn."""

import random
import string
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw(random.Random):
    """A source of chance for one order or one person; the same words give the same draws on every machine."""

    def chance(self, probability: float) -> bool:
        """True with this probability (0 to 1)."""
        return self.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self.random() * len(options))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as likely as its weight says."""
        point = self.random() * sum(weights.values())
        for option, weight in weights.items():
            point -= weight
            if point < 0:
                return option
        return next(reversed(list(weights)))

    def between(self, low: float, high: float) -> float:
        """A number from low up to high."""
        return low + (high - low) * self.random()

    def token(self, prefix: str = "", length: int = 26, alphabet: str = string.ascii_letters) -> str:
        """An id in the form that the Order API uses: a prefix and letters."""
        return prefix + "".join(self.choices(alphabet, k=length))


def draw_for(seed: int, *subject: object) -> Draw:
    """The draws of one subject, such as `draw_for(1, "order", 17)`; independent of every other subject's."""
    return Draw("/".join(map(str, (seed, *subject))))
