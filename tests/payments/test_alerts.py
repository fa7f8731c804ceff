"""What is an alert, since when, and whom it concerns."""

import datetime as dt
import io

import pytest
from django.contrib.auth.models import Permission, User
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ChannelGrant
from payments.alerts import heartbeat, rules
from payments.alerts.models import Heartbeat
from payments.alerts.rules import Kind
from payments.models import Execution, ExternalMove, State
from tests.conftest import ClientOf
from tests.orders.pages import text_of
from tests.payments.conftest import Attempt

pytestmark = pytest.mark.django_db
MINUTES, HOURS = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def somebody_looks(db: None) -> None:
    heartbeat.beat()


def aged(execution: Execution, by: dt.timedelta) -> Execution:
    """As if it had all been so long ago."""
    execution.created_at -= by
    if execution.sent_at:
        execution.sent_at -= by
    execution.save()
    return execution


def moved_elsewhere(execution: Execution) -> ExternalMove:
    return ExternalMove.objects.create(
        execution=execution, mark="a-mark", action_type="refund", amount="499.00", found_at=timezone.now()
    )


def found() -> list[tuple[Kind, str]]:
    return [(alarm.kind, alarm.subject) for alarm in rules.alarms()]


def only_in(user: User, merchant: str, channel: str) -> None:
    user.channel_grants.all().delete()
    ChannelGrant.objects.create(user=user, merchant=merchant, channel=channel)


def page(client_of: ClientOf, user: User) -> str:
    return text_of(client_of(user).get(reverse("alert-list")))


def link_in_the_frame(client_of: ClientOf, user: User) -> str:
    html = client_of(user).get(reverse("preferences")).content.decode()
    link = html.partition(f'href="{reverse("alert-list")}"')[2].partition("</a>")[0]
    return " ".join(link.replace("<", " <").replace(">", "> ").split())


# What is one


@pytest.mark.parametrize(
    ("day", "kind", "after"),
    [("error", Kind.DOUBT, 15 * MINUTES), ("pending", Kind.PENDING, 24 * HOURS)],
)
def test_what_is_not_settled_is_an_alert_after_its_time(
    attempt: Attempt, day: str, kind: Kind, after: dt.timedelta
) -> None:
    execution = aged(attempt(day), after - MINUTES)
    assert found() == []
    aged(execution, MINUTES)
    (alarm,) = rules.alarms()
    assert (alarm.kind, alarm.subject, alarm.since) == (kind, str(execution.pk), execution.sent_at)
    assert (alarm.where, alarm.address) == (
        "norce/se",
        reverse("execution-detail", args=[execution.in_channel, execution.pk]),
    )


def test_what_a_dead_process_left_is_an_alert_too(attempt: Attempt) -> None:
    execution = aged(attempt("error"), 16 * MINUTES)
    for state in (State.PREPARED, State.SENDING):
        Execution.objects.update(state=state)
        assert found() == [(Kind.DOUBT, str(execution.pk))]


def test_what_is_contradicted_is_an_alert_at_once_and_until_somebody_has_looked(attempt: Attempt) -> None:
    execution = attempt("")
    assert found() == []
    Execution.objects.update(state=State.CONTRADICTED)
    assert found() == [(Kind.CONTRADICTED, str(execution.pk))]
    Execution.objects.update(state=State.DONE)
    assert found() == []


def test_money_that_others_moved_is_an_alert_until_it_is_acknowledged(attempt: Attempt) -> None:
    move = moved_elsewhere(attempt(""))
    assert found() == [(Kind.EXTERNAL, str(move.pk))]
    ExternalMove.objects.update(acknowledged_at=timezone.now())
    assert found() == []


def test_a_request_that_waits_is_an_alert_while_it_can_be_approved(waiting: Execution) -> None:
    assert found() == []
    aged(waiting, 31 * MINUTES)
    assert found() == [(Kind.APPROVAL, str(waiting.pk))]
    Execution.objects.update(expires_at=timezone.now())
    assert found() == []


