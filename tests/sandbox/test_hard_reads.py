"""The provider's days on which what is done does not show so, and how a day is chosen."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command

from sandbox.codec import decode, moment
from sandbox.delivery import deliver_due, let_pass
from sandbox.models import Transaction
from sandbox.provider.days import DAYS, HABITS, day_of
from tests.sandbox.conftest import Caller, refused
from tests.sandbox.providing import Line, calls, each_action, execute, kinds, log, moves, state


@each_action
def test_nothing_is_ever_logged(api: Caller, start: str, kind: str, end: str) -> None:
    _, payment = api.paid(start, {"sandbox": "no-log"})
    assert execute(api, payment, kind).status_code == 200
    assert (state(api, payment), log(api, payment)) == (end, [])
    assert moves(payment) == [(kind, "asked", 100)]
    let_pass(60)
    assert log(api, payment) == []


@each_action
def test_what_is_done_is_offered_all_the_same(api: Caller, start: str, kind: str, end: str) -> None:
    _, payment = api.paid(start, {"sandbox": "keeps-actions"})
    before = api.get(payment).data["actions"]
    assert execute(api, payment, kind).status_code == 200
    assert state(api, payment) == end
    assert [action for action in api.get(payment).data["actions"] if action in before] == before
    refused(execute(api, payment, kind), 400, "payment-error")
    assert (moves(payment), calls(payment)) == ([(kind, "asked", 100)], 2)


@pytest.mark.parametrize("read", ["order", "payments", "payment"])
def test_the_ids_of_actions_are_renewed_at_every_reading(api: Caller, read: str) -> None:
    order, payment = api.paid("reserved", {"sandbox": "new-ids"})
    path = {"order": order, "payments": f"{order}/payments", "payment": payment}[read]
    before = api.order(order)

    def ids() -> list[str]:
        found = api.get(path).data
        one = {"order": lambda: found["payments"][0], "payments": lambda: found[0], "payment": lambda: found}[read]()
        return [action["id"] for action in one["actions"]]

    first, second = ids(), ids()
    assert not set(first) & set(second)
    refused(api.post(f"{payment}/actions/{first[0]}/execute"), 404, "payment-action-not-found")
    assert api.post(f"{payment}/actions/{second[0]}/execute").status_code == 200
    (line,) = log(api, payment)
    assert (line["paymentAction"]["id"], moves(payment)) == (second[0], [("capture", "asked", 100)])
    assert before["lastModified"] < api.order(order)["lastModified"]


def test_reading_is_no_change_of_the_order_though_ids_are_renewed(api: Caller) -> None:
    order, _ = api.paid("reserved", {"sandbox": "new-ids"})

    def without_ids() -> Line:
        found = api.order(order)
        for action in found["payments"][0]["actions"]:
            del action["id"]
        return found

    assert without_ids() == without_ids()


@each_action
def test_reads_answer_for_a_while_as_they_did_before_the_call(api: Caller, start: str, kind: str, end: str) -> None:
    order, payment = api.paid(start, {"sandbox": "stale-reads"})
    api.post(f"{payment}/transactions", {"event": "confirm", "isSuccess": True})
    reads: tuple[Callable[[], Any], ...] = (
        lambda: api.order(order),
        lambda: api.get(payment).data,
        lambda: api.get(f"{order}/payments").data,
        lambda: log(api, payment),
    )
    before = [read() for read in reads]
    assert execute(api, payment, kind).status_code == 200
    deliver_due()
    assert [read() for read in reads] == before
    assert moves(payment) == [(kind, "asked", 100)]
    let_pass(1)
    assert (state(api, payment), len(log(api, payment))) == (end, 2)
    assert api.order(order)["lastModified"] > before[0]["lastModified"]


def test_only_the_payment_of_the_call_has_a_stale_log(api: Caller) -> None:
    order, payment = api.paid("reserved", {"sandbox": "stale-reads"})
    other = f"{order}/payments/{api.post(f'{order}/payments', {'reference': 'other'}).data['id']}"
    execute(api, payment, "capture")
    api.post(f"{other}/transactions", {"event": "confirm", "isSuccess": True})
    assert (len(log(api, payment)), len(log(api, other))) == (0, 1)


@each_action
def test_last_modified_stands_still_while_payments_and_lines_move(api: Caller, start: str, kind: str, end: str) -> None:
    order, payment = api.paid(start, {"sandbox": "still-lastModified"})
    before = api.order(order)["lastModified"]
    assert execute(api, payment, kind).status_code == 200
    api.post(f"{payment}/transactions", {"event": "confirm", "isSuccess": True})
    api.put(payment, api.get(payment).data | {"name": "New name"})
    assert (state(api, payment), len(log(api, payment)), api.order(order)["lastModified"]) == (end, 2, before)
    assert moves(payment) == [(kind, "asked", 100)]
    api.put(f"{order}/reference", "R-2")
    assert api.order(order)["lastModified"] > before


def test_the_log_comes_in_another_order_and_spelling_at_every_reading(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "reordered-log"})
    execute(api, payment, "capture")
    execute(api, payment, "refund")
    readings = [log(api, payment) for _ in range(6)]
    assert {tuple(line["event"] for line in reading) for reading in readings} == {
        ("capture", "refund"),
        ("refund", "capture"),
    }
    captures = [next(line for line in reading if line["event"] == "capture") for reading in readings]
    assert all(one["requestJson"] != next_["requestJson"] for one, next_ in pairwise(captures))
    assert len({len(line["created"]) for line in captures}) > 2
    for name in ("requestJson", "responseJson"):
        assert all(decode(line[name]) == decode(captures[0][name]) for line in captures)
    assert len({moment(line["created"]).replace(microsecond=0) for line in captures}) == 1
    assert [kind for kind, _, _ in moves(payment)] == ["capture", "refund"]


def test_what_a_provider_said_that_is_no_json_comes_as_it_is(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "reordered-log"})
    api.post(f"{payment}/transactions", {"event": "confirm"})
    Transaction.objects.update(body='{"event":"confirm","responseJson":"<xml/>"}')
    assert log(api, payment) == [{"event": "confirm", "responseJson": "<xml/>"}]


# Choosing


def test_days_can_be_joined(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "no-log+keeps-actions+taken-back"})
    execute(api, payment, "capture")
    assert (state(api, payment), kinds(api, payment), log(api, payment)) == (
        "captured",
        ["capture", "cancel", "refund"],
        [],
    )
    let_pass(10)
    assert (state(api, payment), log(api, payment), len(moves(payment))) == ("reserved", [], 2)


@pytest.mark.parametrize("adapter", sorted(HABITS))
def test_as_adapter_is_the_habit_of_the_payment_s_adapter(adapter: str) -> None:
    payment = {"adapterId": adapter, "attributes": {"sandbox": "as-adapter"}}
    assert day_of(payment) == day_of({"attributes": {"sandbox": HABITS[adapter]}}) != day_of({})


def test_as_adapter_is_a_good_day_for_an_adapter_without_habits() -> None:
    assert day_of({"adapterId": "else_adapter", "attributes": {"sandbox": "as-adapter"}}) == day_of({})


@pytest.mark.parametrize("chosen", ["no such day", "", None, 5, ["no-log"], {"capture": 5}, {"refund": "no-log"}])
def test_what_is_no_day_is_a_good_one(api: Caller, chosen: Any) -> None:
    _, payment = api.paid("reserved", {"sandbox": chosen})
    assert execute(api, payment, "capture").status_code == 200
    assert (state(api, payment), len(log(api, payment)), len(moves(payment))) == ("captured", 1, 1)


def test_each_day_can_be_that_of_one_action() -> None:
    for word in DAYS:
        payment = {"attributes": {"sandbox": {"capture": word}}}
        assert day_of(payment, "capture") == day_of(payment) == day_of({"attributes": {"sandbox": word}})
        assert day_of(payment, "refund") == day_of({})


def test_a_person_lets_time_pass(api: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    _, payment = api.paid("reserved", {"sandbox": "done-minutes-later+taken-back"})
    execute(api, payment, "capture")
    call_command("sandbox_pass", minutes=2)
    assert moves(payment) == []
    call_command("sandbox_pass")
    assert len(moves(payment)) == 2
    assert capsys.readouterr().out.splitlines() == ["Done: 0.", "Done: 2."]
