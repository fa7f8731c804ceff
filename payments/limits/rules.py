"""How much people of a role may execute without a second person, and when it takes one or two whatever they are."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.roles import ADMIN, MANAGER, SUPPORT, highest
from domain.money import to_minor_units
from domain.states import MONEY_ACTIONS
from payments.executions.intent import Intent, attempts_on
from payments.executions.ledger import Ledger, ledger_of
from payments.limits.shipped import in_force
from payments.models import MAY_HAVE_MOVED, Execution, FourEyes, Limit, Line, State
from ui.days import start_of

ANY = "*"
_LOCK = 0x6C696D697473  # the word "limits", as the number of PostgreSQL's advisory lock
TWO = "two"
"""The kind of what takes two people besides the asker."""
Mode = FourEyes.Mode
OneLine = TypeVar("OneLine", bound=Line)


class Excess(NamedTuple):
    """Why it takes a second person: `kind` is a limit that would be passed (action, order, day, count, currency,
    amount, type), or what limits do not say: role (none is for theirs), up-to (how much would move is not sure),
    contested, repeat; or what four eyes say: always, two (it takes two people; without `would_be` where the amount
    cannot be compared with `limit`, which names its currency then). `limit` and `would_be` as text."""

    kind: str
    limit: str = ""
    would_be: str = ""

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


BY_ANY_SECOND = frozenset({"always", "up-to", "contested", "repeat"})
"""The kinds for which it is enough that two people agree, whoever they are."""


def above_alone(user: User, case: Intent, *, lock: bool = False) -> list[Excess]:
    """Why whoever carries out what somebody else asked for needs a third person: the limits are theirs, and two people
    stand behind it already."""
    return [each for each in excess(user, case, lock=lock) if each.kind not in BY_ANY_SECOND]


def role_name(user: User) -> str:
    """The role whose limits are this person's: the highest one; whoever has none of the three counts as support."""
    return ADMIN if user.is_superuser else highest(set(user.groups.values_list("name", flat=True))) or SUPPORT


def limits_for(role: str, case: Intent) -> "QuerySet[Limit]":
    """The rows that speak of this case, whatever their currency."""
    return limits_of_channel(role, case).filter(action_type__in=[_kind(case), ""])


def limits_of_channel(role: str, case: Intent) -> "QuerySet[Limit]":
    """The rows that speak of this role in this channel, whatever their action."""
    return _of_channel(Limit, case).filter(role=role)


def _of_channel(model: type[OneLine], case: Intent) -> "QuerySet[OneLine]":
    return model._default_manager.filter(merchant__in=[case.merchant, ANY], channel__in=[case.channel, ANY])


def _kind(case: Intent) -> str:
    """The type of action, as lines name it."""
    return case.action.type.lower()


def excess(user: User, case: Intent, *, lock: bool = False) -> list[Excess]:
    """The limits that this person would pass by executing it; none where no limit is set for their role, which for
    managers is never so: what nobody set for them is what came with the desk, or a second person.

    `lock`, inside a transaction: until its end nobody else can look, so that two attempts at once cannot
    both count the day without the other.
    """
    if lock:
        _wait_for_turn()
    eyes = four_eyes_on(case)
    asks_limits = any(line.mode != Mode.NEVER for line in eyes)
    ledger = ledger_of(case.seen)
    return [
        *_unsure(case, ledger),
        *_by_four_eyes(eyes, case, _most(case, ledger)),
        *(_above(user, case) if asks_limits else ()),
    ]


def four_eyes_on(case: Intent) -> list[FourEyes]:
    """The line that counts. Where nobody knows what the action does, and no line names it, it may be any of those that
    lines name: then one for each."""
    rows, kind = list(_of_channel(FourEyes, case)), _kind(case)
    named = {row.action_type for row in rows}
    kinds = [kind] if kind in named or kind in MONEY_ACTIONS else sorted({"", *named})
    fitting = ([row for row in rows if row.action_type in (each, "")] for each in kinds)
    return [max(each, key=_says, default=FourEyes()) for each in fitting]


def _by_four_eyes(lines: Sequence[FourEyes], case: Intent, amount: Decimal | None) -> Iterable[Excess]:
    if any(line.mode == Mode.ALWAYS for line in lines):
        yield Excess("always")
    for line in lines:
        if line.two_above is None:
            continue
        most = format(line.two_above.normalize(), "f")
        if amount is None or line.currency != case.currency:
            yield Excess(TWO, f"{most} {line.currency}")
            return
        if amount > line.two_above:
            yield Excess(TWO, most, format(amount.normalize(), "f"))
            return


def _most(case: Intent, ledger: Ledger | None) -> Decimal | None:
    """The most that it can move."""
    is_refund = ledger and _kind(case) == "refund" and ledger.figures.captured
    most = ledger.figures.most_left if ledger and is_refund else case.amount
    return None if most is None else to_minor_units(most, case.currency)


