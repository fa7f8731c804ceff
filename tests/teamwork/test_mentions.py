"""A note mentions colleagues and answers what was asked: whom it reaches, and whom not."""

import re
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from audit.models import Entry
from orders.models import Note
from teamwork.mentions import mentioned
from teamwork.models import Task
from teamwork.people import Colleague
from tests.conftest import ClientOf
from tests.teamwork.conftest import ORDER, REFERENCE, MakePerson, asked, note_url, order_url, queue, text, url

IN_BOX = {
    "HX-Request": "true",
    "HX-Target": "notes",
    "X-Problem-Target": "#note-problem",
    "HX-Current-URL": f"http://testserver{order_url()}",
}
PEOPLE = [
    Colleague(1, "anna", "Anna Berg", "support"),
    Colleague(2, "anna2", "Anna Bergström", "support"),
    Colleague(3, "bo.ek@example.com", "Bo Ek", "manager"),
    Colleague(4, "åsa", "Åsa Öberg", "admin"),
    Colleague(5, "x9", "x9", ""),
]


@pytest.mark.parametrize(
    ("says", "numbers", "unknown"),
    [
        ("@Anna Berg can you?", [1], []),
        ("(@anna berg), and @ANNA BERGSTRÖM.", [1, 2], []),
        ("@anna2 @anna2", [2], []),
        ("@Bo: look", [3], []),
        ("ask @bo.ek@example.com", [3], []),
        ("@åsa", [4], []),
        ("@ÅSA ÖBERG", [4], []),
        ("@Anna, please", [1], []),  # the name of an account
        ("@Annabel and @Bosse", [], ["Annabel", "Bosse"]),
        ("write to zlatan@mail.example or a.b@c.se", [], []),
        ("@ nobody, 5 @ 10 kr, @, @@", [], []),
        ("@x9!", [5], []),
        ("@Bo Eklund", [3], []),
        ("", [], []),
    ],
)
def test_names_behind_an_at_are_found_as_people_write_them(says: str, numbers: list[int], unknown: list[str]) -> None:
    found = mentioned(says, PEOPLE)
    assert ([each.pk for each in found.people], found.unknown) == (numbers, unknown)


def test_a_long_text_of_ats_is_read_in_no_time() -> None:
    assert mentioned("@" * 5000 + "@anna " * 800, PEOPLE).people == [PEOPLE[0]]


def write(client: Client, says: str, **more: Any) -> Any:
    return client.post(note_url(), {"text": says, **more}, headers=IN_BOX)


