"""What many payment actions come to that somebody has done at once: the limits are asked for all of them beforehand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.models import User

from domain.money import to_minor_units
from payments.executions.intent import Intent
from payments.limits import rules
from payments.limits.rules import Excess
from payments.models import Limit

OF_THE_SUM = frozenset({"action", "day", "count"})
"""The kinds that are asked for the sum, and so not for each of them."""


class Above(NamedTuple):
    """Why it takes a second person: `orders` is of how many it is said, `currency` what the limit is in."""

    excess: Excess
    currency: str
    orders: int

    def to_json(self) -> list[Any]:
        return [self.excess.to_json(), self.currency, self.orders]

    @classmethod
    def from_json(cls, data: list[Any]) -> "Above":
        return cls(Excess(**data[0]), str(data[1]), int(data[2]))


def of_each(user: User, case: Intent) -> list[Excess]:
    """Why this one of them takes a second person, whatever the others come to."""
    return [each for each in rules.excess(user, case) if each.kind not in OF_THE_SUM]


def of_the_sum(user: User, cases: Sequence[Intent]) -> list[Above]:
    """Which limits all of them together would pass: taken as one action, and in a day. By currency, over all channels,
    as a person's day is; each against the limit that says most of it.

    Limits are looked at as they are now; whoever has to know that nobody else uses them up meanwhile calls
    `rules.wait_for_turn` before.
    """
    found: list[Above] = []
    by_currency: dict[str, list[Intent]] = defaultdict(list)
    for case in cases:
        by_currency[case.currency].append(case)
    for currency, ours in by_currency.items():
        amount = sum((to_minor_units(case.amount or Decimal(0), currency) for case in ours), Decimal(0))
        whole = replace(ours[0], amount=amount)
        seen: set[tuple[Any, ...]] = set()
        for limit in _limits(user, ours):
            for excess in rules.passed(limit, user, whole, amount, len(ours)):
                if excess not in seen:
                    seen.add(excess)
                    found.append(Above(excess, currency, len(ours)))
    return found


def _limits(user: User, cases: Iterable[Intent]) -> list[Limit]:
    """The limits that speak of them, each once. What is the same in channel and type of action is held against the
    same."""
    alike = {(case.merchant, case.channel, case.action.type.lower()): case for case in cases}
    found = {(each.pk, str(each), each.per_action, each.per_day): each
             for case in alike.values() if (each := rules.limit_of(user, case)) is not None}  # fmt: skip
    return list(found.values())
