"""People who choose orders in a list and have something done with all of them, as they would."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs import running
from jobs.models import Job
from orders.models import Batch
from tests.conftest import PASSWORD
from tests.payments.conftest import api, case_of, make_payment, second  # noqa: F401 - fixtures

Rows = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def fresh(fresh_connections: None) -> None:
    """No breaker remembers another test."""


def address(order_id: str, channel: str = "se") -> str:
    return f"/norce/{channel}/orders/{order_id}/"


def choose(client: Client, action: str, *orders: str, **more: Any) -> str:
    """The address of the page that these orders are looked at on."""
    response = client.post("/bulk/new/", {"what": action, "order": list(orders), **more})
    assert response.status_code == 302, response.content.decode()
    where = str(response["Location"])
    assert re.fullmatch(r"/bulk/[0-9a-f-]{36}/", where), where
    return where


def looked_at(client: Client, where: str, most: int = 10) -> str:
    """The page once every order was looked at, as plain words."""
    for _ in range(most):
        page = client.get(where).content.decode()
        if "/on/" not in page or "Possible for" in page:
            return words(page)
        assert client.post(f"{where}on/").status_code == 302
    raise AssertionError("it does not come to an end")


def words(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def seal_on(client: Client, where: str) -> str:
    page = client.get(where).content.decode()
    found = re.search(r'name="saw" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def confirm(client: Client, where: str, **said: Any) -> Any:
    """Confirms what the page shows; the answer."""
    return client.post(f"{where}start/", {"saw": seal_on(client, where), **said})


def started(client: Client, where: str, **said: Any) -> Job:
    """The job that it started."""
    response = confirm(client, where, **said)
    assert response.status_code == 302, words(response.content.decode())
    job = Batch.objects.get(pk=where.split("/")[2]).job
    assert response["Location"] == f"/bulk/jobs/{job}/"
    assert job
    return Job.objects.get(pk=job)


def work(job: Job, most: int = 30) -> Job:
    """As whoever works on jobs would, until nothing more is to be done now."""
    for _ in range(most):
        if not running.go_on(str(job.pk)):
            break
    return Job.objects.get(pk=job.pk)


def rows(job: Job) -> Rows:
    return [(row.order_id, row.state, row.outcome) for row in job.rows.all()]


SAID = {"reason": "delivered", "note": "", "password": PASSWORD, "known": "on"}
Make = Callable[..., tuple[str, str]]
__all__ = ["Rows", "User"]
