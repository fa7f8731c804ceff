"""How many orders are meant, and what they come to: from rollups where they can tell, else by counting up to so many.

Spans of time fall into whole months, days and quarters of days, which rollups know, and what is left at either end of
them, which is counted in the rows (`index.spans`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.channels import Channel
from index import checks
from index.amounts import from_units
from index.answers import NONE, Tally
from index.conditions import CHANNEL, COLUMN_OF, matching, of_channels, one_of, only_one_thing, unindexed, within
from index.models import Axis, IndexedOrder, OrderSum
from index.narrowing import are_beyond, branches, by_channel, candidates
from index.questions import Question
from index.rollups import EPOCH
from index.spans import Span, pieces
from index.united import rows_of, together, united
from index.walking import longest, some_of

MOST_COUNTED = 1_000
"""Orders up to which a question is counted where no rollup answers it."""
BY = ("currency", "channel")
TOTAL = F("total")
_Sums = dict[str, dict[str, list[int]]]


def tally(question: Question, amount: Any = TOTAL) -> Tally:
    """Of all that are meant; `amount` is what is added up of each, by columns that `OrderSum` has as well."""
    is_by_time = question.check == checks.STUCK
    found = _stuck(question, amount) if is_by_time else grouped(question, "", amount).get("", NONE)
    if found.size and not found.oldest and (question.check or question.status):
        found = found._replace(oldest=longest(question))
    return found


def found_by_checks(channels: tuple[Channel, ...], amounts: Mapping[str, Any]) -> dict[str, Tally]:
    """Of each of these checks how many orders it finds, and what that amount of them comes to. A statement for all, and
    two for what is stuck."""
    found: dict[str, _Sums] = {name: _nothing() for name in amounts}
    bits = {name: bit for name in amounts if (bit := checks.bit_of(name))}
    rows = OrderSum.objects.filter(of_channels(channels), axis=Axis.ALL, adapter="", since=EPOCH, flags__gt=0)
    sums = {f"of_{bit}": Sum(amounts[name]) for name, bit in bits.items()}
    summed: Any = rows.values("flags", "currency").annotate(sum_n=Sum("n"), **sums).order_by()
    for row in summed if bits else ():
        for name, bit in bits.items():
            if row["flags"] & bit:
                _add(found[name], "", row["currency"], row["sum_n"], row[f"of_{bit}"])
    tallies = {name: _as_tallies(each).get("", NONE) for name, each in found.items()}
    if checks.STUCK in amounts:
        asked = Question(channels=channels, check=checks.STUCK)
        tallies[checks.STUCK] = _stuck(asked, amounts[checks.STUCK])
    return tallies


def grouped(question: Question, by: str, amount: Any = TOTAL) -> dict[str, Tally]:
    """By that of `BY`; all under the empty key where it is empty."""
    if can_be_rolled(question):
        return _rolled(question, _span(question), by, amount)
    return _counted(question, by, amount)


def can_be_rolled(question: Question) -> bool:
    """Whether rollups know all that the question asks for."""
    spans = [question.created_from or question.created_to, question.since_from or question.since_to]
    asks_rows = (
        question.sku or question.reference or question.payment_id or question.text or question.keys
        or question.ids is not None or question.amount_from is not None or question.amount_to is not None
    )  # fmt: skip
    return not (asks_rows or all(spans) or len(question.adapters) > 1 or question.check == checks.STUCK)


def _span(question: Question) -> Span:
    if question.since_from or question.since_to:
        axes, bounds = (Axis.SINCE_MONTH, Axis.SINCE_DAY), (question.since_from, question.since_to)
    else:
        axes, bounds = (Axis.CREATED_MONTH, Axis.CREATED_DAY), (question.created_from, question.created_to)
        is_rough = not question.payment_states and _is_quartered(question)
        if bounds == (None, None):
            return Span((Q(axis=Axis.ROUGH_ALL if is_rough else Axis.ALL, since=EPOCH),))
        if is_rough:
            axes = (Axis.ROUGH_MONTH, Axis.ROUGH_DAY)
    return pieces(*bounds, *axes, quarters=_is_quartered(question))


def _is_quartered(question: Question) -> bool:
    """Whether it is about what quarters of days are kept by."""
    only = replace(
        question, status=(), payment_states=(), currency="", created_from=None, created_to=None, sort="created"
    )  # fmt: skip
    return only == Question(channels=question.channels)


def _rolled(question: Question, span: Span, by: str, amount: Any) -> dict[str, Tally]:
    found = _nothing()
    rows = OrderSum.objects.filter(of_channels(question.channels), adapter="".join(question.adapters))
    for name, column in COLUMN_OF.items():
        if values := getattr(question, name):
            rows = rows.filter(one_of(column, values))
    if question.currency:
        rows = rows.filter(currency=question.currency)
    if bit := checks.bit_of(question.check) if question.check else 0:
        rows = rows.annotate(flagged=F("flags").bitand(bit)).filter(flagged__gt=0)
    group = _group(by)
    parts = [
        rows.filter(part).annotate(**group).values(*group, "currency").annotate(sum_n=Sum("n"), sum_of=Sum(amount))
        for part in span.rows
    ]
    for row in together([part.order_by() for part in parts]) if parts else ():
        _add(found, row.get("k", ""), row["currency"], row["sum_n"], row["sum_of"])
    column = "status_since" if question.since_from or question.since_to else "created"
    rest = matching(replace(question, **_BOUNDS[column]))
    for edge in span.edges:
        _add_rows(found, rest.filter(within(column, edge.since, edge.until)), by, amount, edge.sign)
    return _as_tallies(found)


_BOUNDS: Mapping[str, dict[str, Any]] = {
    "created": {"created_from": None, "created_to": None},
    "status_since": {"since_from": None, "since_to": None},
}


def _add_rows(found: _Sums, rows: QuerySet[IndexedOrder], by: str, amount: Any, sign: int = 1) -> int:
    """Adds these rows, or takes them off; how many they are."""
    group, size = {**_group(by), "code": unindexed("currency")}, 0
    summed = rows.annotate(**group).values(*group).annotate(sum_n=Count("number"), sum_of=Sum(amount))
    for row in summed.order_by():
        _add(found, row.get("k", ""), row["code"], sign * row["sum_n"], sign * row["sum_of"])
        size += row["sum_n"]
    return size


def _group(by: str) -> dict[str, Any]:
    return {"k": CHANNEL if by == "channel" else unindexed(by)} if by else {}


def _nothing() -> _Sums:
    return defaultdict(lambda: defaultdict(lambda: [0, 0]))


def _add(found: _Sums, key: str, currency: str, n: int, total: int) -> None:
    sums = found[key][currency]
    sums[0] += n
    sums[1] += int(total)


def _as_tallies(found: _Sums) -> dict[str, Tally]:
    tallies = {}
    for key in sorted(found):
        sums = {currency: each for currency, each in sorted(found[key].items()) if each[0]}
        if sums:
            tallies[key] = Tally(
                sum(n for n, _total in sums.values()),
                {currency: from_units(total) for currency, (_n, total) in sums.items()},
            )
    return tallies


def _counted(question: Question, by: str, amount: Any) -> dict[str, Tally]:
    """By the rows themselves, of which MOST_COUNTED are looked at and no more."""
    if (exactly := only_one_thing(question)) is not None:
        return _counted_there(exactly, question.channels, by, amount)
    for numbers in candidates(question, MOST_COUNTED):
        sums, first, is_all = _nothing(), numbers[:MOST_COUNTED], len(numbers) <= MOST_COUNTED
        rows = matching(question, first)
        more = set(numbers) - set(first) if _add_rows(sums, rows, by, amount) == MOST_COUNTED else ()
        if is_all or (more and matching(question, more).exists()):
            return _as_counted(sums, rows, is_capped=not is_all)
    numbers = some_of(branches(question, None), MOST_COUNTED + 1)
    sums, rows = _nothing(), IndexedOrder.objects.filter(number__in=numbers[:MOST_COUNTED])
    _add_rows(sums, rows, by, amount)
    return _as_counted(sums, rows, is_capped=len(numbers) > MOST_COUNTED)


def _counted_there(rows: QuerySet[Any], channels: Iterable[Channel], by: str, amount: Any) -> dict[str, Tally]:
    """The same where an index has all that is meant, added up where it is found."""
    sums, parts, group = _nothing(), by_channel(rows, channels), _group(by)
    is_said = rows.model is IndexedOrder  # then the index says what is asked of them as well, and no row is looked up
    if is_said:
        parts = [each.annotate(**group, sum_of=amount).values_list(*group, "currency", "sum_of") for each in parts]
    sql, params = united(each[:MOST_COUNTED] for each in parts)
    if not sql:
        return {}
    first = f"SELECT * FROM ({sql}) AS t LIMIT {MOST_COUNTED}"  # noqa: S608 - Django's own SQL
    if is_said:
        size = _add_said(sums, first, params, by)
    else:
        numbers = RawSQL(first, params)  # noqa: S611 - as above
        size = _add_rows(sums, IndexedOrder.objects.filter(number__in=numbers), by, amount)
    is_capped = size == MOST_COUNTED and are_beyond(rows, channels, MOST_COUNTED)
    return {key: each._replace(is_capped=is_capped) for key, each in _as_tallies(sums).items()}


def _add_said(sums: _Sums, sql: str, params: list[Any], by: str) -> int:
    """Adds what that statement says of rows: by what, the currency, and an amount; how many they are."""
    columns, size = "k, currency" if by else "currency", 0
    summed = f"SELECT {columns}, COUNT(*), SUM(sum_of) FROM ({sql}) AS t GROUP BY {columns}"  # noqa: S608 - as above
    for *k, currency, n, total in rows_of(summed, params):
        _add(sums, k[0] if k else "", currency, n, total)
        size += n
    return size


def _as_counted(sums: _Sums, rows: QuerySet[IndexedOrder], *, is_capped: bool) -> dict[str, Tally]:
    tallies = {key: each._replace(is_capped=is_capped) for key, each in _as_tallies(sums).items()}
    if "" in tallies and not is_capped:
        tallies[""] = tallies[""]._replace(oldest=rows.aggregate(since=Min("status_since"))["since"])
    return tallies


def _stuck(question: Question, amount: Any) -> Tally:
    """All in these states, but for those that took them not long ago: of these there are few."""
    plain = replace(question, check="")
    statuses = [each for each in (*checks.PAYING, *checks.AGREED) if not question.status or each in question.status]
    plain = replace(plain, status=tuple(statuses))
    if not statuses:
        return NONE
    if not can_be_rolled(plain) or plain.created_from or plain.created_to or plain.since_from or plain.since_to:
        return _counted(question, "", amount).get("", NONE)
    found = _nothing()
    for currency, each in grouped(plain, "currency", amount).items():
        found[""][currency] = [each.size, int(each.sums[currency] * 10_000)]
    now = timezone.now()
    fresh = matching(plain).filter(
        status_since__gte=now - max(_limits(question)),
    ).exclude(checks.holds(checks.STUCK, question.channels, now))  # fmt: skip
    _add_rows(found, fresh, "", amount, -1)
    return _as_tallies(found).get("", NONE)


def _limits(question: Question) -> list[dt.timedelta]:
    names = ("paying", "waiting")
    return [checks.stuck_after(name, channel) for channel in question.channels for name in names] or [dt.timedelta()]
