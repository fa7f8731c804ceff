"""Notes on an order: for staff only, edited by who wrote them, never lost and never gone."""

import re
import uuid
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit import log
from audit.models import Entry
from index.writing import see
from order_api import OrderApi
from order_api.schemas import Order
from orders.models import Note, NoteVersion
from orders.notes import services
from tests.changes.conftest import logged
from tests.conftest import ClientOf
from tests.wire import answered_by

IN_BOX = {"HX-Request": "true", "HX-Target": "notes", "X-Problem-Target": "#note-problem"}
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"}


def add_url(order: Order) -> str:
    return reverse("note-create", args=["norce/se", order.id])


def url(note: Note, name: str = "note-edit") -> str:
    return reverse(name, args=["norce/se", note.order_id, note.pk])


def text(response: Any) -> str:
    return str(response.content.decode())


def timeline(client: Client, order: Order) -> str:
    return text(client.get(reverse("order-timeline", args=["norce/se", order.id])))


@pytest.fixture
def note(support: User, client_of: ClientOf, order: Order) -> Note:
    client_of(support).post(add_url(order), {"text": "Vill ha paketet till jobbet"})
    return Note.objects.get()


# Writing


def test_a_note_is_kept_and_read_by_every_colleague(
    support: User, manager: User, client_of: ClientOf, order: Order
) -> None:
    response = client_of(support).post(add_url(order), {"text": "Kunden ringde:\nvill ha <b>paketet</b> till jobbet"})
    assert response.status_code == 302
    page = timeline(client_of(manager), order)
    assert "Kunden ringde:<br>vill ha &lt;b&gt;paketet&lt;/b&gt; till jobbet" in page and "support" in page
    assert "Only staff can read it" in page


def test_a_note_is_in_the_log_without_what_it_says(note: Note, order: Order) -> None:
    assert logged(order) == [("event", "order.note.create", "done")]
    entry = Entry.objects.get(action="order.note.create")
    assert entry.target == str(note.pk) and "paketet" not in entry.changes_json + entry.details_json


def test_a_note_is_kept_by_this_desk_and_not_by_the_order_api(note: Note, client_of: ClientOf, support: User) -> None:
    assert "paketet" not in text(client_of(support).get(reverse("order-raw", args=["norce/se", note.order_id])))


def test_the_box_comes_back_empty_above_the_note_and_the_timeline_is_told(
    support: User, client_of: ClientOf, order: Order
) -> None:
    response = client_of(support).post(add_url(order), {"text": "Said by phone"}, headers=IN_BOX)
    assert response.status_code == 200 and "timeline-changed" in response["HX-Trigger"]
    assert "<html" not in text(response) and ">Said by phone</p>" in text(response)
    assert "The note was kept." in text(response) and not re.search(r"<textarea[^>]*>\s*Said", text(response))


