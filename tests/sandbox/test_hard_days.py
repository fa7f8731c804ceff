"""The provider's hard days at work: what the API answers, what reads show before and after, and what really moved."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from sandbox.codec import decode
from sandbox.delivery import deliver_due, let_pass
from sandbox.models import Settlement
from sandbox.problems import Problem
from sandbox.provider import steps
from sandbox.provider.settle import in_portal, settle_later
from sandbox.provider.steps import Order
from sandbox.scope import Scope
from tests.sandbox.conftest import Caller, refused
from tests.sandbox.providing import ACTIONS, calls, each_action, execute, id_of, kinds, log, moves, said, state


@pytest.fixture(autouse=True)
def no_waiting(settings: Settings) -> None:
    settings.SANDBOX_TIMEOUT_SECONDS = 0


def in_portal_of(payment: str, kind: str, amount: str) -> None:
    order_id = payment.split("/")[1]
    in_portal(Scope("norce", "se"), Order(order_id, id_of(payment), kind), Decimal(amount))


# Refused, and done


@each_action
def test_what_is_refused_is_done_all_the_same(api: Caller, start: str, kind: str, end: str) -> None:
    _, payment = api.paid(start, {"sandbox": "refuse-but-do"})
    assert "declined" in refused(execute(api, payment, kind), 400, "payment-error")
    assert (state(api, payment), said(log(api, payment))) == (end, [(True, end.upper())])
    assert moves(payment) == [(kind, "asked", 100)]


@pytest.mark.parametrize("later", ["done-seconds-later", "done-minutes-later"])
@each_action
def test_what_is_refused_can_be_done_later(api: Caller, start: str, kind: str, *, end: str, later: str) -> None:
    _, payment = api.paid(start, {"sandbox": f"refuse-but-do+{later}"})
    before = api.get(payment).data
    refused(execute(api, payment, kind), 400, "payment-error")
    assert (api.get(payment).data, log(api, payment), moves(payment)) == (before, [], [])
    let_pass(10)
    assert (state(api, payment), said(log(api, payment))) == (end, [(True, end.upper())])
    assert (moves(payment), calls(payment)) == ([(kind, "asked", 100)], 1)


# Done later


@each_action
def test_what_is_done_minutes_later_shows_nothing_before(api: Caller, start: str, kind: str, end: str) -> None:
    order, payment = api.paid(start, {"sandbox": "done-minutes-later"})
    before = api.order(order)
    action = api.get(payment).data["actions"]
    assert execute(api, payment, kind).status_code == 200
    deliver_due()
    let_pass(2)
    assert (api.order(order), log(api, payment), moves(payment)) == (before, [], [])
    let_pass(4)
    assert (state(api, payment), moves(payment)) == (end, [(kind, "asked", 100)])
    (line,) = log(api, payment)
    assert line["paymentAction"] in action
    assert api.order(order)["lastModified"] > before["lastModified"]


def test_how_much_later_is_a_setting(api: Caller, settings: Settings) -> None:
    settings.SANDBOX_LATER_SECONDS = 0
    _, payment = api.paid("reserved", {"sandbox": "done-minutes-later"})
    execute(api, payment, "capture")
    assert deliver_due() == 1
    assert state(api, payment) == "captured"


def test_it_may_give_no_answer_and_be_done_minutes_later(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "timeout-after+done-minutes-later"})
    answer = execute(api, payment, "capture")
    assert (answer.status_code, answer["X-Sandbox-No-Answer"]) == (500, "before")
    assert (state(api, payment), moves(payment)) == ("reserved", [])
    let_pass(10)
    assert (state(api, payment), moves(payment)) == ("captured", [("capture", "asked", 100)])


def test_a_second_call_meanwhile_moves_nothing_more(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "done-minutes-later"})
    assert [execute(api, payment, "capture").status_code for _ in range(2)] == [200, 200]
    let_pass(10)
    assert (moves(payment), calls(payment)) == ([("capture", "asked", 100)], 2)
    assert not Settlement.objects.exists()


def test_a_second_call_meanwhile_moves_it_again_where_the_provider_does_duplicates(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "done-minutes-later+duplicate"})
    assert [execute(api, payment, "capture").status_code for _ in range(2)] == [200, 200]
    let_pass(10)
    assert moves(payment) == [("capture", "asked", 100)] * 2


@each_action
def test_false_pending_reads_as_a_failure_until_it_is_done(api: Caller, start: str, kind: str, end: str) -> None:
    _, payment = api.paid(start, {"sandbox": "false-pending"})
    offered = kinds(api, payment)
    assert execute(api, payment, kind).status_code == 200
    assert (state(api, payment), kinds(api, payment), moves(payment)) == (start, offered, [])
    (line,) = log(api, payment)
    assert (said([line]), "errorDetail" in line) == ([(False, "PENDING")], False)
    let_pass(1)
    assert (state(api, payment), moves(payment)) == (end, [(kind, "asked", 100)])
    assert said(log(api, payment)) == [(False, "PENDING"), (True, end.upper())]


@pytest.mark.parametrize("word", ["InProcess", "Created", "OnHold"])
def test_in_process_reads_as_a_success_before_it_is_done(api: Caller, word: str) -> None:
    start, kind, end = ACTIONS[["InProcess", "Created", "OnHold"].index(word)]
    _, payment = api.paid(start, {"sandbox": "in-process"}, adapterId="qliro_checkout_adapter")
    offered = kinds(api, payment)
    assert execute(api, payment, kind).status_code == 200
    assert (state(api, payment), kinds(api, payment), moves(payment)) == (start, offered, [])
    assert said(log(api, payment)) == [(True, word)]
    let_pass(1)
    assert (state(api, payment), moves(payment)) == (end, [(kind, "asked", 100)])
    assert said(log(api, payment)) == [(True, word), (True, end.upper())]


# Done, and not as asked


@each_action
def test_one_call_may_move_the_money_twice_and_log_the_second_time_later(
    api: Caller, start: str, kind: str, end: str
) -> None:
    _, payment = api.paid(start, {"sandbox": "done-twice"})
    assert execute(api, payment, kind).status_code == 200
    assert (state(api, payment), len(log(api, payment))) == (end, 1)
    assert moves(payment) == [(kind, "asked", 100), (kind, "repeated", 100)]
    let_pass(10)
    first, second = log(api, payment)
    assert second["created"] > first["created"]
    assert second | {"created": ""} == first | {"created": ""}
    assert (len(moves(payment)), calls(payment)) == (2, 1)


@each_action
def test_what_was_done_is_taken_back_later(api: Caller, start: str, kind: str, end: str) -> None:
    _, payment = api.paid(start, {"sandbox": "taken-back"})
    offered = kinds(api, payment)
    assert execute(api, payment, kind).status_code == 200
    assert (state(api, payment), said(log(api, payment))) == (end, [(True, end.upper())])
    let_pass(10)
    assert (state(api, payment), kinds(api, payment)) == (start, offered)
    done, failed = log(api, payment)
    assert (failed["event"], failed["pspEvent"], failed["isSuccess"]) == (kind, f"{kind.upper()}_FAILED", False)
    assert failed["errorDetail"]
    assert failed["paymentAction"] == done["paymentAction"]
    assert moves(payment) == [(kind, "asked", 100), (f"{kind}-reversed", "taken-back", 100)]


def test_what_went_on_meanwhile_is_not_taken_back(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": {"capture": "taken-back"}})
    execute(api, payment, "capture")
    execute(api, payment, "refund")
    let_pass(10)
    assert state(api, payment) == "refunded"
    assert [kind for kind, _, _ in moves(payment)] == ["capture", "refund"]


def test_what_two_processes_are_at_is_done_once(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _, payment = api.paid("reserved", {"sandbox": "done-twice"})
    execute(api, payment, "capture")
    log_again = steps.log_again

    def overtaken(work: steps.Work) -> None:
        log_again(work)
        monkeypatch.setitem(steps.STEPS, "log-again", log_again)
        assert settle_later(Settlement.objects.get())  # its minute is over, and another process takes it up

    monkeypatch.setitem(steps.STEPS, "log-again", overtaken)
    assert settle_later(Settlement.objects.get())
    assert (len(log(api, payment)), Settlement.objects.count()) == (2, 0)


def test_what_was_taken_back_can_be_done_again(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "taken-back"})
    execute(api, payment, "capture")
    let_pass(10)
    api.put(payment, api.get(payment).data | {"attributes": {}})
    execute(api, payment, "capture")
    assert [(kind, amount) for kind, _, amount in moves(payment)] == [
        ("capture", 100),
        ("capture-reversed", 100),
        ("capture", 100),
    ]


@pytest.mark.parametrize(("start", "kind", "after"), [("reserved", "capture", 50), ("captured", "refund", 50)])
def test_another_amount_moves_than_was_asked(api: Caller, start: str, kind: str, after: int) -> None:
    _, payment = api.paid(start, {"sandbox": "other-amount"})
    assert execute(api, payment, kind).status_code == 200
    (line,) = log(api, payment)
    assert (line["amount"], line["isSuccess"]) == (after, True)
    assert (decode(line["requestJson"])["amount"], decode(line["responseJson"])["amount"]) == (100, 50)
    assert moves(payment) == [(kind, "asked", 50)]


def test_after_another_amount_was_captured_no_more_is_refunded(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": {"capture": "other-amount"}}, amount=99.99)
    execute(api, payment, "capture")
    execute(api, payment, "refund")
    assert [amount for _, _, amount in moves(payment)] == [Decimal("50.00"), Decimal("50.00")]


# Done elsewhere


@pytest.mark.parametrize(("start", "kind", "after"), [("reserved", "capture", 25), ("captured", "refund", 75)])
def test_a_part_moved_elsewhere_stands_in_the_log_without_an_action(
    api: Caller, start: str, kind: str, after: int
) -> None:
    _, payment = api.paid(start, {"sandbox": "partial-elsewhere"})
    offered = kinds(api, payment)
    assert execute(api, payment, kind)["X-Sandbox-No-Answer"] == "before"
    assert (state(api, payment), kinds(api, payment)) == (start, offered)
    (line,) = log(api, payment)
    assert (line["event"], line["amount"], "paymentAction" in line) == (kind, after, False)
    assert (moves(payment), calls(payment)) == ([(kind, "elsewhere", 25)], 1)


def test_what_is_left_after_a_part_moved_elsewhere_is_what_the_action_moves(api: Caller) -> None:
    _, payment = api.paid("captured", {"sandbox": "partial-elsewhere+done-minutes-later"})
    execute(api, payment, "refund")
    let_pass(10)
    assert moves(payment) == [("refund", "elsewhere", 25), ("refund", "asked", 75)]
    assert [(line["amount"], "paymentAction" in line) for line in log(api, payment)] == [(75, False), (0, True)]
    assert state(api, payment) == "refunded"


def test_somebody_can_move_an_amount_in_the_portal_on_any_day(api: Caller) -> None:
    _, payment = api.paid("captured")
    in_portal_of(payment, "refund", "99.50")
    assert (state(api, payment), calls(payment)) == ("captured", 0)
    in_portal_of(payment, "refund", "0.50")
    assert (state(api, payment), [line["amount"] for line in log(api, payment)]) == ("refunded", [Decimal("0.5"), 0])
    assert [(source, amount) for _, source, amount in moves(payment)] == [
        ("elsewhere", Decimal("99.50")),
        ("elsewhere", Decimal("0.50")),
    ]


def test_a_person_moves_an_amount_in_the_portal(api: Caller) -> None:
    _, payment = api.paid("captured")
    call_command("sandbox_portal", id_of(payment), "refund", "40")
    assert moves(payment) == [("refund", "elsewhere", 40)]
    for wrong in (("p_none", "refund", "1"), (id_of(payment), "refund", "61"), (id_of(payment), "refund", "one")):
        with pytest.raises(CommandError, match=r"no payment|cannot|is not an amount"):
            call_command("sandbox_portal", *wrong)
    assert len(moves(payment)) == 1


@pytest.mark.parametrize(("kind", "amount"), [("refund", "100.01"), ("refund", "0"), ("capture", "1")])
def test_no_more_can_be_moved_in_the_portal_than_is_left(api: Caller, kind: str, amount: str) -> None:
    _, payment = api.paid("captured")
    with pytest.raises(Problem, match="cannot"):
        in_portal_of(payment, kind, amount)
    assert (moves(payment), log(api, payment)) == ([], [])
