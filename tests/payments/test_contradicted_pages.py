"""What the pages say of an outcome that something found later speaks against, and of money that others moved."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import ChannelGrant
from audit.models import Entry
from order_api import OrderApi
from payments.executions import watch
from payments.executions.reconciliation import check
from payments.models import Execution, ExternalMove, Kind, State
from payments.views import parts
from sandbox.delivery import let_pass
from sandbox.provider.settle import in_portal
from sandbox.provider.steps import Order
from sandbox.scope import Scope
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.orders.pages import text_of
from tests.payments.conftest import Attempt, asked_by
from tests.payments.doubts import page_of, settle
from tests.payments.test_pages import count_in

pytestmark = pytest.mark.django_db
REFUSED = "499.00 SEK was not captured: it was refused."
LATER = (
    "Later something was found that contradicts this: It came through after all: there is evidence that it was done."
)


@pytest.fixture
def desk(admin: User, client_of: ClientOf) -> Client:
    return client_of(admin)


@pytest.fixture
def signed_in(second: User) -> Client:
    """Another admin than the one who asked, who has just given their password."""
    client = Client()
    client.post(reverse("account_login"), {"login": second.username, "password": PASSWORD})
    return client


@pytest.fixture
def contradicted(attempt: Attempt, api: OrderApi) -> Callable[[], Execution]:
    """A capture that was refused and came through minutes later."""

    def make() -> Execution:
        execution = attempt("refuse-but-do+done-minutes-later")
        assert execution.state == State.REFUSED
        let_pass(5)
        check(execution, api)
        assert (execution.state, execution.outcome) == (State.CONTRADICTED, State.REFUSED)
        return execution

    return make


@pytest.fixture
def moved(attempt: Attempt, api: OrderApi) -> Callable[[], ExternalMove]:
    """25 SEK that somebody refunded in the provider's portal, of a payment that was captured here."""

    def make() -> ExternalMove:
        execution = attempt()
        in_portal(Scope("norce", "se"), Order(execution.order_id, execution.payment_id, "refund"), Decimal(25))
        check(execution, api)
        return ExternalMove.objects.get(execution=execution)

    return make


def acknowledge(client: Client, move: ExternalMove, **typed: Any) -> Any:
    where = reverse("external-acknowledge", args=[move.execution.in_channel, move.pk])
    return client.post(where, {"note": "Goodwill, by Eva in the portal", **typed})


def order_page(client: Client, execution: Execution) -> str:
    return client.get(reverse("order-detail", args=["norce/se", execution.order_id])).content.decode()


# Contradicted


def test_an_old_address_of_what_others_moved_leads_to_it(signed_in: Client, moved: Callable[[], ExternalMove]) -> None:
    move = moved()
    where = reverse("external-acknowledge", args=[move.execution.in_channel, move.pk])
    assert signed_in.get(f"/payments/moved/{move.pk}/acknowledge/")["Location"] == where


def test_a_late_success_is_loud_on_its_own_list_and_nothing_is_called_settled(
    desk: Client, contradicted: Callable[[], Execution]
) -> None:
    execution = contradicted()
    text = page_of(desk, "doubt-list")
    for fact in ("Contradicted", "Capture 499.00", "Refused", "It came through after all", execution.order_id):
        assert fact in text, fact
    assert "You asked for it: somebody else has to look." in text and "Check again" in text
    assert "Nothing is in doubt" not in text and "Settled last" not in text
    assert count_in(desk) == "1"


def test_the_first_outcome_stays_with_what_was_found_below_it(
    desk: Client, contradicted: Callable[[], Execution]
) -> None:
    execution = contradicted()
    text = page_of(desk, "execution-detail", execution)
    assert f"{REFUSED} {LATER}" in text
    assert "The desk goes on looking until" in text and "Last looked at" in text
    result = text_of(desk.get(reverse("execution-result", args=[execution.in_channel, execution.pk])))
    assert f"{REFUSED} {LATER}" in result and "every 2s" not in result


def test_the_order_s_page_says_so_and_the_same_action_waits(
    desk: Client, contradicted: Callable[[], Execution]
) -> None:
    execution = contradicted()
    Execution.objects.filter(pk=execution.pk).update(action_type="refund")
    html = order_page(desk, execution)
    assert "alert is-bad is-stacked" in html
    assert "/execute/" not in html
    text = text_of(desk.get(reverse("order-detail", args=["norce/se", execution.order_id])))
    assert "Refund: It waits: what became of “Refund 499.00 SEK” is contradicted" in text
    timeline = text_of(desk.get(reverse("order-timeline", args=["norce/se", execution.order_id]) + "?show=money"))
    assert "The desk found what contradicts the refund of 499.00 SEK It came through after all" in timeline