def test_the_times_are_settings(attempt: Attempt, settings: Settings) -> None:
    aged(attempt("error"), 2 * MINUTES)
    settings.PAYMENT_ALERT_DOUBT = MINUTES
    assert [kind for kind, _ in found()] == [Kind.DOUBT]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAYMENT_ALERT_DOUBT", dt.timedelta()),
        ("PAYMENT_ALERT_PENDING", -HOURS),
        ("PAYMENT_ALERT_APPROVAL", dt.timedelta()),
        ("PAYMENT_ALERT_HEARTBEAT", MINUTES),
        ("ALERT_WEBHOOK_URL", "http://alerts.example.com/"),
        ("ALERT_WEBHOOK_URL", "ftp://alerts.example.com/"),
        ("ALERT_WEBHOOK_URL", "https://"),
        ("ALERT_WEBHOOK_URL", "https://a b/"),
        ("ALERT_WEBHOOK_SECRET", "short"),
    ],
)
def test_the_desk_does_not_start_with_alerts_that_could_reach_nobody_or_anybody(
    settings: Settings, name: str, value: object
) -> None:
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = "https://alerts.example.com/desk", "x" * 16
    assert "payments.E002" not in [message.id for message in run_checks()]
    setattr(settings, name, value)
    assert "payments.E002" in [message.id for message in run_checks()]


# What it says


def test_no_alert_says_anything_of_a_person_or_of_the_money(attempt: Attempt) -> None:
    """Whatever the provider, the customer or a colleague wrote stays in the desk."""
    aged(attempt("error"), 16 * MINUTES)
    moved_elsewhere(aged(attempt("pending"), 25 * HOURS))
    for state in (State.CONTRADICTED, State.WAITING):
        Execution.objects.filter(pk=aged(attempt(""), HOURS).pk).update(state=state)
    secret = "åsa.lindström@example.com +46 70 123 45 67"
    Execution.objects.update(
        order_reference=secret, payment_reference=secret, method=secret, note=secret, message=secret,
        action_type=secret, asked_by_name=secret, check_error=secret, code=secret,
    )  # fmt: skip
    ExternalMove.objects.update(amount=secret, note=secret, line_json=f'["{secret}"]')
    alarms = rules.alarms()
    assert {alarm.kind for alarm in alarms} == set(Kind) - {Kind.HEARTBEAT, Kind.LOG}
    assert not [alarm for alarm in alarms if "@" in str(alarm) or "123" in alarm.says or "499" in alarm.says]
    assert "A payment action waits for a second person." in [alarm.says for alarm in alarms]


# Whom it concerns


def test_the_frame_counts_the_alerts_of_those_who_may_execute(
    attempt: Attempt, client_of: ClientOf, admin: User, support: User
) -> None:
    assert link_in_the_frame(client_of, admin) == ""
    aged(attempt("error"), 16 * MINUTES)
    assert "1 </span> <span> alert </span>" in link_in_the_frame(client_of, admin)
    aged(attempt("pending"), 25 * HOURS)
    assert "2 </span> <span> alerts </span>" in link_in_the_frame(client_of, admin)
    assert link_in_the_frame(client_of, support) == ""
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    assert "2 </span>" in link_in_the_frame(client_of, support)


def test_the_page_lists_them_the_oldest_first_with_the_way_to_each(
    attempt: Attempt, client_of: ClientOf, admin: User
) -> None:
    assert "There is no alert" in page(client_of, admin)
    execution = aged(attempt("error"), 16 * MINUTES)
    aged(attempt("pending"), 25 * HOURS)
    text = page(client_of, admin)
    assert 0 < text.index("Pending for long") < text.index("It is not known whether a capture was done.")
    html = client_of(admin).get(reverse("alert-list")).content.decode()
    assert f'href="{reverse("execution-detail", args=[execution.in_channel, execution.pk])}"' in html


