"""What admins do with people on the pages for it, what of it is recorded, and what nobody can do."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from accounts.people import services
from accounts.people.services import LastAdminError, Rights, rights_of
from accounts.roles import EXTRAS
from audit.log import Who
from audit.models import Entry, Outcome
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf, person

WHO = Who("astrid")
NEW = {"username": "signe", "first_name": "Signe", "last_name": "Lind", "email": "signe@example.com", "seen": ";;"}


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    """The browser of an admin."""
    return client_of(admin)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def page_of(desk: Client, user: User) -> str:
    return desk.get(f"/people/{user.pk}/").content.decode()


def save(desk: Client, user: User, **changed: Any) -> Any:
    """The form of the person's page, as it is shown now but for what changed."""
    shown = desk.get(f"/people/{user.pk}/").context["form"].initial
    return desk.post(f"/people/{user.pk}/", shown | {"password": PASSWORD} | changed)


def do(desk: Client, user: User, what: str) -> str:
    """One of the buttons on the person's page; the page that follows."""
    response = desk.post(f"/people/{user.pk}/{what}/", {"password": PASSWORD}, follow=True)
    assert response.redirect_chain == [(f"/people/{user.pk}/", 302)]
    return response.content.decode()


def newest(action: str) -> Entry:
    return Entry.objects.filter(action=action).latest("sequence")


def told(entry: Entry) -> list[tuple[str, Any, Any]]:
    return [tuple(change) for change in entry.changes]


# --- The list


def test_the_list_tells_of_everybody_what_they_may_where_and_when_they_were_here(
    desk: Client, support: User, newcomer: User
) -> None:
    save(desk, support, channels=["norce/*"], extras=["accounts.view_personal_data"])
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    rows = {row.person.username: row for row in desk.get("/people/").context["rows"]}
    assert (str(rows["support"].role), rows["support"].channels) == ("Support", ["All channels of norce"])
    assert list(map(str, rows["support"].extras)) == ["See unmasked personal data"]
    assert (str(rows["newcomer"].state.word), str(rows["admin"].state.word)) == ("Deactivated", "Active")
    assert rows["admin"].person.last_login is not None