@pytest.mark.parametrize(("moved", "state"), [("moved", State.DONE), ("not-moved", State.NOT_DONE)])
def test_a_person_says_what_happened_and_the_first_outcome_is_still_told(
    signed_in: Client, contradicted: Callable[[], Execution], moved: str, state: State
) -> None:
    execution = contradicted()
    assert "Settle it" in page_of(signed_in, "execution-settle", execution)
    assert settle(signed_in, execution, moved=moved).status_code == 302
    execution.refresh_from_db()
    assert (execution.state, execution.outcome) == (state, State.REFUSED)
    text = page_of(signed_in, "execution-detail", execution)
    assert "second looked and said so." in text
    assert f"What was concluded first: {REFUSED}" in text
    assert count_in(signed_in) == ""


def test_it_is_still_watched_after_it_ended_and_support_may_have_it_looked_at(
    client_of: ClientOf, support: User, attempt: Attempt
) -> None:
    execution, client = attempt(), client_of(support)
    assert "The desk goes on looking until" in page_of(client, "execution-detail", execution)
    answer = client.post(reverse("execution-check", args=[execution.in_channel, execution.pk]), follow=True)
    assert "Nothing new. 499.00 SEK was captured." in text_of(answer)


def test_support_sees_what_is_contradicted_but_no_way_to_settle_it(
    client_of: ClientOf, support: User, contradicted: Callable[[], Execution]
) -> None:
    execution, client = contradicted(), client_of(support)
    for name, args in (("doubt-list", None), ("execution-detail", execution)):
        text = page_of(client, name, args)
        assert "It came through after all" in text
        assert "say what happened…" not in text
    assert settle(client, execution).status_code == 403


# Moved by others


def test_what_others_moved_is_a_task_with_what_its_transaction_names(
    desk: Client, moved: Callable[[], ExternalMove]
) -> None:
    move = moved()
    text = page_of(desk, "doubt-list")
    for fact in (
        "Moved by others",
        "Refund by others",
        "474.00 SEK",
        "what was moved, or what is left after it",
        "psp-",
    ):
        assert fact in text, fact
    assert count_in(desk) == "1"
    html = order_page(desk, move.execution)
    assert "was refunded, and not through this desk." in html
    assert (
        reverse("external-acknowledge", args=[move.execution.in_channel, move.pk])
        in desk.get(reverse("alert-list")).content.decode()
    )
    assert reverse("external-acknowledge", args=[move.execution.in_channel, move.pk]) in html
    assert "/execute/" not in html


def test_an_amount_that_is_known_is_said_as_what_moved(
    desk: Client, moved: Callable[[], ExternalMove], settings: Settings
) -> None:
    move = moved()
    ExternalMove.objects.update(amount="25")
    settings.PAYMENT_ADAPTER_PROFILES = {"stripe_adapter": {"amounts": "moved"}}
    assert "25.00 SEK was refunded, and not through this desk." in page_of(desk, "execution-detail", move.execution)
    settings.PAYMENT_ADAPTER_PROFILES = {"stripe_adapter": {"amounts": "after"}}
    assert "This is what is left of the payment after it." in page_of(desk, "execution-detail", move.execution)
    ExternalMove.objects.update(amount="")
    assert "Only the state of the payment says so" in page_of(desk, "doubt-list")


def test_acknowledging_keeps_who_said_what_and_frees_the_action(
    signed_in: Client, moved: Callable[[], ExternalMove]
) -> None:
    move = moved()
    answer = acknowledge(signed_in, move)
    assert answer["Location"] == reverse("execution-detail", args=["norce/se", move.execution_id])
    move.refresh_from_db()
    assert (move.acknowledged_by_name, move.note) == ("second", "Goodwill, by Eva in the portal")
    entry = Entry.objects.get(action="payment.external.acknowledge")
    assert (entry.username, entry.details["note"]) == ("second", move.note)
    assert "Goodwill, by Eva in the portal" in page_of(signed_in, "execution-detail", move.execution)
    assert count_in(signed_in) == "" and "Nothing is in doubt" in page_of(signed_in, "doubt-list")
    assert "/execute/?type=refund" in order_page(signed_in, move.execution)
    timeline = text_of(
        signed_in.get(reverse("order-timeline", args=["norce/se", move.execution.order_id]) + "?show=money")
    )
    assert "A refund; its transaction names 474.00." in timeline
    assert "Goodwill, by Eva in the portal" in timeline


