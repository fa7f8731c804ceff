"""One person who takes over a colleague's account is still one person: they do not approve what they asked for."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AccountChange
from accounts.people import services
from accounts.people.services import Newcomer, Rights, rights_of
from audit.log import Who
from audit.models import Entry, Outcome
from order_api import OrderApi
from payments.approvals import requests
from payments.models import Execution, State
from tests.conftest import PASSWORD, ClientOf
from tests.payments.requests import address, captures, fresh, page, says_yes, who

pytestmark = pytest.mark.django_db
NEW = "a password of the thief's own 1"
Kind = AccountChange.Kind


def as_colleague(thief: Client, person: User) -> Client:
    """A browser in which somebody signed in as that person, by a link that the first browser made."""
    thief.post(f"/people/{person.pk}/link/", {"password": PASSWORD})
    shown = thief.get(f"/people/{person.pk}/").content.decode()
    link = re.search(r">http://testserver(/accounts/link/[^<]+)<", shown)
    assert link
    theirs = Client()
    theirs.post(link[1], {"new_password1": NEW, "new_password2": NEW})
    assert theirs.post("/accounts/login/", {"login": person.username, "password": NEW})["Location"] == "/"
    return theirs


def change(person: User, by: User | None, kind: str = Kind.LINK, ago: float = 0) -> None:
    """What somebody did to an account so many hours ago."""
    at = timezone.now() - dt.timedelta(hours=ago)
    AccountChange.objects.create(person=person, by=by, by_name=by.username if by else "", kind=kind, at=at)


def may_approve(person: User, execution: Execution) -> bool:
    return requests.tie_of(person, fresh(execution)) is None


def test_whoever_asked_does_not_approve_as_a_colleague(
    api: OrderApi, waiting: Execution, admin: User, second: User, client_of: ClientOf
) -> None:
    """`waiting` was asked for by admin."""
    theirs = as_colleague(client_of(admin), second)
    assert "You cannot approve this: somebody else has to." in page(theirs, waiting)
    assert address(waiting, "approve") not in page(theirs, waiting)
    answer = theirs.post(address(waiting, "approve"), says_yes(waiting))
    assert answer.status_code == 403
    assert "You cannot approve this: somebody else has to." in answer.content.decode()
    assert (fresh(waiting).state, captures(api, waiting)) == (State.WAITING, 0)
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.outcome, entry.code) == ("denied", Outcome.DENIED, "account-changed")
    assert (entry.username, entry.target, entry.message) == ("second", waiting.payment_id, "admin password second")


def test_turning_it_down_moves_nothing_and_stays_theirs(waiting: Execution, admin: User, second: User) -> None:
    change(second, admin)
    requests.turn_down(waiting, second, who(second), "No")
    assert fresh(waiting).state == State.TURNED_DOWN


def test_the_service_refuses_as_well_as_the_page(api: OrderApi, waiting: Execution, admin: User, second: User) -> None:
    change(second, admin)
    with pytest.raises(requests.OnePersonError):
        requests.approve(api, waiting, second, who(second))
    assert fresh(waiting).state == State.WAITING


@pytest.mark.parametrize("kind", Kind.values)
def test_whatever_the_asker_changed_of_the_approver_counts(
    waiting: Execution, admin: User, second: User, kind: str
) -> None:
    change(second, admin, kind)
    assert not may_approve(second, waiting)


def test_somebody_nobody_changed_may_approve(waiting: Execution, admin: User, second: User, third: User) -> None:
    change(second, admin)
    assert may_approve(third, waiting)


def test_after_a_day_it_is_forgotten(waiting: Execution, admin: User, second: User, settings: Settings) -> None:
    change(second, admin, ago=24.1)
    assert may_approve(second, waiting)
    settings.PAYMENT_CHANGED_ACCOUNT_TIME = dt.timedelta(hours=48)
    assert not may_approve(second, waiting)
    settings.PAYMENT_CHANGED_ACCOUNT_TIME = dt.timedelta(0)
    assert may_approve(second, waiting), "nought turns it off"


def test_waiting_for_the_day_to_pass_does_not_help_with_what_was_asked_before(
    waiting: Execution, admin: User, second: User
) -> None:
    change(second, admin)
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        assert not may_approve(second, waiting)


def test_a_link_made_days_ago_counts_from_its_use(waiting: Execution, admin: User, second: User) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(days=2)):
        link = services.new_link(who(admin), second, "code")
    assert may_approve(second, waiting)
    services.use_link(Who(""), link, NEW)
    assert not may_approve(second, waiting)


def by_way_of_another(admin: User, second: User, third: User) -> None:
    """The asker takes over one colleague, and as that one the next."""
    change(third, admin)
    change(second, third)


def asker_taken_over(admin: User, second: User, third: User) -> None:
    """The approver takes over the asker, and asks as them."""
    change(admin, second)


def both_taken_over(admin: User, second: User, third: User) -> None:
    """A third person takes over both."""
    change(admin, third)
    change(second, third, Kind.PASSWORD)


def rights_by_somebody_taken_over(admin: User, second: User, third: User) -> None:
    """The asker takes over a colleague, and gives the approver their rights as that one."""
    change(third, admin)
    change(second, third, Kind.RIGHTS)


def nobody_knows_who(admin: User, second: User, third: User) -> None:
    change(second, None)


@pytest.mark.parametrize(
    "way",
    [by_way_of_another, asker_taken_over, both_taken_over, rights_by_somebody_taken_over, nobody_knows_who],
)
def test_there_is_no_way_round_it(
    waiting: Execution, admin: User, second: User, third: User, way: Callable[[User, User, User], None]
) -> None:
    way(admin, second, third)
    assert not may_approve(second, waiting)


def rights_of_the_asker(admin: User, second: User, third: User) -> None:
    """Nobody can act as somebody whose rights they changed."""
    change(admin, second, Kind.RIGHTS)


def rights_of_both(admin: User, second: User, third: User) -> None:
    change(admin, third, Kind.RIGHTS)
    change(second, third, Kind.RIGHTS)


def something_of_a_bystander(admin: User, second: User, third: User) -> None:
    change(third, admin)
    change(third, second)


@pytest.mark.parametrize("way", [rights_of_the_asker, rights_of_both, something_of_a_bystander])
def test_two_people_who_decided_for_themselves_stay_two(
    waiting: Execution, admin: User, second: User, third: User, way: Callable[[User, User, User], None]
) -> None:
    way(admin, second, third)
    assert may_approve(second, waiting)


def test_neither_reading_it_nor_deactivating_nor_giving_it_back_lifts_it(
    waiting: Execution, admin: User, second: User, client_of: ClientOf
) -> None:
    rights = rights_of(second)
    services.change_rights(who(admin), second, Rights("admin", frozenset({"norce/*"})))
    services.change_rights(who(admin), second, rights)
    services.set_active(who(admin), second, active=False)
    services.set_active(who(admin), second, active=True)
    numbers = list(AccountChange.objects.values_list("pk", flat=True))
    client_of(User.objects.get(pk=second.pk)).post("/accounts/changes/read/", {"change": numbers})
    assert not AccountChange.objects.filter(read_at=None).exists()
    assert not may_approve(second, waiting)


def test_a_second_account_made_today_is_the_same_person(waiting: Execution, admin: User) -> None:
    puppet = services.invite(who(admin), Newcomer("puppet"), Rights("admin", frozenset({"*/*"})))
    assert not may_approve(puppet, waiting)