def test_the_newest_notes_stand_above_the_items_of_the_order(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    for number in range(5):
        client.post(add_url(order), {"text": f"Call {number}"})
    page = text(client.get(reverse("order-detail", args=["norce/se", order.id])))
    seen = [page.index(words) for words in ("Call 4", "Call 3", "Call 2", "2 older notes", 'id="items"')]
    assert seen == sorted(seen) and "Call 1" not in page
    assert f"{reverse('order-timeline', args=['norce/se', order.id])}?show=notes" in page


def test_a_note_is_seen_on_an_order_that_was_written_before(support: User, client_of: ClientOf, order: Order) -> None:
    client, page = client_of(support), reverse("order-detail", args=["norce/se", order.id])
    client.get(page)
    client.post(add_url(order), {"text": "After the page was kept"})
    assert "After the page was kept" in text(client.get(page))


def test_a_box_that_is_sent_twice_keeps_one_note(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    mark = re.findall(r'name="mark" value="([^"]+)"', timeline(client, order))[0]
    for _ in range(2):
        assert client.post(add_url(order), {"text": "Once", "mark": mark}).status_code == 302
    assert NoteVersion.objects.count() == 1
    client.post(add_url(order), {"text": "Once", "mark": str(uuid.uuid4())})
    assert NoteVersion.objects.count() == 2


@pytest.mark.parametrize(("typed", "words"), [("  ", "Write something first"), ("x" * 5001, "at most 5000")])
def test_an_empty_or_endless_note_is_refused_in_its_place(
    support: User, client_of: ClientOf, order: Order, typed: str, words: str
) -> None:
    response = client_of(support).post(add_url(order), {"text": typed}, headers=IN_BOX)
    assert response.status_code == 422 and words in text(response)
    assert 'data-dirty="1"' in text(response)  # leaving asks
    assert not Note.objects.exists()


def test_an_outage_keeps_what_was_typed(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    with answered_by(TimeoutError):
        page = client.post(add_url(order), {"text": "Typed in vain"})
        box = client.post(add_url(order), {"text": "Typed in vain"}, headers=IN_BOX)
    assert page.status_code == 503 and 'value="Typed in vain"' in text(page)
    assert box.status_code == 503 and box["HX-Retarget"] == "#note-problem"
    assert not Note.objects.exists()


def test_while_the_api_is_silent_a_note_on_an_order_that_is_known_is_kept(
    support: User, client_of: ClientOf, order: Order, api: OrderApi
) -> None:
    see([api.orders.get(order.id or "")], at=timezone.now())
    client = client_of(support)
    with answered_by(TimeoutError):
        box = client.post(add_url(order), {"text": "She calls again tomorrow"}, headers=IN_BOX)
        elsewhere = client.post(add_url(order).replace("norce/se", "norce/no"), {"text": "Typed in vain"})
    assert box.status_code == 200 and "She calls again tomorrow" in text(box)
    assert elsewhere.status_code == 503 and 'value="Typed in vain"' in text(elsewhere)
    assert [note.order_id for note in Note.objects.all()] == [order.id]


def test_a_session_that_has_ended_keeps_what_was_typed(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    client.logout()
    ours = {"Referer": "http://testserver/norce/se/orders/"}
    page = client.post(add_url(order), {"text": "Typed in vain"}, headers=ours)
    box = client.post(add_url(order), {"text": "Typed in vain"}, headers=ours | IN_BOX)
    assert page.status_code == 403 and 'value="Typed in vain"' in text(page)
    assert box["HX-Retarget"] == "#note-problem" and "<form" not in text(box)


def test_what_cannot_be_written_into_the_log_is_not_kept(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    with mock.patch("audit.log.append", side_effect=OperationalError):
        response = client.post(add_url(order), {"text": "Said by phone"}, headers=IN_BOX)
    assert response.status_code == 503 and "Said by phone" in text(response)
    assert not Note.objects.exists()


def test_who_may_not_write_reads_and_sees_no_box(note: Note, order: Order, manager: User, client_of: ClientOf) -> None:
    Group.objects.get(name="manager").permissions.filter(codename="add_note").delete()
    client = client_of(manager)
    assert "paketet" in timeline(client, order) and 'id="note"' not in timeline(client, order)
    assert client.post(add_url(order), {"text": "Anyway"}).status_code == 403
    assert Note.objects.count() == 1


def test_there_is_no_note_on_an_order_of_another_channel(
    note: Note, support: User, client_of: ClientOf, order: Order
) -> None:
    client = client_of(support)
    assert client.post(add_url(order).replace("/norce/se/", "/norce/no/"), {"text": "Guessed"}).status_code == 404
    for name in ("note-edit", "note-history"):
        assert client.get(url(note, name).replace("/norce/se/", "/norce/no/")).status_code == 404
    assert client.get(url(note).replace(note.order_id, "o_other")).status_code == 404


# Editing


def edit(client: Client, note: Note, says: str, seen: int = 1, **more: Any) -> HttpResponse:
    return client.post(url(note), {"text": says, "number": seen}, **more)  # type: ignore[return-value]


def test_an_edited_note_says_the_new_and_keeps_the_old(
    note: Note, support: User, manager: User, client_of: ClientOf, order: Order
) -> None:
    assert edit(client_of(support), note, "Vill ha paketet hem").status_code == 302
    colleague = client_of(manager)
    assert "paketet hem" in timeline(colleague, order) and "till jobbet" not in timeline(colleague, order)
    history = text(colleague.get(url(note, "note-history")))
    assert history.index("paketet hem") < history.index("till jobbet") and "At first" in history
    assert [action for _, action, _ in logged(order)] == ["order.note.create", "order.note.update"]


def test_in_the_dialog_an_edit_leads_back_to_the_page_it_stands_on(
    note: Note, support: User, client_of: ClientOf
) -> None:
    here = {"HX-Current-URL": f"http://testserver/norce/se/orders/{note.order_id}/?x=1#payments"}
    form = text(client_of(support).get(url(note), headers=IN_DIALOG))
    assert "<html" not in form and "cannot be deleted" in form and "paketet" in form
    response = edit(client_of(support), note, "Hem", headers=IN_DIALOG | here)
    assert response["HX-Redirect"] == f"/norce/se/orders/{note.order_id}/?x=1"


def test_a_note_that_was_saved_unchanged_has_no_other_version(note: Note, support: User, client_of: ClientOf) -> None:
    edit(client_of(support), note, "Vill ha paketet till jobbet")
    assert note.versions.count() == 1


def test_two_windows_do_not_overwrite_each_other_unseen(note: Note, support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    edit(client, note, "From one window")
    conflict = edit(client, note, "From the other")
    assert conflict.status_code == 409
    assert "From one window" in text(conflict) and "From the other" in text(conflict)
    assert [version.text for version in note.versions.all()][1:] == ["From one window"]
    assert 'name="number" value="2"' in text(conflict)
    assert edit(client, note, "From the other", seen=2).status_code == 302
    assert note.versions.count() == 3


def test_two_windows_that_save_at_once_do_not_both_win(note: Note, support: User, order: Order) -> None:
    who, subject = log.Who("support"), log.Subject(order.id or "", "norce", "se")
    NoteVersion.objects.create(note=note, number=3, text="x", at=note.versions.get().at)
    with pytest.raises(services.NoteChangedError):
        services.edit(who, note, subject, "y", seen=1)
    with (
        mock.patch("orders.notes.services._add_version", side_effect=IntegrityError),
        pytest.raises(services.NoteChangedError),
    ):
        services.edit(who, note, subject, "y", seen=3)


def test_nobody_edits_what_somebody_else_wrote(note: Note, admin: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(admin)
    assert client.get(url(note)).status_code == 403
    assert edit(client, note, "Mine now").status_code == 403
    assert note.versions.count() == 1
    assert url(note) not in timeline(client, order)


def test_what_was_typed_over_a_note_stays_if_the_log_is_out(note: Note, support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    with mock.patch("audit.log.append", side_effect=OperationalError):
        response = edit(client, note, "Typed in vain")
    assert response.status_code == 503 and "Typed in vain" in text(response)
    assert note.versions.count() == 1


def test_a_note_survives_who_wrote_it(
    note: Note, support: User, manager: User, client_of: ClientOf, order: Order
) -> None:
    support.delete()
    page = timeline(client_of(manager), order)
    assert "paketet" in page and "support" in page
