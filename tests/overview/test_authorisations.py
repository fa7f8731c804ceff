"""How many of what is not captured are older than what was authorised lasts, whatever is set of how long that is."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts.channels import Channel
from index import writing
from index.models import IndexedOrder
from index.reading import age_bounds
from overview.checks import BY_INDEX
from overview.counting import by_age
from overview.models import Dismissal
from overview.scope import Scope
from tests.conftest import ClientOf
from tests.index.made import ADAPTERS, NO, NOW, SE, order, payment

pytestmark = pytest.mark.django_db
CHECK = next(check for check in BY_INDEX if check.name == "not-captured")
DAYS = {
    "nothing": {},
    "one for all": dict.fromkeys(ADAPTERS, 7),
    "some of them": {ADAPTERS[0]: 3},
    "each its own": {ADAPTERS[0]: 2, ADAPTERS[1]: 9, ADAPTERS[2]: 20},
    "longer than anything is old": dict.fromkeys(ADAPTERS, 90),
}


@pytest.fixture
def told() -> Iterator[None]:
    """Orders of two channels, of any age, by one adapter or two, some with nothing left to capture, some set aside."""
    dice = random.Random(7)
    orders = []
    for number in range(120):
        since = NOW - timedelta(hours=dice.randrange(24 * 30), minutes=number)
        states = [dice.choice(("reserved", "reserved", "captured")) for _ in range(dice.choice((1, 1, 2)))]
        paid = [
            payment(f"p{number}-{n}", state, "100.00", adapter=dice.choice(ADAPTERS)) for n, state in enumerate(states)
        ]
        orders.append(order(number, dice.choice((SE, NO)), since=since, payments=tuple(paid)))
    with time_machine.travel(NOW, tick=False):
        writing.see(orders, at=NOW)
        for row in IndexedOrder.objects.filter(number__in=dice.sample(range(1, 120), 12)):
            Dismissal.objects.create(
                check_name=CHECK.name, merchant=row.merchant, channel=row.channel, order_id=row.order_id, at=NOW,
                modified=row.modified, reason="known",
            )  # fmt: skip
        yield


def looked_at(days: dict[str, int], channels: tuple[Channel, ...]) -> list[int]:
    """By all rows, one by one."""
    aside = set(Dismissal.objects.values_list("merchant", "channel", "order_id"))
    found = [0] * 5
    for row in IndexedOrder.objects.filter(is_not_captured=True).prefetch_related("payments"):
        if (row.merchant, row.channel, row.order_id) in aside or Channel(row.merchant, row.channel) not in channels:
            continue
        holding = {each.adapter for each in row.payments.all() if each.held > 0}
        if any(row.status_since < NOW - timedelta(days=days[each]) for each in holding if each in days):
            bounds = age_bounds(NOW)
            found[next(n for n, (since, _until) in enumerate(bounds) if not since or row.status_since >= since)] += 1
    return found


@pytest.mark.parametrize("channels", [(SE,), (SE, NO)], ids=["one channel", "two"])
@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
def test_they_are_counted_as_if_every_row_had_been_looked_at(
    told: None, settings: Settings, days: dict[str, int], channels: tuple[Channel, ...]
) -> None:
    settings.INDEX_THRESHOLDS = [f"{adapter}:authorised={n}d" for adapter, n in days.items()]
    wanted = looked_at(days, channels)
    ages = by_age(Scope(channels), CHECK, NOW)
    assert [age.over for age in ages] == wanted
    assert all(age.over <= age.size for age in ages)
    assert bool(sum(wanted)) is bool(days and max(days.values()) < 30)


def test_the_list_behind_the_figure_has_as_many(
    told: None, settings: Settings, manager: User, client_of: ClientOf
) -> None:
    settings.INDEX_THRESHOLDS = ["authorised=7d"]
    client: Client = client_of(manager)
    ages = client.get("/overview/attention/").context["ages"]
    listed, after = 0, ""
    while True:
        page = client.get("/overview/not-captured/", {"age": "over", "after": after}).context["page"]
        listed, after = listed + len(page.rows), page.next
        if not after:
            break
    assert listed == sum(age.over for age in ages) > 25