def test_the_list_costs_no_query_for_each_person(
    desk: Client, support: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        User.objects.create_user(f"person {number}").groups.add(Group.objects.get(name="support"))
    with django_assert_max_num_queries(14):
        desk.get("/people/")


@pytest.mark.parametrize(("role", "leads_there"), [("admin", True), ("manager", False), ("support", False)])
def test_only_who_manages_people_is_led_there(client_of: ClientOf, role: str, leads_there: bool) -> None:
    page = client_of(person(role)).get("/accounts/preferences/").content.decode()
    assert ('href="/people/"' in page) == leads_there


# --- Rights


def test_rights_are_given_recorded_as_old_and_new_and_in_force_at_once(
    desk: Client, support: User, client_of: ClientOf
) -> None:
    theirs = client_of(support)
    assert theirs.get("/people/").status_code == 403
    response = save(desk, support, role="admin", channels=["norce/se"], extras=["accounts.execute_payment_action"])
    assert response["Location"] == f"/people/{support.pk}/"
    assert theirs.get("/people/").status_code == 200, "without signing in again"
    entry = newest("person.rights.change")
    assert (entry.username, entry.target, entry.outcome) == ("admin", "support", Outcome.DONE)
    assert told(entry) == [
        ("role", "support", "admin"),
        ("channels", ["*/*"], ["norce/se"]),
        ("extras", [], ["accounts.execute_payment_action"]),
    ]


def test_the_form_shows_what_the_person_has(desk: Client, support: User) -> None:
    services.change_rights(WHO, support, Rights("manager", frozenset({"norce/se"}), frozenset({EXTRAS[1]})))
    page = page_of(desk, support)
    ticked = re.findall(r'<input type="checkbox"[^>]*value="([^"]+)"[^>]* checked', page)
    assert ticked == ["norce/se", EXTRAS[1]]
    assert '<option value="manager" selected>' in page


def test_a_permission_beside_the_role_is_the_persons_alone(desk: Client, support: User) -> None:
    save(desk, support, extras=["accounts.view_personal_data"])
    assert fresh(support).has_perm("accounts.view_personal_data")
    assert not person("manager").has_perm("accounts.view_personal_data")
    save(desk, support, extras=[])
    assert not fresh(support).has_perm("accounts.view_personal_data")


def test_what_was_given_by_hand_and_is_no_role_stays(desk: Client, support: User) -> None:
    support.groups.add(Group.objects.create(name="night shift"))
    save(desk, support, role="manager")
    assert set(support.groups.values_list("name", flat=True)) == {"night shift", "manager"}


def test_saving_what_is_there_already_changes_and_records_nothing(desk: Client, support: User) -> None:
    before, last = rights_of(fresh(support)), Entry.objects.latest("sequence")
    response = save(desk, support)
    assert "Nothing was different" in desk.get(response["Location"]).content.decode()
    assert rights_of(fresh(support)) == before
    assert not Entry.objects.filter(sequence__gt=last.sequence, action="person.rights.change").exists()


@pytest.mark.parametrize(
    "tampered",
    [
        {"role": "owner"},
        {"channels": ["other/*"]},
        {"extras": ["accounts.delete_order"]},
        {"extras": ["auth.add_user"]},
    ],
)
def test_what_is_not_offered_cannot_be_given(desk: Client, support: User, tampered: dict[str, Any]) -> None:
    before = rights_of(fresh(support))
    response = save(desk, support, **tampered)
    assert response.status_code == 422
    assert "not one of the available choices" in response.content.decode()
    assert rights_of(fresh(support)) == before


def test_what_another_admin_changed_meanwhile_is_not_overwritten(desk: Client, support: User) -> None:
    seen = desk.get(f"/people/{support.pk}/").context["form"].initial
    services.change_rights(WHO, support, Rights("manager", frozenset({"norce/se"})))
    response = desk.post(f"/people/{support.pk}/", seen | {"role": ""})
    assert response.status_code == 422
    assert "Somebody else has changed these rights" in response.content.decode()
    assert rights_of(fresh(support)).role == "manager"


def test_a_channel_that_the_desk_serves_no_more_stays_given_until_it_is_taken(desk: Client, support: User) -> None:
    services.change_rights(WHO, support, Rights("support", frozenset({"norce/xx"})))
    save(desk, support, role="manager")
    assert rights_of(fresh(support)) == Rights("manager", frozenset({"norce/xx"}))
    save(desk, support, channels=[])
    assert rights_of(fresh(support)).channels == frozenset()


def test_rights_that_cannot_be_recorded_are_not_changed(desk: Client, support: User) -> None:
    before = rights_of(fresh(support))
    seen = desk.get(f"/people/{support.pk}/").context["form"].initial
    with log_out_of_reach():
        response = desk.post(f"/people/{support.pk}/", seen | {"role": "admin", "password": PASSWORD})
    assert "could not be written into the log" in response.content.decode()
    assert rights_of(fresh(support)) == before


def test_a_superuser_is_changed_by_a_superuser_alone(desk: Client, client_of: ClientOf) -> None:
    root = User.objects.create_superuser("root")
    assert "Superusers are made and changed on the server" in page_of(desk, root)
    for address in ("", "link/", "deactivate/", "sessions/end/"):
        assert desk.post(f"/people/{root.pk}/{address}").status_code == 403
    assert "signed out of every browser" in do(client_of(User.objects.create_superuser("other")), root, "sessions/end")


@pytest.mark.parametrize("person_id", [0, 2**31, 2**63, 10**30])
def test_a_person_who_does_not_exist_is_not_found(desk: Client, person_id: int) -> None:
    assert desk.get(f"/people/{person_id}/").status_code == 404
    assert desk.post(f"/people/{person_id}/deactivate/").status_code == 404


# --- Coming and going


def invite(desk: Client, **changed: Any) -> Any:
    given = {"role": "support", "channels": ["norce/se"], "password": PASSWORD}
    return desk.post("/people/invite/", NEW | given | changed, follow=True)


def link_in(page: str) -> str:
    found = re.search(r'<code class="one-time-link">http://testserver(/accounts/link/[^<]+)</code>', page)
    return found[1] if found else ""


def test_somebody_invited_cannot_sign_in_before_they_have_used_their_link(desk: Client, visitor: Client) -> None:
    link = link_in(invite(desk).content.decode())
    signe = User.objects.get(username="signe")
    assert (signe.is_active, signe.has_usable_password()) == (False, False)
    assert rights_of(signe) == Rights("support", frozenset({"norce/se"}))
    answer = visitor.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer["Location"] == "/accounts/login/"
    answer = visitor.post("/accounts/login/", {"login": "signe@example.com", "password": PASSWORD})
    assert answer["Location"] == "/"
    assert visitor.get("/norce/se/orders/").context["channel"] == ("norce", "se")


def test_a_name_that_was_pasted_with_something_unseen_in_it_is_the_name_that_is_seen(desk: Client) -> None:
    invite(desk, username="\u200bsigne\u202c", email=" signe@example.com\ufeff")
    assert User.objects.get(username="signe").email == "signe@example.com"


def test_an_invitation_is_recorded_with_the_rights_and_without_the_address_or_the_link(desk: Client) -> None:
    link = link_in(invite(desk).content.decode())
    entry = newest("person.invite")
    assert (entry.username, entry.target) == ("admin", "signe")
    assert told(entry) == [("email", "", "s•••@example.com"), ("role", "", "support"), ("channels", [], ["norce/se"])]
    assert newest("person.link.create").target == "signe"
    token = link.split("/")[3]
    assert not Entry.objects.filter(details_json__contains=token).exists()
    assert not Entry.objects.filter(changes_json__contains=token).exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"username": "Support"}, "There is somebody of that name already."),
        ({"email": "SUPPORT@example.com"}, "Somebody else has this address."),
        ({"username": "a b"}, "Enter a valid username"),
        ({"username": ""}, "This field is required."),
        ({"email": "nonsense"}, "Enter a valid email address."),
        ({"role": "owner"}, "not one of the available choices"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_beside_its_field(
    desk: Client, support: User, changed: dict[str, str], says: str
) -> None:
    response = invite(desk, **changed)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert User.objects.count() == 2


def test_a_deactivated_person_is_out_at_once_and_comes_back_as_they_were(
    desk: Client, support: User, client_of: ClientOf
) -> None:
    theirs, before = client_of(support), rights_of(support)
    assert "cannot sign in any more" in do(desk, support, "deactivate")
    assert theirs.get("/norce/se/orders/").status_code == 302
    assert not Client().login(username="support", password=PASSWORD)
    assert "can sign in again" in do(desk, support, "activate")
    assert theirs.get("/norce/se/orders/").status_code == 302, "an old session does not come back to life"
    assert client_of(fresh(support)).get("/norce/se/orders/").status_code == 200
    assert rights_of(fresh(support)) == before
    assert told(newest("person.deactivate")) == [("active", True, False)]
    assert told(newest("person.activate")) == [("active", False, True)]


def test_a_withdrawn_invitation_takes_the_link_with_it(desk: Client, visitor: Client) -> None:
    link = link_in(invite(desk).content.decode())
    signe = User.objects.get(username="signe")
    assert "Invited" in page_of(desk, signe)
    page = do(desk, signe, "deactivate")
    assert visitor.get(link).status_code == 404
    assert ("Deactivated" in page, "Withdraw" in page, "New link" in page) == (True, False, True)
    assert visitor.get(link_in(do(desk, signe, "link"))).status_code == 200


def test_an_invitation_that_was_not_used_in_time_shows_on_the_list(desk: Client) -> None:
    invite(desk)
    signe = User.objects.get(username="signe")
    signe.one_time_link.made_at -= dt.timedelta(days=4)
    signe.one_time_link.save()
    assert "Invitation expired" in desk.get("/people/").content.decode()


# --- Somebody is left


def test_the_last_admin_cannot_be_demoted_or_deactivated_not_even_by_themselves(desk: Client, admin: User) -> None:
    response = save(desk, admin, role="manager")
    assert response.status_code == 422
    assert "Nobody would be left who can manage people" in response.content.decode()
    assert "Nobody would be left who can manage people" in do(desk, admin, "deactivate")
    assert (fresh(admin).is_active, rights_of(fresh(admin)).role) == (True, "admin")


@pytest.mark.parametrize("action", ["person.rights.change", "person.deactivate"])
def test_that_it_was_tried_is_recorded_as_refused(desk: Client, admin: User, action: str) -> None:
    save(desk, admin, role="") if action == "person.rights.change" else do(desk, admin, "deactivate")
    entry = newest(action)
    assert (entry.outcome, entry.code, entry.target) == (Outcome.REFUSED, "last-admin", "admin")


def test_nobody_counts_who_cannot_sign_in(desk: Client, admin: User) -> None:
    invite(desk, role="admin")
    gone = person("manager")
    services.change_rights(WHO, gone, Rights("admin"))
    services.set_active(WHO, gone, active=False)
    with pytest.raises(LastAdminError):
        services.set_active(WHO, admin, active=False)


def test_with_another_admin_one_may_step_down(desk: Client, admin: User) -> None:
    services.change_rights(WHO, person("manager"), Rights("admin"))
    assert save(desk, admin, role="support").status_code == 302
    assert desk.get("/people/").status_code == 403


def test_a_superuser_counts_as_somebody_who_is_left(desk: Client, admin: User) -> None:
    User.objects.create_superuser("root")
    assert save(desk, admin, role="").status_code == 302
