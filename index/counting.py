"""How many orders are meant, and what they come to: from rollups where they can tell, else by counting up to so many.

Spans of time fall into whole months, days and quarters of days, which rollups know, and what is left at either end of
them, which is counted in the rows (`index.spans`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.utils import timezone

from accounts.channels import Channel
from index import checks, words
from index.amounts import from_units
from index.answers import NONE, Tally
from index.conditions import CHANNEL, COLUMN_OF, matching, of_channels, one_of, only_one_thing, unindexed, within
from index.models import IndexedOrder
from index.narrowing import are_beyond, branches, by_channel, candidates, may_be_in_vain
from index.questions import Question
from index.rollups import EPOCH
from index.spans import Span, pieces
from index.sums import Axis, OrderSum
from index.united import rows_of, together, united
from index.walking import is_met_first, longest, some_of

MOST_COUNTED = 1_000
"""Orders up to which a question is counted where no rollup answers it."""
NEAR = 10_000
"""The newest orders that are looked into for a text that many may have."""
BY = ("currency", "channel")
TOTAL = F("total")
_Sums = dict[str, dict[str, list[int]]]


def tally(question: Question, amount: Any = TOTAL) -> Tally:
    """Of all that are meant; `amount` is what is added up of each, by columns that `OrderSum` has as well."""
    found = _stuck(question, amount) if question.check == checks.STUCK else found_by(question, amount)
    if found.size and not found.oldest and (question.check or question.status):
        found = found._replace(oldest=longest(where_any(question)))
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


def found_by(question: Question, amount: Any = TOTAL) -> Tally:
    """By rollups where they know all that the question asks for, else by the rows."""
    if can_be_rolled(question):
        return _rolled(question, "", amount).get("", NONE)
    return _counted(question, amount)


def grouped(question: Question, by: str) -> dict[str, Tally]:
    """By that of `BY`. ValueError where rollups do not know all that the question asks for."""
    if not can_be_rolled(question):
        raise ValueError(question)
    return _rolled(question, by, TOTAL)


def where_any(question: Question) -> Question:
    """The same in those of its channels in which something is meant, where that may be found in vain and rollups can
    tell."""
    if not (may_be_in_vain(question) and can_be_rolled(question)):
        return question
    there = grouped(question, "channel")
    return replace(question, channels=tuple(each for each in question.channels if str(each) in there))


def sizes(question: Question) -> dict[Channel, tuple[int, int]]:
    """In each channel in which some are meant, how many, and how many there are in that currency, or in all."""
    meant = grouped(question, "channel")
    whole = grouped(Question(channels=question.channels, currency=question.currency), "channel")
    return {
        channel: (meant[str(channel)].size, whole.get(str(channel), NONE).size)
        for channel in question.channels
        if str(channel) in meant
    }


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


def _rolled(question: Question, by: str, amount: Any) -> dict[str, Tally]:
    """All under the empty key where they are not grouped."""
    found, span = _nothing(), _span(question)
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


def _add_rows(found: _Sums, rows: QuerySet[IndexedOrder], by: str, amount: Any, sign: int = 1) -> None:
    """Adds these rows, or takes them off."""
    group = {**_group(by), "code": unindexed("currency")}
    summed = rows.annotate(**group).values(*group).annotate(sum_n=Count("number"), sum_of=Sum(amount))
    for row in summed.order_by():
        _add(found, row.get("k", ""), row["code"], sign * row["sum_n"], sign * row["sum_of"])


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


def _counted(question: Question, amount: Any) -> Tally:
    """By the rows themselves. Where there are more than MOST_COUNTED, no more is looked at, and nothing added up: a sum
    of some of them would be that of nothing that anybody asked for."""
    if (exactly := only_one_thing(question)) is not None:
        if are_beyond(exactly, question.channels, MOST_COUNTED):
            return _more()
        return _counted_there(exactly, question.channels, amount)
    return _more() if _are_many_near(question) else _counted_among(question, amount)


def _counted_among(question: Question, amount: Any) -> Tally:
    """The same among what is true of few alone, else by branches."""
    for numbers in candidates(question, MOST_COUNTED):
        if len(numbers) <= MOST_COUNTED:
            return _added_up(matching(question, numbers), amount)
        if matching(question, numbers).count() > MOST_COUNTED:
            return _more()
    numbers = some_of(branches(question, None), MOST_COUNTED + 1)
    if len(numbers) > MOST_COUNTED:
        return _more()
    return _added_up(IndexedOrder.objects.filter(number__in=numbers), amount)


def _are_many_near(question: Question) -> bool:
    """Whether more than MOST_COUNTED of one channel's newest orders have a text, which then is not looked up. Of
    several channels PostgreSQL goes through any, and meets so many as soon."""
    rest = Question(channels=question.channels, sort=question.sort)
    if len(question.channels) != 1 or not is_met_first(question) or replace(question, text="") != rest:
        return False
    place = StrIndex("words", Value(words.sought(question.text)))
    rows = matching(rest).annotate(place=place).order_by("-created", "-number").values_list("place")
    sql, params = united([rows[:NEAR]])
    return bool(rows_of(f"SELECT 1 FROM ({sql}) AS t WHERE place > 0 LIMIT 1 OFFSET {MOST_COUNTED}", params))  # noqa: S608 - Django's own SQL


def _more() -> Tally:
    return Tally(MOST_COUNTED, {}, is_capped=True)


def _added_up(rows: QuerySet[IndexedOrder], amount: Any) -> Tally:
    sums = _nothing()
    _add_rows(sums, rows, "", amount)
    found = _as_tallies(sums).get("", NONE)
    return found._replace(oldest=rows.aggregate(since=Min("status_since"))["since"])


def _counted_there(rows: QuerySet[Any], channels: Iterable[Channel], amount: Any) -> Tally:
    """The same of so many at most where an index has all that is meant, added up where it is found."""
    sums, parts = _nothing(), by_channel(rows, channels)
    is_said = rows.model is IndexedOrder  # then the index says what is asked of them as well, and no row is looked up
    if is_said:
        parts = [each.annotate(sum_of=amount).values_list("currency", "sum_of") for each in parts]
    sql, params = united(each[:MOST_COUNTED] for each in parts)  # or SQLite groups along an index of all
    if not sql:
        return NONE
    if is_said:
        summed = f"SELECT currency, COUNT(*), SUM(sum_of) FROM ({sql}) AS t GROUP BY currency"  # noqa: S608 - Django's own SQL
        for currency, n, total in rows_of(summed, params):
            _add(sums, "", currency, n, total)
    else:
        _add_rows(sums, IndexedOrder.objects.filter(number__in=RawSQL(sql, params)), "", amount)  # noqa: S611 - as above
    return _as_tallies(sums).get("", NONE)


def _stuck(question: Question, amount: Any) -> Tally:
    """All in these states, but for those that took them not long ago: of these there are few."""
    plain = replace(question, check="")
    statuses = [each for each in (*checks.PAYING, *checks.AGREED) if not question.status or each in question.status]
    plain = replace(plain, status=tuple(statuses))
    if not statuses:
        return NONE
    if not can_be_rolled(plain) or plain.created_from or plain.created_to or plain.since_from or plain.since_to:
        return _counted(question, amount)
    found = _nothing()
    for currency, each in _rolled(plain, "currency", amount).items():
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
