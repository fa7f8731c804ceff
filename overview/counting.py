"""What the board counts: by the index's sums, and by the rows that somebody did something about, which are few."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.channels import Channel
from domain.money import Amount, code_of
from domain.states import ExecutionState
from index.amounts import from_units
from index.checks import authorised_for, holds
from index.conditions import of_channels
from index.models import IndexedOrder, IndexedPayment
from index.narrowing import by_channel
from index.questions import Question
from index.reading import adapters_holding, age_bounds, ages, found_by_checks, group, matching, oldest_by_checks
from index.united import together
from overview.aside import is_aside
from overview.checks import BY_INDEX, DOUBT, REQUESTS, Check
from overview.models import Dismissal
from overview.scope import Scope
from payments.executions.access import visible
from payments.models import REQUESTED, Execution
from teamwork.models import Kind, State, Task

DOUBTS = (ExecutionState.IN_DOUBT, ExecutionState.PENDING)
AGES = ((0, 1), (2, 3), (4, 7), (8, 14), (15, None))
"""Days since an order was completed, first and last, of which `index.reading.age_bounds` says when they are; the last
stretch has no end."""
OLD = (8, None)
"""What is older than a week, together."""


class Found(NamedTuple):
    """What a check finds: how many orders, what they come to by currency, since when the oldest is so (UTC), how many
    of them somebody has (`taken`), and how many are set aside, which are not among them."""

    check: Check
    size: int = 0
    sums: Sequence[Amount] = ()
    oldest: dt.datetime | None = None
    taken: int = 0
    aside: int = 0


class Aged(NamedTuple):
    """A stretch of days, and what is that old. `is_over`: some of it is older than its authorisation lasts."""

    first: int
    last: int | None
    size: int
    sums: Sequence[Amount]
    over: int

    @property
    def words(self) -> str:
        if self.last is None:
            return _("%(n)d days and more") % {"n": self.first}
        return _("%(first)d–%(last)d days") % {"first": self.first, "last": self.last}

    @property
    def key(self) -> str:
        """As it stands in addresses."""
        return _key(self.first, self.last)


def asked_of(scope: Scope, check: str, age: tuple[dt.datetime | None, dt.datetime | None] = (None, None)) -> Question:
    return Question(channels=scope.channels, check=check, since_from=age[0], since_to=age[1])


def find(scope: Scope, checks: Sequence[Check]) -> list[Found]:
    """What the index knows of these checks. Seven statements at the most, however many there
    are, and one more for each that adds up payments as well."""
    known = found_by_checks(scope.channels, {check.name: check.amount for check in checks})
    oldest = oldest_by_checks(scope.channels, known, lambda name: Q(~is_aside(name)))
    touched = _touched(scope, checks)
    found = []
    for check in checks:
        aside = [row for row in touched[check.name] if row.is_aside]
        more = beside(check, matching(asked_of(scope, check.name)).exclude(is_aside(check.name)))
        found.append(
            Found(
                check,
                size=known[check.name].size - len(aside),
                sums=sums_of([*known[check.name].sums.items(), *(row.less for row in aside), *map(_sum_of, more)]),
                oldest=oldest[check.name],
                taken=sum(row.is_taken for row in touched[check.name] if not row.is_aside),
                aside=len(aside),
            )
        )
    return found


def beside(check: Check, rows: "QuerySet[IndexedOrder]", **annotated: Any) -> list[dict[str, Any]]:
    """What a check adds up of the payments of these orders, in each currency, as groups with `currency`, `s` and
    what they are annotated with. One statement; none where it adds up nothing of payments."""
    if check.beside is None:
        return []
    of_them = Exists(rows.order_by().filter(number=OuterRef("order_id")))  # looked up for each of the few payments
    payments = IndexedPayment.objects.filter(check.beside.which, of_them)
    groups = payments.annotate(**annotated).values("currency", *annotated).annotate(s=Sum(check.beside.amount))
    return [dict(group) for group in groups.order_by("currency")]


def _sum_of(group: Mapping[str, Any]) -> tuple[str, Decimal]:
    return group["currency"], from_units(group["s"])


class _Touched(NamedTuple):
    """A row that a check finds and that is set aside, or that somebody has; `units` of what the check adds up."""

    since: dt.datetime
    currency: str
    units: int
    is_aside: bool
    is_taken: bool

    @property
    def less(self) -> tuple[str, Decimal]:
        return self.currency, -from_units(self.units)


def _touched(scope: Scope, checks: Sequence[Check]) -> dict[str, list[_Touched]]:
    """By the checks' names. Two statements, one where there are none."""
    mine, names = of_channels(scope.channels), [check.name for check in checks]
    dismissed = Dismissal.objects.filter(mine, check_name__in=names).values_list("order_id", flat=True)
    ids = list(dismissed.union(_tasks(mine).order_by().values_list("order_id", flat=True)))
    rows = IndexedOrder.objects.filter(mine, order_id__in=ids).annotate(
        is_taken=is_taken(),
        **{f"units_{n}": ExpressionWrapper(check.amount, BigIntegerField()) for n, check in enumerate(checks)},
        **{f"is_aside_{n}": is_aside(check.name) for n, check in enumerate(checks)},
        **{f"is_found_{n}": Q(holds(check.name, scope.channels)) for n, check in enumerate(checks)},
    )
    found: dict[str, list[_Touched]] = {name: [] for name in names}
    for row in rows.values("status_since", "currency", *rows.query.annotations) if ids else ():
        for n, name in enumerate(names):
            if row[f"is_found_{n}"]:
                found[name].append(
                    _Touched(
                        row["status_since"], row["currency"], row[f"units_{n}"], row[f"is_aside_{n}"], row["is_taken"]
                    )
                )
    return found


