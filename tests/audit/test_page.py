import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import keep_preference
from audit import log
from audit.log import Change, Outcome, Subject, Who
from audit.models import Entry
from audit.paging import page_of
from audit.reading import lines
from audit.verify import verify
from tests.audit.helpers import drop_triggers, run, the_one
from tests.conftest import ClientOf, person

LIST, EXPORT = "/audit/", "/audit/export/"


@pytest.fixture
def auditor(db: None, client_of: ClientOf) -> Client:
    """The browser of somebody who may see the log, all of it, and nothing else."""
    user = person("")
    user.channel_grants.create(merchant="*", channel="*")
    user.user_permissions.add(Permission.objects.get(content_type__app_label="audit", codename="view_entry"))
    return client_of(user)


def shown(client: Client, **query: str) -> list[Entry]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [record.entry for record in response.context["records"]]


def text_of(client: Client, address: str = LIST, **query: str) -> str:
    return re.sub(r"\s+", " ", client.get(address, query).content.decode())


@pytest.mark.parametrize("address", [LIST, EXPORT, "/audit/1/"])
def test_only_whoever_may_see_entries_sees_them(address: str, support: User, client_of: ClientOf) -> None:
    if support.has_perm("audit.view_entry") or support.has_perm("audit.view_money_entry"):
        pytest.fail("the role has the permission; take another person for this test")
    ask = client_of(support).post if address == EXPORT else client_of(support).get
    assert ask(address).status_code == 403


def test_an_attempt_is_one_line_with_its_outcome_and_its_changes(auditor: Client, signe: Who, order: Subject) -> None:
    log.begin(signe, "order.billing.update", order, [Change("billing.city", "Umeå", "Luleå")]).refused(
        status=400, code="bad_city"
    )
    assert len(shown(auditor, order=order.order_id)) == 1
    page = text_of(auditor, order=order.order_id)
    for word in (
        "signe",
        "Tried to change the billing address",
        order.order_id,
        "norce/se",
        "Refused",
        "400 bad_city",
        "Umeå",
        "Luleå",
    ):
        assert word in page


def test_an_attempt_without_an_outcome_says_so_once_it_is_no_longer_under_way(
    auditor: Client, signe: Who, order: Subject
) -> None:
    log.begin(signe, "order.delete", order)
    assert "Under way" in text_of(auditor, order=order.order_id)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2), tick=False):
        assert "Outcome not recorded" in text_of(auditor, order=order.order_id)


def test_an_action_that_has_no_words_stands_as_it_is_written(auditor: Client, signe: Who, order: Subject) -> None:
    log.event(signe, "order.<b>new</b>", order)
    assert "order.&lt;b&gt;new&lt;/b&gt;" in text_of(auditor, order=order.order_id)


