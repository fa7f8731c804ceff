"""Limits are asked for all of it beforehand; above them a second person approves all of it at once."""

import re

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet

from accounts.models import ChannelGrant
from audit.models import Entry
from jobs.models import Job, State
from orders.models import Batch
from payments.models import Execution, FourEyes, Limit
from payments.models import State as Was
from sandbox.models import ProviderCall
from tests.bulk.conftest import SAID, Make, address, choose, confirm, looked_at, rows, started, words, work
from tests.conftest import PASSWORD, ClientOf

pytestmark = pytest.mark.django_db


def is_counted(page: str) -> bool:
    """Whether the place in the frame says that one thing waits."""
    return re.search(r'<span>Approvals</span>\s*<span class="n">1<', page) is not None


def chosen(client: object, make_payment: Make, number: int = 3) -> tuple[str, list[tuple[str, str]]]:
    ids = [make_payment(reference=f"psp-{n}") for n in range(number)]
    where = choose(client, "capture", *(address(order) for order, _payment in ids))  # type: ignore[arg-type]
    looked_at(client, where)  # type: ignore[arg-type]
    return where, ids


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"per_action": 1000}, "1,497.00 SEK"),
        ({"per_day": 1400}, "1,497.00 SEK"),
        ({"per_day_count": 2}, "3"),
    ],
)
def test_what_is_within_a_limit_one_by_one_and_above_it_together_takes_a_second_person(
    admin: User, client_of: ClientOf, make_payment: Make, limit: dict[str, int], says: str
) -> None:
    Limit.objects.create(role="admin", currency="SEK", **limit)
    client = client_of(admin)
    where, _ids = chosen(client, make_payment)
    page = words(client.get(where).content.decode())
    assert "A second person must approve all of it at once" in page and says in page
    assert confirm(client, where, **SAID).status_code == 302
    assert not Job.objects.exists() and not Execution.objects.exists(), "nothing was sent"
    assert Batch.objects.get().state == Batch.State.WAITING
    assert "It waits for a second person. Nothing was sent." in words(client.get(where).content.decode())


def test_what_is_within_the_limit_together_takes_nobody(admin: User, client_of: ClientOf, make_payment: Make) -> None:
    Limit.objects.create(role="admin", currency="SEK", per_action=1500, per_day=1500, per_day_count=3)
    client = client_of(admin)
    where, _ids = chosen(client, make_payment)
    job = work(started(client, where, **SAID))
    assert [outcome for _order, _state, outcome in rows(job)] == ["captured-now"] * 3


def test_a_second_person_approves_all_of_it_at_once(
    admin: User, second: User, client_of: ClientOf, make_payment: Make, logged: QuerySet[Entry]
) -> None:
    Limit.objects.create(role="admin", currency="SEK", per_action=100)
    client, other = client_of(admin), client_of(second)
    where, ids = chosen(client, make_payment)
    confirm(client, where, **SAID)
    assert "3 orders" in words(other.get("/queue/").content.decode()), "it is in their queue"
    waiting = other.get("/payments/approvals/").content.decode()
    assert is_counted(waiting) and "3 orders" in words(waiting) and "1,497.00 SEK" in words(waiting)
    own = client.get("/payments/approvals/").content.decode()
    assert not is_counted(own) and "3 orders" not in words(own), "nobody's own"
    page = words(other.get(f"{where}approval/").content.decode())
    assert "1,497.00 SEK" in page and "Approve 3 captures" in page
    assert other.post(f"{where}approve/", {"note": "Seen"}).status_code == 422, "the password first"
    response = other.post(f"{where}approve/", {"note": "Seen", "password": PASSWORD})
    job = Job.objects.get()
    assert response["Location"] == f"/bulk/jobs/{job.pk}/"
    assert job.owner == admin
    work(job)
    assert {each.state for each in Execution.objects.all()} == {Was.DONE}
    assert {(each.asked_by, each.decided_by) for each in Execution.objects.all()} == {(admin, second)}
    assert all(ProviderCall.objects.filter(payment=payment, kind="capture").count() == 1 for _o, payment in ids)
    assert logged.get(action="bulk.approve").username == "second"
    assert logged.get(action="bulk.start").details["approved by"] == "second"
    assert "approved by second" in words(other.get(f"/bulk/jobs/{job.pk}/").content.decode())
    assert other.post(f"{where}approve/", {"note": "", "password": PASSWORD}).status_code == 302
    assert Job.objects.count() == 1, "pressed twice, started once"


