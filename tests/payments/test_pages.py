"""In doubt, the page of one execution, and asking again."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ChannelGrant
from order_api import OrderApi
from payments.models import Evidence, Execution, Kind, State
from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.orders.pages import text_of
from tests.payments.conftest import Attempt
from tests.payments.doubts import page_of, settle

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


# In doubt


def test_with_nothing_in_doubt_the_page_says_what_that_means(desk: Client) -> None:
    html = desk.get(reverse("doubt-list")).content.decode()
    assert "Nothing is in doubt" in html
    assert "data-live" not in html  # nothing to renew


def test_what_is_in_doubt_stands_there_with_all_that_is_known(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    text = page_of(desk, "doubt-list")
    for fact in (
        "Capture 499.00",
        "SEK",
        "Card, through Stripe",
        "admin",
        "for less than a minute",
        execution.order_id,
    ):
        assert fact in text, fact
    assert "The payment is as it was before. It may still be on its way." in text
    assert "Next look:" in text
    assert "Check again" in text and "You asked for it: somebody else has to look." in text


def test_the_most_urgent_stands_first_and_the_oldest_before_the_others(desk: Client, attempt: Attempt) -> None:
    pending, young, old = attempt("pending"), attempt("error"), attempt("error")
    Execution.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(hours=5))
    html = desk.get(reverse("doubt-list")).content.decode()
    places = [
        html.index(reverse("execution-detail", args=[each.in_channel, each.pk])) for each in (old, young, pending)
    ]
    assert places == sorted(places)


def test_it_renews_itself_only_while_something_may_happen_soon(desk: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    assert "data-live>" in desk.get(reverse("doubt-list")).content.decode()
    Execution.objects.filter(pk=execution.pk).update(next_check_at=timezone.now() + dt.timedelta(minutes=10))
    html = desk.get(reverse("doubt-list")).content.decode()
    assert "data-live>" not in html and "Look again" in html


def test_htmx_gets_the_part_alone_and_the_count_of_the_frame(desk: Client, attempt: Attempt) -> None:
    attempt("error")
    html = desk.get(reverse("doubt-list"), headers=HTMX | {"HX-Target": "doubt"}).content.decode()
    assert "<html" not in html
    assert 'id="doubt-count" hx-swap-oob="true">1<' in html


def test_what_the_desk_no_longer_looks_at_by_itself_says_so(desk: Client, attempt: Attempt) -> None:
    Execution.objects.filter(pk=attempt("error").pk).update(next_check_at=None)
    assert "The desk does not look any more by itself: somebody has to." in page_of(desk, "doubt-list")


def test_what_was_settled_is_in_the_list_of_payments_and_no_history_of_the_doubt(
    desk: Client, attempt: Attempt
) -> None:
    execution = attempt()
    html = desk.get(reverse("doubt-list")).content.decode()
    assert "Nothing is in doubt" in html and execution.order_id not in html
    assert f'href="{reverse("money-list")}"' in html
    assert execution.order_id in desk.get(reverse("money-list")).content.decode()


def test_an_order_of_another_channel_is_one_link_away(desk: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    desk.get("/norce/no/orders/")
    html = desk.get(reverse("doubt-list")).content.decode()
    order = reverse("order-detail", args=["norce/se", execution.order_id])
    assert f'<a href="{order}"' in html


@pytest.mark.parametrize(("old", "page"), [("", "execution-detail"), ("proof/", "execution-detail")])
def test_an_old_address_leads_to_it_in_its_channel(desk: Client, attempt: Attempt, old: str, page: str) -> None:
    execution = attempt("error")
    Execution.objects.update(channel="no")
    where = reverse(page, args=["norce/no", execution.pk])
    assert desk.get(f"/payments/{execution.pk}/{old}")["Location"] == where
    of_request = reverse("approval-detail", args=["norce/no", execution.pk])
    assert desk.get(f"/payments/approvals/{execution.pk}/")["Location"] == of_request


def test_an_old_address_of_a_channel_that_is_not_theirs_is_not_found(
    client_of: ClientOf, attempt: Attempt, manager: User
) -> None:
    execution = attempt("error")
    manager.channel_grants.update(channel="no")
    assert client_of(manager).get(f"/payments/{execution.pk}/").status_code == 404


def test_nobody_sees_what_is_of_a_channel_that_is_not_theirs(
    client_of: ClientOf, attempt: Attempt, manager: User
) -> None:
    execution = attempt("error")
    manager.channel_grants.all().delete()
    ChannelGrant.objects.create(user=manager, merchant="norce", channel="no")
    client = client_of(manager)
    assert "Nothing is in doubt" in page_of(client, "doubt-list")
    for name in ("execution-detail", "execution-proof"):
        assert client.get(reverse(name, args=[execution.in_channel, execution.pk])).status_code == 404
    assert client.post(reverse("execution-check", args=[execution.in_channel, execution.pk])).status_code == 404


# The counts in the frame


def count_in(client: Client) -> str:
    html = client.get(reverse("preferences")).content.decode()
    return html.partition('id="doubt-count">')[2].partition("<")[0] if 'id="doubt-count"' in html else "none"


def test_the_frame_counts_what_is_in_doubt_for_those_who_may_execute(
    desk: Client, attempt: Attempt, client_of: ClientOf, support: User
) -> None:
    assert count_in(desk) == ""
    for day in ("error", "pending", ""):
        attempt(day)
    assert count_in(desk) == "2"
    assert count_in(client_of(support)) == "none"
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    assert count_in(client_of(support)) == "2"


def test_the_counts_the_alerts_and_the_queue_cost_a_query_each_and_nobody_else_any(
    desk: Client, client_of: ClientOf, support: User
) -> None:
    for client, count in ((desk, 3), (client_of(support), 0)):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("preferences"))
        assert len([each for each in asked.captured_queries if "payments_execution" in each["sql"]]) == count


# One execution


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("", "499.00 SEK was captured."),
        ("decline", "499.00 SEK was not captured: it was refused."),
        ("timeout-after", "499.00 SEK was captured."),
        ("timeout-before", "It is not known whether 499.00 SEK was captured."),
        ("pending", "It is not known yet whether 499.00 SEK was captured: the provider has taken it on."),
    ],
)
def test_one_sentence_says_what_is_known_about_the_money(desk: Client, attempt: Attempt, day: str, says: str) -> None:
    assert says in page_of(desk, "execution-detail", attempt(day))


def test_the_evidence_is_told_in_order_of_time(desk: Client, attempt: Attempt) -> None:
    text = page_of(desk, "execution-detail", attempt("timeout-after"))
    kinds = ["What the person saw", "Read just before sending", "The answer to the call", "Read after the call"]
    places = [text.index(kind) for kind in kinds]
    assert places == sorted(places)
    assert "No answer that says what happened" in text
    assert "New transaction: capture OK" in text


def test_an_unknown_action_is_called_by_its_name(desk: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    Execution.objects.filter(pk=execution.pk).update(action_type="void", amount=None)
    text = page_of(desk, "execution-detail", execution)
    assert "It is not known whether “void” was executed." in text


def test_there_is_nothing_under_an_id_that_does_not_exist(desk: Client) -> None:
    for name in ("execution-detail", "execution-proof", "execution-settle"):
        assert desk.get(reverse(name, args=["norce/se", "00000000-0000-4000-8000-000000000000"])).status_code == 404


# Asking again


def test_asking_again_settles_what_the_payment_proves_meanwhile(
    desk: Client, attempt: Attempt, api: OrderApi, admin: User
) -> None:
    execution = attempt("timeout-before")
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(state="captured"))
    answer = desk.post(reverse("execution-check", args=[execution.in_channel, execution.pk]), follow=True)
    assert "499.00 SEK was captured." in text_of(answer)
    assert Evidence.objects.filter(execution=execution, kind=Kind.CHECK).get().by == admin.username


def test_asking_again_concludes_nothing_that_cannot_be_recorded(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("timeout-before")
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(state="captured"))
    with log_out_of_reach():
        answer = desk.post(reverse("execution-check", args=[execution.in_channel, execution.pk]))
    assert "could not be written into the log, so nothing was concluded" in text_of(desk.get(answer["Location"]))
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_asking_again_without_news_says_so(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    answer = desk.post(
        reverse("execution-check", args=[execution.in_channel, execution.pk]),
        {"next": reverse("doubt-list")},
        follow=True,
    )
    assert answer.redirect_chain == [(reverse("doubt-list"), 302)]
    assert "Nothing new. It is not known whether 499.00" in text_of(answer)
    execution.refresh_from_db()
    assert execution.checks == 1


def test_asking_again_leads_nowhere_but_to_the_desk(desk: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    answer = desk.post(
        reverse("execution-check", args=[execution.in_channel, execution.pk]), {"next": "https://example.com/"}
    )
    assert answer["Location"] == reverse("execution-detail", args=[execution.in_channel, execution.pk])


def test_a_payment_that_cannot_be_read_is_said(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("error")
    api.orders.delete(execution.order_id)
    answer = desk.post(reverse("execution-check", args=[execution.in_channel, execution.pk]), follow=True)
    assert "The payment could not be read." in text_of(answer)
    assert "The last look failed:" in text_of(answer)


def test_support_may_ask_but_not_settle(client_of: ClientOf, support: User, attempt: Attempt) -> None:
    execution, client = attempt("error"), client_of(support)
    assert "Decide by hand" not in page_of(client, "execution-detail", execution)
    assert client.post(reverse("execution-check", args=[execution.in_channel, execution.pk])).status_code == 302
    assert settle(client, execution).status_code == 403
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_a_request_that_waits_is_no_doubt(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    Execution.objects.filter(pk=execution.pk).update(state=State.WAITING, sent_at=None)
    text = page_of(desk, "doubt-list")
    assert "Nothing is in doubt" in text and execution.order_id not in text
    assert execution.order_id in desk.get(reverse("money-list"), {"tab": "waiting"}).content.decode()
    assert count_in(desk) == ""
