"""The payment provider behind the sandbox: what an action does, and its bad days."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from sandbox.codec import decode
from sandbox.delivery import deliver_due
from sandbox.models import Move, ProviderCall
from tests.sandbox.conftest import Caller, refused
from tests.sandbox.providing import execute, kinds, log


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("intent", []),
        ("processing", []),
        ("reserved", ["capture", "cancel"]),
        ("captured", ["refund"]),
        ("cancelled", []),
        ("refunded", []),
        ("pending", []),
        ("removed", []),
    ],
)
def test_actions_are_true_to_the_state(api: Caller, state: str, expected: list[str]) -> None:
    _, payment = api.paid("intent")
    api.put(payment, api.get(payment).data | {"state": state})
    assert kinds(api, payment) == expected
    _, fresh = api.paid(state)
    assert kinds(api, fresh) == expected


@pytest.mark.parametrize("adapter", ["nonpsp_adapter", "awardit_adapter"])
def test_adapters_without_order_management_offer_no_action(api: Caller, adapter: str) -> None:
    _, payment = api.paid("reserved", adapterId=adapter)
    assert kinds(api, payment) == []


@pytest.mark.parametrize(
    ("start", "kind", "state", "then", "amount"),
    [
        ("reserved", "capture", "captured", ["refund"], 100),
        ("reserved", "cancel", "cancelled", [], 0),
        ("captured", "refund", "refunded", [], 0),
    ],
)
def test_an_action_moves_the_payment_logs_it_and_renews_the_actions(
    api: Caller, start: str, kind: str, *, state: str, then: list[str], amount: int
) -> None:
    order, payment = api.paid(start)
    before = api.order(order)["lastModified"]
    answer = execute(api, payment, kind)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (api.get(payment).data["state"], kinds(api, payment)) == (state, then)
    (line,) = log(api, payment)
    assert (line["event"], line["isSuccess"], line["amount"], line["paymentAction"]["type"]) == (
        kind,
        True,
        amount,
        kind,
    )
    assert decode(line["requestJson"])["operation"] == kind
    assert decode(line["responseJson"])["status"] == state.upper()
    assert api.order(order)["lastModified"] > before


def test_an_action_that_is_gone_is_not_found(api: Caller) -> None:
    _, payment = api.paid("reserved")
    action = api.get(payment).data["actions"][0]["id"]
    assert api.post(f"{payment}/actions/{action}/execute").status_code == 200
    refused(api.post(f"{payment}/actions/{action}/execute"), 404, "payment-action-not-found")
    assert len(log(api, payment)) == 1


def test_a_declined_action_changes_nothing_but_the_log(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "decline"})
    assert "declined" in refused(execute(api, payment, "capture"), 400, "payment-error")
    assert (api.get(payment).data["state"], kinds(api, payment)) == ("reserved", ["capture", "cancel"])
    (line,) = log(api, payment)
    assert (line["isSuccess"], line["pspStatus"]) == (False, "DECLINED")
    assert line["errorDetail"]


def test_a_provider_out_of_order_does_nothing(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "error"})
    refused(execute(api, payment, "capture"), 500, "payment-error")
    assert (api.get(payment).data["state"], log(api, payment)) == ("reserved", [])


@pytest.mark.parametrize(
    ("day", "state", "lines"), [("timeout-before", "reserved", 0), ("timeout-after", "captured", 1)]
)
def test_a_call_without_an_answer_may_or_may_not_have_been_done(
    api: Caller, monkeypatch: pytest.MonkeyPatch, *, day: str, state: str, lines: int
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    _, payment = api.paid("reserved", {"sandbox": day})
    answer = execute(api, payment, "capture")
    refused(answer, 500, "internal-server-error")
    assert answer["X-Sandbox-No-Answer"] == day.removeprefix("timeout-")
    assert waits == [30.0]
    assert (api.get(payment).data["state"], len(log(api, payment))) == (state, lines)


def test_in_process_nobody_waits_for_an_answer_that_does_not_come(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it slept"))
    _, payment = api.paid("reserved", {"sandbox": "timeout-after"})
    in_process: Any = {"orderdesk.embedded": True}
    api.http = Client(**in_process)
    assert execute(api, payment, "capture")["X-Sandbox-No-Answer"] == "after"


def test_a_slow_provider_takes_its_time_and_does_it(
    api: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    settings.SANDBOX_SLOW_SECONDS = 7.0
    _, payment = api.paid("reserved", {"sandbox": "slow"})
    assert execute(api, payment, "capture").status_code == 200
    assert (waits, api.get(payment).data["state"]) == ([7.0], "captured")


def test_a_pending_action_is_done_a_little_later(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "pending"})
    assert execute(api, payment, "capture").status_code == 200
    assert (api.get(payment).data["state"], kinds(api, payment)) == ("reserved", [])
    deliver_due()
    assert [line["pspStatus"] for line in log(api, payment)] == ["PENDING"]
    later = timezone.now() + timedelta(minutes=1)
    assert deliver_due(later) == 1
    assert (api.get(payment).data["state"], kinds(api, payment)) == ("captured", ["refund"])
    assert [line["pspStatus"] for line in log(api, payment)] == ["PENDING", "CAPTURED"]
    assert deliver_due(later + timedelta(hours=1)) == 0


def test_what_became_impossible_meanwhile_is_not_done_later(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "pending"})
    execute(api, payment, "capture")
    api.put(payment, api.get(payment).data | {"state": "cancelled"})
    deliver_due(timezone.now() + timedelta(minutes=1))
    assert api.get(payment).data["state"] == "cancelled"
    assert deliver_due(timezone.now() + timedelta(hours=1)) == 0


def test_on_a_duplicate_day_a_second_call_moves_the_money_again(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "duplicate"})
    action = api.get(payment).data["actions"][0]["id"]
    assert [api.post(f"{payment}/actions/{action}/execute").status_code for _ in range(2)] == [200, 200]
    assert [line["event"] for line in log(api, payment)] == ["capture", "capture"]


def test_a_bad_day_can_be_that_of_one_action(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": {"refund": "decline"}})
    assert execute(api, payment, "capture").status_code == 200
    refused(execute(api, payment, "refund"), 400, "payment-error")
    assert api.get(payment).data["state"] == "captured"


def test_the_provider_takes_orders_from_the_api_only(api: Caller) -> None:
    order, payment = api.paid("reserved")
    url = f"/checkout/provider/api/order/v1/orders{order}/payments/{payment.rsplit('/', 1)[1]}/capture"
    refused(Caller(headers={"Authorization": ""}).call("POST", "", base=url), 401, "unauthorized")
    refused(api.call("GET", "", base=url), 405, "method-not-allowed")
    assert "reserved" in refused(api.call("POST", "", base=url.replace("capture", "refund")), 400, "payment-error")
    refused(api.call("POST", "", base=url.replace("capture", "steal")), 404, "payment-action-not-found")
    assert (api.get(payment).data["state"], log(api, payment)) == ("reserved", [])


def counted(payment: str) -> tuple[int, int]:
    """How often the provider was called for this payment, and how often it moved money."""
    mine = {"payment": payment.rsplit("/", 1)[1]}
    return ProviderCall.objects.filter(**mine).count(), Move.objects.filter(**mine).count()


@pytest.mark.parametrize(
    ("day", "moves"),
    [("", 1), ("decline", 0), ("error", 0), ("timeout-before", 0), ("timeout-after", 1), ("pending", 0)],
)
def test_the_provider_counts_its_calls_and_what_really_moved(
    api: Caller, settings: Settings, *, day: str, moves: int
) -> None:
    settings.SANDBOX_TIMEOUT_SECONDS = 0
    _, payment = api.paid("reserved", {"sandbox": day})
    execute(api, payment, "capture")
    assert counted(payment) == (1, moves)


def test_what_is_settled_later_is_counted_when_it_moves(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "pending"}, amount=49.9)
    execute(api, payment, "capture")
    deliver_due(timezone.now() + timedelta(minutes=1))
    move = Move.objects.get(payment=payment.rsplit("/", 1)[1])
    assert (counted(payment), move.kind, move.amount) == ((1, 1), "capture", Decimal("49.9"))


def test_a_duplicate_is_counted_each_time(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "duplicate"})
    action = api.get(payment).data["actions"][0]["id"]
    for _ in range(2):
        api.post(f"{payment}/actions/{action}/execute")
    assert counted(payment) == (2, 2)


def test_an_action_that_is_gone_never_reaches_the_provider(api: Caller) -> None:
    _, payment = api.paid("reserved")
    action = api.get(payment).data["actions"][0]["id"]
    for _ in range(2):
        api.post(f"{payment}/actions/{action}/execute")
    assert counted(payment) == (1, 1)


def test_what_was_counted_outlives_the_order(api: Caller) -> None:
    order, payment = api.paid("reserved")
    execute(api, payment, "capture")
    assert api.delete(order).status_code == 204
    assert counted(payment) == (1, 1)


@pytest.mark.parametrize("day", ["decline", "pending"])
def test_a_transaction_that_is_logged_is_a_change_of_the_order(api: Caller, day: str) -> None:
    order, payment = api.paid("reserved", {"sandbox": day})
    before = api.order(order)["lastModified"]
    execute(api, payment, "capture")
    assert api.order(order)["lastModified"] > before


def test_a_transaction_that_somebody_adds_is_a_change_of_the_order(api: Caller) -> None:
    order, payment = api.paid("reserved")
    before = api.order(order)
    api.post(f"{payment}/transactions", {"event": "capture", "isSuccess": True})
    after = api.order(order)
    assert after.pop("lastModified") > before.pop("lastModified")
    assert after == before