def test_nobody_hears_of_what_is_in_a_channel_that_is_not_theirs(
    attempt: Attempt, client_of: ClientOf, admin: User
) -> None:
    moved_elsewhere(aged(attempt("error"), 16 * MINUTES))
    for grant, count in {("norce", "no"): 0, ("norce", "*"): 2, ("*", "se"): 2, ("norce", "se"): 2}.items():
        only_in(admin, *grant)
        again = User.objects.get(pk=admin.pk)
        assert page(client_of, again).count("norce/se") == count, grant
        assert bool(link_in_the_frame(client_of, again)) == bool(count)
    admin.channel_grants.all().delete()
    assert "norce/se" not in page(client_of, User.objects.get(pk=admin.pk))


def test_a_channel_that_was_taken_out_of_the_settings_hides_no_alert(
    attempt: Attempt, client_of: ClientOf, admin: User, settings: Settings
) -> None:
    execution = aged(attempt("error"), 16 * MINUTES)
    settings.ORDER_API_CHANNELS = ["norce/no"]
    address = reverse("execution-detail", args=[execution.in_channel, execution.pk])
    assert "norce/se" in page(client_of, admin)
    assert address in client_of(admin).get(reverse("alert-list")).content.decode()
    assert client_of(admin).get(address).status_code == 200
    assert found() == [(Kind.DOUBT, str(execution.pk))]


def test_whoever_asked_is_not_told_that_it_waits_as_they_cannot_approve_it(
    waiting: Execution, client_of: ClientOf, admin: User, second: User
) -> None:
    aged(waiting, HOURS)
    assert link_in_the_frame(client_of, admin) == ""
    assert "1 </span>" in link_in_the_frame(client_of, second)
    assert reverse("approval-detail", args=[waiting.in_channel, waiting.pk]) in client_of(second).get(
        reverse("alert-list")
    ).content.decode()  # fmt: skip


def test_what_concerns_the_whole_desk_is_for_admins(
    attempt: Attempt, client_of: ClientOf, admin: User, support: User
) -> None:
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    aged(attempt(""), 10 * MINUTES)
    heartbeat.beat(timezone.now() - 6 * MINUTES)
    Heartbeat.objects.update(log_broken_at=timezone.now(), log_says="entry 7 was changed")
    assert "2 </span>" in link_in_the_frame(client_of, admin)
    assert "The audit log does not hold: entry 7 was changed." in page(client_of, admin)
    assert "Nobody looks" in page(client_of, admin)
    assert link_in_the_frame(client_of, support) == ""
    assert "There is no alert" in page(client_of, support)


def test_more_than_the_page_shows_is_said(
    attempt: Attempt, client_of: ClientOf, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("error", "timeout-before", "error"):
        aged(attempt(day), 16 * MINUTES)
    monkeypatch.setattr("payments.views.alerts.MOST", 1)
    assert "2 more are not shown here." in page(client_of, admin)


def test_the_count_is_one_statement(attempt: Attempt, admin: User) -> None:
    moved_elsewhere(aged(attempt("error"), 16 * MINUTES))
    Heartbeat.objects.all().delete()
    Heartbeat.objects.create(log_broken_at=timezone.now())
    reach = rules.reach_of(admin)
    assert reach
    with CaptureQueriesContext(connection) as asked:
        assert rules.count(reach) == len(rules.alarms(reach)) == 4
    assert "UNION" in asked.captured_queries[0]["sql"]


# The command


def test_the_command_says_what_is_an_alert(attempt: Attempt) -> None:
    out = io.StringIO()
    call_command("payments_alerts", stdout=out)
    assert out.getvalue() == "Nothing is an alert.\n"
    execution = aged(attempt("error"), 16 * MINUTES)
    out = io.StringIO()
    call_command("payments_alerts", stdout=out)
    (line,) = out.getvalue().splitlines()
    assert line.startswith("in-doubt  norce/se  since ")
    assert line.endswith(reverse("execution-detail", args=[execution.in_channel, execution.pk]))
