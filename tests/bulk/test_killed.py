"""`kill -9` of whoever works on a job, and of the web, at random moments: it goes on, and does nothing twice."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from jobs import services
from jobs.models import Job, JobRow, RowState, State
from order_api import OrderApi
from orders.bulk.results import results_of
from orders.models import Batch, Note
from payments.models import Execution
from sandbox.models import Move
from tests.bulk.conftest import SAID, Make, address, choose, confirm, looked_at, seal_on, started
from tests.bulk.dying import Desk, Lives, kill, standing
from tests.conftest import ClientOf
from tests.harness.aftermath import impatient, look_at_all
from tests.orders.orders_in_the_sandbox import many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("processes")]
ORDERS = 12


@pytest.fixture
def desk(tmp_path: Path, transactional_db: None) -> Iterator[Desk]:
    with standing(tmp_path) as there:
        yield there


def is_over(job: Job) -> bool:
    """Whether nobody works on it any more; one that stopped by itself goes on, as a person would let it."""
    now = Job.objects.get(pk=job.pk)
    if now.state == State.STOPPED:
        services.resume(now)
    return now.is_over


LIVES = [pytest.param(3, 1, id="3 kills"), pytest.param(50, 2, id="50 kills", marks=pytest.mark.rest)]


@pytest.mark.parametrize(("lives", "seed"), LIVES)
def test_each_order_is_changed_once_and_the_job_says_so(
    desk: Desk, manager: User, client_of: ClientOf, api: OrderApi, lives: int, seed: int
) -> None:
    many(ORDERS if lives < 10 else 5 * ORDERS, state="accepted")
    orders = [order.id or "" for order in api.orders.list(limit=250).data]
    client = client_of(manager)
    where = choose(client, "state", *map(address, orders))
    client.post(f"{where}state/", {"target": "completed"})
    looked_at(client, where)
    job = started(client, where, reason="Sent", known="on")
    run = Lives(desk, seed, 0.6)
    run.take(lives, lambda: is_over(job))
    assert run.killed or lives < 10
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.done) == (State.DONE, len(orders))
    for row in job.rows.all():
        order = api.orders.get(row.order_id)
        assert order.state
        changes = [str(each.status) for each in order.state.transitions].count("completed")
        now = order.state.current_status
        assert changes == (now == "completed"), f"{row}: {changes} times"
        if row.state == RowState.DONE:
            assert now == "completed", row
        else:
            assert (row.state, row.outcome) == (RowState.IN_DOUBT, "lost") and now == "accepted", row
    assert job.rows.filter(state=RowState.IN_DOUBT).count() <= run.killed


@pytest.mark.parametrize(("lives", "seed"), LIVES)
def test_each_payment_moves_once_and_the_job_says_so(
    desk: Desk, admin: User, client_of: ClientOf, api: OrderApi, make_payment: Make, settings: Settings, lives: int,
    seed: int,
) -> None:  # fmt: skip
    ids = [make_payment(reference=f"psp-{n}") for n in range(8 if lives < 10 else 30)]
    client = client_of(admin)
    where = choose(client, "capture", *(address(order) for order, _payment in ids))
    looked_at(client, where)
    job = started(client, where, **SAID)
    run = Lives(desk, seed + 100, 1.0)
    run.take(lives, lambda: is_over(job))
    with impatient(settings):
        for _order, payment in ids:
            look_at_all(payment)
    payments = dict(ids)
    results = results_of(list(job.rows.all()))
    assert len(results) == len(ids)
    for each in results:
        order, payment = each.row.order_id, payments[each.row.order_id]
        moves = Move.objects.filter(payment=payment, kind="capture").count()
        says = api.payments.get(order, payment).state
        assert moves == (says == "captured"), f"{each.row} moved {moves} times"
        assert (each.state == RowState.DONE) == (says == "captured"), f"{each.row} is {each.state}, the API says {says}"
        assert Execution.objects.filter(payment_id=payment).count() <= 1, "one intent an order"
    done = sum(each.state == RowState.DONE for each in results)
    assert done == Move.objects.filter(kind="capture", payment__in=payments.values()).count()


def test_a_web_process_that_dies_over_the_confirmation_has_started_one_job_or_none(
    desk: Desk, support: User, client_of: ClientOf, api: OrderApi
) -> None:
    many(ORDERS)
    client = client_of(support)
    orders = [order.id or "" for order in api.orders.list(limit=250).data]
    seen: Counter[str] = Counter()
    for turn in range(6):
        where = choose(client, "note", *map(address, orders))
        looked_at(client, where)
        said = {"saw": seal_on(client, where), "text": f"Turn {turn}"}
        pid = desk.press("support", f"{where}start/", said)
        time.sleep(0.05 * turn)
        kill(pid)
        batch = Batch.objects.get(pk=where.split("/")[2])
        seen[batch.state] += 1
        assert (batch.job is None) == (batch.state == Batch.State.READING)
        confirm(client, where, text=f"Turn {turn}")  # the person presses again
        begun = Batch.objects.get(pk=batch.pk).job
        assert begun
        job = Job.objects.get(pk=begun)
        assert job.rows.count() == ORDERS
        services.stop(job)
    assert Job.objects.count() == 6
    assert JobRow.objects.count() == 6 * ORDERS
    Lives(desk, 5, 0.1).take(0, lambda: True)


def test_notes_are_written_once_whoever_dies(desk: Desk, support: User, client_of: ClientOf, api: OrderApi) -> None:
    many(ORDERS)
    client = client_of(support)
    where = choose(client, "note", *(address(order.id or "") for order in api.orders.list(limit=250).data))
    looked_at(client, where)
    job = started(client, where, text="Delayed")
    Lives(desk, 7, 0.3).take(4, lambda: is_over(job))
    counted = Counter(Note.objects.values_list("order_id", flat=True))
    assert set(counted.values()) == {1} and len(counted) == ORDERS
    assert job.rows.filter(state=RowState.DONE).count() == ORDERS
