"""The log's page shows what is about the reader's channels, and what is about none."""

import csv
import io
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import log
from audit.log import Subject, Who
from audit.models import Entry
from audit.reading import EVERYTHING, visible
from tests.conftest import ClientOf, person

SE, NO, DE = Subject("o-se", "norce", "se"), Subject("o-no", "norce", "no"), Subject("o-de", "nordlys", "de")
OURS = {"o-se", "o-no", "o-de", "o-old", ""}
"""The log keeps what other tests have committed; only of these is anything said here."""
ReaderOf = Callable[..., Client]


@pytest.fixture
def reader_of(client_of: ClientOf) -> ReaderOf:
    """`reader_of("norce/se")`: the browser of somebody who may read the log and was given these channels."""

    def reader(*grants: str) -> Client:
        user = person("")
        user.user_permissions.add(Permission.objects.get(content_type__app_label="audit", codename="view_entry"))
        for grant in grants:
            merchant, channel = grant.split("/")
            user.channel_grants.create(merchant=merchant, channel=channel)
        return client_of(user)

    return reader


@pytest.fixture(autouse=True)
def entries(db: None, signe: Who) -> None:
    """A change in each of three channels, and a sign-in."""
    for subject in (SE, NO, DE):
        log.begin(signe, "order.delete", subject).done()
    log.event(Who("somebody"), "sign-in")


def orders_on(client: Client) -> set[str]:
    """The orders on the page; "" is what is about none."""
    return OURS & {record.entry.order_id for record in client.get("/audit/").context["records"]}


@pytest.mark.parametrize(
    ("grants", "orders"),
    [
        (["norce/se"], {"o-se"}),
        (["norce/se", "nordlys/de"], {"o-se", "o-de"}),
        (["norce/*"], {"o-se", "o-no"}),
        (["*/de"], {"o-de"}),
        (["*/*"], {"o-se", "o-no", "o-de"}),
        ([], set()),
    ],
)
def test_only_orders_of_ones_own_channels_stand_there_beside_what_is_about_none(
    reader_of: ReaderOf, grants: list[str], orders: set[str]
) -> None:
    assert orders_on(reader_of(*grants)) == orders | {""}


def test_a_superuser_sees_all_of_it(client_of: ClientOf) -> None:
    assert orders_on(client_of(User.objects.create_superuser("root"))) == {"o-se", "o-no", "o-de", ""}


def test_asking_for_an_order_of_another_channel_finds_nothing(reader_of: ReaderOf) -> None:
    assert b"No entry matches" in reader_of("norce/se").get("/audit/", {"order": "o-no"}).content


def test_an_entry_of_another_channel_is_not_found_whether_it_is_the_intent_or_the_outcome(reader_of: ReaderOf) -> None:
    reader = reader_of("norce/se")
    statuses = {
        entry.order_id: {
            reader.get(f"/audit/{each.sequence}/").status_code for each in Entry.objects.filter(order_id=entry.order_id)
        }
        for entry in Entry.objects.filter(order_id__in=OURS - {""})
    }
    assert statuses == {"o-se": {200}, "o-no": {404}, "o-de": {404}}


def test_the_file_holds_no_more_than_the_page(reader_of: ReaderOf) -> None:
    body = b"".join(reader_of("norce/se").post("/audit/export/").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert OURS & {row["order_id"] for row in csv.DictReader(io.StringIO(body, newline=""))} == {"o-se", ""}


def test_the_page_says_that_it_is_not_the_whole_log(reader_of: ReaderOf) -> None:
    assert b"channels that were not given to you" in reader_of("norce/se").get("/audit/").content


def test_who_was_given_everything_is_told_of_nothing_missing(reader_of: ReaderOf) -> None:
    assert b"channels that were not given to you" not in reader_of("*/*").get("/audit/").content


def test_a_channel_that_the_desk_no_longer_serves_can_still_be_read(reader_of: ReaderOf, signe: Who) -> None:
    log.event(signe, "export", Subject("o-old", "norce", "dk"))
    assert "o-old" in orders_on(reader_of("norce/*"))


def test_nothing_is_sorted_to_leave_the_others_out(reader_of: ReaderOf) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plans; PostgreSQL's depend on its statistics")
    reader = reader_of("norce/se", "nordlys/*")
    with CaptureQueriesContext(connection) as queries:
        reader.get("/audit/")
    (asked,) = [each["sql"] for each in queries if 'ORDER BY "audit_entry"."at" DESC' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "TEMP B-TREE" not in plan and "USING INDEX audit_by_time" in plan


def test_everything_is_read_without_a_condition() -> None:
    assert "WHERE" not in str(visible([EVERYTHING]).query)
