"""Views of the list: kept under a name, shared with others, put in order; and never in anybody's way."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts.models import ChannelGrant
from audit.models import Entry
from orders.saved_views import services
from orders.saved_views.models import SavedView
from tests.conftest import PASSWORD, ClientOf, person
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.orders.pages import body_of, folded, orders_on, text_of
from tests.saved_views.keeping import LIST, keep, tabs_of, the_view

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def manager_desk(client_of: ClientOf, manager: User) -> Client:
    return client_of(manager)


@pytest.fixture
def support_desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def words_of_tabs(desk: Client, address: str = LIST) -> str:
    return text_of(desk.get(address)).partition("More")[0]


def actions(logged: QuerySet[Entry]) -> list[str]:
    return [action for action in logged.order_by("sequence").values_list("action", flat=True) if "view." in action]


# Keeping


def test_a_list_is_kept_under_a_name_and_is_a_tab_from_then_on(support_desk: Client) -> None:
    put(an_order("one"), an_order("two", state="processing"))
    answer = keep(support_desk, "Finished", "status=completed&page=3&view=all&size=50")
    view = the_view("Finished")
    assert view.query == "status=completed&size=50"
    assert answer["Location"] == f"{LIST}?status=completed&size=50&view={view.pk}"
    shown = support_desk.get(answer["Location"])
    assert list(orders_on(shown)) == ["o_one"] and str(view.pk) in tabs_of(support_desk)
    assert f'id="v-{view.pk}"' in body_of(shown) and "was changed" not in text_of(shown)


def test_what_was_done_stands_in_the_log_without_what_was_filtered_for(
    support_desk: Client, logged: QuerySet[Entry]
) -> None:
    keep(support_desk, filters="billing_emails=anna@example.se")
    view = the_view()
    support_desk.post(f"/views/{view.pk}/update/", {"filters": "status=declined", "version": "0"})
    support_desk.post(f"/views/{view.pk}/", {"name": "Other", "audience": "mine", "version": "1"})
    support_desk.post(f"/views/{view.pk}/delete/")
    assert actions(logged) == ["view.create", "view.update", "view.update", "view.delete"]
    assert "anna" not in repr(list(logged.filter(action__startswith="view.").values()))


def test_a_form_that_comes_twice_keeps_one_view(support_desk: Client, logged: QuerySet[Entry]) -> None:
    mark = str(uuid4())
    first, second = keep(support_desk, mark=mark), keep(support_desk, mark=mark)
    assert (
        first["Location"] == second["Location"]
        and SavedView.objects.count() == 1
        and actions(logged) == ["view.create"]
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give it a name"),
        ("x" * 41, "at most 40"),
        ("MINE", "You have a view of that name"),
        ("\u200b ", "Give it a name"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_a_reason_and_nothing_is_lost(
    support_desk: Client, name: str, said: str
) -> None:
    keep(support_desk)
    answer = keep(support_desk, name, "status=declined")
    assert answer.status_code == 422 and said in text_of(answer)
    assert 'name="filters" value="status=declined"' in body_of(answer) and SavedView.objects.count() == 1


def test_two_people_may_use_the_same_name(support_desk: Client, manager_desk: Client) -> None:
    keep(support_desk)
    assert keep(manager_desk).status_code == 302 and SavedView.objects.count() == 2


def test_nobody_has_more_views_than_fit(support_desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    keep(support_desk)
    assert "as many views as one can have" in text_of(keep(support_desk, "Another"))


def test_a_view_that_cannot_be_logged_is_not_kept(support_desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.log import AuditUnavailableError

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AuditUnavailableError

    monkeypatch.setattr(services, "event", refuse)
    answer = keep(support_desk)
    assert answer.status_code == 503 and not SavedView.objects.exists()


# Changed since


def test_filters_that_were_changed_show_a_dot_and_lead_back(support_desk: Client) -> None:
    keep(support_desk)
    view = the_view()
    moved = support_desk.get(f"{LIST}?status=declined&view={view.pk}")
    body = folded(moved)
    assert 'class="dot"' in body and "Mine was changed" in text_of(moved)
    assert f'id="view-reset" href="{LIST}?status=completed&amp;view={view.pk}"' in body and 'id="view-update"' in body
    support_desk.post(f"/views/{view.pk}/update/", {"filters": "status=declined", "version": "0"})
    assert 'class="dot"' not in body_of(support_desk.get(f"{LIST}?status=declined&view={view.pk}"))


def test_a_view_that_comes_with_the_desk_can_be_kept_as_new_and_not_updated(support_desk: Client) -> None:
    body = body_of(support_desk.get(f"{LIST}?finding=stuck&status=processing&view=stuck"))
    assert 'id="view-save"' in body and 'id="view-update"' not in body


def test_who_saw_an_older_version_does_not_write_over_the_newer(support_desk: Client) -> None:
    keep(support_desk)
    view = the_view()
    support_desk.post(f"/views/{view.pk}/update/", {"filters": "status=declined", "version": "0"})
    answer = support_desk.post(f"/views/{view.pk}/update/", {"filters": "status=removed", "version": "0"}, follow=True)
    assert "Somebody changed this view meanwhile" in text_of(answer)
    assert the_view().query == "status=declined"
    late = support_desk.post(f"/views/{view.pk}/", {"name": "Late", "audience": "mine", "version": "0"})
    assert late.status_code == 409 and the_view().name == "Mine"


# Shared


def test_support_keeps_views_for_themselves_alone(support_desk: Client) -> None:
    assert "Everybody" not in text_of(support_desk.get("/views/new/"))
    assert keep(support_desk, audience="all").status_code == 422
    assert not SavedView.objects.exists()


def test_a_manager_shares_with_everybody_and_a_colleague_sees_it(manager_desk: Client, support_desk: Client) -> None:
    keep(manager_desk, "For all", audience="all")
    key = str(the_view("For all").pk)
    assert key in tabs_of(support_desk)
    assert support_desk.get(f"/views/{key}/").status_code == 404
    assert "For all" in text_of(support_desk.get("/views/"))
    assert f"/views/{key}/delete/" not in body_of(support_desk.get("/views/"))


def test_a_view_of_a_role_is_seen_by_those_of_the_role(
    manager_desk: Client, support_desk: Client, client_of: ClientOf
) -> None:
    keep(manager_desk, "Managers", audience="role")
    other = User.objects.create_user("second", "second@example.com", PASSWORD)
    other.groups.add(Group.objects.get(name="manager"))
    ChannelGrant.objects.create(user=other, merchant="*", channel="*")
    key = str(the_view("Managers").pk)
    assert key in tabs_of(client_of(other)) and key not in tabs_of(support_desk)
    renamed = client_of(other).post(f"/views/{key}/", {"name": "Ours", "audience": "role", "version": "0"})
    assert renamed.status_code == 302 and the_view("Ours").owner_name == "manager"


@pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("post", ""), ("post", "update/"), ("get", "delete/"), ("post", "delete/")]
)
def test_a_view_of_somebody_else_is_not_there(
    support_desk: Client, manager_desk: Client, method: str, path: str
) -> None:
    keep(manager_desk)
    view = the_view()
    answer = getattr(support_desk, method)(f"/views/{view.pk}/{path}", {"name": "x", "filters": "", "version": "0"})
    assert answer.status_code == 404
    assert (the_view().name, the_view().query, the_view().version) == ("Mine", "status=completed", 0)
    assert str(view.pk) not in tabs_of(support_desk)


def test_a_view_of_a_colleague_who_left_stays_shared(manager_desk: Client, manager: User, support_desk: Client) -> None:
    keep(manager_desk, "For all", audience="all")
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert str(the_view("For all").pk) in tabs_of(support_desk)


def test_a_view_of_all_channels_is_another_page_and_no_part_of_this_one(support_desk: Client) -> None:
    keep(support_desk, "Abroad", "status=completed", everywhere="1")
    keep(support_desk)
    body = body_of(support_desk.get(LIST))
    tags = {key: tag for tag, key in re.findall(r'(<a id="v-(\d+)"[^>]*>)', body)}
    abroad, mine = tags[str(the_view("Abroad").pk)], tags[str(the_view().pk)]
    assert 'href="/orders/?status=completed' in abroad and "hx-get" not in abroad and "hx-get" in mine


# Order


def test_tabs_stand_as_their_reader_put_them(support_desk: Client, manager_desk: Client) -> None:
    keep(support_desk)
    keep(manager_desk, "For all", audience="all")
    mine, shared = str(the_view().pk), str(the_view("For all").pk)
    before = tabs_of(support_desk)
    assert before[0] == "all" and before[-2:] == [shared, mine]
    support_desk.post("/views/order/", {"move": mine, "way": "up"})
    assert tabs_of(support_desk)[-2:] == [mine, shared]
    support_desk.post("/views/order/", {"order": f"{mine},stuck,nonsense,{shared}"})
    assert tabs_of(support_desk)[:4] == ["all", mine, "stuck", shared]
    assert tabs_of(manager_desk)[1] == "to-capture"


def test_the_ends_of_the_order_are_ends(support_desk: Client) -> None:
    support_desk.post("/views/order/", {"move": "to-capture", "way": "up"})
    assert tabs_of(support_desk)[:2] == ["all", "to-capture"]
    answer = support_desk.post("/views/order/", {"move": "nothing", "order": ""})
    assert answer.status_code == 302 and tabs_of(support_desk)[:2] == ["all", "to-capture"]


# Never in the way


@pytest.mark.parametrize(
    "query",
    [
        "status=dispatched",
        "finding=no-such-check",
        "columns=shoe",
        "sort=shoe",
        "%00=%ff&status=%00",
        "status=" + "x" * 3000,
        "&&&===;;;",
        "size=banana&amount_from=much",
    ],
)
def test_a_view_that_cannot_be_read_any_more_locks_nobody_out(support_desk: Client, support: User, query: str) -> None:
    put(an_order("one"))
    now = timezone.now()
    SavedView.objects.create(
        mark=uuid4(), owner=support, owner_name="support", name="Broken", query=query, created_at=now, changed_at=now
    )
    assert str(the_view("Broken").pk) in tabs_of(support_desk)
    assert "Broken" in text_of(support_desk.get("/views/"))
    link = re.search(rf'id="v-{the_view("Broken").pk}" href="([^"]+)"', body_of(support_desk.get(LIST)))
    assert link
    shown = support_desk.get(link[1].replace("&amp;", "&"), follow=True)
    assert shown.status_code == 200 and list(orders_on(shown)) == ["o_one"]
    assert support_desk.get("/norce/se/orders/counts/").status_code == 200
    if query.startswith(("status=d", "finding")):
        assert "not applied" in text_of(shown)


def test_a_view_of_a_channel_that_was_taken_away_says_that_it_is_not_applied(
    support_desk: Client, support: User
) -> None:
    keep(support_desk, "Abroad", "channels=norce/dk&status=completed", everywhere="1")
    support.channel_grants.all().delete()
    for name in ("se", "no"):
        ChannelGrant.objects.create(user=support, merchant="norce", channel=name)
    shown = support_desk.get(f"/orders/?channels=norce/dk&status=completed&view={the_view('Abroad').pk}")
    assert shown.status_code == 200 and "none of your channels" in text_of(shown)


def test_a_number_of_a_view_that_is_not_there_is_as_if_it_were_not_there(support_desk: Client) -> None:
    put(an_order("one"))
    for view in ("999999", "../../x", "%00", "a" * 99):
        assert list(orders_on(support_desk.get(f"{LIST}?view={view}", follow=True))) == ["o_one"]


def test_a_shared_view_needs_the_right_to_share(client_of: ClientOf, manager: User) -> None:
    desk = client_of(manager)
    keep(desk, "For all", audience="all")
    assert the_view("For all").audience == "all" and person("support").has_perm(services.SHARES) is False
