"""The pages of limits: what they say, whom they let in, what they refuse, and that every change is
in the log with what it was."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from accounts.models import ChannelGrant
from audit.models import Change, Entry
from payments.models import Limit
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.forms import filled

NEW = {"role": "manager", "scope": "norce/se", "action_type": "refund", "currency": "sek", "per_action": "1 000,50"}
ADD = reverse("limit-create")


class Desk:
    """The pages of limits in an admin's browser."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def send(self, where: str, **typed: str) -> Any:
        """Opens the form and sends it with this typed into it."""
        return self.client.post(where, filled(self.client.get(where), where, {"password": PASSWORD, **typed}))

    def list(self) -> str:
        return str(self.client.get(reverse("limit-list")).content.decode())


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Desk:
    return Desk(client_of(admin))


@pytest.fixture
def limit(db: None) -> Limit:
    return Limit.objects.create(role="admin", merchant="norce", channel="se", currency="SEK", per_action=500)


def edit(limit: Limit) -> str:
    return reverse("limit-edit", args=[limit.pk])


def newest(action: str) -> Entry:
    return Entry.objects.filter(action=action).latest("sequence")


def give(user: User, *grants: tuple[str, str]) -> None:
    user.channel_grants.all().delete()
    for merchant, channel in grants:
        ChannelGrant.objects.create(user=user, merchant=merchant, channel=channel)


def test_that_no_limits_are_set_is_said_plainly(desk: Desk) -> None:
    assert "No limits are set." in desk.list()
    assert "does so alone, for any amount" in desk.list()


def test_what_came_with_the_desk_stands_among_the_managers_and_can_be_changed(desk: Desk) -> None:
    page = desk.list()
    assert page.count("came with the desk") == 5 + 1, "five currencies, and how they count"
    where = f"{ADD}?currency=SEK"
    assert f'href="{where}"' in page
    form = desk.client.get(where).context["form"]
    shown = {name: str(form[name].value()) for name in ("role", "scope", "currency", "per_action", "per_day")}
    assert shown == {"role": "manager", "scope": "*/*", "currency": "SEK", "per_action": "5000", "per_day": "25000"}
    desk.client.post(ADD, filled(desk.client.get(where), ADD, {"password": PASSWORD, "per_action": "7000"}))
    assert Limit.objects.get().per_action == 7000
    page = desk.list()
    assert page.count("came with the desk") == 4 + 1 and "7,000.00" in page and "5,000.00" in page


def test_deleting_a_managers_limit_says_what_counts_then(desk: Desk) -> None:
    limit = Limit.objects.create(role="manager", currency="SEK", per_action=500)
    assert "what came with the desk" in desk.client.get(reverse("limit-delete", args=[limit.pk])).content.decode()


def test_a_limit_that_was_added_stands_in_the_list_and_in_the_log(desk: Desk) -> None:
    assert desk.send(ADD, **NEW).status_code == 302
    made = Limit.objects.get()
    assert (made.role, made.merchant, made.channel, made.action_type) == ("manager", "norce", "se", "refund")
    assert (made.currency, str(made.per_action), made.per_day) == ("SEK", "1000.5000", None)
    assert "1,000.50" in desk.list() and "No limits are set." not in desk.list()
    entry = newest("payment.limit.create")
    assert (entry.username, entry.merchant, entry.channel) == ("admin", "norce", "se")
    assert Change("per_action", None, "1000.5") in entry.changes


def test_a_change_is_in_the_log_with_what_it_was(desk: Desk, limit: Limit) -> None:
    assert desk.send(edit(limit), per_action="", per_day="2000").status_code == 302
    assert newest("payment.limit.update").changes == [
        Change("per_action", "500", None),
        Change("per_day", None, "2000"),
    ]


def test_saving_what_is_there_already_changes_and_records_nothing(desk: Desk, limit: Limit) -> None:
    assert desk.send(edit(limit)).status_code == 302
    assert not Entry.objects.filter(action__startswith="payment.limit").exists()


