"""Orders that are chosen are looked at, confirmed once, and done one after the other; each says what became of it."""

import re

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet

from accounts.models import ChannelGrant
from audit.models import Entry
from jobs.models import State
from order_api import OrderApi
from order_api.schemas import Order
from orders.models import Note
from payments.models import Execution
from payments.models import State as Was
from sandbox.models import ProviderCall
from teamwork.models import Task
from tests.bulk.conftest import SAID, Make, address, choose, confirm, looked_at, rows, started, work
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.pasted.pasting import without

pytestmark = pytest.mark.django_db


def test_a_note_is_written_on_each_of_them(support: User, client_of: ClientOf, logged: QuerySet[Entry]) -> None:
    put(an_order("a", reference="R-1"), an_order("b"), an_order("c", channel="no"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"), address("o_b"), address("o_c", "no"), address("o_gone"))
    page = looked_at(client, where)
    assert "Possible for 3 of 4" in page and "It is not there any more" in page
    job = work(started(client, where, text="Delayed a week"))
    assert job.state == State.DONE
    assert rows(job) == [
        ("o_a", "done", "noted"), ("o_b", "done", "noted"), ("o_c", "done", "noted"), ("o_gone", "passed-over", "gone"),
    ]  # fmt: skip
    assert Note.objects.count() == 3 and {note.author for note in Note.objects.all()} == {support}
    entries = logged.filter(action="order.note.create")
    assert {entry.details["job"] for entry in entries} == {str(job.pk)} and len(entries) == 3
    assert logged.get(action="bulk.start").details["orders"] == 3


def test_they_are_given_to_whoever_was_chosen(support: User, manager: User, client_of: ClientOf) -> None:
    put(an_order("a"), an_order("b"))
    client = client_of(support)
    where = choose(client, "assign", address("o_a"), address("o_b"))
    looked_at(client, where)
    work(started(client, where, whom=f"person:{manager.pk}", text="Call them"))
    assert [(task.order_id, task.for_person, task.text) for task in Task.objects.order_by("pk")] == [
        ("o_a", manager, "Call them"), ("o_b", manager, "Call them"),
    ]  # fmt: skip


def test_the_state_of_each_is_changed_where_it_can_follow(
    manager: User, client_of: ClientOf, api: OrderApi, logged: QuerySet[Entry]
) -> None:
    put(an_order("a", state="accepted"), an_order("b", state="completed"), an_order("c", state="declined"))
    client = client_of(manager)
    where = choose(client, "state", *(address(f"o_{name}") for name in "abc"))
    assert client.post(f"{where}state/", {"target": "completed"}).status_code == 302
    page = looked_at(client, where)
    assert "Possible for 1 of 3" in page and "It is in that state already" in page
    assert "The state cannot follow on the one that it is in" in page
    job = work(started(client, where, reason="Sent", known="on"))
    assert rows(job)[0] == ("o_a", "done", "changed")
    order = api.orders.get("o_a")
    assert order.state and order.state.current_status == "completed"
    assert logged.filter(action="order.state.update").count() == 2, "intent and outcome"


def test_payments_are_captured_once_each_through_the_engine(
    admin: User, client_of: ClientOf, api: OrderApi, make_payment: Make
) -> None:
    first, second = make_payment(reference="psp-1"), make_payment(reference="psp-2")
    done, declined = make_payment("captured", reference="psp-3"), make_payment(reference="psp-4", sandbox="decline")
    client = client_of(admin)
    where = choose(client, "capture", *(address(ids[0]) for ids in (first, second, done, declined)))
    page = looked_at(client, where)
    assert "Possible for 3 of 4" in page and "It is captured already" in page and "1,497.00 SEK" in page
    job = work(started(client, where, **SAID))
    assert [each[1:] for each in rows(job)] == [
        ("done", "captured-now"), ("done", "captured-now"), ("passed-over", "taken-already"), ("refused", "refused"),
    ]  # fmt: skip
    assert {ids[1]: ProviderCall.objects.filter(payment=ids[1], kind="capture").count() for ids in (first, second)} == {
        first[1]: 1, second[1]: 1,
    }  # fmt: skip
    assert set(Execution.objects.values_list("state", flat=True)) == {Was.DONE, Was.REFUSED}
    page = client.get(f"/bulk/jobs/{job.pk}/").content.decode()
    assert page.count(">Proof<") == 3


def test_the_checks_of_each_are_run_and_their_answers_kept(
    admin: User, client_of: ClientOf, api: OrderApi, make_payment: Make, logged: QuerySet[Entry]
) -> None:
    valid, unpaid = make_payment()[0], api.orders.create(Order(currency="SEK", country="SE"))
    client = client_of(admin)
    where = choose(client, "validate", address(valid), address(unpaid))
    assert "Possible for 2 of 2" in looked_at(client, where)
    job = work(started(client, where))
    assert rows(job) == [(valid, "done", "valid"), (unpaid, "done", "not-valid")]
    said = job.rows.get(order_id=unpaid)
    assert said.facts["reasons"] and said.words
    assert logged.filter(action="order.validate", kind="intent").count() == 2
    assert "Not valid" in client.get(f"/bulk/jobs/{job.pk}/").content.decode()


def test_the_person_who_gets_them_has_to_have_all_channels(support: User, manager: User, client_of: ClientOf) -> None:
    ChannelGrant.objects.filter(user=manager).update(merchant="norce", channel="se")
    put(an_order("a"), an_order("b", channel="no"))
    client = client_of(support)
    where = choose(client, "assign", address("o_a"), address("o_b", "no"))
    looked_at(client, where)
    assert confirm(client, where, whom=f"person:{manager.pk}", text="").status_code == 422
    job = work(started(client, where, whom="me", text=""))
    assert [outcome for _order, _state, outcome in rows(job)] == ["assigned", "assigned"]


def test_a_channel_that_does_not_answer_is_tried_again_when_somebody_says_so(
    support: User, client_of: ClientOf
) -> None:
    put(an_order("a"), an_order("b", channel="no"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"), address("o_b", "no"))
    with without("no"):
        page = looked_at(client, where)
    assert "Possible for 1 of 2" in page and "The Order API did not answer" in page
    client.post(f"{where}on/", {"again": "1"})
    assert "Possible for 2 of 2" in looked_at(client, where)


def test_the_jobs_page_lists_ones_own_and_for_admins_those_of_others(
    support: User, admin: User, manager: User, client_of: ClientOf
) -> None:
    put(an_order("a"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"))
    looked_at(client, where)
    job = work(started(client, where, text="Hello"))
    assert f"/bulk/jobs/{job.pk}/" in client.get("/bulk/jobs/").content.decode()
    assert f"/bulk/jobs/{job.pk}/" in client_of(admin).get("/bulk/jobs/").content.decode()
    assert f"/bulk/jobs/{job.pk}/" not in client_of(manager).get("/bulk/jobs/").content.decode()
    ChannelGrant.objects.filter(user=admin).update(merchant="norce", channel="no")
    assert f"/bulk/jobs/{job.pk}/" not in client_of(admin).get("/bulk/jobs/").content.decode()


def test_the_chosen_are_exported(support: User, client_of: ClientOf) -> None:
    put(an_order("a"), an_order("b"), an_order("c"))
    client = client_of(support)
    page = client.post("/norce/se/orders/export/", {"order": [address("o_a"), address("o_c"), address("o_b", "no")]})
    hidden = re.findall(r'<input type="hidden" name="ids" value="([^"]+)"', page.content.decode())
    assert hidden == ["o_a", "o_c"]
