"""In doubt, the page of one execution, asking again, settling by hand, and the proof."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountChange, ChannelGrant
from audit.models import Entry
from order_api import OrderApi
from payments.models import Evidence, Execution, Kind, State
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.orders.pages import text_of
from tests.payments.conftest import Attempt

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FOUND = {"moved": "not-moved", "where": "portal", "found": "No capture under K-1, looked at 10:45"}


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


@pytest.fixture
def signed_in(second: User) -> Client:
    """Another admin than the one who asked, who has just given their password."""
    client = Client()
    client.post(reverse("account_login"), {"login": second.username, "password": PASSWORD})
    return client


def page_of(client: Client, name: str, execution: Execution | None = None, **more: Any) -> str:
    answer = client.get(reverse(name, args=[execution.pk] if execution else []), **more)
    assert answer.status_code == 200
    return text_of(answer)


def settle(client: Client, execution: Execution, **typed: Any) -> Any:
    """By somebody who has seen all evidence that there is, unless `seen` says otherwise."""
    data = {**FOUND, "seen": getattr(execution.evidence.last(), "pk", ""), **typed}
    return client.post(reverse("execution-settle", args=[execution.pk]), data)


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
    places = [html.index(reverse("execution-detail", args=[each.pk])) for each in (old, young, pending)]
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


def test_what_was_settled_stands_below_with_its_outcome_and_its_proof(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    html = desk.get(reverse("doubt-list")).content.decode()
    assert "Settled last" in html and "Nothing is in doubt" in html
    assert reverse("execution-proof", args=[execution.pk]) in html


def test_an_order_of_another_channel_is_reached_through_the_switch(desk: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    desk.post(reverse("channel-switch"), {"channel": "norce/no"})
    html = desk.get(reverse("doubt-list")).content.decode()
    order = reverse("order-detail", args=[execution.order_id])
    assert f'<a href="{order}"' not in html
    assert f'name="next" value="{order}"' in html
    assert 'name="channel" value="norce/se"' in html


def test_nobody_sees_what_is_of_a_channel_that_is_not_theirs(
    client_of: ClientOf, attempt: Attempt, manager: User
) -> None:
    execution = attempt("error")
    manager.channel_grants.all().delete()
    ChannelGrant.objects.create(user=manager, merchant="norce", channel="no")
    client = client_of(manager)
    assert "Nothing is in doubt" in page_of(client, "doubt-list")
    for name in ("execution-detail", "execution-proof"):
        assert client.get(reverse(name, args=[execution.pk])).status_code == 404
    assert client.post(reverse("execution-check", args=[execution.pk])).status_code == 404


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


def test_the_counts_cost_two_queries_the_alerts_one_and_nobody_else_any(
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
        assert desk.get(reverse(name, args=["00000000-0000-4000-8000-000000000000"])).status_code == 404


# Asking again


def test_asking_again_settles_what_the_payment_proves_meanwhile(
    desk: Client, attempt: Attempt, api: OrderApi, admin: User
) -> None:
    execution = attempt("timeout-before")
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(state="captured"))
    answer = desk.post(reverse("execution-check", args=[execution.pk]), follow=True)
    assert "499.00 SEK was captured." in text_of(answer)
    assert Evidence.objects.filter(execution=execution, kind=Kind.CHECK).get().by == admin.username


def test_asking_again_concludes_nothing_that_cannot_be_recorded(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("timeout-before")
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(state="captured"))
    with log_out_of_reach():
        answer = desk.post(reverse("execution-check", args=[execution.pk]))
    assert "could not be written into the log, so nothing was concluded" in text_of(desk.get(answer["Location"]))
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_asking_again_without_news_says_so(desk: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    answer = desk.post(reverse("execution-check", args=[execution.pk]), {"next": reverse("doubt-list")}, follow=True)
    assert answer.redirect_chain == [(reverse("doubt-list"), 302)]
    assert "Nothing new. It is not known whether 499.00" in text_of(answer)
    execution.refresh_from_db()
    assert execution.checks == 1


def test_asking_again_leads_nowhere_but_to_the_desk(desk: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    answer = desk.post(reverse("execution-check", args=[execution.pk]), {"next": "https://example.com/"})
    assert answer["Location"] == reverse("execution-detail", args=[execution.pk])


def test_a_payment_that_cannot_be_read_is_said(desk: Client, attempt: Attempt, api: OrderApi) -> None:
    execution = attempt("error")
    api.orders.delete(execution.order_id)
    answer = desk.post(reverse("execution-check", args=[execution.pk]), follow=True)
    assert "The payment could not be read." in text_of(answer)
    assert "The last look failed:" in text_of(answer)


def test_support_may_ask_but_not_settle(client_of: ClientOf, support: User, attempt: Attempt) -> None:
    execution, client = attempt("error"), client_of(support)
    assert "Decide by hand" not in page_of(client, "execution-detail", execution)
    assert client.post(reverse("execution-check", args=[execution.pk])).status_code == 302
    assert settle(client, execution).status_code == 403
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


# Settling by hand


@pytest.mark.parametrize(
    ("moved", "state", "says"),
    [
        ("moved", State.DONE, "499.00 SEK was captured: second looked and said so."),
        ("not-moved", State.NOT_DONE, "499.00 SEK was not captured: second looked and said so."),
    ],
)
def test_a_person_ends_the_doubt_by_what_they_found_and_where(
    signed_in: Client, attempt: Attempt, moved: str, state: State, says: str
) -> None:
    execution = attempt("timeout-before")
    answer = settle(signed_in, execution, moved=moved)
    assert answer["Location"] == reverse("execution-detail", args=[execution.pk])
    execution.refresh_from_db()
    assert execution.state == state
    text = page_of(signed_in, "execution-detail", execution)
    assert says in text
    assert "Looked at: The provider's portal Found: No capture under K-1, looked at 10:45" in text


def test_where_they_looked_can_be_said_in_their_own_words(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    assert settle(signed_in, execution, where="other").status_code == 422
    assert settle(signed_in, execution, where="other", elsewhere="A ticket with the bank").status_code == 302
    assert "Looked at: A ticket with the bank" in page_of(signed_in, "execution-detail", execution)


@pytest.mark.parametrize("missing", ["moved", "where", "found"])
def test_nothing_is_settled_without_all_of_it_and_what_was_typed_stays(
    signed_in: Client, attempt: Attempt, missing: str
) -> None:
    execution = attempt("timeout-before")
    answer = settle(signed_in, execution, **{missing: ""})
    assert answer.status_code == 422
    kept = answer.content.decode()
    assert all(text in kept for name, text in FOUND.items() if name not in (missing, "moved"))
    assert ("checked" in kept) == (missing != "moved")
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_what_cannot_be_recorded_is_not_settled_and_stays_typed(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    with log_out_of_reach():
        answer = settle(signed_in, execution)
    assert answer.status_code == 503
    assert "It could not be written into the log, so nothing was settled." in text_of(answer)
    assert FOUND["found"] in answer.content.decode()
    execution.refresh_from_db()
    assert (execution.state, execution.evidence.filter(kind=Kind.PERSON).count()) == (State.IN_DOUBT, 0)


def test_who_comes_second_is_told_and_writes_nothing(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("timeout-before")
    settle(signed_in, execution, moved="moved")
    before = Entry.objects.count()
    answer = settle(signed_in, execution, found="I saw nothing of it")
    assert answer.status_code == 409
    assert "It was settled meanwhile" in text_of(answer)
    assert "I saw nothing of it" in answer.content.decode()
    execution.refresh_from_db()
    assert (execution.state, Entry.objects.count()) == (State.DONE, before)


def test_what_is_under_way_cannot_be_settled_by_hand(signed_in: Client, attempt: Attempt) -> None:
    execution = attempt("error")
    Execution.objects.filter(pk=execution.pk).update(state=State.SENDING)
    assert "It cannot be decided by hand as things are." in page_of(signed_in, "execution-settle", execution)
    assert settle(signed_in, execution).status_code == 409
    execution.refresh_from_db()
    assert execution.state == State.SENDING


def test_settling_asks_for_the_password_again_after_a_while(signed_in: Client, attempt: Attempt, settings: Any) -> None:
    execution = attempt("timeout-before")
    settings.PAYMENT_REAUTH_MINUTES = 0
    assert settle(signed_in, execution).status_code == 422
    assert settle(signed_in, execution, password="wrong").status_code == 422
    assert settle(signed_in, execution, password=PASSWORD).status_code == 302


def test_nobody_settles_what_they_asked_for_themselves(attempt: Attempt, admin: User) -> None:
    execution, client = attempt("timeout-before"), Client()
    client.post(reverse("account_login"), {"login": admin.username, "password": PASSWORD})
    assert "You asked for it, so somebody else" in page_of(client, "execution-settle", execution)
    answer = settle(client, execution)
    assert answer.status_code == 403
    assert "What you typed was not written." in text_of(answer) and FOUND["found"] in answer.content.decode()
    execution.refresh_from_db()
    assert execution.state == State.IN_DOUBT


def test_nobody_settles_through_a_colleague_whose_account_they_changed(
    signed_in: Client, attempt: Attempt, admin: User, second: User
) -> None:
    execution = attempt("timeout-before")
    AccountChange.objects.create(
        person=second, by=admin, by_name="admin", at=timezone.now(), kind=AccountChange.Kind.LINK
    )
    text = page_of(signed_in, "execution-settle", execution)
    assert "so a third person has to look" in text and "Settle it" not in text
    assert settle(signed_in, execution).status_code == 403


def test_a_person_s_word_is_not_taken_a_moment_after_sending(
    signed_in: Client, attempt: Attempt, settings: Any
) -> None:
    execution = attempt("timeout-before")
    settings.PAYMENT_SETTLE_AFTER = dt.timedelta(minutes=15)
    page = signed_in.get(reverse("execution-settle", args=[execution.pk]))
    assert "a person's word is taken from" in text_of(page) and "Settle it" not in text_of(page)
    assert settle(signed_in, execution).status_code == 409


def test_above_a_limit_two_people_have_to_say_the_same_and_each_reads_the_other_s_word(
    signed_in: Client, attempt: Attempt, client_of: ClientOf, manager: User
) -> None:
    execution = attempt("timeout-before")
    Execution.objects.filter(pk=execution.pk).update(excess_json='[{"kind":"action","limit":"1","would_be":"499"}]')
    assert "two people have to say the same" in page_of(signed_in, "execution-settle", execution)
    first = settle(signed_in, execution)
    assert "Kept. It was above a limit" in text_of(signed_in.get(first["Location"]))
    assert "You have said what you found." in page_of(signed_in, "execution-settle", execution)
    assert settle(signed_in, execution).status_code == 403
    manager.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    third = Client()
    third.post(reverse("account_login"), {"login": manager.username, "password": PASSWORD})
    page = page_of(third, "execution-settle", execution)
    assert "second looked first, and said: No money moved." in page and FOUND["found"] in page
    assert settle(third, execution).status_code == 302
    execution.refresh_from_db()
    assert execution.state == State.NOT_DONE


def test_a_request_that_waits_is_no_doubt(desk: Client, attempt: Attempt) -> None:
    execution = attempt()
    Execution.objects.filter(pk=execution.pk).update(state=State.WAITING, sent_at=None)
    text = page_of(desk, "doubt-list")
    assert "Nothing is in doubt" in text and "Waiting for approval" in text
    assert count_in(desk) == ""
