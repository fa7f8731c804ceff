"""Seeded orders come one after another, and what happened to each happened in an order that could be."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.provider.actions import wanted
from sandbox.rules import TRANSITIONS
from tests.sandbox.test_seeding_orders import UNTIL, WITHOUT_ACTIONS, Json, seeded

pytestmark = pytest.mark.xdist_group("seeds")


def moments_of(order: Json) -> list[datetime]:
    return [datetime.fromisoformat(passed["timeStamp"]) for passed in order["state"]["transitions"]]


def test_orders_come_in_time_order_within_two_years_and_more_of_late() -> None:
    created = [datetime.fromisoformat(order["created"]) for order, _ in seeded(2000)]
    assert created == sorted(created)
    assert UNTIL - timedelta(days=731) <= created[0]
    assert sum(moment > UNTIL - timedelta(days=365) for moment in created) > 1200


@pytest.mark.parametrize("days", [0, 1])
def test_today_and_yesterday_hold_orders_of_every_channel(days: int) -> None:
    day = (UNTIL - timedelta(days=days)).date().isoformat()
    found = Counter(
        (order["merchant"], order["channel"]) for order, _ in seeded(2000) if order["created"].startswith(day)
    )
    assert sum(found.values()) >= 10
    assert len(found) >= 4


def test_nothing_happens_after_the_end_of_time() -> None:
    for order, logs in seeded(2000):
        logged = [datetime.fromisoformat(line["created"]) for log in logs.values() for line in log]
        assert max([*moments_of(order), *logged]) <= UNTIL, order["id"]


def test_transitions_follow_the_state_machine() -> None:
    for order, _ in seeded(2000):
        passed = [step["status"] for step in order["state"]["transitions"]]
        assert passed[0] == "checkout"
        assert passed[-1] == order["state"]["currentStatus"]
        assert all(after in TRANSITIONS[before] for before, after in pairwise(passed)), passed
        assert moments_of(order) == sorted(moments_of(order))
        assert order["state"]["transitions"][0]["timeStamp"] == order["created"]


def test_last_modified_is_the_last_thing_that_happened() -> None:
    for order, logs in seeded(300):
        logged = [datetime.fromisoformat(line["created"]) for log in logs.values() for line in log]
        assert datetime.fromisoformat(order["lastModified"]) == max([*moments_of(order), *logged])


def test_logs_are_in_time_order_and_begin_with_the_session() -> None:
    for log in (log for _, logs in seeded(2000) for log in logs.values()):
        assert log[0]["event"] == "open"
        assert [line["created"] for line in log] == sorted(line["created"] for line in log)


@pytest.mark.parametrize(
    ("state", "event"),
    [("captured", "capture"), ("refunded", "refund"), ("credited", "refund"), ("cancelled", "cancel")],
)
def test_the_log_ends_with_what_made_the_state(state: str, event: str) -> None:
    for order, logs in seeded(2000):
        for payment in order["payments"]:
            if payment["state"] == state:
                assert (logs[payment["id"]][-1]["event"], logs[payment["id"]][-1]["isSuccess"]) == (event, True)


def test_failed_steps_say_why() -> None:
    failed = [line for _, logs in seeded(2000) for log in logs.values() for line in log if not line["isSuccess"]]
    assert failed
    assert all(line["errorDetail"] for line in failed)


def test_required_consents_are_checked_wherever_the_customer_got_through() -> None:
    for order, _ in seeded(2000):
        if order["state"]["currentStatus"] in ("processing", "accepted", "completed"):
            assert all(one["checked"] for one in order["consents"] if one["required"]), order["id"]


def test_actions_are_true_to_the_state() -> None:
    for payment in (payment for order, _ in seeded(2000) for payment in order["payments"]):
        kinds = tuple(action["type"] for action in payment.get("actions", []))
        assert kinds == wanted(payment)
        assert not (kinds and payment["adapterId"] in WITHOUT_ACTIONS)
        assert all(
            action["url"].endswith(f"/payments/{payment['id']}/{action['type']}")
            for action in payment.get("actions", [])
        )


def test_both_kinds_of_action_are_on_offer() -> None:
    offered = Counter(
        action["type"] for order, _ in seeded(2000) for one in order["payments"] for action in one.get("actions", [])
    )
    assert set(offered) == {"capture", "cancel", "refund"}