def sums_of(parts: Iterable[tuple[str, Decimal]]) -> list[Amount]:
    """By currency, the largest first; what comes to nothing is left out."""
    sums: dict[str, Decimal] = {}
    for currency, value in parts:
        sums[currency] = sums.get(currency, Decimal(0)) + value
    amounts = [Amount(value, currency) for currency, value in sums.items() if value]
    return sorted(amounts, key=lambda each: (-each.value, each.currency))


def is_taken() -> Exists:
    """Of a row with merchant, channel and order_id: whether somebody was given something to do about that order."""
    its = {name: OuterRef(name) for name in ("order_id", "merchant", "channel")}
    return Exists(_tasks(Q(**its)))


def _tasks(which: Q) -> "QuerySet[Task]":
    return Task.objects.filter(which, state=State.OPEN, kind=Kind.ASK, for_person__isnull=False)


def stretch_of(key: str, now: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None] | None:
    """From when and until when (exclusive) something took its state that is so many days old; None for no stretch."""
    bounds = age_bounds(now)
    if key == _key(*OLD):
        return (None, bounds[AGES.index((8, 14))][1])
    keys = [_key(*age) for age in AGES]
    return bounds[keys.index(key)] if key in keys else None


def _key(first: int, last: int | None) -> str:
    return f"{first}-{'' if last is None else last}"


def by_age(scope: Scope, check: Check, now: dt.datetime) -> list[Aged]:
    """What was completed and not captured, by days since."""
    asked, bounds = asked_of(scope, check.name), age_bounds(now)
    aside = [row for row in _touched(scope, [check])[check.name] if row.is_aside]
    known = ages(asked, now, amount=check.amount)
    less = [[row for row in aside if _is_within(row.since, *bound)] for bound in bounds]
    shown = [kept.size - len(gone) for kept, gone in zip(known, less, strict=True)]
    over = _over(asked, check, now, aside, shown)
    more = beside(check, matching(asked).filter(~is_aside(check.name)), place=_place(bounds, "order__status_since"))
    found = []
    for n, (first, last) in enumerate(AGES):
        others = [_sum_of(group) for group in more if group["place"] == n]
        sums = sums_of([*known[n].sums.items(), *(row.less for row in less[n]), *others])
        found.append(Aged(first, last, shown[n], sums, over[n]))
    return found


