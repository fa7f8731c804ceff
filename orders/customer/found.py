"""The orders of a customer over all channels that have answered: who is counted, who is set apart, and what it comes
to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.channels import Channel
from domain.money import Amount, Money, code_of, is_nothing, money_of
from domain.states import ORDER, Stage
from order_api.schemas import Order
from orders.customer.asking import Found, newest_first
from trade.customer_keys import SURE, Key, Keys, Kind, Match, differs_by_its_tag, folded_of, matches, named
from trade.totals import order_total

MOST_NAMES = 5
"""Different customers' names on the orders of one e-mail or phone; with more it is a shop's, a family's or a till's,
and no longer says who somebody is."""


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    """One order. `is_this`: the one that the customer was looked up by. `is_tagged`: its e-mail differs by what follows
    a +."""

    channel: Channel
    order: Order
    matches: tuple[Match, ...]
    money: Money
    is_this: bool = False
    is_tagged: bool = False

    @property
    def id(self) -> tuple[Channel, str]:
        return self.channel, self.order.id or ""

    @property
    def name(self) -> str:
        """What people call it: its reference, else its id."""
        return self.order.reference or self.order.id or ""

    @property
    def status(self) -> str | None:
        return self.order.state.current_status if self.order.state else None

    @property
    def stage(self) -> Stage:
        return ORDER.of(self.status).stage


class Sums(NamedTuple):
    """In one currency: what was captured and not paid back, what was paid back, and what is reserved or under way."""

    currency: str
    orders: int
    paid: Decimal
    refunded: Decimal
    reserved: Decimal
    open: Decimal


class Customer(NamedTuple):
    """`orders` are theirs, the newest first; `apart` may be somebody else's, and nothing of them is added up. `shared`
    are keys that too many people have. `is_cut`: some channel has more than were read; `size` of them, at least."""

    orders: tuple[CustomerOrder, ...]
    apart: tuple[CustomerOrder, ...]
    shared: tuple[Key, ...]
    sums: tuple[Sums, ...]
    is_cut: bool
    unfit: int

    @property
    def others(self) -> int:
        return sum(not each.is_this for each in self.orders)


def united(this: Order, channel: Channel, keys: Keys, found: Iterable[Found]) -> Customer:
    """The union by channel and id. `this` is always in it, whatever the channels say."""
    answers = list(found)
    by_id = {(channel, this.id): this}
    for answer in answers:
        for order in answer.heard.orders:
            by_id.setdefault((answer.channel, order.id), order)
    shared = _shared(by_id.values(), keys)
    own = keys._replace(usable=tuple(key for key in keys.usable if key not in shared))
    orders: list[CustomerOrder] = []
    apart: list[CustomerOrder] = []
    where = {id(order): channel for (channel, _id), order in by_id.items()}
    for order in newest_first(by_id.values()):
        is_this = order is this
        one = CustomerOrder(
            channel=where[id(order)],
            order=order,
            matches=matches(order, keys),
            money=money_of(order.payments, order_total(order), order.currency),
            is_this=is_this,
            is_tagged=not is_this and differs_by_its_tag(order, keys),
        )
        is_theirs = is_this or bool(SURE & set(matches(order, own)))
        (orders if is_theirs else apart).append(one)
    return Customer(
        orders=tuple(orders),
        apart=tuple(apart),
        shared=shared,
        sums=tuple(sums_of(orders)),
        is_cut=any(answer.heard.is_cut for answer in answers),
        unfit=sum(answer.heard.unfit for answer in answers),
    )


def _shared(orders: Iterable[Order], keys: Keys) -> tuple[Key, ...]:
    names: dict[Key, set[str]] = {key: set() for key in keys.usable}
    for order in orders:
        theirs = {kind: folded_of(order, kind) for kind in Kind}
        for key in keys.usable:
            if key.folded in theirs[key.kind] and (name := named(order)):
                names[key].add(name)
    return tuple(key for key, found in names.items() if len(found) > MOST_NAMES)


def sums_of(orders: Sequence[CustomerOrder]) -> list[Sums]:
    """By currency, that of most orders first; currencies are never added up."""
    rows: dict[str, list[Decimal]] = {}
    counts: dict[str, int] = {}
    for each in orders:
        own = code_of(each.order.currency)
        counts[own] = counts.get(own, 0) + 1
        for currency, figures in {each.money.currency or own: each.money.own, **each.money.foreign}.items():
            row = rows.setdefault(currency, [Decimal(0)] * 4)
            parts = (figures.taken, figures.returned, figures.held, figures.open)
            rows[currency] = [before + part for before, part in zip(row, parts, strict=True)]
    ranked = sorted(rows, key=lambda currency: -counts.get(currency, 0))
    return [Sums(currency, counts.get(currency, 0), *rows[currency]) for currency in ranked if currency]


def not_nothing(amount: Amount) -> bool:
    return not is_nothing(*amount)
