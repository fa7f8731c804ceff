"""Forgetting a colleague who left, and what one takes away of oneself."""

import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from accounts.models import ChannelGrant, Preference, keep_preference
from accounts.people.forms import InviteForm
from accounts.session_store import Session
from audit import log
from audit.log import Subject, Who
from audit.models import Entry
from audit.verify import verify
from orders.models import Note, SavedView
from orders.notes import services as notes
from payments.models import Execution
from teamwork.models import Task
from teamwork.services import About, create
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.data_protection.test_forget import forget
from tests.index.made import SE
from tests.saved_views.keeping import keep


@pytest.fixture
def anna(support: User) -> User:
    """Who worked here: wrote, asked, saved, moved money."""
    support.username, support.first_name, support.last_name, support.email = "anna", "Anna", "Berg", "anna@example.com"
    support.save()
    who = Who("anna", support.pk)
    notes.write(who, support, Subject("o_1", *SE), "Rang her", uuid.uuid4())
    create("ask", About("o_1", *SE), who, for_person=support, text="Mail to asa@example.se")
    keep_preference(support, theme="dark")
    Execution.objects.create(
        created_at=timezone.now(), merchant="norce", channel="se", order_id="o_1", payment_id="p", action_id="a",
        action_type="refund", asked_by=support, asked_by_name="anna", reason="other", baseline="b", seen_json="{}",
        state="done",
    )  # fmt: skip
    return User.objects.get(pk=support.pk)


def test_a_colleague_is_a_number_from_then_on_but_in_what_is_proof(
    anna: User, admin: User, manager: User, client_of: ClientOf
) -> None:
    desk = client_of(anna)
    keep(desk, "Mine")
    keep(client_of(manager), "Ours", audience="all")
    SavedView.objects.filter(name="Ours").update(owner=anna, owner_name="anna")
    name = f"person-{anna.pk}"
    assert f"It would be {name}" in forget("--user", "anna", dry_run=True)
    assert User.objects.get(pk=anna.pk).username == "anna" and desk.get("/accounts/preferences/").status_code == 200

    said = forget("--user", "anna")
    gone = User.objects.get(pk=anna.pk)
    assert (gone.username, gone.get_full_name(), gone.email, gone.is_active) == (name, "", "", False)
    assert not gone.has_usable_password() and not gone.groups.exists()
    assert desk.get("/accounts/preferences/").status_code == 302
    for model in (Session, ChannelGrant, Preference):
        assert not model.objects.filter(user=gone).exists()
    assert Note.objects.get().author_name == name
    assert (Task.objects.get().by_name, Task.objects.get().for_person) == (name, None)
    assert [(view.name, view.owner_name) for view in SavedView.objects.all()] == [("Ours", name)]
    assert Execution.objects.get().asked_by_name == "anna", "proof of who moved money"
    assert "1  payment actions: proof" in said and "entries of the audit log" in said
    assert Entry.objects.filter(username="anna", user_id=anna.pk).exists() and verify().broken is None
    entry = Entry.objects.get(action="person.forget")
    assert entry.target == name and "anna" not in f"{entry.details_json}{entry.changes_json}"


def test_nobody_else_gets_a_name_that_the_log_still_has(anna: User, admin: User, client_of: ClientOf) -> None:
    forget("--user", "anna")
    desk = client_of(admin)
    form = {"username": "anna", "seen": ";;", "password": PASSWORD}
    answer = desk.post("/people/invite/", form)
    assert answer.status_code == 422 and "the log still calls them so" in answer.content.decode()
    assert isinstance(answer.context["form"], InviteForm)
    assert desk.post("/people/invite/", form | {"username": "annika"}).status_code == 302


def test_somebody_is_left_who_can_manage_people(admin: User) -> None:
    with pytest.raises(CommandError, match="Nobody would be left"):
        forget("--user", "admin")
    assert User.objects.get(pk=admin.pk).is_active


# --- What is stored of oneself


def taken(client: Client) -> dict[str, Any]:
    answer = client.post("/data-protection/mine/", {"password": PASSWORD})
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    assert answer.streaming, "piece by piece"
    return dict(json.loads(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def test_a_person_takes_away_what_is_stored_of_them_and_of_nobody_else(
    anna: User, manager: User, client_of: ClientOf
) -> None:
    desk = client_of(anna)
    keep(desk, "Mine", "billing_emails=asa%40example.se")
    keep(client_of(manager), "Theirs")
    data = taken(desk)
    assert data["account"]["username"] == "anna" and data["account"]["email"] == "anna@example.com"
    assert data["rights"]["role"] == "support" and "accounts.view_order" in data["rights"]["permissions"]
    assert [each["theme"] for each in data["accounts.Preference"]] == ["dark"]
    assert [each["browser"] for each in data["sessions"]] == ["An unknown browser"]
    assert [each["name"] for each in data["orders.SavedView"]] == ["Mine"]
    assert len(data["teamwork.Task"]) == len(data["orders.Note"]) == len(data["payments.Execution"]) == 1
    assert {each["username"] for each in data["audit_log"]} == {"anna"}
    assert "person.export" in {each["action"] for each in data["audit_log"]}
    whole = json.dumps(data)
    assert "asa@example.se" not in whole and "asa%40" not in whole, "customers are masked"
    keys = Session.objects.values_list("session_key", flat=True)
    assert anna.password not in whole and not [key for key in keys if key in whole], "nothing that opens anything"


def test_it_is_taken_with_the_password_and_stands_in_the_log(anna: User, client_of: ClientOf) -> None:
    desk = client_of(anna)
    assert desk.post("/data-protection/mine/").status_code == 422
    assert desk.post("/data-protection/mine/", {"password": "not mine"}).status_code == 422
    assert not Entry.objects.filter(action="person.export").exists()
    taken(desk)
    entry = Entry.objects.get(action="person.export")
    assert (entry.username, entry.target) == ("anna", "anna")
    with log_out_of_reach():
        assert desk.post("/data-protection/mine/", {"password": PASSWORD}).status_code == 503


def test_a_long_log_costs_a_batch_at_a_time(
    anna: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for _n in range(510):
        log.event(Who("anna", anna.pk), "sign-in")
    desk = client_of(anna)
    with django_assert_max_num_queries(120):
        data = taken(desk)
    assert len(data["audit_log"]) >= 510