def _is_within(at: dt.datetime, since: dt.datetime | None, until: dt.datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _place(bounds: Sequence[tuple[dt.datetime | None, dt.datetime | None]], since: str) -> Case:
    """In which of these stretches that column lies."""
    cases = enumerate(first for first, _last in bounds)
    return Case(
        *(When(**{f"{since}__gte": first}, then=Value(number)) for number, first in cases if first),
        default=Value(len(bounds) - 1),
        output_field=IntegerField(),
    )


def _over(
    asked: Question, check: Check, now: dt.datetime, aside: Sequence[_Touched], shown: Sequence[int]
) -> list[int]:
    """How many of each of the AGES, of which so many are shown, have an authorisation that is over. What is older than
    any lasts is over, and what is younger than each is not; what lies between is looked up."""
    lasting = _lasting(asked.channels)
    condition, limits = _expired(lasting, now), [limit for limit in lasting.values() if limit is not None]
    if condition is None:
        return [0] * len(shown)
    none_since = now - min(limits)
    all_until = now - max(limits) if len(limits) == len(lasting) else None
    over = []
    for (since, until), size in zip(age_bounds(now), shown, strict=True):
        if since and since >= none_since:
            over.append(0)
        elif all_until and until and until <= all_until:
            over.append(size)
        else:
            begin, known = since, 0
            if all_until and (since is None or since < all_until):
                begin, older = all_until, replace(asked, since_from=since, since_to=all_until)
                known = sum(each.size for each in group(older, "currency").values())
                known -= sum(_is_within(row.since, since, all_until) for row in aside)
            between = replace(asked, since_from=begin, since_to=min(until or none_since, none_since))
            over.append(known + _count(matching(between).filter(condition, ~is_aside(check.name)), between))
    return over


def _count(rows: "QuerySet[IndexedOrder]", question: Question) -> int:
    """One statement, which goes along an index for each channel; none where no moment is meant."""
    if question.since_from and question.since_to and question.since_from >= question.since_to:
        return 0
    parts = by_channel(rows.order_by().values("channel"), question.channels)
    return sum(row["n"] for row in together([each.annotate(n=Count("number")) for each in parts]))


def expired(channels: Sequence[Channel], now: dt.datetime) -> Q | None:
    """Of rows in these channels: whether they are complete for longer than an authorisation of theirs lasts, as far as
    that is set (`index.checks.authorised_for`); None where it is set for none. One statement: which adapters hold
    something."""
    return _expired(_lasting(channels), now)


def _lasting(channels: Sequence[Channel]) -> dict[str, dt.timedelta | None]:
    """How long what is held by each adapter lasts, as far as that is set."""
    return {adapter: authorised_for(adapter) for adapter in adapters_holding(channels)}


def _expired(lasting: Mapping[str, dt.timedelta | None], now: dt.datetime) -> Q | None:
    found = None
    for adapter, limit in lasting.items():
        if limit is not None:
            held = IndexedPayment.objects.filter(order=OuterRef("number"), adapter=adapter, held__gt=0)
            one = Q(Exists(held), status_since__lt=now - limit)
            found = one if found is None else found | one
    return found


def executions_of(user: User, scope: Scope, name: str) -> "QuerySet[Execution]":
    """The payment actions that a check is about, oldest first."""
    mine = visible(user)
    if scope.one:
        mine = mine.filter(merchant=scope.one.merchant, channel=scope.one.name)
    if name == DOUBT.name:
        return mine.filter(state__in=DOUBTS).order_by("created_at", "pk")
    in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return mine.filter(in_time, state__in=REQUESTED).order_by("created_at", "pk")


def find_executions(user: User, scope: Scope, check: Check) -> Found:
    """What the desk itself knows of that check. One statement."""
    rows = executions_of(user, scope, check.name).order_by().annotate(held_by=is_taken())
    groups = rows.values("currency", "held_by").annotate(
        n=Count("pk"), s=Sum("amount"), o=Min(Coalesce("sent_at", "created_at"))
    )
    found = list(groups.order_by("currency"))
    return Found(
        check,
        size=sum(group["n"] for group in found),
        sums=sums_of((code_of(group["currency"]), group["s"] or Decimal(0)) for group in found),
        oldest=min((group["o"] for group in found if group["o"]), default=None),
        taken=sum(group["n"] for group in found if group["held_by"]),
    )


def find_all(user: User, scope: Scope) -> list[Found]:
    """What each check finds, in the order of the board."""
    return [
        *(find_executions(user, scope, check) for check in (DOUBT, REQUESTS)),
        *find(scope, BY_INDEX),
    ]
