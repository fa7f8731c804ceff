"""The export of payments: all that the list means, proven complete, in portions, and no customer in it."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel
from accounts.models import ChannelGrant
from audit.models import Entry
from jobs import registry
from jobs.models import Job
from payments.listing import export
from payments.listing.export import COLUMNS, pack, unpack, walk
from payments.listing.questions import Question, Tab
from payments.models import State
from tests.conftest import ClientOf
from tests.exports.helpers import rows_of, run, sheet_of
from tests.payments.test_listing import put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PORTION", 4)
    monkeypatch.setattr(export.rows, "__defaults__", ("", 4))


def start(client: Client, query: str = "", **said: Any) -> Job:
    fields = {"columns": list(COLUMNS), "format": "csv-comma", "zone": "UTC", **said}
    answer = client.post(f"{reverse('money-export')}?{query}", fields)
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.get(pk=uuid.UUID(answer["Location"].rstrip("/").rpartition("/")[2]))


def test_every_row_that_the_list_means_stands_in_the_file_once_newest_first(client_of: ClientOf, support: User) -> None:
    every = [put(ago=n // 2, amount=str(n)) for n in range(11)]
    put(State.IN_DOUBT, action_type="capture")
    job = run(start(client_of(support), "kind=refund"))
    rows = rows_of(job)
    assert sorted(row["Order"] for row in rows) == sorted(each.order_reference for each in every)
    assert [row["When (UTC)"] for row in rows] == sorted((row["When (UTC)"] for row in rows), reverse=True)
    assert rows[0]["What"] == "Refund" and rows[0]["Provider"] == "Klarna" and rows[0]["Outcome"] == "Done"
    assert registry.says(job) == "Complete: 11 rows, as many as were counted before and after."
    assert (job.done, job.total) == (11, 11)


def test_a_workbook_holds_amounts_as_numbers(client_of: ClientOf, support: User) -> None:
    put(amount="1234.5", currency="NOK")
    sheet = sheet_of(run(start(client_of(support), columns=["amount", "currency"], format="xlsx")))
    assert sheet == [["Amount", "Currency"], [1234.5, "NOK"]]


def test_what_comes_while_it_is_read_stays_out(client_of: ClientOf, support: User) -> None:
    put(ago=5)
    job = start(client_of(support))
    put(created_at=timezone.now() + dt.timedelta(seconds=1))
    assert len(rows_of(run(job))) == 1


def test_what_changes_while_it_is_read_is_said(client_of: ClientOf, support: User) -> None:
    every = [put(ago=n) for n in range(6)]
    job = start(client_of(support), "outcome=done")
    source = export.PaymentSource.read
    original: list[int] = []

    def read(self: Any, *rest: Any) -> Any:
        found = source(self, *rest)
        if not original:
            original.append(1)
            type(every[0]).objects.filter(pk=every[5].pk).update(state=State.CONTRADICTED)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export.PaymentSource, "read", read)
        job = run(job)
    assert registry.says(job).startswith("Not proven complete: 5 rows. There were 6 at the beginning and 5 at the end")


def test_the_file_holds_what_its_owner_may_see_when_it_is_written(client_of: ClientOf, support: User) -> None:
    put(), put(channel="no")
    job = start(client_of(support))
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
    assert {row["Channel"] for row in rows_of(run(job))} == {"norce/se"}


def test_the_log_says_who_took_what(client_of: ClientOf, support: User, logged: QuerySet[Entry]) -> None:
    put()
    start(client_of(support), "currency=SEK")
    entry = logged.get(action="export.start")
    assert entry.username == "support" and entry.details["export"] == "payments.export"
    assert entry.details["filters"] == {"currency": "SEK"}


def test_a_form_that_lacks_something_says_so_and_starts_nothing(client_of: ClientOf, support: User) -> None:
    put()
    answer = client_of(support).post(reverse("money-export"), {"format": "csv-comma", "zone": "UTC"})
    assert answer.status_code == 422 and "Choose a column at least." in answer.content.decode()
    assert not Job.objects.exists()


def test_the_form_says_how_many_rows_and_which_filters(client_of: ClientOf, support: User) -> None:
    put(), put(currency="EUR")
    html = client_of(support).get(reverse("money-export"), {"currency": "EUR", "since": "soon"}).content.decode()
    assert "1 row, as it stands now" in html and "Currency <b>EUR</b>" in html
    assert "The export is made without them" in html


def test_a_question_is_kept_whole() -> None:
    question = Question(
        Tab.REFUNDED, True, (Channel("norce", "se"),), ("held",), ("done",), ("refund",), "klarna", 7,
        timezone.now(), timezone.now(), Decimal("1.50"), None, "SEK", "x",
    )  # fmt: skip
    assert unpack(pack(question)) == question and unpack(pack(Question())) == Question()


def test_walking_costs_as_many_statements_a_portion_whatever_the_place(
    support: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        put(ago=n)
    with django_assert_max_num_queries(5 * 3 + 4):
        assert len(list(walk(Question(), support))) == 20
