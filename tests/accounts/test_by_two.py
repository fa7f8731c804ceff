"""With RIGHTS_BY_TWO, nobody alone changes limits, or the rights, links and accounts of those who may move money."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AccountChange, ChannelGrant, OneTimeLink, PendingChange
from accounts.people import pending
from accounts.people.services import rights_of
from audit.models import Change, Entry
from payments.models import FourEyes, Limit
from tests.accounts.test_people import NEW, link_in, save
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.forms import filled

pytestmark = pytest.mark.django_db
GIVEN = {"password": PASSWORD}
LIMIT = {"role": "manager", "scope": "norce/se", "action_type": "refund", "currency": "SEK", "per_action": "1000.50"}


def another_admin(name: str) -> User:
    user = User.objects.create_user(name, f"{name}@example.com", PASSWORD)
    user.groups.add(Group.objects.get(name="admin"))
    ChannelGrant.objects.create(user=user, merchant="*", channel="*")
    return user


@pytest.fixture(autouse=True)
def by_two(settings: Settings) -> None:
    settings.RIGHTS_BY_TWO = True


@pytest.fixture
def second(db: None) -> User:
    return another_admin("second")


@pytest.fixture
def third(db: None) -> User:
    return another_admin("third")


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    """The browser of an admin who asks."""
    return client_of(admin)


@pytest.fixture
def other(second: User, client_of: ClientOf) -> Client:
    """The browser of an admin who confirms."""
    return client_of(second)


def the_one() -> PendingChange:
    return PendingChange.objects.get()


def say(client: Client, what: str, **typed: str) -> Any:
    return client.post(reverse(what, args=[the_one().pk]), GIVEN | typed, follow=True)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def newest(action: str) -> Entry:
    return Entry.objects.filter(action=action).latest("sequence")


def test_making_somebody_an_admin_waits_and_is_in_force_once_a_second_one_confirms(
    desk: Client, other: Client, support: User
) -> None:
    answer = save(desk, support, role="admin")
    assert "another admin has to confirm it" in desk.get(answer["Location"]).content.decode()
    assert rights_of(fresh(support)).role == "support"
    page = other.get("/people/").content.decode()
    assert "Waits for a second person" in page and "role: support → admin" in page and "asked for by admin" in page
    assert "Confirmed" in say(other, "pending-confirm").content.decode()
    assert rights_of(fresh(support)).role == "admin"
    assert [newest(action).username for action in ("change.ask", "change.confirm")] == ["admin", "second"]
    assert Change("role", "support", "admin") in newest("change.ask").changes
    assert newest("person.rights.change").username == "second"
    told = AccountChange.objects.filter(person=support).values_list("by_name", flat=True)
    assert set(told) == {"admin", "second"}, "both are named to whom it is about, and neither is approved by them"
    assert "Waits for a second person" not in other.get("/people/").content.decode()


def test_who_asked_does_not_confirm(desk: Client, support: User) -> None:
    save(desk, support, role="admin")
    page = desk.get("/people/").content.decode()
    assert "somebody else has to confirm it" in page and reverse("pending-confirm", args=[the_one().pk]) not in page
    assert say(desk, "pending-confirm").status_code == 403
    assert (rights_of(fresh(support)).role, the_one().is_made) == ("support", None)


def test_whom_it_is_about_does_not_confirm(desk: Client, second: User, other: Client) -> None:
    save(desk, second, channels=["norce/se"])
    assert "It is about you" in other.get(f"/people/{second.pk}/").content.decode()
    assert say(other, "pending-confirm").status_code == 403


def test_somebody_taken_over_by_the_asker_does_not_confirm(
    desk: Client, support: User, admin: User, second: User, other: Client
) -> None:
    save(desk, support, role="admin")
    AccountChange.objects.create(
        person=second,
        by=admin,
        by_name="admin",
        kind=AccountChange.Kind.LINK,
        at=timezone.now(),
        read_at=timezone.now(),
    )
    assert "one person could stand" in other.get("/people/").content.decode()
    assert say(other, "pending-confirm").status_code == 403
    assert rights_of(fresh(support)).role == "support"


def test_confirming_asks_for_the_password(desk: Client, other: Client, support: User) -> None:
    save(desk, support, role="admin")
    answer = other.post(reverse("pending-confirm", args=[the_one().pk]))
    assert (answer.status_code, "Your password" in answer.content.decode()) == (422, True)
    assert rights_of(fresh(support)).role == "support"


def test_what_does_not_lead_to_money_goes_alone(desk: Client, support: User) -> None:
    save(desk, support, channels=["norce/se"])
    assert rights_of(fresh(support)).channels == {"norce/se"}
    assert link_in(desk.post(f"/people/{support.pk}/link/", GIVEN, follow=True).content.decode())
    assert not PendingChange.objects.exists()


def test_a_right_beside_the_role_to_move_money_waits_and_another_does_not(desk: Client, support: User) -> None:
    save(desk, support, extras=["accounts.view_personal_data"])
    assert not PendingChange.objects.exists()
    save(desk, support, extras=["accounts.execute_payment_action"])
    assert the_one().kind == pending.Kind.RIGHTS
    assert not fresh(support).has_perm("accounts.execute_payment_action")


def test_taking_the_right_away_waits_too(desk: Client, second: User) -> None:
    save(desk, second, role="support")
    assert rights_of(fresh(second)).role == "admin"


def test_a_group_that_may_counts_by_what_it_may(desk: Client, support: User) -> None:
    save(desk, support, role="manager")
    assert rights_of(fresh(support)).role == "support", "managers execute"
    Group.objects.get(name="manager").permissions.remove(Permission.objects.get(codename="execute_payment_action"))
    PendingChange.objects.all().delete()
    save(desk, support, role="manager")
    assert rights_of(fresh(support)).role == "manager"


def test_a_link_for_who_moves_money_is_made_and_shown_once_it_is_confirmed(
    desk: Client, other: Client, third: User
) -> None:
    assert not link_in(desk.post(f"/people/{third.pk}/link/", GIVEN, follow=True).content.decode())
    assert not OneTimeLink.objects.exists()
    assert link_in(say(other, "pending-confirm").content.decode())
    made = AccountChange.objects.filter(person=third, kind=AccountChange.Kind.LINK)
    assert set(made.values_list("by_name", flat=True)) == {"admin", "second"}


def test_an_account_that_may_is_activated_by_two(desk: Client, other: Client, third: User) -> None:
    User.objects.filter(pk=third.pk).update(is_active=False)
    desk.post(f"/people/{third.pk}/activate/", GIVEN)
    assert not fresh(third).is_active
    say(other, "pending-confirm")
    assert fresh(third).is_active


def test_shutting_somebody_out_goes_alone(desk: Client, third: User) -> None:
    desk.post(f"/people/{third.pk}/deactivate/")
    assert not fresh(third).is_active


def test_somebody_invited_as_an_admin_has_no_rights_before_it_is_confirmed(desk: Client, other: Client) -> None:
    invited = desk.post("/people/invite/", NEW | GIVEN | {"role": "admin", "channels": ["norce/se"]}, follow=True)
    assert link_in(invited.content.decode())
    signe = User.objects.get(username="signe")
    assert rights_of(signe).role == ""
    say(other, "pending-confirm")
    assert rights_of(fresh(signe)).role == "admin"


def test_it_is_turned_down_or_taken_back_and_then_over(desk: Client, other: Client, support: User) -> None:
    save(desk, support, role="admin")
    assert "Nothing was changed" in say(other, "pending-drop").content.decode()
    assert (newest("change.drop").username, newest("change.drop").target) == ("second", "support")
    assert "It is over" in say(other, "pending-confirm").content.decode()
    assert "It is over" in say(desk, "pending-drop").content.decode()
    assert rights_of(fresh(support)).role == "support"


def test_after_three_days_it_is_over(desk: Client, other: Client, support: User) -> None:
    save(desk, support, role="admin")
    PendingChange.objects.update(asked_at=timezone.now() - pending.LASTS)
    assert "Waits for a second person" not in other.get("/people/").content.decode()
    assert "It is over" in say(other, "pending-confirm").content.decode()


def test_rights_that_were_changed_since_are_not_overwritten(desk: Client, other: Client, support: User) -> None:
    save(desk, support, role="admin")
    save(desk, support, role="")
    assert "Somebody else has changed these rights" in say(other, "pending-confirm").content.decode()
    assert (rights_of(fresh(support)).role, the_one().is_made) == ("", None)


def test_what_cannot_be_recorded_is_neither_asked_nor_confirmed(desk: Client, other: Client, support: User) -> None:
    where, shown = f"/people/{support.pk}/", desk.get(f"/people/{support.pk}/").context["form"].initial
    with log_out_of_reach():
        assert "could not be written" in desk.post(where, shown | GIVEN | {"role": "admin"}).content.decode()
    assert not PendingChange.objects.exists()
    save(desk, support, role="admin")
    other.post("/people/invite/", GIVEN)  # the password is given before
    with log_out_of_reach():
        assert other.post(reverse("pending-confirm", args=[the_one().pk])).status_code == 503
    assert (rights_of(fresh(support)).role, the_one().is_made) == ("support", None)


# Limits


def send(client: Client, where: str, **typed: str) -> Any:
    return client.post(where, filled(client.get(where), where, GIVEN | typed), follow=True)  # type: ignore[arg-type]


@pytest.fixture
def limit(db: None) -> Limit:
    return Limit.objects.create(role="admin", merchant="norce", channel="se", currency="SEK", per_action=500)


def test_a_limit_is_added_by_two(desk: Client, other: Client) -> None:
    assert "has to confirm it" in send(desk, reverse("limit-create"), **LIMIT).content.decode()
    assert not Limit.objects.exists()
    page = other.get(reverse("limit-list")).content.decode()
    assert "per_action: – → 1000.5" in page and "Confirm" in page
    say(other, "limit-confirm")
    assert str(Limit.objects.get().per_action) == "1000.5000"
    assert newest("payment.limit.create").username == "second"


def test_a_limit_is_changed_by_two(desk: Client, other: Client, limit: Limit) -> None:
    send(desk, reverse("limit-edit", args=[limit.pk]), per_action="900", per_day_count="3")
    assert Limit.objects.get().per_action == 500
    say(other, "limit-confirm")
    assert Limit.objects.get().per_action == 900
    assert Limit.objects.get().per_day_count == 3


def test_a_limit_is_deleted_by_two(desk: Client, other: Client, limit: Limit) -> None:
    desk.post(reverse("limit-delete", args=[limit.pk]), GIVEN)
    assert Limit.objects.exists()
    assert say(desk, "limit-confirm").status_code == 403
    say(other, "limit-confirm")
    assert not Limit.objects.exists()


def test_no_change_waits_for_nobody(desk: Client, limit: Limit) -> None:
    assert "Nothing was different" in send(desk, reverse("limit-edit", args=[limit.pk])).content.decode()
    assert not PendingChange.objects.exists()


def test_a_limit_that_was_changed_since_is_not_overwritten(desk: Client, other: Client, limit: Limit) -> None:
    send(desk, reverse("limit-edit", args=[limit.pk]), per_action="900")
    Limit.objects.update(per_action=700)
    assert "not as it was when this was asked for" in say(other, "limit-confirm").content.decode()
    assert Limit.objects.get().per_action == 700
    assert the_one().is_made is None


def test_a_limit_of_channels_that_are_not_theirs_is_neither_shown_nor_confirmed(
    desk: Client, other: Client, second: User, limit: Limit
) -> None:
    send(desk, reverse("limit-edit", args=[limit.pk]), per_action="900")
    second.channel_grants.all().delete()
    ChannelGrant.objects.create(user=second, merchant="norce", channel="no")
    assert "900" not in other.get(reverse("limit-list")).content.decode()
    assert "It is over" in say(other, "limit-confirm").content.decode()
    assert "It is over" in say(other, "limit-drop").content.decode()
    assert Limit.objects.get().per_action == 500


def test_a_change_of_people_is_not_confirmed_on_the_page_of_limits(desk: Client, other: Client, support: User) -> None:
    save(desk, support, role="admin")
    assert "It is over" in say(other, "limit-confirm").content.decode()
    assert rights_of(fresh(support)).role == "support"


def test_a_limit_is_taken_back(desk: Client, limit: Limit) -> None:
    desk.post(reverse("limit-delete", args=[limit.pk]), GIVEN)
    assert "Nothing was changed" in say(desk, "limit-drop").content.decode()
    assert the_one().is_made is False


# Four eyes


def test_four_eyes_are_added_changed_and_deleted_by_two(desk: Client, other: Client) -> None:
    add = {"scope": "norce/se", "action_type": "refund", "mode": "always", "two_above": "1000", "currency": "SEK"}
    assert "has to confirm it" in send(desk, reverse("four-eyes-create"), **add).content.decode()
    assert not FourEyes.objects.exists()
    page = other.get(reverse("four-eyes-list")).content.decode()
    assert "two_above: – → 1000" in page and "Confirm" in page
    assert say(desk, "four-eyes-confirm").status_code == 403
    say(other, "four-eyes-confirm")
    made = FourEyes.objects.get()
    assert (made.mode, str(made.two_above), made.currency) == ("always", "1000.0000", "SEK")
    assert newest("payment.four-eyes.create").username == "second"
    PendingChange.objects.all().delete()
    send(desk, reverse("four-eyes-edit", args=[made.pk]), mode="never", two_above="")
    assert FourEyes.objects.get().mode == "always"
    say(other, "four-eyes-confirm")
    assert (FourEyes.objects.get().mode, FourEyes.objects.get().two_above) == ("never", None)
    PendingChange.objects.all().delete()
    desk.post(reverse("four-eyes-delete", args=[made.pk]), GIVEN)
    assert FourEyes.objects.exists()
    say(other, "four-eyes-confirm")
    assert not FourEyes.objects.exists()


def test_a_change_of_four_eyes_is_not_confirmed_on_the_page_of_limits(desk: Client, other: Client) -> None:
    send(desk, reverse("four-eyes-create"), scope="norce/se", mode="always")
    assert "Waits for a second person" not in other.get(reverse("limit-list")).content.decode()
    for what in ("limit-confirm", "limit-drop"):
        assert "It is over" in say(other, what).content.decode()
    assert the_one().is_made is None
    assert "Nothing was changed" in say(desk, "four-eyes-drop").content.decode()
    assert the_one().is_made is False