def test_whoever_is_mentioned_finds_the_note_in_their_queue(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    write(client_of(anna), "@Bo Ek, may we refund this? And @anna")
    page = queue(client_of(bo))
    assert REFERENCE in page and "Mentioned" in page and "may we refund this?" in page and order_url() in page
    assert Task.objects.get().text == ""  # it is the note's, and kept there
    assert REFERENCE not in queue(client_of(anna))
    assert Entry.objects.get(action="task.create").details["for"] == "person:bo"


def test_the_mention_says_what_the_note_says_now(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    write(client_of(anna), "@bo first")
    note = Note.objects.get()
    client_of(anna).post(f"/norce/se/orders/{ORDER}/notes/{note.pk}/edit/", {"text": "@bo second", "number": 1})
    assert "second" in queue(client_of(bo)) and Task.objects.count() == 1


def test_whom_an_edit_mentions_for_the_first_time_is_told(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva = colleague("Eva Dahl")
    write(client_of(anna), "@bo")
    note = Note.objects.get()
    client_of(anna).post(f"/norce/se/orders/{ORDER}/notes/{note.pk}/edit/", {"text": "@bo and @eva", "number": 1})
    assert [task.for_person for task in Task.objects.order_by("pk")] == [bo, eva]


def test_who_has_not_the_channel_is_not_told_and_the_writer_is(
    order: str, anna: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    colleague("Nora Nord", channels="norce/no")
    answer = text(write(client_of(anna), "@Nora and @Nobody"))
    assert "Nobody who has this channel is called Nora, Nobody" in answer
    assert Note.objects.count() == 1 and not Task.objects.exists()
    page = text(client_of(anna).post(note_url(), {"text": "@Nora"}, follow=True))
    assert "Nobody who has this channel is called Nora" in page


def test_a_note_that_comes_twice_tells_once(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    mark = re.findall(r'name="mark" value="([^"]+)"', text(client.get(order_url())))[0]
    for _ in range(2):
        write(client, "@bo", mark=mark)
    assert Task.objects.count() == Note.objects.count() == 1


def test_if_the_log_is_out_there_is_neither_note_nor_mention(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    client = client_of(anna)
    with mock.patch("audit.log.append", side_effect=[None, OperationalError]):
        assert write(client, "@bo").status_code == 503
    assert not Note.objects.exists() and not Task.objects.exists()


# Answering


def test_a_note_answers_what_was_asked_and_whoever_asked_is_told(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    write(client_of(anna), "@bo may we refund this?")
    task, client = Task.objects.get(), client_of(bo)
    box = text(client.get(order_url()))
    assert re.search(rf'name="answers" value="{task.pk}"\s+checked', box) and "This answers Anna Berg" in box
    answer = text(write(client, "Yes, all of it", answers=task.pk))
    assert 'id="queue-count"' in answer and "hx-swap-oob" in answer and 'name="answers"' not in answer
    task.refresh_from_db()
    assert task.state == "done" and task.done_by == bo
    page = queue(client_of(anna))
    assert "Answered" in page and "Yes, all of it" in page and REFERENCE not in queue(client)
    assert [each.action for each in Entry.objects.filter(action__startswith="task.").order_by("sequence")] == [
        "task.create", "task.done", "task.create",
    ]  # fmt: skip


def test_an_answer_that_mentions_whoever_asked_stands_once_in_their_queue(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    task = asked(anna, bo)
    write(client_of(bo), "@Anna Berg done", answers=task.pk)
    assert list(Task.objects.filter(for_person=anna).values_list("kind", flat=True)) == ["mention"]


def test_a_note_without_a_tick_answers_nothing(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    task = asked(anna, bo)
    write(client_of(bo), "I shall look tomorrow")
    assert Task.objects.get() == task and Task.objects.get().is_open


def test_a_note_answers_only_what_is_the_writers_on_that_order(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva = colleague("Eva Dahl")
    theirs, elsewhere = asked(anna, bo), asked(anna, eva, "o_Other")
    write(client_of(eva), "Mine", answers=[theirs.pk, elsewhere.pk, 999999, "x", "-1", "9" * 40])
    assert Task.objects.filter(state="open").count() == 2 and Note.objects.count() == 1


def test_what_one_asked_of_oneself_or_was_answered_is_not_answered_by_a_note(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    asked(anna, anna)
    asked(bo, anna, kind="answer")
    page = text(client_of(anna).get(order_url()))
    assert 'name="answers"' not in page and page.count('id="tasks"') == 1 and "Answered" in page


def test_what_was_typed_stays_with_its_tick_if_the_note_cannot_be_kept(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    task = asked(anna, bo)
    answer = write(client_of(bo), "x" * 5001, answers=task.pk)
    assert answer.status_code == 422 and re.search(rf'value="{task.pk}"\s+checked', text(answer))
    assert Task.objects.get().is_open
    assert not re.search(rf'value="{task.pk}"\s+checked', text(write(client_of(bo), "")))


# The list behind the "@"


def test_the_list_of_colleagues_has_who_has_the_channel(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    colleague("Bo Ek", username="bo2")
    colleague("Nora Nord", channels="norce/no")
    part = text(client_of(anna).get("/norce/se/colleagues/", headers={"HX-Request": "true", "HX-Target": "colleagues"}))
    names = re.findall(r'data-mention="([^"]+)"', part)
    assert names == ["Anna Berg", "bo", "bo2"] and "<html" not in part


def test_the_row_of_the_list_says_who_has_it_and_that_there_are_notes(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    client = client_of(anna)
    assert 'class="marks"' not in text(client.get("/norce/se/orders/"))
    asked(anna, bo)
    asked(anna, "support")
    write(client, "One")
    write(client, "Two")
    page = text(client.get("/norce/se/orders/"))
    assert "With Bo Ek, Support" in page and "2 notes" in page and 'aria-hidden="true">BE +1<' in page
    Task.objects.update(state="done")
    page = text(client.get("/norce/se/orders/"))
    assert "With Bo Ek" not in page and "2 notes" in page


def test_done_on_the_orders_page_leads_back_to_it(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    task, client = asked(anna, bo), client_of(bo)
    page = text(client.get(order_url()))
    assert f'action="{url("task-done", task)}"' in page and f'name="next" value="{order_url()}"' in page
