"""What happens to a job while it runs: the API goes away, refuses, or answers too late; the channel, the right or the
account is taken away; somebody else changes an order."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ChannelGrant
from audit.models import Entry
from gateway.in_process import answer
from gateway.lease import lease
from jobs import running, services
from jobs.models import Job, JobRow, RowState, State
from jobs.registry import says
from order_api import OrderApi
from orders.bulk.turns import MOST_DOUBTS
from payments.models import Execution
from sandbox.models import ProviderCall
from tests.bulk.conftest import SAID, Make, address, choose, looked_at, rows, started, words, work
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, many, put
from tests.payments.conftest import action_of
from tests.wire import answered_by

pytestmark = pytest.mark.django_db
Answers = Callable[[str, str], Any]


@contextmanager
def going_wrong(wrong: Answers) -> Iterator[None]:
    """While calls go wrong for which that, asked by verb and path, raises or gives an answer of its own."""

    def or_answer(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        return wrong(method, path) or answer(method, path, query, headers, body)

    with answered_by(or_answer):
        yield


def due(job: Job) -> Job:
    """As if the pause were over."""
    Job.objects.filter(pk=job.pk).update(next_at=None)
    return Job.objects.get(pk=job.pk)


def died(job: Job) -> Job:
    """As if whoever works on it had died, and its time were over."""
    Job.objects.filter(pk=job.pk).update(until=timezone.now() - dt.timedelta(seconds=1))
    return Job.objects.get(pk=job.pk)


@pytest.fixture
def to_complete(manager: User, client_of: ClientOf, api: OrderApi) -> Job:
    """Three accepted orders that are to be completed."""
    put(*(an_order(name, state="accepted") for name in "abc"))
    client = client_of(manager)
    where = choose(client, "state", *(address(f"o_{name}") for name in "abc"))
    client.post(f"{where}state/", {"target": "completed"})
    assert "Possible for 3 of 3" in looked_at(client, where)
    return started(client, where, reason="Sent", known="on")


def state_of(api: OrderApi, order_id: str) -> str:
    order = api.orders.get(order_id)
    return str(order.state.current_status) if order.state else ""


def test_an_outage_pauses_it_and_it_goes_on_where_it_was(
    to_complete: Job, api: OrderApi, logged: QuerySet[Entry]
) -> None:
    def down(_method: str, path: str) -> Any:
        if "o_b" in path:
            raise TimeoutError

    with going_wrong(down):
        job = work(to_complete)
        assert (job.state, job.code) == (State.WAITING, "outage")
        assert [state for _order, state, _outcome in rows(job)] == ["done", "waiting", "waiting"]
    job = work(due(job))
    assert [outcome for _order, _state, outcome in rows(job)] == ["changed"] * 3
    assert job.state == State.DONE
    assert logged.filter(action="order.state.update", kind="intent").count() == 3, "one an order"


def test_an_answer_that_never_came_is_read_back_and_what_is_not_proven_stays_in_doubt(
    to_complete: Job, api: OrderApi
) -> None:
    def lost(method: str, path: str) -> Any:
        if method != "PUT":
            return None
        if "o_a" in path:  # it happened, and nobody hears of it
            answer(method, path, "", [("x-merchant", "norce"), ("x-channel", "se"), ("authorization", "")], b"")
        raise TimeoutError

    with going_wrong(lost):
        job = work(to_complete)
    assert (job.state, job.code) == (State.STOPPED, "many-doubts")
    assert {outcome for _order, _state, outcome in rows(job)} == {"unknown"}
    assert {state_of(api, f"o_{name}") for name in "abc"} == {"accepted"}
    assert "It stopped by itself" in says(job)


def test_it_stops_by_itself_after_three_in_doubt_and_goes_on_when_somebody_says_so(
    admin: User, client_of: ClientOf, make_payment: Make
) -> None:
    ids = [make_payment(reference=f"psp-{n}", sandbox="error" if n < 3 else "") for n in range(5)]
    client = client_of(admin)
    where = choose(client, "capture", *(address(order) for order, _payment in ids))
    looked_at(client, where)
    job = work(started(client, where, **SAID))
    assert MOST_DOUBTS == 3
    assert (job.state, job.code, job.done) == (State.STOPPED, "many-doubts", 3)
    assert Execution.objects.count() == 3, "nothing more was sent"
    page = words(client.get(f"/bulk/jobs/{job.pk}/").content.decode())
    assert "of 3 orders it is not known whether it happened" in page
    assert client.post(f"/bulk/jobs/{job.pk}/go-on/").status_code == 302
    job = work(Job.objects.get(pk=job.pk))
    assert [outcome for _order, _state, outcome in rows(job)] == [*["in-doubt"] * 3, *["captured-now"] * 2]
    assert job.state == State.DONE
    assert all(ProviderCall.objects.filter(payment=payment, kind="capture").count() == 1 for _order, payment in ids)


def test_where_the_desk_is_not_let_in_it_stops_with_nothing_done(to_complete: Job, api: OrderApi) -> None:
    def shut(method: str, _path: str) -> Any:
        if method == "PUT":
            from order_api.errors import Unauthorized

            raise Unauthorized("No", operation="PUT orders/{order_id}/state", status=401)

    with going_wrong(shut):
        job = work(to_complete)
    assert (job.state, job.code, job.done) == (State.STOPPED, "unauthorized", 0)
    assert {state for _order, state, _outcome in rows(job)} == {"waiting"}
    services.resume(job)
    assert work(job).state == State.DONE


def test_a_channel_that_is_taken_away_leaves_its_orders_alone(
    support: User, client_of: ClientOf, api: OrderApi
) -> None:
    put(an_order("a"), an_order("b", channel="no"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"), address("o_b", "no"))
    looked_at(client, where)
    job = started(client, where, text="Hello")
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
    assert rows(work(job)) == [("o_a", "done", "noted"), ("o_b", "passed-over", "no-channel")]


@pytest.mark.parametrize("taken", ["account", "right"])
def test_a_person_who_may_not_any_more_is_stopped(to_complete: Job, manager: User, taken: str, api: OrderApi) -> None:
    if taken == "account":
        User.objects.filter(pk=manager.pk).update(is_active=False)
    else:
        manager.groups.clear()
    job = work(to_complete)
    assert (job.state, job.code, job.done) == (State.FAILED, "not-allowed", 0)
    assert state_of(api, "o_a") == "accepted"


def test_an_order_that_somebody_else_changed_is_left_alone(to_complete: Job, api: OrderApi) -> None:
    api.orders.update_state("o_a", "declined")
    api.orders.update_state("o_b", "completed")
    assert [outcome for _order, _state, outcome in rows(work(to_complete))] == ["moved", "already", "changed"]


def test_a_payment_that_moved_meanwhile_is_left_alone(
    admin: User, client_of: ClientOf, api: OrderApi, make_payment: Make
) -> None:
    moved, other = make_payment(reference="psp-1"), make_payment(reference="psp-2")
    client = client_of(admin)
    where = choose(client, "capture", address(moved[0]), address(other[0]))
    looked_at(client, where)
    job = started(client, where, **SAID)
    api.payments.execute(*moved, action_of(api, moved, "cancel").id or "")
    assert [outcome for _order, _state, outcome in rows(work(job))] == ["moved", "captured-now"]
    assert ProviderCall.objects.filter(payment=moved[1], kind="capture").count() == 0


def test_an_order_that_a_colleague_is_changing_waits_for_them(
    to_complete: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.lease.PATIENCE", 0.05)
    with lease("norce", "se", "o_a"):
        job = work(to_complete)
        assert job.state == State.WAITING and job.done == 0
        assert job.next_at is not None
    assert work(due(job)).state == State.DONE


def test_a_row_that_was_left_under_way_is_read_back_and_never_sent_again(to_complete: Job, api: OrderApi) -> None:
    """As `kill -9` leaves it, right before the call for one, right after it for the other."""
    JobRow.objects.filter(job=to_complete, order_id__in=["o_a", "o_b"]).update(state=RowState.BEGUN)
    api.orders.update_state("o_b", "completed")
    job = work(died(to_complete))
    assert rows(job) == [
        ("o_a", "in-doubt", "lost"), ("o_b", "done", "found-changed"), ("o_c", "done", "changed"),
    ]  # fmt: skip
    assert state_of(api, "o_a") == "accepted", "it was not sent again"


def test_what_was_not_done_is_chosen_anew_and_looked_at_like_any_other(
    to_complete: Job, manager: User, client_of: ClientOf, api: OrderApi
) -> None:
    JobRow.objects.filter(job=to_complete, order_id="o_a").update(state=RowState.BEGUN)
    job = work(died(to_complete))
    client = client_of(manager)
    response = client.post(f"/bulk/jobs/{job.pk}/again/")
    page = looked_at(client, response["Location"])
    assert "Possible for 1 of 1" in page
    work(started(client, response["Location"], reason="Sent", known="on"))
    assert state_of(api, "o_a") == "completed"


def test_a_payment_in_doubt_is_never_chosen_anew(admin: User, client_of: ClientOf, make_payment: Make) -> None:
    ids = make_payment(sandbox="error")
    client = client_of(admin)
    where = choose(client, "capture", address(ids[0]))
    looked_at(client, where)
    job = work(started(client, where, **SAID))
    assert rows(job)[0][1] == "in-doubt"
    assert client.post(f"/bulk/jobs/{job.pk}/again/")["Location"] == f"/bulk/jobs/{job.pk}/"
    where = choose(client, "capture", address(ids[0]))
    assert "A payment action on it is not settled" in looked_at(client, where)


def test_it_is_stopped_by_its_owner_and_by_nobody_else(
    support: User, admin: User, manager: User, client_of: ClientOf, api: OrderApi
) -> None:
    many(5)
    client = client_of(support)
    where = choose(client, "note", *(address(order.id or "") for order in api.orders.list(limit=10).data))
    looked_at(client, where)
    job = started(client, where, text="Hello")
    there = f"/bulk/jobs/{job.pk}/"
    assert client_of(manager).get(there).status_code == 404
    assert client_of(admin).get(there).status_code == 200, "who reads the whole log sees it"
    assert client_of(admin).post(f"{there}stop/").status_code == 404
    client.post(f"{there}stop/")
    assert Job.objects.get(pk=job.pk).state == State.STOPPED
    client.post(f"{there}go-on/")
    assert work(Job.objects.get(pk=job.pk)).state == State.DONE
    lines = b"".join(client.get(f"{there}results.csv")).decode().splitlines()
    assert len(lines) == 6 and lines[1].startswith("1,norce,se,")
    page = words(client.get(f"{there}?state=done").content.decode())
    assert "5 of 5 orders" in page


def test_an_admin_without_one_of_its_channels_does_not_see_it(support: User, admin: User, client_of: ClientOf) -> None:
    put(an_order("a"), an_order("b", channel="no"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"), address("o_b", "no"))
    looked_at(client, where)
    job = started(client, where, text="Hello")
    ChannelGrant.objects.filter(user=admin).update(merchant="norce", channel="se")
    assert client_of(admin).get(f"/bulk/jobs/{job.pk}/").status_code == 404


def test_two_workers_at_once_do_nothing_twice(to_complete: Job, api: OrderApi) -> None:
    """Another one comes by in the middle of an order, as it may where a process stands still for longer than its
    time."""
    put_once = mock.Mock()

    def meanwhile(method: str, _path: str) -> Any:
        if method == "PUT" and not put_once.called:
            put_once()
            died(to_complete)
            running.go_on(str(to_complete.pk))

    with mock.patch("gateway.lease.PATIENCE", 0.05), going_wrong(meanwhile):
        work(to_complete)
    job = work(died(due(to_complete)))
    for name in "abc":
        order = api.orders.get(f"o_{name}")
        assert order.state
        assert [str(each.status) for each in order.state.transitions].count("completed") <= 1
    assert {state for _order, state, _outcome in rows(job)} <= {"done", "in-doubt"}
