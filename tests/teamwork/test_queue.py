"""My queue and the team's: what waits for whom, in which order, over all channels, and what of it is gone."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel
from accounts.models import keep_preference
from teamwork import queue as queues
from teamwork import services
from teamwork.models import Task
from tests.conftest import ClientOf
from tests.teamwork.conftest import MakePerson, asked, queue, text, url, who


def shown(page: str) -> list[str]:
    """The orders of the rows, from above."""
    return re.findall(r"<th scope=\"row\">\s*<a[^>]*><bdi>([^<]+)</bdi>", page)


def aged(task: Task, hours: int) -> None:
    Task.objects.filter(pk=task.pk).update(created_at=timezone.now() - dt.timedelta(hours=hours))


def count(client_page: str) -> str:
    found = re.search(r'id="queue-count"[^>]*>([^<]*)', client_page)
    return found[1].strip() if found else "no count"


def test_overdue_comes_first_then_what_is_due_then_the_oldest(anna: User, bo: User, client_of: ClientOf) -> None:
    today = timezone.localdate()
    for name, days, hours in (("young", None, 1), ("late", -3, 2), ("old", None, 9), ("soon", 1, 1), ("later", 9, 1)):
        due = None if days is None else today + dt.timedelta(days=days)
        aged(asked(bo, anna, f"o_{name}", reference=name, due=due), hours)
    page = queue(client_of(anna))
    assert shown(page) == ["late", "soon", "later", "old", "young"]
    assert page.count("Overdue: until") == 1 and "Until tomorrow" in page


def test_it_is_over_all_channels_of_the_person_and_each_row_names_its_own(
    anna: User, bo: User, client_of: ClientOf
) -> None:
    asked(bo, anna, "o_1", reference="one")
    asked(bo, anna, "o_2", channel="norce/no", reference="two")
    asked(bo, anna, "o_3", channel="nordlys/de", reference="three")
    page = queue(client_of(anna))
    assert shown(page) == ["one", "two"] and "norce/no" in page


def test_whoever_loses_a_channel_loses_its_tasks_and_the_team_has_them(
    anna: User, bo: User, client_of: ClientOf
) -> None:
    asked(bo, anna, reference="one")
    anna.channel_grants.update(channel="no")
    assert shown(queue(client_of(anna))) == [] and count(queue(client_of(anna))) == ""
    page = queue(client_of(bo), "queue-team")
    assert shown(page) == ["one"] and "cannot do it any more" in page


@pytest.mark.parametrize("kind", ["ask", "mention", "answer"])
def test_what_somebody_had_who_is_gone_goes_to_the_team(
    kind: str, anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    task, eva = asked(bo, anna, kind=kind, reference="one"), colleague("Eva Dahl")
    assert shown(queue(client_of(eva), "queue-team")) == (["one"] if kind == "ask" else [])
    User.objects.filter(pk=anna.pk).update(is_active=False)
    page = queue(client_of(eva), "queue-team")
    assert shown(page) == ["one"] and url("task-take", task) in page
    client_of(eva).post(url("task-take", task))
    assert shown(queue(client_of(eva))) == ["one"]


def test_an_account_that_was_deleted_leaves_its_tasks_to_the_team(anna: User, bo: User, client_of: ClientOf) -> None:
    task = asked(bo, anna, reference="one")
    anna.delete()
    assert shown(queue(client_of(bo), "queue-team")) == ["one"]
    assert client_of(bo).post(url("task-done", task)).status_code == 302
    assert not Task.objects.get().is_open


def test_what_is_for_a_role_waits_for_those_whose_highest_role_it_is(
    anna: User, bo: User, colleague: MakePerson, client_of: ClientOf
) -> None:
    asked(bo, "support", reference="one")
    far = colleague("Nora Nord", channels="norce/no")
    assert shown(queue(client_of(anna))) == ["one"] and "for Support" in queue(client_of(anna))
    assert shown(queue(client_of(bo))) == [] and shown(queue(client_of(bo), "queue-team")) == ["one"]
    assert shown(queue(client_of(far))) == shown(queue(client_of(far), "queue-team")) == []


def test_an_empty_queue_says_what_will_stand_there(anna: User, client_of: ClientOf) -> None:
    assert "Nothing waits for you" in queue(client_of(anna))
    assert "Nobody else has anything to do" in queue(client_of(anna), "queue-team")


def test_a_long_queue_has_pages(anna: User, bo: User, client_of: ClientOf) -> None:
    for number in range(27):
        aged(asked(bo, anna, f"o_{number}", reference=f"n{number}"), 100 - number)
    client = client_of(anna)
    first, second = queue(client), text(client.get("/queue/?page=2"))
    assert len(shown(first)) == 25 and "1–25 of 27" in first and 'href="?page=2"' in first
    assert shown(second) == ["n25", "n26"] and "26–27 of 27" in second
    assert client.get("/queue/?page=9")["Location"] == "/queue/?page=2"
    for odd in ("0", "-1", "x", "9999999999", "²"):
        assert shown(text(client.get("/queue/", {"page": odd}))) == shown(first)
    keep_preference(anna, page_size=50)
    assert len(shown(queue(client_of(anna)))) == 27


def test_a_long_queue_costs_as_many_statements_as_a_short_one(anna: User, bo: User, client_of: ClientOf) -> None:
    client, costs = client_of(anna), []
    asked(bo, anna)
    client.get("/queue/")  # what people are called is known from here on
    for step in range(2):
        for number in range(1 + 9 * step):
            asked(bo, anna, f"o_{step}_{number}", reference=f"n{number}")
            asked(bo, "support", f"o_{step}_{number}", reference=f"n{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get("/queue/")
        costs.append([query["sql"] for query in queries])
    assert len(costs[0]) == len(costs[1]), costs[1]


def test_the_count_stands_in_the_frame_of_every_page_and_costs_one_statement(
    anna: User, bo: User, client_of: ClientOf
) -> None:
    client = client_of(anna)
    assert count(text(client.get("/accounts/preferences/"))) == ""
    asked(bo, anna)
    asked(bo, "support")
    asked(bo, "manager")
    with CaptureQueriesContext(connection) as queries:
        page = text(client.get("/accounts/preferences/"))
    assert count(page) == "2" and len([q for q in queries if "teamwork_task" in q["sql"]]) == 1


def test_a_page_that_stays_open_is_told_the_count(anna: User, bo: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    asked(bo, anna)
    with CaptureQueriesContext(connection) as queries:
        part = text(client.get(reverse("queue-count")))
    assert count(part) == "1" and "<html" not in part and f'data-look="{reverse("queue-count")}"' in part
    assert len([q for q in queries if "teamwork_task" in q["sql"]]) == 1


def test_whoever_sees_no_orders_has_no_queue(newcomer: User, anna: User, client_of: ClientOf) -> None:
    assert 'id="queue-count"' not in text(client_of(newcomer).get("/accounts/preferences/"))
    Group.objects.get(name="support").permissions.filter(codename="view_order").delete()
    assert client_of(anna).get("/queue/").status_code == 403


def test_whoever_has_no_channel_any_more_has_an_empty_queue(anna: User, bo: User, client_of: ClientOf) -> None:
    asked(bo, anna)
    anna.channel_grants.all().delete()
    page = queue(client_of(anna))
    assert "Nothing waits for you" in page and count(page) == ""


# What other rooms have for it


class Requests:
    """A room that has two things for one person."""

    def __init__(self, user: User) -> None:
        self.user = user

    def count(self, user: User) -> int:
        return len(self.items(user))

    def items(self, user: User) -> Sequence[queues.Item]:
        today, now = timezone.localdate(), timezone.now()
        where = Channel("norce", "se")
        urgent = queues.Item(where, "o_9", "urgent", "Waits", "bo", "Refund 10", now, "/x/", "Decide", due=today)
        return [urgent, urgent._replace(reference="calm", due=None)] if user == self.user else []


@pytest.fixture
def requests(anna: User) -> Iterator[Requests]:
    source = Requests(anna)
    queues.register(source)
    yield source
    queues._sources.remove(source)


def test_what_other_rooms_have_for_a_person_stands_among_their_tasks_and_counts(
    requests: Requests, anna: User, bo: User, client_of: ClientOf
) -> None:
    aged(asked(bo, anna, reference="undated"), 3)
    asked(bo, anna, reference="due", due=timezone.localdate() + dt.timedelta(days=1))
    page = queue(client_of(anna))
    assert shown(page) == ["urgent", "due", "undated", "calm"] and count(page) == "4"
    assert 'href="/x/"' in page and "Decide" in page and "Refund 10" in page
    assert shown(queue(client_of(bo))) == []


# What other rooms make of it


def test_what_became_of_something_is_told_in_words_of_the_room_that_knows(
    anna: User, bo: User, client_of: ClientOf
) -> None:
    queues.register_words({"turned-down": "Turned down"})  # type: ignore[dict-item]
    asked(bo, anna, kind="answer", code="turned-down", text="Not this one")
    page = queue(client_of(anna))
    assert "Answered: Turned down" in page and "Not this one" in page
    assert "task-take" not in page and "/hand-over/" not in page


def test_nobody_is_told_where_whoever_asked_has_no_account_any_more(bo: User) -> None:
    assert services.create("answer", services.About("o_1", "norce", "se"), who(bo)) is None
    assert not Task.objects.exists()
