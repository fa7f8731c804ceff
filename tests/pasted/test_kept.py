"""What is kept of a paste, whose it is, and for how long."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import ChannelGrant
from orders.models import Paste, PastedLine
from orders.pasted.kept import KEPT, MOST_KEPT
from payments.alerts import pulse
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import put
from tests.pasted.pasting import NEW, lines_of, looked_up, number, paste

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_connections")]


def test_a_paste_is_its_owners_alone(support: User, manager: User, client_of: ClientOf) -> None:
    where = paste(client_of(support), "SE-100001", "SE-100002")
    other = client_of(manager)
    assert other.get(where).status_code == 404
    assert [other.post(f"{where}{what}/").status_code for what in ("on", "stop", "again", "forget")] == [404] * 4
    assert Paste.objects.count() == 1


def test_an_order_of_a_channel_that_is_no_longer_theirs_is_not_shown(support: User, client_of: ClientOf) -> None:
    put(number(1), number(2, "no"))
    client = client_of(support)
    where = paste(client, "SE-100001", "NO-100002")
    looked_up(client, where)
    support.channel_grants.all().delete()
    ChannelGrant.objects.create(user=support, merchant="norce", channel="se")
    found = lines_of(client_of(User.objects.get(pk=support.pk)).get(where).content.decode())
    assert "SE-100001 norce/se" in found[0] and found[1] == "2 NO-100002 Not found in 1 channel"


def test_what_is_kept_is_what_was_looked_up_and_not_the_mail_around_it(support: User, client_of: ClientOf) -> None:
    mail = (
        "Hej, jag heter Karin Ek och är född 811218-9876.\nSE-100001 och SE-100002 kom aldrig fram till Storgatan 12."
    )
    client = client_of(support)
    page = client.get(paste(client, mail)).content.decode()
    kept = [*Paste.objects.values_list(), *PastedLine.objects.values_list()]
    assert not any(word in str(kept) for word in ("Karin", "811218", "Storgatan"))
    assert "One personal number or card in what was pasted was left out" in page


def test_nothing_that_was_pasted_stands_in_the_log_of_the_program(
    support: User, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(support)
    with caplog.at_level("DEBUG"):
        looked_up(client, paste(client, "anna.ek@example.se", "070-765 43 21", "SE-100001"))
    assert not any(word in caplog.text for word in ("anna.ek", "765 43 21", "7654321", "SE-100001"))


def test_it_is_gone_after_its_time_or_when_its_owner_says_so(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    where = paste(client, "SE-100001", "SE-100002")
    with time_machine.travel(timezone.now() + KEPT + dt.timedelta(minutes=1), tick=True):
        again = client_of(support)
        assert again.get(where).status_code == 404
        other = paste(again, "SE-100003", "SE-100004")
        assert Paste.objects.count() == 1, "another paste takes away those that are over their time"
        again.post(f"{other}forget/")
    assert (Paste.objects.count(), PastedLine.objects.count()) == (0, 0)


def test_the_worker_takes_away_what_is_over_its_time(
    support: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    paste(client_of(support), "SE-100001", "SE-100002")
    monkeypatch.setattr(pulse, "_next", 0.0)
    with time_machine.travel(timezone.now() + KEPT + dt.timedelta(minutes=1), tick=True):
        pulse.pulse(looked=False)
    assert (Paste.objects.count(), PastedLine.objects.count()) == (0, 0)


def test_no_more_than_a_few_of_a_person_are_kept(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    made = [paste(client, f"SE-10000{n}", "SE-200000") for n in range(MOST_KEPT + 2)]
    assert [client.get(where).status_code for where in made] == [404, 404, *[200] * MOST_KEPT]
    assert client.get(NEW).content.decode().count("2 pasted") == MOST_KEPT