class TestFilters:
    @pytest.fixture(autouse=True)
    def some_entries(self, db: None) -> Iterator[None]:
        self.order = f"o{uuid4().hex[:8]}"
        subject = Subject(self.order, "norce", "se")
        moments = (
            dt.datetime(2031, 3, day, hour, tzinfo=dt.UTC)
            for day, hour in ((1, 12), (1, 22), (1, 23), (2, 22), (2, 23))
        )
        for number, moment in enumerate(moments):
            with time_machine.travel(moment, tick=False):
                log.begin(Who(f"p{number % 2}"), "order.delete", subject).done(request_id=f"r-{number}")
        with time_machine.travel(dt.datetime(2031, 3, 5, tzinfo=dt.UTC), tick=False):
            log.event(Who("p0"), "export", subject, outcome=Outcome.DENIED)
            log.begin(Who("p1"), "order.cart.update", subject)
        yield

    def requests(self, client: Client, **query: str) -> list[str]:
        return [entry.request_id or entry.action for entry in shown(client, order=self.order, **query)]

    def test_by_person(self, auditor: Client) -> None:
        assert self.requests(auditor, person="p1") == ["order.cart.update", "r-3", "r-1"]

    def test_what_was_pasted_with_something_unseen_in_it_is_found(self, auditor: Client) -> None:
        assert self.requests(auditor, request_id="\u202ar-3\u200b ") == ["r-3"]

    def test_by_action(self, auditor: Client) -> None:
        assert self.requests(auditor, action="export") == ["export"]

    def test_by_outcome(self, auditor: Client) -> None:
        assert self.requests(auditor, outcome="done") == ["r-4", "r-3", "r-2", "r-1", "r-0"]
        assert self.requests(auditor, outcome="denied") == ["export"]

    def test_by_an_outcome_that_was_not_recorded(self, auditor: Client) -> None:
        assert self.requests(auditor, outcome="open") == ["order.cart.update"]

    def test_by_the_request(self, auditor: Client) -> None:
        assert [entry.request_id for entry in shown(auditor, request_id="r-2", order=self.order)] == ["r-2"]

    def test_by_days_of_the_readers_zone_both_counting_in_full(self, auditor: Client) -> None:
        """Europe/Stockholm is an hour ahead of UTC in March: its 2 March begins at 23:00 on the 1st."""
        assert self.requests(auditor, since="2031-03-02", until="2031-03-02") == ["r-3", "r-2"]
        assert self.requests(auditor, until="2031-03-01") == ["r-1", "r-0"]

    def test_a_day_at_the_end_of_time_is_a_day(self, auditor: Client) -> None:
        assert len(self.requests(auditor, until="9999-12-31")) == 7

    @pytest.mark.parametrize("query", [{"since": "31-31-2025"}, {"outcome": "splendid"}])
    def test_a_value_that_cannot_be_read_filters_nothing_and_says_so(
        self, auditor: Client, query: dict[str, str]
    ) -> None:
        assert len(self.requests(auditor, **query)) == 7
        page = text_of(auditor, order=self.order, **query)
        assert "not filtered by everything" in page
        assert "not applied" in page

    def test_no_match_offers_the_way_back(self, auditor: Client) -> None:
        assert "No entry matches" in text_of(auditor, order="o-nobody-has-this")

    def test_a_chip_takes_its_filter_away_and_leaves_the_others(self, auditor: Client) -> None:
        chips = auditor.get(LIST, {"order": self.order, "person": "p1", "before": "3"}).context["chips"]
        assert {chip.field: chip.without for chip in chips} == {"order": "person=p1", "person": f"order={self.order}"}

    def test_htmx_gets_the_entries_alone(self, auditor: Client) -> None:
        part = auditor.get(
            LIST, {"order": self.order}, headers={"HX-Request": "true", "HX-Target": "entries"}
        ).content.decode()
        assert part.count(f"<code>{self.order}</code>") == 7
        assert "<html" not in part


class TestPages:
    """Of three, over seven entries, two of which have the same moment."""

    @pytest.fixture(autouse=True)
    def seven(self, db: None, order: Subject, signe: Who) -> None:
        for minute in (0, 1, 2, 2, 3, 4, 5):
            with time_machine.travel(dt.datetime(2031, 3, 1, 12, minute, tzinfo=dt.UTC), tick=False):
                log.event(signe, "export", order)
        self.mine = lines().filter(order_id=order.order_id)
        self.numbers = [entry.sequence for entry in self.mine]

    def test_going_back_shows_each_entry_once(self) -> None:
        seen, before = [], None
        for _ in range(4):
            page = page_of(self.mine, before=before, size=3)
            seen += [entry.sequence for entry in page.entries]
            before = page.older
        assert seen[:7] == self.numbers
        assert page_of(self.mine, before=self.numbers[5], size=3).older is None

    def test_going_forward_shows_the_same_pages(self) -> None:
        last = page_of(self.mine, before=self.numbers[5], size=3)
        middle = page_of(self.mine, after=last.newer, size=3)
        assert [entry.sequence for entry in middle.entries] == self.numbers[3:6]
        assert page_of(self.mine, after=middle.newer, size=3) == page_of(self.mine, size=3)

    def test_new_entries_do_not_shift_the_older_ones(self, order: Subject, signe: Who) -> None:
        second = page_of(self.mine, before=self.numbers[2], size=3)
        log.event(signe, "export", order)
        assert page_of(self.mine, before=self.numbers[2], size=3) == second

    def test_a_position_that_is_nowhere_is_the_newest(self) -> None:
        assert page_of(self.mine, before=2**62, size=3) == page_of(self.mine, size=3)

    @pytest.mark.parametrize("position", ["x", "-1", "0", "9" * 40, "²", ""])
    def test_a_position_that_is_no_number_is_the_newest(self, auditor: Client, position: str, order: Subject) -> None:
        assert shown(auditor, order=order.order_id, before=position)[0].sequence == self.numbers[0]


