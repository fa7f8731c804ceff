"""Mail about queues: to those who want it, with nothing of anybody in it, once, and never on a page's time."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone

from accounts.models import keep_preference
from payments.alerts import pulse
from teamwork import delivery, services
from teamwork.models import Mail, Mailing, Task
from tests.conftest import ClientOf
from tests.teamwork.conftest import ORDER, REFERENCE, MakePerson, asked, assign_url, order_url, who

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def desk(settings: object) -> Iterator[None]:
    settings.DESK_URL = "https://desk.example.com"  # type: ignore[attr-defined]
    yield


def wants(user: User, when: str) -> Mailing:
    return Mailing.objects.update_or_create(user=user, defaults={"when": when})[0]


def later(minutes: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=minutes)


def test_whoever_wants_to_hear_at_once_does_and_reads_no_more_than_the_reference_and_links(
    order: str, anna: User, bo: User
) -> None:
    wants(bo, "at-once")
    asked(anna, bo, text="Zlatan Åkesson, 070-123 45 67, wants his money back")
    assert mail.outbox == []
    assert delivery.send_due() == 1 and delivery.send_due() == 0
    sent = mail.outbox[0]
    assert sent.to == ["bo@example.com"] and sent.subject == f"Order desk: {REFERENCE} waits for you"
    assert f"{REFERENCE} was assigned to you." in sent.body
    assert f"https://desk.example.com{order_url()}" in sent.body and "https://desk.example.com/queue/" in sent.body
    for personal in ("Zlatan", "070", "Anna", "anna", "money"):
        assert personal not in sent.body + sent.subject


@pytest.mark.parametrize(
    ("kind", "words"), [("mention", "A note on %s mentions you."), ("answer", "What you asked about %s was answered.")]
)
def test_a_mail_says_what_it_is(kind: str, words: str, anna: User, bo: User) -> None:
    wants(bo, "at-once")
    asked(anna, bo, kind=kind)
    delivery.send_due()
    assert words % REFERENCE in mail.outbox[0].body


def test_nobody_is_told_who_did_not_ask_for_it_nor_of_what_they_did_themselves(anna: User, bo: User) -> None:
    wants(anna, "at-once")
    asked(anna, bo)
    asked(anna, anna)
    assert delivery.send_due() == 0 and not Mail.objects.exists()


def test_those_of_a_role_are_told_of_what_is_asked_of_it(anna: User, bo: User, colleague: MakePerson) -> None:
    far = colleague("Nora Nord", channels="norce/no")
    for each in (anna, bo, far):
        wants(each, "at-once")
    asked(bo, "support")
    delivery.send_due()
    assert [message.to for message in mail.outbox] == [["anna@example.com"]]
    assert f"{REFERENCE} was assigned to your role." in mail.outbox[0].body


def test_several_things_are_one_mail(anna: User, bo: User) -> None:
    wants(bo, "at-once")
    asked(anna, bo, "o_1", reference="one")
    asked(anna, bo, "o_2", reference="two")
    assert delivery.send_due() == 1
    assert mail.outbox[0].subject == "Order desk: 2 things wait for you" and "one" in mail.outbox[0].body


def test_whoever_is_handed_it_is_told_and_who_had_it_no_more(anna: User, bo: User, colleague: MakePerson) -> None:
    eva = colleague("Eva Dahl")
    wants(bo, "at-once")
    wants(eva, "at-once")
    services.hand_over(asked(anna, bo), who(anna), eva)
    delivery.send_due()
    assert [message.to for message in mail.outbox] == [["eva@example.com"]]


@pytest.mark.parametrize("what", ["done", "deactivated", "lost the channel", "no address"])
def test_what_is_over_before_it_was_told_is_not_told(what: str, anna: User, bo: User) -> None:
    wants(bo, "at-once")
    task = asked(anna, bo)
    if what == "done":
        services.close(task, who(bo))
    elif what == "lost the channel":
        bo.channel_grants.all().delete()
    else:
        change = {"is_active": False} if what == "deactivated" else {"email": ""}
        User.objects.filter(pk=bo.pk).update(**change)
    assert delivery.send_due() == 0 and mail.outbox == [] and Mail.objects.get().next_try_at is None


def test_a_dead_mail_server_holds_no_page_and_loses_no_mail(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    wants(bo, "at-once")
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=smtplib.SMTPServerDisconnected) as send:
        assert client_of(anna).post(assign_url(), {"whom": f"person:{bo.pk}"}).status_code == 302
        assert not send.called
        asked(anna, bo, "o_2")
        assert delivery.send_due() == 0 and send.call_count == 1
        assert delivery.send_due() == 0 and send.call_count == 1  # not before its pause is over
    assert {each.error for each in Mail.objects.all()} == {"SMTPServerDisconnected"}
    assert delivery.send_due(later(2)) == 1 and len(mail.outbox) == 1
    assert delivery.send_due(later(999)) == 0


def test_after_the_first_that_was_not_taken_the_round_ends(anna: User, bo: User, colleague: MakePerson) -> None:
    eva = colleague("Eva Dahl")
    for each in (bo, eva):
        wants(each, "at-once")
        asked(anna, each)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError) as send:
        delivery.send_due()
    assert send.call_count == 1
    assert delivery.send_due(later(5)) == 2


def test_what_is_not_taken_for_days_is_given_up(anna: User, bo: User) -> None:
    wants(bo, "at-once")
    asked(anna, bo)
    Mail.objects.update(created_at=timezone.now() - dt.timedelta(days=3))
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        delivery.send_due()
    assert Mail.objects.get().next_try_at is None


def test_two_workers_send_one_mail(anna: User, bo: User) -> None:
    wants(bo, "at-once")
    asked(anna, bo)
    seen = Mail.objects.get()
    assert delivery._take(seen, timezone.now()) and not delivery._take(seen, timezone.now())


def test_what_is_rolled_back_is_not_told(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    wants(bo, "at-once")
    with mock.patch("teamwork.outbox.Mail.objects.bulk_create", side_effect=OSError), pytest.raises(OSError):
        asked(anna, bo)
    assert not Task.objects.exists() and not Mail.objects.exists()


# Once a day


def test_once_a_day_from_the_morning_on_in_the_persons_zone(anna: User, bo: User) -> None:
    keep_preference(bo, time_zone="America/New_York")
    wants(bo, "daily")
    asked(anna, bo)
    there = ZoneInfo("America/New_York")
    times = [(4, 6, 59), (4, 7, 0), (4, 7, 1), (4, 23, 59), (5, 0, 1), (5, 6, 59), (5, 9, 0)]
    sent = [delivery.send_due(dt.datetime(2026, 5, day, hour, minute, tzinfo=there)) for day, hour, minute in times]
    assert sent == [0, 1, 0, 0, 0, 0, 1]


def test_nothing_that_waits_is_no_mail(bo: User) -> None:
    wants(bo, "daily")
    assert delivery.send_due(NOON) == 0 and mail.outbox == []
    assert Mailing.objects.get().told_on == dt.date(2026, 5, 4)


def test_a_daily_mail_that_was_not_taken_is_sent_later_that_day_once(anna: User, bo: User) -> None:
    wants(bo, "daily")
    asked(anna, bo)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        assert delivery.send_due(NOON) == 0
    assert delivery.send_due(NOON + dt.timedelta(seconds=10)) == 0
    assert delivery.send_due(NOON + dt.timedelta(minutes=3)) == 1
    assert delivery.send_due(NOON + dt.timedelta(hours=3)) == 0


def test_a_long_queue_is_told_in_part_and_how_much_more_there_is(anna: User, bo: User) -> None:
    wants(bo, "daily")
    for number in range(23):
        asked(anna, bo, f"o_{number}", reference=f"n{number}", due=dt.date(2026, 5, 4))
    delivery.send_due(NOON)
    assert "And 3 more." in mail.outbox[0].body and mail.outbox[0].body.count("was assigned to you") == 20


# Settings and choices


def test_without_the_desks_address_nobody_is_mailed(
    anna: User, bo: User, settings: object, client_of: ClientOf
) -> None:
    settings.DESK_URL = ""  # type: ignore[attr-defined]
    wants(bo, "at-once")
    asked(anna, bo)
    assert delivery.send_due() == 0 and not Mail.objects.exists()
    assert "This desk sends no mail" in client_of(bo).get("/queue/mail/").content.decode()


@pytest.mark.parametrize(("address", "is_fine"), [("https://desk.example.com", True), ("desk.example.com", False)])
def test_an_address_that_leads_nowhere_is_refused(address: str, is_fine: bool, settings: object) -> None:
    settings.DESK_URL = address  # type: ignore[attr-defined]
    assert (not any(each.id == "teamwork.E001" for each in run_checks())) is is_fine


def test_a_person_chooses_when_they_are_told(bo: User, client_of: ClientOf) -> None:
    client = client_of(bo)
    assert "No mail" in client.get("/queue/mail/").content.decode()
    assert client.post("/queue/mail/", {"when": "daily"}).status_code == 302
    assert Mailing.objects.get(user=bo).when == "daily"
    assert client.post("/queue/mail/", {"when": "hourly"}).status_code == 422
    client.post("/queue/mail/", {"when": ""})
    assert Mailing.objects.get(user=bo).when == ""


def test_somebody_without_an_address_is_told_that_they_have_none(bo: User, client_of: ClientOf) -> None:
    User.objects.filter(pk=bo.pk).update(email="")
    assert "no e-mail address" in client_of(bo).get("/queue/mail/").content.decode()


def test_the_payments_worker_sends_it(anna: User, bo: User) -> None:
    wants(bo, "at-once")
    asked(anna, bo, order_id=ORDER)
    with mock.patch("payments.alerts.pulse._next", 0.0):
        pulse.pulse(looked=False)
    assert len(mail.outbox) == 1
    call_command("check")
