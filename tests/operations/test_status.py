"""The page *Status*: admins see how everything stands and what to do about it, whatever else does not answer."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from audit import log
from audit.actions import AuditAction
from gateway import one_thread
from gateway.connection import get_connection
from index.models import ChannelState
from jobs.models import Job
from operations import backup, beats, schema
from operations.models import Beat
from operations.release import version
from operations.runbook import runbook
from operations.standing import Mark
from operations.status import inside, page
from operations.status.line import ChannelLine, Line
from overview.checks import CHECKS
from payments.alerts import heartbeat
from payments.alerts.models import Alert, Heartbeat, Notice
from payments.alerts.rules import Kind
from payments.executions import worker
from tests.conftest import ClientOf
from tests.wire import listening

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_is_known_yet(fresh_connections: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beats, "_written", {})
    monkeypatch.setattr(connections, "close_all", lambda: None)  # the test's own transaction goes on


@pytest.fixture
def client(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


def shown(client: Client) -> dict[str, Line]:
    """The lines of the page, by name; each stands on it with its word and the way to what to do."""
    answer = client.get("/status/")
    assert answer.status_code == 200
    text, found = answer.content.decode(), {}
    for part in answer.context["parts"]:
        assert part.failed == "", part
        for each in part.lines:
            line = each.line if isinstance(each, ChannelLine) else each
            found[str(line.name)] = line
            assert f">{line.word}</span>" in text
            assert not line.runbook or f'href="/status/runbook/#{line.runbook}"' in text
    return found


def test_it_asks_the_order_api_for_nothing_and_names_everything_that_an_operator_looks_after(client: Client) -> None:
    with listening() as calls:
        found = shown(client)
    assert calls == []
    assert {"Webhook", "Mail", "norce/se", "Payment actions", "Index", "Jobs", "Audit log", "Anchors of the log"} | {
        "Backup", "Database", "Tables", "Disk", "Release",
    } <= found.keys()  # fmt: skip
    assert found["Release"].word == version() and found["Tables"].mark is Mark.OK
    assert re.match(r"(SQLite|PostgreSQL) \d+\.\d+", str(found["Database"].says))
    assert found["Backup"].mark is Mark.AMISS


def test_it_waits_for_nobody_else_so_that_an_api_that_hangs_keeps_nobody_from_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("order_api.transport.Connection.send", lambda _self, call, _headers: asked.append(call))
    shown(client)
    assert asked == []


@pytest.mark.parametrize("code", ["alerts", "channels", "workers", "log", "machine"])
def test_a_part_that_cannot_be_looked_at_says_so_and_leaves_the_others_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    look = {"log": "log_and_backups", "machine": "database_and_machine", "alerts": "telling"}.get(code, code)

    def broken(*_: object) -> None:
        raise PermissionError("/secret/place")

    monkeypatch.setattr(page, look, broken)
    answer = client.get("/status/")
    failed = {part.code: part.failed for part in answer.context["parts"]}
    assert failed == {**dict.fromkeys(failed, ""), code: "PermissionError"} and len(failed) == 5
    assert "This could not be looked at (PermissionError)" in answer.content.decode()
    assert "/secret/place" not in answer.content.decode()


def test_a_channel_that_is_left_alone_is_told_with_since_when_and_the_others_are_not_blamed(client: Client) -> None:
    way = get_connection().breakers.of({"x-merchant": "norce", "x-channel": "se"})
    for _ in range(5):
        permits = way.admit()
        assert permits
        way.failed(permits)
    found = shown(client)
    assert (found["norce/se"].word, found["norce/se"].mark) == ("Left alone", Mark.AMISS)
    assert found["norce/se"].at and timezone.now() - found["norce/se"].at < MINUTE
    assert found["norce/no"].word == "Not asked yet" and not found["norce/no"].is_amiss


def test_a_channel_of_which_most_answers_are_bad_lately_is_told_before_it_is_left_alone(client: Client) -> None:
    way = get_connection().breakers.of({"x-merchant": "norce", "x-channel": "se"})
    for is_good in (True, False, False, False):
        permits = way.admit()
        assert permits
        (way.succeeded if is_good else way.failed)(permits)
    line = shown(client)["norce/se"]
    assert (line.word, line.says) == ("Slow or failing", "Of the last 4 answers, 3 failed or were slow.")


def test_an_address_at_which_nothing_is_reached_is_another_thing_than_a_shop_that_fails(client: Client) -> None:
    way = get_connection().breakers.of({"x-merchant": "norce", "x-channel": "se"})
    for _ in range(5):
        permits = way.admit()
        assert permits
        way.was_not_reached(permits)
    assert "at its address" in str(shown(client)["nordlys/fi"].says)


def test_what_another_process_leaves_alone_is_known_here_while_that_one_lives(client: Client) -> None:
    since, now = timezone.now() - 9 * MINUTE, timezone.now()
    beat = Beat.objects.create(
        process="other:1", what="jobs", at=now, began_at=since, version=version(), shut={"norce/dk": since.isoformat()}
    )
    assert (shown(client)["norce/dk"].word, shown(client)["norce/dk"].at) == ("Left alone", since)
    Beat.objects.filter(pk=beat.pk).update(at=now - beats.ALIVE)
    assert shown(client)["norce/dk"].word == "Not asked yet"


def test_a_channel_that_the_index_cannot_read_says_since_when_and_when_it_last_could(client: Client) -> None:
    good, bad = timezone.now() - 60 * MINUTE, timezone.now() - 30 * MINUTE
    ChannelState.objects.create(
        merchant="norce", channel="se", newest_at=good, failed_at=bad, error="Unavailable", failures=3
    )
    answer = client.get("/status/")
    (found,) = (
        row for part in answer.context["parts"] for row in part.lines if getattr(row, "channel", "") == ("norce", "se")
    )
    assert (found.line.word, found.line.at, found.good_at, found.as_of) == ("Not readable", bad, good, good)


def test_whoever_works_beside_the_pages_is_known_by_its_beat_and_missed_without_it(client: Client) -> None:
    assert {shown(client)[name].mark for name in ("Payment actions", "Index", "Jobs")} == {Mark.DOWN}
    for name in ("payments-reconcile", "index-sweep", "jobs"):
        one_thread.beat(name)
        one_thread.beat(name)
    assert Beat.objects.count() == 3
    found = shown(client)
    assert {found[name].says for name in ("Payment actions", "Index", "Jobs")} == {"In 1 process; last"}
    Beat.objects.update(at=timezone.now() - 10 * MINUTE)
    line = shown(client)["Jobs"]
    assert (line.word, line.mark, line.says) == ("Stands still", Mark.DOWN, "Last")


def test_a_command_from_cron_does_as_well_as_a_thread(client: Client) -> None:
    heartbeat.beat()
    ChannelState.objects.create(merchant="norce", channel="se", newest_at=timezone.now())
    found = shown(client)
    assert [found[name].mark for name in ("Payment actions", "Index", "Jobs")] == [Mark.OK, Mark.OK, Mark.DOWN]


def test_the_thread_itself_beats_each_time_that_it_comes_round(monkeypatch: pytest.MonkeyPatch) -> None:
    class EnoughError(Exception):
        pass

    def ended(_pause: float) -> None:
        raise EnoughError

    monkeypatch.setattr(worker, "look_once", lambda: 1.0)
    monkeypatch.setattr(worker._woken, "wait", ended)
    with pytest.raises(EnoughError):
        worker.run()
    assert Beat.objects.get().what == "payments-reconcile"


def test_a_beat_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(beats, "shut_here", full)
    one_thread.beat("jobs")
    assert not Beat.objects.exists()


def test_processes_of_two_releases_on_one_database_are_told(client: Client) -> None:
    now = timezone.now()
    Beat.objects.create(process="other:1", what="jobs", at=now, began_at=now, version="0.0.9")
    line = shown(client)["Release"]
    assert (line.word, line.mark) == ("Mixed", Mark.AMISS) and "0.0.9" in str(line.says)


def test_a_job_that_nobody_takes_is_told_and_one_that_is_worked_on_is_not(client: Client, admin: User) -> None:
    job = Job.objects.create(kind="export", owner=admin, username="admin", created_at=timezone.now() - 6 * MINUTE)
    assert (shown(client)["Jobs that wait"].word, shown(client)["Jobs that wait"].at) == (
        "Wait for long",
        job.created_at,
    )
    Job.objects.update(state="running", until=timezone.now() + MINUTE)
    assert (shown(client)["Jobs that wait"].word, shown(client)["Jobs that wait"].says) == ("Fine", "1 is under way.")


def test_the_log_is_told_with_when_it_was_read_and_why_it_does_not_hold(client: Client) -> None:
    assert shown(client)["Audit log"].word == "Not looked at"
    heartbeat.check_log()
    assert (shown(client)["Audit log"].word, shown(client)["Audit log"].mark) == ("Holds", Mark.OK)
    Heartbeat.objects.update(log_checked_at=timezone.now() - 4 * 60 * MINUTE)
    assert shown(client)["Audit log"].mark is Mark.AMISS
    Heartbeat.objects.update(log_broken_at=timezone.now(), log_says="entry 7 is missing")
    line = shown(client)["Audit log"]
    assert (line.word, line.mark) == ("Broken", Mark.DOWN) and "entry 7 is missing" in str(line.says)
    assert "Audit log broken" in shown(client)


def test_an_old_backup_and_late_anchors_are_told(client: Client, settings: Settings, tmp_path: Path) -> None:
    made = timezone.now() - dt.timedelta(hours=40)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "last_made", lambda: made)
        assert (shown(client)["Backup"].word, shown(client)["Backup"].at) == ("Old", made)
        patch.setattr(backup, "last_made", timezone.now)
        assert shown(client)["Backup"].mark is Mark.OK
    settings.AUDIT_ANCHOR_DIR = tmp_path
    anchors, old = tmp_path / "anchors.jsonl", (timezone.now() - 5 * settings.AUDIT_ANCHOR_TIME).timestamp()
    anchors.write_text("")
    assert shown(client)["Anchors of the log"].mark is Mark.OK
    os.utime(anchors, (old, old))
    log.event(log.Who.system("test"), AuditAction.SIGN_IN)
    line = shown(client)["Anchors of the log"]
    assert (line.word, line.mark) == ("Late", Mark.AMISS)


def test_a_full_disk_and_tables_of_another_release_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.standing.shutil.disk_usage", lambda _path: (100_000, 99_000, 1_000))
    monkeypatch.setattr(inside, "fits", lambda: False)
    monkeypatch.setattr(inside, "schema", lambda: schema.Schema(missing=("jobs.0009_x",)))
    found = shown(client)
    assert (found["Disk"].word, found["Disk"].mark) == ("Nearly full", Mark.AMISS)
    assert (found["Tables"].word, found["Tables"].says) == ("Of an older release", "Missing: jobs.0009_x")
    monkeypatch.setattr("operations.standing.os.access", lambda *_: False)
    line = shown(client)["Disk"]
    assert (line.word, line.mark) == ("Cannot be written to", Mark.DOWN)


def test_a_webhook_that_is_not_taken_is_told_with_the_reason(client: Client, settings: Settings) -> None:
    assert shown(client)["Webhook"].word == "Off"
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = "https://example.com/hook", "0123456789abcdef"
    assert shown(client)["Webhook"].word == "On"
    now = timezone.now()
    alert = Alert.objects.create(kind=Kind.DOUBT, says="x", address="/", since=now, first_seen=now)
    notice = Notice.objects.create(
        alert=alert, event="began", way="webhook", created_at=now, next_try_at=now, tries=2, error="answered 500"
    )
    line = shown(client)["Webhook"]
    assert (line.word, line.mark, line.says) == ("Fails", Mark.DOWN, "1 not taken (answered 500), since")
    Notice.objects.filter(pk=notice.pk).update(sent_at=now, next_try_at=None, error="")
    assert (shown(client)["Webhook"].word, shown(client)["Webhook"].at) == ("Works", now)


# What to do about it


def sections() -> dict[str, str]:
    text = (ROOT / "docs" / "runbook.md").read_text()
    return dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))


def test_each_alert_each_check_and_each_line_of_the_status_has_its_section(client: Client) -> None:
    wanted = {str(kind) for kind in Kind} | {*CHECKS, "undelivered"} | {line.runbook for line in shown(client).values()}
    assert len({*CHECKS, "undelivered"}) == 11
    assert wanted - {""} - sections().keys() == set()


def test_each_section_says_what_it_means_what_to_look_at_what_to_do_and_whom_to_wake() -> None:
    words = ("**Means.**", "**Look at.**", "**Do.**", "**Wake.**")
    assert {name: body for name, body in sections().items() if [body.count(word) for word in words] != [1] * 4} == {}


def test_the_runbook_names_no_command_and_no_setting_that_there_is_not() -> None:
    text = (ROOT / "docs" / "runbook.md").read_text()
    commands = set(re.findall(r"manage\.py (\w+)", text))
    there = {path.stem for path in ROOT.glob("*/management/commands/*.py")} | {"migrate"}
    assert commands - there == set() and len(commands) > 5
    documented = (ROOT / "README.md").read_text() + (ROOT / "docs" / "alerts.md").read_text()
    assert [name for name in re.findall(r"`([A-Z][A-Z_]{4,})`", text) if name not in documented] == []
    assert [name for name in re.findall(r"`(docs/\S+?)`", text) if not (ROOT / name).exists()] == []


def test_the_desk_shows_the_runbook_where_the_status_leads_to(client: Client) -> None:
    text = client.get("/status/runbook/").content.decode()
    for name in sections():
        assert text.count(f'<h2 id="{name}">') == 1
    assert "<strong>Wake.</strong>" in text and "](" not in text


def test_without_its_documents_there_is_no_runbook(client: Client, settings: Settings, tmp_path: Path) -> None:
    runbook.cache_clear()
    settings.BASE_DIR = tmp_path
    assert client.get("/status/runbook/").status_code == 404


@pytest.mark.parametrize("role", ["support", "manager"])
def test_who_is_no_admin_sees_neither_the_page_nor_the_way_to_it(
    role: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    theirs = client_of(request.getfixturevalue(role))
    assert theirs.get("/status/").status_code == 403
    assert 'href="/status/"' not in theirs.get("/queue/").content.decode()


def test_the_release_stands_in_everybody_s_menu_and_the_status_in_an_admin_s(
    client: Client, support: User, client_of: ClientOf
) -> None:
    assert 'href="/status/"' in client.get("/queue/").content.decode()
    assert f"Order desk {version()}" in client_of(support).get("/queue/").content.decode()