def _unsure(case: Intent, ledger: Ledger | None) -> Iterable[Excess]:
    """What takes a second person whatever the limits are."""
    if ledger and ledger.contradicted:
        yield Excess("contested")
    elif ledger and not ledger.is_sure:
        yield Excess("up-to", "", format(ledger.figures.most_left.normalize(), "f"))
    if _is_done_before(case, ledger):
        yield Excess("repeat")


def _is_done_before(case: Intent, ledger: Ledger | None) -> bool:
    """Whether the same type of action was done on the payment, through this desk or not."""
    kind = _kind(case)
    logged = {"capture": ledger.capture_lines, "refund": ledger.refund_lines}.get(kind, ()) if ledger else ()
    return bool(logged) or attempts_on(case).filter(action_type__iexact=kind, state=State.DONE).exists()


def limit_of(user: User, case: Intent) -> Limit | None:
    """The limit that the case is held against; None where there is none in its currency, or nobody asks for limits."""
    if not any(line.mode != Mode.NEVER for line in four_eyes_on(case)):
        return None
    of_currency = [row for row in _rows(role_name(user), case) if row.currency.upper() == case.currency]
    return max(of_currency, key=_says, default=None)


def passed(limit: Limit, user: User, case: Intent, amount: Decimal, count: int) -> list[Excess]:
    """What of that limit so many actions of `amount` together would pass: as one at once, and with what was done
    today."""
    return [each for each in _passed(limit, user, case, amount, count) if each.kind != "order"]


def wait_for_turn() -> None:
    """Inside a transaction: until its end nobody else can look at what limits leave."""
    _wait_for_turn()


def _rows(role: str, case: Intent) -> list[Limit]:
    rows = list(limits_for(role, case))
    return rows + in_force(role, rows)  # those that an admin set come first, and so before one that says as much


def _above(user: User, case: Intent) -> list[Excess]:
    role = role_name(user)
    rows = _rows(role, case)
    if not rows:
        return list(_without_a_limit(role, case))
    of_currency = [row for row in rows if row.currency.upper() == case.currency]
    if not of_currency:
        return [Excess("currency", ", ".join(sorted({row.currency for row in rows})), case.currency)]
    if case.amount is None:
        return [Excess("amount")]
    amount = to_minor_units(case.amount, case.currency)
    return list(_passed(max(of_currency, key=_says), user, case, amount))


def _without_a_limit(role: str, case: Intent) -> Iterable[Excess]:
    """A role of which no limit speaks, where there are limits, or an action that nobody knows, is not without
    bounds, and a manager never is."""
    is_known = _kind(case) in MONEY_ACTIONS
    if not is_known and limits_of_channel(role, case).exists():
        yield Excess("type", "", case.action.type)
    elif role == MANAGER or (not Limit.objects.filter(role=role).exists() and Limit.objects.exists()):
        yield Excess("role", role)


def _wait_for_turn() -> None:
    """All rows, in one order: a person's day is counted over all channels and an order over all
    people, whichever row is theirs. What comes with the desk is in no row, so there is a lock of its own before.

    On SQLite the transaction is IMMEDIATE (settings), so it is alone already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    list(Limit.objects.order_by("pk").select_for_update().values_list("pk"))


def _says(line: Line) -> tuple[bool, bool, bool]:
    """How much a row says: the merchant before the channel, and both before the type of action."""
    return line.merchant != ANY, line.channel != ANY, bool(line.action_type)


def _passed(limit: Limit, user: User, case: Intent, amount: Decimal, more: int = 1) -> Iterable[Excess]:
    counted = Execution.objects.filter(_counts(), currency=case.currency)
    if limit.action_type:
        counted = counted.filter(action_type__iexact=limit.action_type)
    of_order = counted.filter(merchant=case.merchant, channel=case.channel, order_id=case.order_id)
    day = start_of_day()  # what was approved or taken up counts for the day on which it was sent
    begun = Q(created_at__gte=day) | Q(decided_at__gte=day) | Q(taken_at__gte=day)
    today = counted.filter(begun, Q(taken_by=user) | Q(taken_at=None, asked_by=user))
    for kind, most, before in (
        ("action", limit.per_action, None),
        ("order", limit.per_order, of_order),
        ("day", limit.per_day, today),
    ):
        if most is None:
            continue
        would_be = amount + (_sum(before) if before is not None else 0)
        if would_be > most:
            yield Excess(kind, format(most.normalize(), "f"), format(would_be.normalize(), "f"))
    if limit.per_day_count is not None and (count := today.count() + more) > limit.per_day_count:
        yield Excess("count", str(limit.per_day_count), str(count))


def _counts() -> Q:
    """What may have moved money; what a person found not to have done so counts until nobody watches it any more."""
    watched = timezone.now() - settings.PAYMENT_WATCH_TIME - settings.PAYMENT_WATCH_DAYS
    return Q(state__in=MAY_HAVE_MOVED) | Q(state=State.NOT_DONE, ended_at__gt=watched)


def _sum(rows: "QuerySet[Execution]") -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def start_of_day() -> dt.datetime:
    """When today began where the desk stands (the setting TIME_ZONE), in UTC."""
    zone = timezone.get_default_timezone()
    return start_of(timezone.localdate(timezone=zone), zone)
