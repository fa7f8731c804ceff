"""*Downloads*: one's own alone, for some days, with the log behind them; what an outage, a stop or a right that was
taken away makes of an export."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import ChannelGrant
from audit.models import Entry
from audit.reading import records
from audit.telling import tell
from gateway.in_process import Headers
from jobs import files, queue, registry, services
from jobs.models import Job, State
from orders.exports import source
from tests.conftest import ClientOf
from tests.exports.helpers import Reply, answering, as_ever, content_of, download, rows_of, run, start
from tests.orders.orders_in_the_sandbox import an_order, many, put

pytestmark = pytest.mark.django_db
PAGES = ("", "file/", "stop/", "resume/", "delete/")


def lapse(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(next_at=None)


def last_entry(action: str) -> Entry:
    return Entry.objects.filter(action=action).latest("sequence")


def test_the_page_shows_it_and_hands_out_the_file(client_of: ClientOf, support: User) -> None:
    many(3)
    client = client_of(support)
    job = start(client)
    waiting = client.get(f"/downloads/{job.pk}/").content.decode()
    assert "0 of 3" in waiting
    assert "Stop" in waiting
    assert "/file/" not in waiting
    job = run(job)
    shown = client.get(f"/downloads/{job.pk}/").content.decode()
    assert "Complete: 3 orders" in shown
    assert f"{job.file_name}" in client.get("/downloads/").content.decode()
    answer = client.post(f"/downloads/{job.pk}/file/")
    assert answer["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert download(client, job) == content_of(job)


def test_the_page_asks_for_itself_while_it_runs_and_not_afterwards(client_of: ClientOf, support: User) -> None:
    many(3)
    client = client_of(support)
    job = start(client)
    part = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "download-state"}
    shown = client.get(f"/downloads/{job.pk}/", **part).content.decode()  # type: ignore[arg-type]
    assert "<html" not in shown
    assert f'hx-get="/downloads/{job.pk}/"' in shown
    run(job)
    shown = client.get(f"/downloads/{job.pk}/", **part).content.decode()  # type: ignore[arg-type]
    assert "hx-get" not in shown


def test_somebody_elses_is_not_there(client_of: ClientOf, support: User, admin: User) -> None:
    many(3)
    job = run(start(client_of(support)))
    client = client_of(admin)
    for page in PAGES:
        ask = client.get if not page else client.post
        assert ask(f"/downloads/{job.pk}/{page}").status_code == 404
    assert str(job.pk) not in client.get("/downloads/").content.decode()
    assert Job.objects.filter(pk=job.pk).exists()


def test_the_log_says_who_exported_what_with_which_filters(client_of: ClientOf, admin: User) -> None:
    put(an_order("one"))
    many(2)
    query = "billing_emails=sa.lindstrm@example.se&status=completed"
    job = run(start(client_of(admin), query, unmasked="on", reason="Month's end", columns=["id", "email"]))
    entry = last_entry("export.start")
    assert (entry.username, entry.merchant, entry.channel) == (admin.username, "norce", "se")
    details = entry.details
    assert details["columns"] == ["id", "email"]
    assert (details["reason"], details["unmasked"], details["format"], details["shape"]) == (
        "Month's end", True, "csv-comma", "order",
    )  # fmt: skip
    assert details["filters"]["status"] == "Completed"
    assert "sa.lindstrm" not in entry.details_json, "whom it was filtered by is masked, as anywhere in the log"
    assert details["orders"] == 3
    download(client_of(admin), job)
    entry = last_entry("export.download")
    assert entry.details["rows"] == 3
    assert entry.details["filters"] == details["filters"]
    assert entry.details["job"] == details["job"] == str(job.pk)
    assert [line.sentence for line in tell(records([entry]))] == [f"{admin.username} downloaded an exported table"]


def test_nothing_begins_that_cannot_be_logged(
    client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit import log

    def broken(*_: Any) -> Entry:
        raise DatabaseError("no log")

    client = client_of(support)
    monkeypatch.setattr(log, "append", broken)
    client.raise_request_exception = False
    fields = {"what": "all", "columns": ["id"], "format": "csv-comma", "zone": "UTC", "start": "1"}
    assert client.post("/norce/se/orders/export/", fields).status_code >= 500
    assert not Job.objects.exists()


def test_no_file_is_handed_out_that_cannot_be_logged(
    client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit import log

    many(3)
    client = client_of(support)
    job = run(start(client))

    def broken(*_: Any) -> Entry:
        raise DatabaseError("no log")

    monkeypatch.setattr(log, "append", broken)
    client.raise_request_exception = False
    assert client.post(f"/downloads/{job.pk}/file/").status_code >= 500


def test_after_its_time_it_is_gone_with_its_file(client_of: ClientOf, support: User) -> None:
    many(3)
    client = client_of(support)
    job = run(start(client))
    assert job.expires_at and dt.timedelta(days=6, hours=23) < job.expires_at - timezone.now() <= dt.timedelta(days=7)
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.post(f"/downloads/{job.pk}/file/").status_code == 404, "at once, whenever it is tidied"
    queue.sweep()
    assert client.get(f"/downloads/{job.pk}/").status_code == 404
    assert files.of_job(job.pk) == []


def test_it_is_deleted_where_its_owner_says_so(client_of: ClientOf, support: User) -> None:
    many(3)
    client = client_of(support)
    job = start(client)
    client.post(f"/downloads/{job.pk}/delete/")
    assert Job.objects.filter(pk=job.pk).exists(), "not while it is under way"
    job = run(job)
    client.post(f"/downloads/{job.pk}/delete/")
    assert not Job.objects.filter(pk=job.pk).exists()
    assert files.of_job(job.pk) == []


def test_a_file_that_somebody_cleared_away_is_said_to_be_gone(client_of: ClientOf, support: User) -> None:
    many(3)
    client = client_of(support)
    job = run(start(client))
    files.path_of(job.file).unlink()
    assert client.post(f"/downloads/{job.pk}/file/").status_code == 404
    assert "/file/" not in client.get(f"/downloads/{job.pk}/").content.decode()


def test_it_stops_and_goes_on_where_it_was(client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PAGE", 10)
    many(45)
    client = client_of(support)
    job = start(client)
    pages = 0

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        nonlocal pages
        pages += 1
        if pages == 2:
            client.post(f"/downloads/{job.pk}/stop/")
        return as_ever(method, path, query, headers, body)

    with answering(answers):
        job = run(job)
    assert (job.state, job.done) == (State.STOPPED, 19)
    assert "You stopped it." in client.get(f"/downloads/{job.pk}/").content.decode()
    client.post(f"/downloads/{job.pk}/resume/")
    job = run(job)
    assert [row["Order reference"] for row in rows_of(job)] == [f"R-{n}" for n in range(1, 46)]
    assert pages == 2, "those before were not read again"


def test_an_outage_pauses_it_and_nothing_is_lost(
    client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PAGE", 10)
    many(45)
    client = client_of(support)
    job = start(client)
    pages = 0

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        nonlocal pages
        pages += 1
        return as_ever(method, path, query, headers, body) if pages != 3 else (503, [], b"down")

    with answering(answers):
        job = run(job)
        assert (job.state, job.code, job.done) == (State.WAITING, "outage", 19)
        shown = client.get(f"/downloads/{job.pk}/").content.decode()
        assert "It goes on by itself" in shown
        assert "Try again" in shown
        lapse(job)
        job = run(job)
    assert [row["Order reference"] for row in rows_of(job)] == [f"R-{n}" for n in range(1, 46)]
    assert job.code == "complete"


@pytest.mark.parametrize("taken", ["channel", "personal data"])
def test_a_right_that_is_taken_away_ends_it(
    client_of: ClientOf, admin: User, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    monkeypatch.setattr(source, "PAGE", 10)
    many(45)
    job = start(client_of(admin), unmasked="on", reason="x")

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        if taken == "channel":
            ChannelGrant.objects.filter(user=admin).update(merchant="nordlys")
        else:
            admin.groups.set([admin.groups.model.objects.get(name="manager")])
        return as_ever(method, path, query, headers, body)

    with answering(answers):
        job = run(job)
    assert job.state == State.FAILED
    assert job.code == {"channel": "no-channel", "personal data": "not-allowed"}[taken]
    assert job.done == 10, "what was under way came to its end, and no more"
    assert not job.file


def test_what_the_disk_lost_ends_it_in_words(
    client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PAGE", 10)
    many(45)
    client = client_of(support)
    job = start(client)

    def answers(method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        for path_ in files.of_job(job.pk):
            path_.unlink()
        return as_ever(method, path, query, headers, body)

    with answering(answers):
        job = run(job)
    assert (job.state, job.code) == (State.FAILED, "lost-file")
    assert "gone from the desk’s disk" in registry.says(job)


def test_files_of_no_job_are_tidied(client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch) -> None:
    many(3)
    kept, gone = run(start(client_of(support))), run(start(client_of(support)))
    Job.objects.filter(pk=gone.pk).delete()
    files.tidy(lambda jobs: {kept.pk} & jobs)
    assert files.of_job(gone.pk), "it is young: its job may not be committed yet"
    monkeypatch.setattr(files, "_YOUNG", -1.0)
    files.tidy(lambda jobs: {kept.pk} & jobs)
    assert not files.of_job(gone.pk)
    assert files.of_job(kept.pk)


def test_jobs_that_make_no_file_have_no_page_here(client_of: ClientOf, support: User) -> None:
    from audit.log import Who
    from tests.jobs.kinds import KIND, counting

    with counting():
        job = services.start(KIND, Who(support.username, support.pk), {"to": 3})
        assert client_of(support).get(f"/downloads/{job.pk}/").status_code == 404
        assert str(job.pk) not in client_of(support).get("/downloads/").content.decode()
