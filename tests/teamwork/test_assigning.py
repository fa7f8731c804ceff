"""Assigning an order: who can be asked, what is kept, and what becomes of it when nobody waits for anybody."""

import datetime as dt
import re
from unittest import mock

import pytest
from django.contrib.auth.models import Group, User
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from teamwork import services
from teamwork.models import Task
from tests.conftest import ClientOf
from tests.teamwork.conftest import (
    ORDER,
    REFERENCE,
    MakePerson,
    asked,
    assign_url,
    order_url,
    queue,
    text,
    url,
    who,
)
from tests.wire import answered_by

IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"}


def choices(page: str) -> list[str]:
    return re.findall(r"<option[^>]*>([^<]+)</option>", page)


def log_of(order_id: str = ORDER) -> list[str]:
    return [each.action for each in Entry.objects.filter(order_id=order_id).order_by("sequence")]


def test_an_order_is_assigned_to_a_colleague_who_finds_it_in_their_queue(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    fields = {"whom": f"person:{bo.pk}", "text": "Call them back", "due": "2999-01-31"}
    assert client_of(anna).post(assign_url(), fields).status_code == 302
    page = queue(client_of(bo))
    assert REFERENCE in page and "Call them back" in page and "by Anna Berg" in page and order_url() in page
    assert "Call them back" not in queue(client_of(anna))
    assert "Call them back" in queue(client_of(anna), "queue-team")


def test_the_orders_page_says_with_whom_it_is(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    assert "With" not in text(client.get(order_url()))
    asked(anna, bo)
    page = text(client.get(order_url()))
    assert re.search(r'id="holders">.*?With</span> Bo Ek', page, re.DOTALL)
    assert "With Bo Ek" in page and 'aria-keyshortcuts="A"' in page


def test_who_can_be_asked_has_the_channel_and_may_sign_in(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    colleague("Nora Nord", channels="norce/no")
    colleague("Gone Away", is_active=False)
    User.objects.create_user("newcomer")
    offered = choices(text(client_of(anna).get(assign_url())))
    assert offered == ["Choose…", "Me", "Support", "Manager", "Bo Ek"]


@pytest.mark.parametrize("gone", ["deactivated", "deleted", "without the channel"])
def test_somebody_who_is_gone_meanwhile_cannot_be_asked_and_what_was_typed_stays(
    gone: str, order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    fields = {"whom": f"person:{bo.pk}", "text": "Call them back"}
    if gone == "deactivated":
        User.objects.filter(pk=bo.pk).update(is_active=False)
    elif gone == "deleted":
        bo.delete()
    else:
        bo.channel_grants.all().delete()
    answer = client_of(anna).post(assign_url(), fields)
    assert answer.status_code == 422 and "cannot be asked about this order any more" in text(answer)
    assert "Call them back</textarea>" in text(answer) and not Task.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a person or a role"),
        ({"whom": "person:x"}, "cannot be asked"),
        ({"whom": "me", "due": "2001-01-01"}, "That day is over"),
        ({"whom": "me", "due": "soon"}, "valid date"),
        ({"whom": "me", "text": "x" * 2001}, "at most 2000"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_the_dialog(
    fields: dict[str, str], words: str, order: str, anna: User, client_of: ClientOf
) -> None:
    answer = client_of(anna).post(assign_url(), fields, headers=IN_DIALOG)
    assert answer.status_code == 422 and words in text(answer) and "<html" not in text(answer)
    assert not Task.objects.exists()


def test_a_form_that_comes_twice_asks_once(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    mark = re.findall(r'name="mark" value="([^"]+)"', text(client.get(assign_url())))[0]
    for _ in range(2):
        assert client.post(assign_url(), {"whom": f"person:{bo.pk}", "mark": mark}).status_code == 302
    assert Task.objects.count() == 1 and log_of() == ["task.create"]


def test_an_outage_keeps_what_was_typed(order: str, anna: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    with answered_by(TimeoutError):
        page = client.post(
            assign_url(), {"whom": "me", "text": "Typed in vain"}, headers={"Referer": "http://testserver/"}
        )
    assert page.status_code == 503 and 'value="Typed in vain"' in text(page) and not Task.objects.exists()


def test_what_cannot_be_written_into_the_log_is_not_asked(order: str, anna: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    with mock.patch("audit.log.append", side_effect=OperationalError):
        answer = client.post(assign_url(), {"whom": "me", "text": "Typed in vain"})
    assert answer.status_code == 503 and "Typed in vain" in text(answer) and not Task.objects.exists()


def test_nobody_without_the_right_asks_or_is_shown_the_way(order: str, anna: User, client_of: ClientOf) -> None:
    Group.objects.get(name="support").permissions.filter(codename="add_note").delete()
    task, client = asked(anna, anna), client_of(anna)
    assert client.post(assign_url(), {"whom": "me"}).status_code == 403
    for name in ("task-done", "task-take", "task-give-back", "task-hand-over"):
        assert client.post(url(name, task), {"whom": "me"}).status_code == 403
    page = text(client.get(order_url()))
    assert assign_url() not in page and url("task-done", task) not in page and task.moves == 0


def test_what_was_asked_stands_in_the_orders_timeline_and_in_the_log_in_codes(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    task = asked(anna, bo, text="Call Zlatan at 070-123 45 67")
    services.close(task, who(bo))
    asked(anna, "manager")
    created = Entry.objects.get(action="task.create", target=str(task.pk))
    assert created.details == {"kind": "ask", "for": "person:bo", "reference": REFERENCE}
    assert "Zlatan" not in "".join(each.details_json + each.changes_json for each in Entry.objects.all())
    page = text(client_of(anna).get(f"/norce/se/orders/{ORDER}/timeline/"))
    assert "Anna Berg assigned the order to Bo Ek" in page and "assigned the order to Manager" in page
    assert "Bo Ek was done with what was asked about the order" in page


# What whoever has it can do


def test_whoever_has_it_says_done_and_it_is_gone_from_page_and_queue(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    task, client = asked(anna, bo), client_of(bo)
    assert client.post(url("task-done", task), {"next": "/queue/"})["Location"] == "/queue/"
    task.refresh_from_db()
    assert (task.state, task.done_by, task.done_by_name) == ("done", bo, "bo")
    assert REFERENCE not in queue(client) and "With Bo Ek" not in text(client.get(order_url()))
    assert log_of() == ["task.create", "task.done"]


def test_done_twice_is_done_once_and_said(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    task, client = asked(anna, bo), client_of(bo)
    client.post(url("task-done", task))
    assert "Somebody else was quicker" in text(client.post(url("task-done", task), follow=True))
    assert log_of() == ["task.create", "task.done"]


def test_two_of_a_role_who_take_it_at_once_do_not_both_have_it(
    order: str, anna: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva, task = colleague("Eva Dahl"), asked(anna, "support")
    seen_by_eva = Task.objects.get()
    client_of(anna).post(url("task-take", task))
    with pytest.raises(services.TaskMovedError):
        services.take(seen_by_eva, who(eva), eva)
    assert Task.objects.get().for_person == anna and log_of() == ["task.create", "task.take"]


def test_what_was_taken_from_a_role_goes_back_to_it(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva, task = colleague("Eva Dahl"), asked(bo, "support")
    client_of(anna).post(url("task-take", task))
    assert REFERENCE in queue(client_of(anna)) and REFERENCE not in queue(client_of(eva))
    client_of(anna).post(url("task-give-back", task))
    assert REFERENCE in queue(client_of(eva))
    assert log_of() == ["task.create", "task.take", "task.give-back"]


def test_what_somebody_was_asked_goes_back_to_whoever_asked(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    task = asked(anna, bo)
    client_of(bo).post(url("task-give-back", task))
    assert REFERENCE in queue(client_of(anna)) and REFERENCE not in queue(client_of(bo))


def test_it_is_handed_over_with_what_is_to_be_done(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva, task, client = colleague("Eva Dahl"), asked(anna, bo, text="Call them"), client_of(bo)
    form = text(client.get(url("task-hand-over", task), headers=IN_DIALOG))
    assert "with Bo Ek now" in form and "Call them</textarea>" in form and "<html" not in form
    here = IN_DIALOG | {"HX-Current-URL": "http://testserver/queue/?page=2#x"}
    opened = text(client.get(url("task-hand-over", task), headers=here))
    where = re.findall(r'name="next" value="([^"]*)"', opened)[0]
    fields = {"whom": f"person:{eva.pk}", "text": "Call them, in Finnish", "moves": "0", "next": where}
    assert client.post(url("task-hand-over", task), fields, headers=IN_DIALOG)["HX-Redirect"] == "/queue/?page=2"
    assert "Call them, in Finnish" in queue(client_of(eva)) and REFERENCE not in queue(client)
    moved = Entry.objects.get(action="task.hand-over")
    assert [tuple(change) for change in moved.changes] == [("for", "person:bo", "person:eva")]


def test_a_hand_over_from_an_old_page_overwrites_nothing(order: str, anna: User, bo: User, client_of: ClientOf) -> None:
    task, client = asked(anna, bo), client_of(anna)
    services.hand_over(task, who(bo), None, "manager")
    answer = client.post(url("task-hand-over", task), {"whom": "me", "text": "Typed", "moves": "0"})
    assert answer.status_code == 409 and "Somebody else was quicker" in text(answer) and "Typed" in text(answer)
    assert Task.objects.get().for_role == "manager"


@pytest.mark.parametrize("name", ["task-done", "task-give-back", "task-hand-over"])
def test_nobody_ends_or_hands_on_what_two_others_have_between_them(
    name: str, order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    task, client = asked(anna, bo), client_of(colleague("Eva Dahl"))
    assert client.post(url(name, task), {"whom": "me"}).status_code == 403
    assert client.get(url(name, task)).status_code == 403 and Task.objects.get().moves == 0


def test_a_colleague_who_is_ill_loses_it_to_whoever_takes_it(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    task, eva = asked(anna, bo), colleague("Eva Dahl")
    assert url("task-take", task) in queue(client_of(eva), "queue-team")
    client_of(eva).post(url("task-take", task))
    assert REFERENCE in queue(client_of(eva))


@pytest.mark.parametrize("name", ["task-done", "task-take", "task-give-back", "task-hand-over"])
def test_a_task_of_another_channel_is_not_there(
    name: str, order: str, anna: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    task, client = asked(anna, anna, channel="norce/no"), client_of(colleague("Eva Dahl", channels="norce/se"))
    for answer in (client.get(url(name, task)), client.post(url(name, task), {"whom": "me"})):
        assert answer.status_code == 404
    assert Task.objects.get().moves == 0 and Task.objects.get().is_open


def test_one_step_can_be_taken_from_a_page_of_its_own(order: str, anna: User, client_of: ClientOf) -> None:
    task, client = asked(anna, anna, text="Call them", due=timezone.localdate()), client_of(anna)
    page = text(client.get(url("task-done", task)))
    assert "Call them" in page and "Until today" in page and f'action="{url("task-done", task)}"' in page
    client.post(url("task-done", task))
    assert "Anna Berg was done with it" in text(client.get(url("task-done", task)))


def test_a_day_that_is_over_can_stay_when_it_is_handed_over(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    due = timezone.localdate() - dt.timedelta(days=2)
    task = asked(anna, bo, due=due)
    answer = client_of(bo).post(url("task-hand-over", task), {"whom": f"person:{anna.pk}", "due": due.isoformat()})
    assert answer.status_code == 302 and Task.objects.get().for_person == anna


def moves_of(page: str) -> str:
    return str(re.findall(r'name="moves" value="(\d+)"', page)[0])


def test_who_has_the_order_already_is_said_before_somebody_else_is_asked(
    order: str, anna: User, bo: User, client_of: ClientOf
) -> None:
    asked(anna, bo)
    assert "It is with Bo Ek already" in text(client_of(anna).get(assign_url()))


def test_each_button_pressed_twice_does_it_once(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva, client = colleague("Eva Dahl"), client_of(bo)
    handed, back, taken = asked(anna, bo), asked(anna, bo), asked(anna, "manager")
    moves = moves_of(text(client.get(order_url())))
    for _ in range(2):
        fields = {"whom": f"person:{eva.pk}", "moves": moves}
        assert client.post(url("task-hand-over", handed), fields).status_code == 302
        assert client.post(url("task-give-back", back), {"moves": moves}).status_code == 302
        assert client.post(url("task-take", taken), {"moves": moves}).status_code == 302
    assert sorted(log_of()) == [*["task.create"] * 3, "task.give-back", "task.hand-over", "task.take"]


def test_a_button_of_an_old_page_does_nothing_to_what_is_elsewhere_by_now(
    order: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    eva, task, client = colleague("Eva Dahl"), asked(anna, bo), client_of(anna)
    services.hand_over(task, who(bo), eva)
    page = text(client.post(url("task-done", task), {"moves": "0"}, follow=True))
    assert "Somebody else was quicker" in page and Task.objects.get().is_open


def test_no_form_is_taken_from_another_site(order: str, anna: User) -> None:
    task, client = asked(anna, anna), Client(enforce_csrf_checks=True)
    client.force_login(anna)
    for where in (assign_url(), *(url(name, task) for name in ("task-done", "task-hand-over", "task-take"))):
        assert client.post(where, {"whom": "me"}).status_code == 403
    assert client.post("/queue/mail/", {"when": "daily"}).status_code == 403
    assert log_of() == ["task.create"]


def test_a_session_that_has_ended_keeps_what_was_typed(order: str, anna: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    client.logout()
    page = client.post(assign_url(), {"text": "Typed in vain"}, headers={"Referer": "http://testserver/"})
    assert page.status_code == 403 and 'value="Typed in vain"' in text(page) and not Task.objects.exists()