def plan_of(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}")
        return " ".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"order": "o1"},
        {"person": "signe"},
        {"action": "export"},
        {"outcome": "done"},
        {"request_id": "r-1"},
        {"since": "2031-03-01"},
    ],
)
def test_no_filter_scans_or_sorts_the_log(auditor: Client, query: dict[str, str], signe: Who, order: Subject) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plans; PostgreSQL's depend on its statistics")
    log.event(signe, "export", order)
    newest = Entry.objects.order_by("-sequence")[0].sequence
    with CaptureQueriesContext(connection) as queries:
        auditor.get(LIST, query | {"before": str(newest)})
    asked = [q["sql"] for q in queries if 'ORDER BY "audit_entry"."at" DESC' in q["sql"]]
    assert asked
    for sql in asked:
        plan = plan_of(sql)
        assert "TEMP B-TREE" not in plan
        assert "USING INDEX audit_by_" in plan


class TestDetail:
    def test_it_shows_the_changes_as_before_and_after(self, auditor: Client, signe: Who, order: Subject) -> None:
        changes = [Change("billing.city", "Umeå", "Luleå"), Change("attributes", None, {"b": 1})]
        log.begin(signe, "order.billing.update", order, changes).done(status=200, message="Thanks", request_id="r-77")
        page = text_of(auditor, f"/audit/{the_one(order).entry.sequence}/")
        page = re.sub(r"\s*(<[^>]+>)\s*", r"\1", page)
        for word in ("<del>Umeå</del></td><td>Luleå", "billing.city", "{&quot;b&quot;: 1}", "Thanks", "r-77", "Done"):
            assert word in page
        assert "not as it was written" not in page

    def test_the_intent_leads_to_its_outcome(self, auditor: Client, signe: Who, order: Subject) -> None:
        log.begin(signe, "order.delete", order).done()
        record = the_one(order)
        assert record.intent is not None
        assert reverse("audit-detail", args=[record.entry.sequence]) in text_of(
            auditor, f"/audit/{record.intent.sequence}/"
        )

    def test_an_entry_that_was_changed_by_hand_is_told(self, auditor: Client, signe: Who, order: Subject) -> None:
        entry = log.event(signe, "export", order)
        drop_triggers("default")
        run("default", "UPDATE audit_entry SET username = 'somebody' WHERE sequence = %s", entry.sequence)
        assert "not as it was written" in text_of(auditor, f"/audit/{entry.sequence}/")

    @pytest.mark.parametrize("number", ["0", str(2**62), "9" * 30])
    def test_an_entry_that_does_not_exist_is_not_found(self, auditor: Client, number: str) -> None:
        assert auditor.get(f"/audit/{number}/").status_code == 404


