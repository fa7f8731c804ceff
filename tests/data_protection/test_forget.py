"""Forgetting a customer by e-mail, phone or order: what goes, what stays, and what is said of both."""

import json
import uuid
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.channels import Channel
from accounts.session_store import Session, SessionStore
from audit import log
from audit.log import Subject, Who
from audit.models import Entry
from audit.verify import verify
from index import writing
from index.models import IndexedKey, IndexedOrder
from jobs import files
from jobs.models import Job
from jobs.sealing import seal
from operations.data_protection.named import Named
from order_api.schemas import Address, Customer
from orders.finding import recent
from orders.models import Batch, NoteVersion, Paste, PastedLine, SavedView
from orders.notes import services as notes
from overview.models import Dismissal
from payments.executions.intent import customer_digest
from payments.models import Execution
from teamwork.models import Task
from teamwork.services import About, create
from tests.conftest import ClientOf
from tests.exports.helpers import run, start
from tests.index.made import NO, SE, order
from tests.orders.orders_in_the_sandbox import address, an_order, put
from tests.saved_views.keeping import keep
from ui.said import REMOVED

ASA, BO = "asa@example.se", "bo@example.se"
PHONE, OTHER_PHONE = "+46 70 123 45 67", "+46 70 765 43 21"
HERS, HIS = "o_hers", "o_his"
WHO = Who("support")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.EXPORTS_DIR = tmp_path / "exports"


def known(order_id: str, email: str, phone: str, channel: Channel = SE, reference: str = "") -> None:
    """An order that the index knows."""
    customer = Customer(billing=Address(given_name="Anna", family_name="Ek", email=email, phone=phone))
    made = msgspec.structs.replace(
        order(1, channel), id=order_id, reference=reference or order_id.upper(), customer=customer
    )
    writing.see([made], at=timezone.now())


def note(person: User, order_id: str, text: str) -> NoteVersion:
    written = notes.write(Who.system("test"), person, Subject(order_id, *SE), text, uuid.uuid4())
    assert written is not None
    return written.versions.get()


def task(person: User, order_id: str, text: str) -> Task:
    made = create("ask", About(order_id, *SE), WHO, for_person=person, text=text)
    assert made is not None
    return made


def dismissal(order_id: str, reason: str) -> Dismissal:
    return Dismissal.objects.create(
        check_name="stuck", merchant="norce", channel="se", order_id=order_id, reason=reason, by_name="support",
        at=timezone.now(),
    )  # fmt: skip


def pasted(person: User, *lines: tuple[str, Any]) -> None:
    now = timezone.now()
    paste = Paste.objects.create(owner=person, at=now, until=now, own_channel="norce/se", said_json="{}")
    PastedLine.objects.bulk_create(
        PastedLine(paste=paste, place=place, kind="email", text=text, answers_json=json.dumps(answers))
        for place, (text, answers) in enumerate(lines, start=1)
    )


def executed(order_id: str, email: str) -> Execution:
    return Execution.objects.create(
        created_at=timezone.now(), merchant="norce", channel="se", order_id=order_id, payment_id=f"p{order_id}",
        action_id="a", action_type="refund", customer=customer_digest(email), asked_by_name="support", reason="other",
        note="Asked by phone", baseline="b", seen_json="{}", state="done",
    )  # fmt: skip