def test_deleting_asks_first_and_says_what_goes_alone_then(desk: Desk, limit: Limit) -> None:
    where = reverse("limit-delete", args=[limit.pk])
    assert "the last limit of all" in desk.client.get(where).content.decode()
    Limit.objects.create(role="manager", currency="SEK", per_action=500)
    assert "the last limit of this role" in desk.client.get(where).content.decode()
    assert Limit.objects.exists()
    desk.client.post(where, {"password": PASSWORD})
    assert Limit.objects.get().role == "manager"
    assert Change("per_action", "500", None) in newest("payment.limit.delete").changes


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"role": ""}, "This field is required."),
        ({"currency": "XQZ"}, "There is no such currency."),
        ({"currency": "kr"}, "Write the three letters of a currency"),
        ({"per_action": "1.000.50"}, "Write a number with at most one comma or point"),
        ({"per_action": "10,000"}, "“10,000” can be 10,000.00 or 10.000. Write 10000 or 10."),
        ({"per_action": "-5"}, "This cannot be less than 0."),
        ({"per_action": "1.00001"}, "no more than 4 decimal places"),
        ({"per_action": ""}, "Set at least one of the four"),
        ({"per_action": "", "per_day_count": "-1"}, "greater than or equal to 0"),
        ({"scope": "elsewhere/se"}, "is not one of the available choices"),
        ({"action_type": "refnd"}, "is not one of the available choices"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_beside_the_field(desk: Desk, typed: dict[str, str], says: str) -> None:
    answer = desk.send(ADD, **NEW | typed)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Limit.objects.exists()


def test_nought_is_a_limit(desk: Desk) -> None:
    assert desk.send(ADD, **NEW | {"per_action": "0"}).status_code == 302
    assert "0.00" in desk.list()


def test_there_is_one_limit_of_a_kind(desk: Desk, limit: Limit) -> None:
    same = {"role": "admin", "scope": "norce/se", "action_type": "", "currency": "SEK", "per_day": "1"}
    answer = desk.send(ADD, **same)
    assert answer.status_code == 422 and "There is a limit for this" in answer.content.decode()
    assert Limit.objects.count() == 1


def test_nobody_overwrites_the_limit_of_a_colleague_unseen(desk: Desk, limit: Limit) -> None:
    form = filled(desk.client.get(edit(limit)), edit(limit), {"per_action": "900"})
    Limit.objects.update(per_action=700)
    answer = desk.client.post(edit(limit), form)
    assert answer.status_code == 422 and "Somebody else has changed this limit" in answer.content.decode()
    assert Limit.objects.get().per_action == 700


def test_what_cannot_be_written_into_the_log_is_not_done(desk: Desk, limit: Limit) -> None:
    form = filled(desk.client.get(edit(limit)), edit(limit), {"per_action": "900", "password": PASSWORD})
    with log_out_of_reach():
        assert desk.client.post(edit(limit), form).status_code == 503
        assert desk.client.post(reverse("limit-delete", args=[limit.pk]), {"password": PASSWORD}).status_code == 503
    assert Limit.objects.get().per_action == 500


def test_a_limit_of_other_channels_is_not_found(desk: Desk, admin: User, limit: Limit) -> None:
    Limit.objects.update(per_action=613)
    give(admin, ("norce", "no"))
    assert desk.client.get(edit(limit)).status_code == 404
    assert desk.client.post(reverse("limit-delete", args=[limit.pk])).status_code == 404
    assert "613.00" not in desk.list()


def test_a_limit_of_more_channels_than_theirs_is_shown_and_not_theirs_to_change(desk: Desk, admin: User) -> None:
    wide = Limit.objects.create(role="admin", merchant="norce", currency="SEK", per_action=600)
    give(admin, ("norce", "se"))
    assert "600.00" in desk.list() and edit(wide) not in desk.list()
    assert desk.client.post(edit(wide), NEW).status_code == 403
    assert desk.client.post(reverse("limit-delete", args=[wide.pk])).status_code == 403
    assert Limit.objects.get().per_action == 600


def test_a_limit_can_be_set_for_ones_own_channels_alone(desk: Desk, admin: User) -> None:
    give(admin, ("norce", "se"))
    page = desk.client.get(ADD).content.decode()
    assert "norce/se" in page and "norce/no" not in page and "norce/*" not in page
    assert desk.client.post(ADD, NEW | {"scope": "norce/*"}).status_code == 422
    assert not Limit.objects.exists()


@pytest.mark.parametrize("password", ["", "a guess"])
def test_a_limit_is_neither_added_nor_changed_nor_deleted_without_the_password(
    desk: Desk, limit: Limit, password: str
) -> None:
    for where, typed in ((ADD, NEW), (edit(limit), {"per_action": "777"})):
        answer = desk.send(where, **typed | {"password": password})
        assert (answer.status_code, "Your password" in answer.content.decode()) == (422, True)
        assert f'value="{typed["per_action"]}"' in answer.content.decode(), "what was typed stays"
    where = reverse("limit-delete", args=[limit.pk])
    assert desk.client.post(where, {"password": password}).status_code == 422
    assert str(Limit.objects.get().per_action) == "500.0000"
