"""An export says that it is complete only where it is; what moves while it is read is neither skipped nor doubled."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User

from gateway.in_process import Headers
from jobs import registry
from jobs.models import Job, State
from orders.exports import source
from sandbox.models import Order
from tests.conftest import ClientOf
from tests.exports.helpers import Reply, answering, as_ever, is_list, rows_of, run, start
from tests.orders.orders_in_the_sandbox import an_order, many, put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PAGE", 10)


def references(job: Job) -> list[str]:
    return [row["Order reference"] for row in rows_of(job)]


def between_pages(what: Callable[[int], Any]) -> Any:
    """The API, which something happens to before each page: `what` is told which it is."""
    pages = iter(range(1_000))

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        if is_list(method, path):
            what(next(pages))
        return as_ever(method, path, query, headers, body)

    return answering(answers)


def test_orders_that_arrive_meanwhile_are_not_in_it(client_of: ClientOf, support: User) -> None:
    many(35)
    job = start(client_of(support))
    with between_pages(lambda n: put(an_order(f"new{n}", created=f"2026-12-24T10:00:{n:02}Z", reference="NEW"))):
        job = run(job)
    assert references(job) == [f"R-{n}" for n in range(1, 36)]
    assert registry.says(job).startswith("Complete: 35 orders")


def test_orders_that_leave_meanwhile_push_no_other_out(client_of: ClientOf, support: User) -> None:
    many(45)

    def leave(n: int) -> None:
        if n == 2:  # after two pages, three of the first are deleted
            Order.objects.filter(public_id__in=["o_aaab", "o_aaac", "o_aaad"]).delete()

    job = start(client_of(support))
    with between_pages(leave):
        job = run(job)
    assert references(job) == [f"R-{n}" for n in range(1, 46)], "all that were there when they were read"
    assert (job.state, job.code) == (State.DONE, "moved")
    assert registry.says(job) == (
        "Not proven complete: 45 orders stand in it. The Order API counted 45 at the beginning and 42 at the end, "
        "as orders changed meanwhile. 45 rows."
    )


def test_the_last_one_read_may_leave_itself(client_of: ClientOf, support: User) -> None:
    many(45)

    def leave(n: int) -> None:
        if n == 1:
            Order.objects.filter(public_id="o_aabj").delete()  # R-19 is on the second page; R-10 was the last
            Order.objects.filter(public_id="o_aaba").delete()

    job = start(client_of(support))
    with between_pages(leave):
        job = run(job)
    assert job.state == State.DONE
    assert job.code == "moved", "it is not called complete"


def test_orders_that_join_what_matches_before_double_no_other(client_of: ClientOf, support: User) -> None:
    many(45)

    def join(n: int) -> None:
        if n == 2:
            put(*(an_order(f"old{k}", created=f"2026-10-0{k}T10:00:00Z", reference="OLD") for k in range(1, 4)))

    job = start(client_of(support))
    with between_pages(join):
        job = run(job)
    assert references(job) == [f"R-{n}" for n in range(1, 46)]
    assert job.code == "moved"
    assert job.facts["after"] == 48


def test_an_api_that_serves_less_than_it_is_asked_for_is_read_to_its_end(client_of: ClientOf, support: User) -> None:
    many(25)

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        if is_list(method, path):
            query = query.replace("limit=10", "limit=4")
        return as_ever(method, path, query, headers, body)

    job = start(client_of(support))
    with answering(answers):
        job = run(job)
    assert references(job) == [f"R-{n}" for n in range(1, 26)]
    assert job.code == "complete"


def test_an_api_that_counts_no_more_than_the_page_proves_nothing(client_of: ClientOf, support: User) -> None:
    many(25)

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        status, said, content = as_ever(method, path, query, headers, body)
        if is_list(method, path):
            document = json.loads(content)
            offset = int(parse_qs(query)["offset"][0])
            document["pagination"] = {"offset": offset, "limit": 10, "size": len(document["data"])}
            content = json.dumps(document).encode()
        return status, said, content

    job = start(client_of(support))
    with answering(answers):
        job = run(job)
    assert references(job) == [f"R-{n}" for n in range(1, 26)]
    assert job.code == "unproven"
    assert "does not say how many there are" in registry.says(job)


def test_orders_of_the_same_moment_are_each_there_once(client_of: ClientOf, support: User) -> None:
    put(*(an_order(f"same{n}", reference=f"S-{n}") for n in range(33)))
    job = run(start(client_of(support)))
    assert sorted(references(job)) == sorted(f"S-{n}" for n in range(33))
    assert job.code == "complete"