def test_nobody_approves_their_own(admin: User, client_of: ClientOf, make_payment: Make) -> None:
    FourEyes.objects.create(mode="always")
    client = client_of(admin)
    where, _ids = chosen(client, make_payment)
    confirm(client, where, **SAID)
    assert client.post(f"{where}approve/", {"note": "", "password": PASSWORD}).status_code == 403
    assert "somebody else has to approve it" in words(client.get(f"{where}approval/").content.decode())
    assert not Job.objects.exists()


def test_it_is_turned_down_with_a_reason_that_the_asker_reads(
    admin: User, second: User, client_of: ClientOf, make_payment: Make
) -> None:
    FourEyes.objects.create(mode="always")
    client, other = client_of(admin), client_of(second)
    where, _ids = chosen(client, make_payment)
    confirm(client, where, **SAID)
    assert other.post(f"{where}turn-down/", {"reason": "Not these"}).status_code == 302
    page = words(client.get(where).content.decode())
    assert "turned it down. Nothing was done." in page and "Not these" in page
    assert other.post(f"{where}approve/", {"note": "", "password": PASSWORD}).status_code == 302
    assert not Job.objects.exists()


def test_whoever_asked_takes_it_back(admin: User, second: User, client_of: ClientOf, make_payment: Make) -> None:
    FourEyes.objects.create(mode="always")
    client, other = client_of(admin), client_of(second)
    where, _ids = chosen(client, make_payment)
    confirm(client, where, **SAID)
    client.post(f"{where}forget/")
    assert other.post(f"{where}approve/", {"note": "", "password": PASSWORD}).status_code == 404
    assert not Job.objects.exists()


def test_it_is_nobodys_to_see_who_may_not_execute_or_has_not_the_channels(
    admin: User, second: User, support: User, client_of: ClientOf, make_payment: Make
) -> None:
    FourEyes.objects.create(mode="always")
    client = client_of(admin)
    where, _ids = chosen(client, make_payment)
    confirm(client, where, **SAID)

    ChannelGrant.objects.filter(user=second).update(merchant="norce", channel="no")
    assert client_of(support).get(f"{where}approval/").status_code == 403
    assert client_of(second).get(f"{where}approval/").status_code == 404
    assert client_of(second).post(f"{where}approve/", {"password": PASSWORD}).status_code == 404
    page = client_of(second).get("/payments/approvals/").content.decode()
    assert not is_counted(page) and "3 orders" not in words(page)
    assert "orders" not in words(client_of(second).get("/queue/").content.decode())


def test_a_limit_that_others_used_up_meanwhile_leaves_the_rest_alone(
    admin: User, client_of: ClientOf, make_payment: Make
) -> None:
    limit = Limit.objects.create(role="admin", currency="SEK", per_day=1500)
    client = client_of(admin)
    where, _ids = chosen(client, make_payment)
    job = started(client, where, **SAID)
    Limit.objects.filter(pk=limit.pk).update(per_day=1000)
    job = work(job)
    assert [outcome for _order, _state, outcome in rows(job)] == ["captured-now", "captured-now", "above-limit"]
    assert job.state == State.DONE
    assert Execution.objects.count() == 2, "nobody is asked for the third one alone"


def test_a_manager_is_held_against_what_came_with_the_desk(
    manager: User, client_of: ClientOf, make_payment: Make
) -> None:
    client = client_of(manager)
    where, _ids = chosen(client, make_payment, 11)  # 5,489 SEK, above the 5,000 that a manager does alone at once
    assert "A second person must approve all of it at once" in words(client.get(where).content.decode())


def test_it_asks_for_the_password_as_a_single_capture_does(
    admin: User, client_of: ClientOf, make_payment: Make
) -> None:
    client = client_of(admin)
    where, _ids = chosen(client, make_payment)
    assert confirm(client, where, **{**SAID, "password": "wrong"}).status_code == 422
    assert confirm(client, where, **{**SAID, "reason": ""}).status_code == 422
    assert not Job.objects.exists()