class TestExport:
    def rows(self, client: Client, **query: str) -> list[dict[str, str]]:
        response = client.post(EXPORT, query_params=query)
        assert response.status_code == 200
        body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        return list(csv.DictReader(io.StringIO(body, newline="")))

    def test_it_holds_what_the_page_shows(self, auditor: Client, signe: Who, order: Subject) -> None:
        log.begin(
            signe, "order.billing.update", order, [Change("city", "Umeå", "Luleå")], details={"form": "page"}
        ).done(status=200)
        log.begin(signe, "order.delete", order)
        log.event(signe, "export", Subject("another"))
        left, ended = self.rows(auditor, order=order.order_id)
        assert (left["action"], left["outcome"]) == ("order.delete", "not recorded")
        assert (ended["changes"], ended["outcome"], ended["status"]) == ('city: "Umeå" → "Luleå"', "done", "200")
        assert json.loads(ended["details"]) == {"form": "page"}
        entry = the_one_that(order, "order.billing.update")
        assert (ended["sequence"], ended["hash"]) == (str(entry.sequence), entry.hash)

    def test_it_is_recorded_with_its_filters(self, auditor: Client, signe: Who, order: Subject) -> None:
        log.event(signe, "export", order)
        before = Entry.objects.order_by("-sequence")[0].sequence
        self.rows(auditor, order=order.order_id, outcome="done")
        entry = Entry.objects.filter(action="audit.export").order_by("-sequence")[0]
        assert entry.details == {"filters": {"order": order.order_id, "outcome": "done"}, "up_to": before}

    def test_it_begins_for_a_spreadsheet(self, auditor: Client) -> None:
        response = auditor.post(EXPORT)
        assert re.fullmatch(r'attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"])
        assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfsequence,at_utc,")  # type: ignore[attr-defined]

    @pytest.mark.parametrize(("region", "separator"), [("SE", ";"), ("DE", ";"), ("US", ","), ("GB", ",")])
    def test_columns_are_parted_as_the_spreadsheets_of_the_region_read_them(
        self, auditor: Client, order: Subject, signe: Who, region: str, separator: str
    ) -> None:
        keep_preference(User.objects.get(pk=auditor.session["_auth_user_id"]), region=region)
        log.event(signe, "export", order, message="one; two, three")
        page = auditor.get("/audit/").content.decode()
        assert f'<option value="{separator}" selected>' in page
        response = auditor.post(EXPORT, {"separator": separator}, query_params={"order": order.order_id})
        body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        (row,) = csv.DictReader(io.StringIO(body, newline=""), delimiter=separator)
        assert row["message"] == "one; two, three"

    def test_programs_that_ask_for_nothing_get_commas(self, auditor: Client) -> None:
        for form in ({}, {"separator": "x"}, {"separator": ","}):
            response = auditor.post(EXPORT, form)
            assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfsequence,at_utc")  # type: ignore[attr-defined]

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n", "＝"])
    def test_no_cell_is_a_formula(self, auditor: Client, start: str, order: Subject) -> None:
        log.event(Who("=1+1"), "export", order, message=f'{start}HYPERLINK("http://example.com")')
        (row,) = self.rows(auditor, order=order.order_id)
        assert row["message"].startswith(f"'{start}")
        assert row["username"] == "'=1+1"

    def test_it_goes_on_past_one_batch(
        self, auditor: Client, signe: Who, order: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("audit.paging.batches.__defaults__", (2,))
        for _ in range(5):
            log.event(signe, "export", order)
        assert len(self.rows(auditor, order=order.order_id)) == 5

    def test_a_filter_that_cannot_be_read_gives_no_file_that_would_not_be_what_was_asked_for(
        self, auditor: Client
    ) -> None:
        response = auditor.post(EXPORT, query_params={"since": "31-31-2025"})
        assert response.status_code == 400
        assert "not applied" in response.content.decode()

    def test_a_link_and_a_picture_take_none(self, auditor: Client) -> None:
        assert auditor.head(EXPORT).status_code == auditor.get(EXPORT).status_code == 405

    def test_the_log_is_whole_after_all_this(self, auditor: Client) -> None:
        self.rows(auditor)
        assert verify().broken is None


def the_one_that(order: Subject, action: str) -> Entry:
    return Entry.objects.filter(order_id=order.order_id, action=action).order_by("-sequence")[0]