def forget(*asked: str, **more: Any) -> str:
    out = StringIO()
    call_command("forget", *asked, stdout=out, **more)
    return out.getvalue()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that forgetting may touch, as it is."""
    models = (
        NoteVersion,
        Task,
        Dismissal,
        SavedView,
        PastedLine,
        Batch,
        Job,
        Execution,
        IndexedOrder,
        IndexedKey,
        Session,
    )
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}


def test_a_customer_is_forgotten_by_e_mail_and_nobody_else(support: User, client_of: ClientOf) -> None:
    desk = client_of(support)
    for order_id, email, phone in ((HERS, ASA, PHONE), (HIS, BO, OTHER_PHONE)):
        known(order_id, email, phone)
    hers, his = (
        note(support, HERS, "She rang, and is cross"),
        note(support, HIS, "Wife has Asa@Example.se, 070-1234567"),
    )
    asked, other = task(support, HERS, "Call her back"), task(support, HIS, "Call him back")
    aside, left = dismissal(HERS, "She pays in the shop"), dismissal(HIS, "He pays in the shop")
    keep(desk, "About her", "billing_emails=asa%40example.se")
    keep(desk, "About him", "billing_emails=bo%40example.se")
    pasted(support, (ASA, {}), ("SE-1", {"norce/se": [[[HERS, "x"]], 1, ""]}), (HERS.upper(), {}), (BO, {}))
    now = timezone.now()
    for email in (ASA, BO):
        Batch.objects.create(
            owner=support, username="support", action="note", at=now, until=now,
            sealed=seal({"filter": ["norce/se", f"billing_emails={email}"]}),
        )  # fmt: skip
    moved, others = executed(HERS, ASA), executed(HIS, BO)
    desk.get("/norce/se/orders/?billing_emails=asa%40example.se")
    for order_id in (HERS, HIS):
        assert recent.opened(support, recent.word_of(SE, order_id, ""))

    before = everything()
    looked = forget("--email", "ASA@example.se", dry_run=True)
    assert everything() == before and "nothing was changed" in looked
    assert not Entry.objects.filter(action="data.forget").exists()

    said = forget("--email", "ASA@example.se")
    assert [row.reference for row in IndexedOrder.objects.all()] == [HIS.upper()]
    texts = dict(NoteVersion.objects.values_list("pk", "text"))
    assert texts == {hers.pk: REMOVED, his.pk: "Wife has […], 070-1234567"}, "her phone was not asked for"
    assert dict(Task.objects.values_list("pk", "text")) == {asked.pk: REMOVED, other.pk: "Call him back"}
    assert dict(Dismissal.objects.values_list("pk", "reason")) == {aside.pk: REMOVED, left.pk: "He pays in the shop"}
    assert [view.name for view in SavedView.objects.all()] == ["About him"]
    assert [line.text for line in PastedLine.objects.all()] == [BO]
    assert Batch.objects.count() == 1
    assert Execution.objects.get(pk=moved.pk).customer == "" and Execution.objects.get(pk=others.pk).customer
    assert Execution.objects.get(pk=moved.pk).note == "Asked by phone", "proof of money stays as it is"
    (session,) = Session.objects.filter(user=support)
    assert (
        "asa" not in str(SessionStore().decode(session.session_data))
        and desk.get("/accounts/sessions/").status_code == 200
    )
    assert [each.order_id for each in recent._of(support)] == [HIS]
    assert "1  payment actions: proof" in said and "1  orders: Norce Checkout has them" in said

    entry = Entry.objects.get(action="data.forget")
    assert entry.username == "system:forget" and entry.details["orders"] == 1
    assert "asa" not in f"{entry.details_json}{entry.target}{entry.changes_json}".lower(), "the log says nothing of her"
    assert verify().broken is None
    assert "nothing" in forget("--email", ASA).partition("Found:")[2].partition("Stays:")[0]


def test_a_note_that_was_removed_says_so_in_the_readers_language(support: User, client_of: ClientOf) -> None:
    put(an_order("gone"))
    note(support, "o_gone", "She rang")
    forget("--order", "o_gone")
    desk = client_of(support)
    page = desk.get("/norce/se/orders/o_gone/").content.decode()
    assert REMOVED in page and "She rang" not in page
    desk.post("/accounts/preferences/", {"language": "sv", "page_size": "25", "theme": ""})
    assert "Borttaget: kunden bad att få bli glömd." in desk.get("/norce/se/orders/o_gone/").content.decode()


def test_a_phone_is_found_however_it_was_written(support: User) -> None:
    known(HERS, ASA, "070-123 45 67")
    known(HIS, BO, OTHER_PHONE)
    his = note(support, HIS, "Her phone is 0046 70 123 45 67 (or 0701234567), the parcel 123456789012")
    forget("--phone", PHONE)
    assert [row.order_id for row in IndexedOrder.objects.all()] == [HIS]
    assert NoteVersion.objects.get(pk=his.pk).text == "Her phone is […] (or […]), the parcel 123456789012"


def test_an_order_is_named_by_its_reference_and_of_several_its_channel_has_to_be_said(support: User) -> None:
    known("o_se", ASA, PHONE, SE, "1001")
    known("o_no", BO, OTHER_PHONE, NO, "1001")
    with pytest.raises(CommandError, match=r"Several orders are called 1001, in norce/no, norce/se"):
        forget("--order", "1001")
    assert IndexedOrder.objects.count() == 2
    forget("--order", "1001", "--channel", "norce/no")
    assert [row.order_id for row in IndexedOrder.objects.all()] == ["o_se"]


def test_an_order_that_the_index_knows_no_more_is_found_by_its_id(support: User) -> None:
    old = note(support, "o_old", "She rang")
    forget("--order", "o_old")
    assert NoteVersion.objects.get(pk=old.pk).text == REMOVED


def test_a_number_that_others_stand_in_for_is_nobodys(support: User) -> None:
    """A shop that writes its own number into every order: that is no customer."""
    known(HERS, ASA, PHONE)
    IndexedKey.objects.filter(kind="phone").update(is_stand_in=True)
    assert "0 orders" in forget("--phone", PHONE, dry_run=True)


# --- Exports


def exported(desk: Client, form: str) -> UUID:
    job = run(start(desk, format=form))
    assert job.state == "done"
    return job.pk


@pytest.mark.parametrize("form", ["csv-comma", "xlsx"])
def test_a_file_with_an_order_of_theirs_is_taken_whole(support: User, client_of: ClientOf, form: str) -> None:
    desk = client_of(support)
    put(an_order("hers", customer={"type": "person", "billing": address("Åsa", "Ek", email=ASA)}))
    hers = exported(desk, form)
    assert files.of_job(hers)
    known("o_hers", ASA, PHONE)
    said = forget("--email", ASA, dry_run=True)
    assert "1  exports and jobs with them" in said and files.of_job(hers)
    forget("--email", ASA)
    assert not files.of_job(hers) and not Job.objects.exists()


def test_a_file_without_them_stays(support: User, client_of: ClientOf) -> None:
    put(an_order("his"))
    his = exported(client_of(support), "csv-comma")
    known("o_hi", ASA, PHONE)
    forget("--email", ASA)
    assert files.of_job(his) and Job.objects.exists()


def test_an_export_that_is_under_way_is_said_and_left(support: User, client_of: ClientOf) -> None:
    put(an_order("hers"))
    job = start(client_of(support), "billing_emails=asa%40example.se")
    assert "under way: not touched" in forget("--email", ASA)
    assert Job.objects.filter(pk=job.pk).exists()


# --- What is refused


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "Say whom"),
        (["--email", ASA, "--user", "support"], "Say whom"),
        (["--email", "asa"], "no e-mail address"),
        (["--phone", "12"], "no phone number"),
        (["--order", "o_nobody"], "Nothing here is of an order o_nobody"),
        (["--user", "nobody"], "Nobody has the account nobody"),
    ],
)
def test_what_names_nobody_is_refused(db: None, asked: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        forget(*asked)


def out_of_reach(*_: Any, **__: Any) -> None:
    raise OperationalError("the disk is full")


def test_what_cannot_be_recorded_is_not_removed(support: User, monkeypatch: pytest.MonkeyPatch) -> None:
    known(HERS, ASA, PHONE)
    note(support, HERS, "She rang")
    before = everything()
    monkeypatch.setattr(log, "append", out_of_reach)
    with pytest.raises(CommandError, match="Nothing was removed"):
        forget("--email", ASA)
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("asa@example.se.", "[…]."),
        ("vasa@example.se", "vasa@example.se"),
        ("asa@example.seo", "asa@example.seo"),
        ("mail ASA@EXAMPLE.SE!", "mail […]!"),
        ("070-123 45 67", "[…]"),
        ("SE-10701234567", "SE-10701234567"),
    ],
)
def test_what_names_them_is_taken_out_of_a_text_and_nothing_else(text: str, without: str) -> None:
    assert Named([ASA], [PHONE]).without(text) == without
