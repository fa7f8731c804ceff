"""What a manager reads in the log: what payments of their channels are about, and nothing else, by no way."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import log
from audit.actions import MONEY, AuditAction
from audit.log import Change, Outcome, Subject, Who
from audit.models import Entry
from tests.conftest import ClientOf, person

SE, NO = Subject("o-se", "norce", "se", "p1"), Subject("o-no", "norce", "no", "p2")
OLDER = "2020-01-01"


class Log(dict[str, list[int]]):
    """The numbers of what stands in it, by what a manager of norce/se is to make of it.

    Nothing is ever taken out of a log, so what tests with commits wrote before stands in it too: what is compared here
    begins with `first`.
    """

    @property
    def first(self) -> int:
        return min(number for numbers in self.values() for number in numbers)

    @property
    def hidden(self) -> list[int]:
        return [number for name, numbers in self.items() if name != "theirs" for number in numbers]


def numbers_since(start: int) -> list[int]:
    return list(Entry.objects.filter(sequence__gt=start).order_by("sequence").values_list("sequence", flat=True))


@pytest.fixture
def written(db: None, signe: Who) -> Log:
    """A capture, a request and a word about each in two channels, between entries about everything else."""

    def payments_of(subject: Subject) -> None:
        log.begin(signe, AuditAction.PAYMENT_ACTION_EXECUTE, subject, [Change("amount", None, "499")]).done()
        log.event(signe, AuditAction.PAYMENT_APPROVAL_REQUEST, subject)
        log.begin(signe, AuditAction.PAYMENT_UPDATE, subject)

    def of_orders() -> None:
        log.begin(signe, AuditAction.ORDER_BILLING_UPDATE, SE, [Change("city", "Umeå", "Luleå")]).done()
        log.event(signe, AuditAction.ORDER_NOTE_CREATE, SE)
        log.event(signe, AuditAction.DENIED, SE, outcome=Outcome.DENIED, code="account-changed")
        log.event(signe, AuditAction.PERSONAL_DATA_VIEW, SE)

    def of_nobody() -> None:
        log.event(signe, AuditAction.SIGN_IN)
        log.event(signe, AuditAction.PERSON_RIGHTS_CHANGE, Subject(target="astrid"))
        log.event(signe, AuditAction.PAYMENT_LIMIT_CREATE, Subject("", "norce", "se", "admin norce/se"))
        log.event(signe, AuditAction.PAYMENT_REASONS_UPDATE, Subject(target="refund"))
        log.event(signe, AuditAction.AUDIT_EXPORT)

    found = Log()
    steps: dict[str, Callable[[], None]] = {
        "foreign": lambda: payments_of(NO), "theirs": lambda: payments_of(SE), "orders": of_orders, "people": of_nobody,
    }  # fmt: skip
    for name, step in steps.items():
        last = Entry.objects.order_by("-sequence").first()
        step()
        found[name] = numbers_since(last.sequence if last else 0)
    return found


@pytest.fixture
def manager_of_se(db: None) -> User:
    user = person("manager")
    user.channel_grants.all().delete()
    user.channel_grants.create(merchant="norce", channel="se")
    return user


@pytest.fixture
def reader(manager_of_se: User, client_of: ClientOf) -> Client:
    return client_of(manager_of_se)


def shown(client: Client, log: Log, **query: Any) -> list[Entry]:
    entries = [record.entry for record in client.get("/audit/", query).context["records"]]
    return [entry for entry in entries if entry.sequence >= log.first]


def file_of(client: Client, log: Log, query: str = "") -> list[dict[str, str]]:
    body = b"".join(client.post(f"/audit/export/{query}").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [row for row in csv.DictReader(io.StringIO(body, newline="")) if int(row["sequence"]) >= log.first]


def test_money_is_what_payments_of_orders_are_about_and_no_rule_and_no_person() -> None:
    assert {"payment.action.execute", "payment.approval.request", "payment.external.find", "payment.update"} <= MONEY
    assert {action.partition(".")[0] for action in MONEY} == {"payment"}
    assert not {"payment.limit.create", "payment.four-eyes.update", "payment.reasons.update", "denied"} & MONEY


def test_the_list_holds_their_channels_money_and_nothing_else(reader: Client, written: Log) -> None:
    assert {(entry.action, entry.order_id) for entry in shown(reader, written)} == {
        ("payment.action.execute", "o-se"), ("payment.approval.request", "o-se"), ("payment.update", "o-se"),
    }  # fmt: skip


def test_every_channel_is_every_channel_and_still_only_money(written: Log, client_of: ClientOf) -> None:
    everywhere = client_of(person("manager"))
    assert {entry.action for entry in shown(everywhere, written)} <= MONEY
    assert {"o-se", "o-no"} <= {entry.order_id for entry in shown(everywhere, written)}


def test_without_a_channel_there_is_nothing(manager_of_se: User, written: Log, client_of: ClientOf) -> None:
    manager_of_se.channel_grants.all().delete()
    client = client_of(manager_of_se)
    assert shown(client, written) == [] and file_of(client, written) == []
    assert {client.get(f"/audit/{number}/").status_code for number in written["theirs"]} == {404}


def test_an_entry_that_is_not_theirs_to_read_is_like_one_that_does_not_exist(reader: Client, written: Log) -> None:
    assert {reader.get(f"/audit/{number}/").status_code for number in written["theirs"]} == {200}

    def answered(number: int) -> tuple[int, int]:
        answer = reader.get(where := f"/audit/{number}/")
        return answer.status_code, len(answer.content.decode().replace(where, ""))

    missing = answered(10**9)
    assert missing[0] == 404
    assert {number: answered(number) for number in written.hidden} == dict.fromkeys(written.hidden, missing)


def asked_for(written: Log) -> Iterator[dict[str, Any]]:
    """Everything that a filter or a position can ask of what is not theirs."""
    yield from ({"action": action} for action in sorted(set(AuditAction.values) - MONEY))
    yield from ({"order": "o-no"}, {"outcome": "denied"}, {"until": OLDER}, {"person": "astrid"})


def test_no_filter_brings_out_what_is_not_theirs(reader: Client, written: Log) -> None:
    for query in asked_for(written):
        assert shown(reader, written, **query) == [], query
        assert file_of(reader, written, "?" + "&".join(f"{name}={value}" for name, value in query.items())) == [], query


def test_the_number_of_an_entry_of_others_is_no_place_in_the_list(reader: Client, written: Log) -> None:
    """Else one could find out when it was written, by what stands before and after it."""
    newest = [entry.sequence for entry in shown(reader, written)]
    for number in written.hidden:
        assert [entry.sequence for entry in shown(reader, written, before=number)] == newest, number
        assert [entry.sequence for entry in shown(reader, written, after=number)] == newest, number
    assert [entry.sequence for entry in shown(reader, written, before=newest[0])] == newest[1:]


def test_the_file_holds_no_more_than_the_list_and_not_where_anybody_was(reader: Client, written: Log) -> None:
    rows = file_of(reader, written)
    assert {row["order_id"] for row in rows} == {"o-se"} and {row["action"] for row in rows} <= MONEY
    assert not {"ip", "user_agent"} & rows[0].keys()
    entry = Entry.objects.filter(action="audit.export").latest("sequence")
    assert entry.details["only"] == "money", "whoever reads all of it sees what was taken"


def test_no_page_says_where_a_colleague_was(reader: Client, written: Log, signe: Who) -> None:
    pages = [reader.get("/audit/").content.decode()]
    pages += [reader.get(f"/audit/{number}/").content.decode() for number in written["theirs"]]
    assert not [page for page in pages if signe.ip in page or signe.agent in page]


def test_the_list_of_actions_names_those_of_money_alone(reader: Client, written: Log) -> None:
    assert set(reader.get("/audit/").context["actions"]) == MONEY


def test_the_page_says_what_it_is(reader: Client, written: Log) -> None:
    page = reader.get("/audit/").content.decode()
    assert "<h1>Money log</h1>" in page and "only what is about payments, in your channels" in page
    assert "Money log" in reader.get("/norce/se/orders/").content.decode(), "in the frame"


def test_who_may_read_all_of_it_reads_all_of_it(written: Log, admin: User, client_of: ClientOf) -> None:
    page = client_of(admin).get("/audit/")
    assert "<h1>Audit log</h1>" in page.content.decode()
    assert {"sign-in", "payment.action.execute", "denied"} <= {each.entry.action for each in page.context["records"]}


def test_support_reads_none_of_it(written: Log, support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    assert {client.get(where).status_code for where in ("/audit/", f"/audit/{written['theirs'][0]}/")} == {403}
    assert "Money log" not in client.get("/norce/se/orders/").content.decode()


def test_nothing_is_sorted_to_leave_the_rest_out(reader: Client, written: Log) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plans; PostgreSQL's depend on its statistics")
    with CaptureQueriesContext(connection) as queries:
        reader.get("/audit/")
    (asked,) = [each["sql"] for each in queries if 'ORDER BY "audit_entry"."at" DESC' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "TEMP B-TREE" not in plan and "USING INDEX audit_by_time" in plan