def test_nothing_is_acknowledged_without_a_word_or_the_password(
    signed_in: Client, moved: Callable[[], ExternalMove], settings: Settings
) -> None:
    move = moved()
    answer = acknowledge(signed_in, move, note=" ")
    assert answer.status_code == 422
    assert "Say in a few words what it was." in text_of(answer)
    settings.PAYMENT_REAUTH_MINUTES = 0
    answer = acknowledge(signed_in, move, password="wrong")
    assert answer.status_code == 422
    assert "Goodwill, by Eva in the portal" in answer.content.decode()
    assert acknowledge(signed_in, move, password=PASSWORD).status_code == 302


def test_who_comes_second_is_told_who_was_quicker_and_keeps_what_they_typed(
    signed_in: Client, moved: Callable[[], ExternalMove], admin: User
) -> None:
    move = moved()
    watch.acknowledge(move, admin, asked_by(admin).who, "A test by the provider")
    answer = acknowledge(signed_in, move)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "admin has said already what it was." in text and "A test by the provider" in text
    assert "Goodwill, by Eva in the portal" in answer.content.decode()
    move.refresh_from_db()
    assert move.note == "A test by the provider"


def test_what_cannot_be_recorded_is_not_acknowledged(signed_in: Client, moved: Callable[[], ExternalMove]) -> None:
    move = moved()
    with log_out_of_reach():
        answer = acknowledge(signed_in, move)
    assert answer.status_code == 503
    assert "nothing was kept" in text_of(answer) and "Goodwill" in answer.content.decode()
    move.refresh_from_db()
    assert move.acknowledged_at is None


def test_only_who_may_execute_acknowledges_and_only_in_their_channels(
    client_of: ClientOf, support: User, moved: Callable[[], ExternalMove]
) -> None:
    move, client = moved(), client_of(support)
    assert "Moved by others" in page_of(client, "doubt-list")
    assert acknowledge(client, move).status_code == 403
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    support.channel_grants.all().delete()
    ChannelGrant.objects.create(user=support, merchant="norce", channel="no")
    elsewhere = client_of(support)
    assert acknowledge(elsewhere, move).status_code == 404
    assert "Moved by others" not in page_of(elsewhere, "doubt-list")
    assert count_in(elsewhere) == ""


# Everything is reachable


def test_more_than_a_page_holds_is_said_and_every_row_is_reached(
    desk: Client, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST", 2)
    executions = [attempt("error") for _ in range(5)]
    first = desk.get(reverse("doubt-list"))
    assert "2 of 5 are shown." in text_of(first)
    reached = ""
    for page in ("1", "2", "3"):
        shown = desk.get(reverse("doubt-list"), {"doubts": page})
        assert (f'href="/payments/in-doubt/?doubts={int(page) + 1}"' in shown.content.decode()) == (page != "3")
        reached += shown.content.decode()
    assert all(reverse("execution-detail", args=[each.in_channel, each.pk]) in reached for each in executions)
    assert "5 to 5 of 5 are shown." in text_of(desk.get(reverse("doubt-list"), {"doubts": "9"}))
    assert "2 of 5 are shown." in text_of(desk.get(reverse("doubt-list"), {"doubts": "x"}))


def test_a_channel_that_is_taken_out_of_the_settings_hides_no_doubt(
    desk: Client, attempt: Attempt, moved: Callable[[], ExternalMove], settings: Settings
) -> None:
    execution, move = attempt("timeout-before"), moved()
    settings.ORDER_API_CHANNELS = ["norce/no"]
    text = page_of(desk, "doubt-list")
    assert execution.order_id in text and "Moved by others" in text
    assert "norce/se is not served here any more" in text
    assert 'value="norce/se"' not in desk.get(reverse("doubt-list")).content.decode()
    assert count_in(desk) == "2"
    assert "It is not known whether" in page_of(desk, "execution-detail", execution)
    assert desk.get(reverse("external-acknowledge", args=[move.execution.in_channel, move.pk])).status_code == 200


def test_what_is_found_is_kept_as_evidence(contradicted: Callable[[], Execution]) -> None:
    last = contradicted().evidence.last()
    assert last is not None
    assert (last.kind, last.data["verdict"]) == (Kind.CHECK, State.CONTRADICTED)
