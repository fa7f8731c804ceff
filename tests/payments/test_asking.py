"""Who sees an order and may not execute asks for a refund, and whoever may carries it out: what is asked, what
everybody sees of it, and what is sent then."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import ChannelGrant
from audit.models import Entry
from order_api import OrderApi
from payments.approvals import asks, requests
from payments.approvals.queue import Requests
from payments.executions import engine, reconciliation
from payments.executions.intent import Intent
from payments.models import Execution, State
from payments.presentation.list_rows import unsettled_of
from payments.presentation.proof import proof_of
from teamwork.models import Task
from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.payments.conftest import CHANNEL, MakePayment, action_of, asked_by
from tests.payments.requests import address, change, fresh, page, says_yes, told, who
from tests.wire import listening

CaseOf = Callable[[tuple[str, str], str], Intent]
pytestmark = pytest.mark.django_db
SENT = "POST orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute"
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
TYPED = {"reason": "returned", "note": "Broken on arrival"}
NO = {"reason": "The goods are not back yet"}


class Dialog:
    """One person in front of the dialog in which they ask."""

    def __init__(self, client: Client, api: OrderApi, ids: tuple[str, str], kind: str = "refund") -> None:
        self.client = client
        self.url = reverse("payment-action-ask", args=[CHANNEL, *ids, action_of(api, ids, kind).id]) + f"?type={kind}"
        self.page = self.open()

    def open(self) -> HttpResponse:
        return self.client.get(self.url, headers=HTMX)  # type: ignore[return-value]

    def press(self, *, htmx: bool = True, **typed: Any) -> HttpResponse:
        sealed = re.search(r'name="case" value="([^"]*)"', self.page.content.decode())
        data = {"case": html.unescape(sealed[1]) if sealed else "", **TYPED, **typed}
        return self.client.post(self.url, data, headers=HTMX if htmx else None)  # type: ignore[return-value]


DialogOf = Callable[..., Dialog]


@pytest.fixture
def dialog_of(api: OrderApi, client_of: ClientOf, support: User) -> DialogOf:
    return lambda ids, kind="refund", user=None: Dialog(client_of(user or support), api, ids, kind)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


# Asking


def test_the_dialog_shows_the_facts_and_asks_for_a_reason_and_a_note_and_no_password(
    make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    shown = dialog_of(make_payment("captured")).page
    assert "Ask for 499.00 SEK to be refunded" in text(shown)
    assert "Stripe pays 499.00 SEK back to the customer" in text(shown)
    assert "Left to refund 499.00 0.00" in text(shown) and "Password" not in text(shown)


def test_what_is_asked_for_is_written_down_and_nothing_is_sent(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment("captured")
    dialog = dialog_of(ids)
    with listening() as calls:
        answer = dialog.press()
    assert [call for call in calls if call.writes] == [] and api.payments.get(*ids).state == "captured"
    execution = Execution.objects.get()
    assert (execution.state, execution.asked_by_name, execution.note) == (State.ASKED, "support", TYPED["note"])
    assert "Nothing was sent: whoever may do it decides." in text(answer)
    entry = Entry.objects.get(action="payment.ask.create", order_id=ids[0])
    assert (entry.username, entry.outcome, entry.details["reason"]) == ("support", "accepted", "returned")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"reason": ""}, "Reason"),
        ({"note": "  "}, "Say in a few words what happened: whoever does it was not there."),
        ({"case": "made up"}, "This dialog was opened long ago."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked(
    make_payment: MakePayment, dialog_of: DialogOf, typed: dict[str, str], says: str
) -> None:
    answer = dialog_of(make_payment("captured")).press(**{"note": "kept", **typed})  # type: ignore[arg-type]
    assert answer.status_code == 422 and says in text(answer)
    assert typed.get("note", "kept").strip() in answer.content.decode() and not Execution.objects.exists()


def test_the_same_form_twice_is_one_request(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    dialog = dialog_of(make_payment("captured"))
    assert (dialog.press().status_code, dialog.press().status_code) == (200, 200)
    assert Execution.objects.count() == Entry.objects.filter(action="payment.ask.create").count() == 1


def test_who_asks_for_what_a_colleague_has_asked_for_is_shown_that(
    make_payment: MakePayment, dialog_of: DialogOf, manager: User
) -> None:
    ids = make_payment("captured")
    mine, theirs = dialog_of(ids), dialog_of(ids, user=manager)
    mine.press()
    answer = theirs.press()
    assert answer.status_code == 409 and "support has asked for this already." in text(answer)
    assert "support has asked for this already." in text(dialog_of(ids, user=manager).page)
    assert Execution.objects.count() == 1


def test_a_dialog_whose_payment_has_moved_asks_for_nothing_and_shows_the_figures_of_now(
    api: OrderApi, make_payment: MakePayment, dialog_of: DialogOf
) -> None:
    ids = make_payment("captured")
    dialog = dialog_of(ids)
    api.payments.update(*ids, api.payments.get(*ids).changed(amount=500))
    answer = dialog.press()
    assert answer.status_code == 409 and "The payment has changed since you looked at it." in text(answer)
    assert "Ask for 500.00 SEK to be refunded" in text(answer) and not Execution.objects.exists()


def test_an_outage_keeps_what_was_typed_and_asks_for_nothing(
    make_payment: MakePayment, dialog_of: DialogOf, settings: Any
) -> None:
    dialog = dialog_of(make_payment("captured"))
    settings.ORDER_API_TOKEN = "wrong"
    assert "nothing was asked for" in text(dialog.press())
    answer = dialog.press(htmx=False)
    assert answer.status_code == 503 and "nothing was asked for" in text(answer)
    assert TYPED["note"] in answer.content.decode() and not Execution.objects.exists()


def test_what_cannot_be_written_into_the_log_is_not_asked_for(make_payment: MakePayment, dialog_of: DialogOf) -> None:
    dialog = dialog_of(make_payment("captured"))
    with log_out_of_reach():
        assert dialog.press().status_code == 503
    assert not Execution.objects.exists()


def test_an_open_attempt_and_money_that_others_moved_stand_in_the_way_of_asking_as_of_executing(
    make_payment: MakePayment, dialog_of: DialogOf, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment("captured")
    dialog = dialog_of(ids)
    engine.claim(case_of(ids, "refund"), asked_by(admin))
    answer = dialog.press()
    assert answer.status_code == 409 and "The payment is locked: an attempt by admin is not settled." in text(answer)
    assert not Execution.objects.filter(state=State.ASKED).exists()


# What everybody sees


def test_support_is_offered_to_ask_where_others_are_offered_to_execute(
    make_payment: MakePayment, support: User, petra: User, client_of: ClientOf
) -> None:
    ids = make_payment("captured")
    order = reverse("order-detail", args=[CHANNEL, ids[0]])
    theirs, hers = (client_of(user).get(order).content.decode() for user in (support, petra))
    assert "Ask for a refund…" in theirs and "/execute/" not in theirs
    assert "Ask for a refund…" not in hers and "/execute/" in hers


def test_a_band_for_all_stands_on_the_orders_page_and_a_word_in_its_row(
    asked_for: Execution, support: User, petra: User, client_of: ClientOf
) -> None:
    for user in (support, petra):
        shown = text(client_of(user).get(reverse("order-detail", args=[CHANNEL, asked_for.order_id])))
        assert "Refund 499.00 SEK: asked for by support, waits for whoever may do it." in shown
    assert unsettled_of(CHANNEL, [asked_for.order_id])[asked_for.order_id].state == State.ASKED
    row = text(
        client_of(support).get(reverse("order-list", args=[CHANNEL]), {"search": asked_for.order_id}, follow=True)
    )
    assert "499.00 asked for" in row


def test_it_stands_in_approvals_and_in_the_queue_of_who_may_decide_and_of_nobody_else(
    asked_for: Execution, support: User, petra: User, admin: User, client_of: ClientOf
) -> None:
    shown = client_of(petra).get(reverse("approval-list")).content.decode()
    assert address(asked_for) in shown and "Asked for by somebody who may not do it themselves." in shown
    source = Requests()
    assert [source.count(user) for user in (support, petra, admin)] == [0, 1, 1]
    (item,) = source.items(petra)
    assert (item.text, item.by, item.url) == ("Refund 499.00\N{NO-BREAK SPACE}SEK", "support", address(asked_for))


def test_it_locks_the_payment_for_nothing_but_the_very_same(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, admin: User
) -> None:
    """As what waits for approval: others may act on the payment, and then it lapses."""
    ids = make_payment()
    asked = asks.ask(api, case_of(ids, "cancel"), asked_by(support))
    with pytest.raises(engine.DuplicateIntentError):
        engine.execute(api, case_of(ids, "cancel"), asked_by(admin))
    assert engine.execute(api, case_of(ids, "capture"), asked_by(admin)).state == State.DONE
    reconciliation.check(asked)
    assert (asked.state, told(support)) == (State.LAPSED, ["payment-lapsed"])


# Carried out


def test_who_may_carries_it_out_once_as_their_own_with_their_password(
    api: OrderApi, asked_for: Execution, support: User, petra: User, client_of: ClientOf
) -> None:
    client = client_of(petra)
    shown = page(client, asked_for)
    assert "The payment is as support saw it." in shown and "Refund 499.00\N{NO-BREAK SPACE}SEK\n" in shown
    with listening() as calls:
        answer = client.post(address(asked_for, "take-up"), says_yes(asked_for))
    assert answer.headers["Location"] == reverse("execution-detail", args=[CHANNEL, asked_for.pk])
    assert [call.operation for call in calls if call.writes] == [SENT]
    done = fresh(asked_for)
    assert (done.state, done.asked_by_name, done.taken_by_name, done.decided_by_name) == (
        State.DONE, "support", "manager", "",
    )  # fmt: skip
    assert done.taken_note == "Saw the photo" and told(support) == ["payment-done"]
    assert "manager took it up." in page(client, asked_for)
    assert proof_of(done).flaws == []


def test_every_step_is_in_the_log_before_anything_is_sent(
    asked_for: Execution, petra: User, client_of: ClientOf
) -> None:
    client_of(petra).post(address(asked_for, "take-up"), says_yes(asked_for))
    entries = Entry.objects.filter(order_id=asked_for.order_id, action__startswith="payment.a").order_by("sequence")
    assert [(e.action, e.kind, e.username) for e in entries] == [
        ("payment.ask.create", "event", "support"),
        ("payment.ask.take-up", "event", "manager"),
        ("payment.action.execute", "intent", "manager"),
        ("payment.action.execute", "outcome", "manager"),
    ]
    assert entries[1].details["note"] == "Saw the photo" and entries[1].details["above"] == []
    assert (entries[2].details["asked by"], entries[2].details["taken up by"]) == ("support", "manager")


@pytest.mark.parametrize(
    ("password", "says"), [("", "This field is required."), ("wrong", "That is not your password.")]
)
def test_without_the_right_password_nothing_is_carried_out(
    asked_for: Execution, petra: User, client_of: ClientOf, password: str, says: str
) -> None:
    answer = client_of(petra).post(address(asked_for, "take-up"), says_yes(asked_for, password=password))
    assert answer.status_code == 422 and says in answer.content.decode() and fresh(asked_for).state == State.ASKED


@pytest.mark.parametrize("saw", ["", "made-up"])
def test_nobody_carries_out_what_they_were_not_shown(
    api: OrderApi, asked_for: Execution, petra: User, client_of: ClientOf, saw: str
) -> None:
    answer = client_of(petra).post(address(asked_for, "take-up"), says_yes(asked_for, saw=saw))
    assert (answer.status_code, fresh(asked_for).state) == (422, State.ASKED)
    assert "The payment is not as this page showed it" in answer.content.decode()


def test_the_warnings_of_the_dialog_stand_before_whoever_decides(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User, admin: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    ids = make_payment("captured")
    engine.execute(api, case_of(ids, "refund"), asked_by(admin))
    api.payments.update(*ids, api.payments.get(*ids).changed(state="captured"))
    again = asks.ask(api, case_of(ids, "refund"), asked_by(support))
    assert "It was done on this payment before, through this desk" in page(client_of(petra), again)


# Who may


def test_who_may_not_execute_may_look_and_not_decide(asked_for: Execution, support: User, client_of: ClientOf) -> None:
    colleague = User.objects.create_user("colleague")
    colleague.groups.set(support.groups.all())
    ChannelGrant.objects.create(user=colleague, merchant="*", channel="*")
    for user in (support, colleague):
        client = client_of(user)
        assert "499.00" in page(client, asked_for)
        for what, form in (("take-up", says_yes(asked_for)), ("approve", says_yes(asked_for)), ("turn-down", NO)):
            assert client.post(address(asked_for, what), form).status_code == 403
    assert client_of(colleague).post(address(asked_for, "withdraw")).status_code == 403
    assert fresh(asked_for).state == State.ASKED


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_carries_out_their_own_also_after_they_were_given_the_right(
    asked_for: Execution, support: User, client_of: ClientOf, is_superuser: bool
) -> None:
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    User.objects.filter(pk=support.pk).update(is_superuser=is_superuser)
    client = client_of(support)
    assert "You asked for this, so somebody else has to do it." in page(client, asked_for)
    with listening() as calls:
        for what, form in (("take-up", says_yes(asked_for)), ("approve", says_yes(asked_for)), ("turn-down", NO)):
            assert client.post(address(asked_for, what), form).status_code == 403
    assert calls == [] and fresh(asked_for).state == State.ASKED
    dialog = reverse(
        "payment-action-execute", args=[CHANNEL, asked_for.order_id, asked_for.payment_id, asked_for.action_id]
    )
    shown = client.get(f"{dialog}?type=refund").content.decode()
    assert "has asked for this already" in shown and 'name="case" value=""' in shown


def test_what_is_asked_for_cannot_be_approved_only_taken_up(
    asked_for: Execution, petra: User, client_of: ClientOf
) -> None:
    answer = client_of(petra).post(address(asked_for, "approve"), says_yes(asked_for))
    assert answer.headers["Location"] == address(asked_for) and fresh(asked_for).state == State.ASKED


def test_a_request_of_a_channel_that_is_not_theirs_is_not_found(
    asked_for: Execution, petra: User, client_of: ClientOf
) -> None:
    petra.channel_grants.all().delete()
    ChannelGrant.objects.create(user=petra, merchant="norce", channel="no")
    client = client_of(petra)
    with listening() as calls:
        assert client.get(address(asked_for)).status_code == 404
        for what in ("take-up", "turn-down", "withdraw"):
            assert client.post(address(asked_for, what), says_yes(asked_for) | NO).status_code == 404
    assert calls == [] and "499.00" not in client.get(reverse("approval-list")).content.decode()
    assert Requests().count(petra) == 0


# Turned down, and ended otherwise


def test_what_is_turned_down_goes_back_to_the_asker_with_the_reason(
    asked_for: Execution, support: User, petra: User, client_of: ClientOf
) -> None:
    client = client_of(petra)
    assert client.post(address(asked_for, "turn-down"), {"reason": " "}).status_code == 422
    client.post(address(asked_for, "turn-down"), NO)
    ended = fresh(asked_for)
    assert (ended.state, ended.decided_by_name, ended.decision_note) == (State.TURNED_DOWN, "manager", NO["reason"])
    task = Task.objects.get(for_person=support)
    assert (task.code, task.text, task.by_name, task.execution) == (
        "payment-turned_down", NO["reason"], "manager", asked_for.pk,
    )  # fmt: skip
    theirs = client_of(support)
    assert NO["reason"] in page(theirs, asked_for)
    assert address(asked_for) in theirs.get(reverse("queue-list")).content.decode()
    entry = Entry.objects.filter(action="payment.ask.end", order_id=asked_for.order_id).get()
    assert (entry.username, entry.details["note"]) == ("manager", NO["reason"])
    assert proof_of(ended).flaws == []


def test_whoever_asked_can_take_it_back_and_is_told_nothing(
    asked_for: Execution, support: User, client_of: ClientOf
) -> None:
    client = client_of(support)
    assert "Take the request back" in page(client, asked_for)
    client.post(address(asked_for, "withdraw"))
    assert fresh(asked_for).state == State.WITHDRAWN and told(support) == []


def test_it_lapses_when_the_payment_has_moved_and_the_asker_is_told(
    api: OrderApi, asked_for: Execution, support: User, petra: User, client_of: ClientOf
) -> None:
    client = client_of(petra)
    assert "The payment is as support saw it." in page(client, asked_for)
    change(api, asked_for, amount=500)
    with listening() as calls:
        answer = client.post(address(asked_for, "take-up"), says_yes(asked_for), follow=True)
    assert [call for call in calls if call.writes] == []
    assert "Amount: 499 → 500" in answer.content.decode() and fresh(asked_for).state == State.LAPSED
    assert told(support) == ["payment-lapsed"]


def test_it_can_be_asked_for_anew_once_it_has_ended(asked_for: Execution, petra: User, dialog_of: DialogOf) -> None:
    requests.turn_down(asked_for, petra, who(petra), "No photo")
    assert dialog_of((asked_for.order_id, asked_for.payment_id)).press().status_code == 200
    assert Execution.objects.filter(state=State.ASKED).count() == 1
