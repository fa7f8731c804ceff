"""Each type of action has its own reasons, which admins can change; what was executed keeps the one it was given."""

import html
import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from audit.log import Change
from audit.models import Entry
from order_api import OrderApi
from payments.models import Execution, ReasonList
from payments.presentation.vocabulary import ACTIONS
from payments.reasons.services import DEFAULTS, OTHER, WORDS, choices_for
from tests.conftest import PASSWORD, ClientOf
from tests.payments.conftest import MakePayment, action_of

OPTION = re.compile(r'<option value="([^"]+)"')


def offered(page: Any) -> list[str]:
    return [html.unescape(each) for each in OPTION.findall(page.content.decode().split('name="reason"')[1])]


def save(client: Any, kind: str, *lines: str, **typed: str) -> Any:
    where = reverse("reason-edit", args=[kind])
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(where).content.decode())
    assert seen
    return client.post(where, {"reasons": "\r\n".join(lines), "seen": html.unescape(seen[1]), **typed})


def dialog(api: OrderApi, payment: Any, kind: str) -> str:
    return reverse("payment-action-execute", args=["norce/se", *payment, action_of(api, payment, kind).id])


def test_every_known_action_has_reasons_of_its_own() -> None:
    assert set(DEFAULTS) == set(ACTIONS)
    assert {code for codes in DEFAULTS.values() for code in codes} | {OTHER} == set(WORDS)
    assert "returned" not in DEFAULTS["capture"] and "delivered" not in DEFAULTS["refund"]


@pytest.mark.parametrize(("kind", "state"), [("capture", "reserved"), ("cancel", "reserved"), ("refund", "captured")])
def test_the_dialog_offers_those_of_its_action(
    kind: str, state: str, make_payment: MakePayment, api: OrderApi, admin: User, client_of: ClientOf
) -> None:
    page = client_of(admin).get(dialog(api, make_payment(state), kind))
    assert offered(page) == [*DEFAULTS[kind], OTHER]


def test_a_reason_of_another_action_is_refused(
    make_payment: MakePayment, api: OrderApi, admin: User, client_of: ClientOf
) -> None:
    client, where = client_of(admin), dialog(api, make_payment(), "capture")
    sealed = re.search(r'name="case" value="([^"]*)"', client.get(where).content.decode())
    assert sealed
    data = {"case": html.unescape(sealed[1]), "reason": "returned", "password": PASSWORD}
    answer = client.post(where, data)
    assert answer.status_code == 422 and not Execution.objects.exists()


def test_an_admins_reasons_are_offered_and_an_execution_keeps_the_text(
    make_payment: MakePayment, api: OrderApi, admin: User, client_of: ClientOf
) -> None:
    client = client_of(admin)
    assert save(client, "capture", "Skickat med  bud ", "goods were SENT", "", "Skickat med bud").status_code == 302
    assert choices_for("CAPTURE")[:-1] == [("Skickat med bud", "Skickat med bud"), ("delivered", WORDS["delivered"])]
    where = dialog(api, make_payment(), "capture")
    page = client.get(where)
    assert offered(page) == ["Skickat med bud", "delivered", OTHER]
    sealed = re.search(r'name="case" value="([^"]*)"', page.content.decode())
    assert sealed
    client.post(where, {"case": html.unescape(sealed[1]), "reason": "Skickat med bud", "password": PASSWORD})
    assert save(client, "capture", "Something else").status_code == 302
    execution = Execution.objects.get()
    assert execution.reason == "Skickat med bud"
    assert (
        "Skickat med bud"
        in client.get(reverse("execution-detail", args=[execution.in_channel, execution.pk])).content.decode()
    )


def test_a_change_is_in_the_log_with_what_was_before(admin: User, client_of: ClientOf) -> None:
    save(client_of(admin), "refund", "Return", "Suspected fraud")
    entry = Entry.objects.get(action="payment.reasons.update")
    assert (entry.username, entry.target) == ("admin", "refund")
    assert entry.changes == [Change("reasons", list(DEFAULTS["refund"]), ["Return", "fraud"])]


def test_an_empty_list_brings_back_the_one_that_came_with_the_desk(admin: User, client_of: ClientOf) -> None:
    client = client_of(admin)
    save(client, "refund", "Return")
    save(client, "refund")
    assert [code for code, _ in choices_for("refund")] == [*DEFAULTS["refund"], OTHER]
    assert not ReasonList.objects.exists()


def test_what_another_admin_changed_meanwhile_is_not_written_over(admin: User, client_of: ClientOf) -> None:
    client = client_of(admin)
    save(client, "refund", "Return")
    late = save(client, "refund", "Mine", seen=json.dumps(list(DEFAULTS["refund"])))
    assert late.status_code == 422 and "Somebody else has changed this list" in late.content.decode()
    assert "Mine</textarea>" in late.content.decode() and choices_for("refund")[0][0] == "Return"


@pytest.mark.parametrize("lines", [["x" * 101], [f"Reason {n}" for n in range(31)]])
def test_what_would_not_fit_is_said(lines: list[str], admin: User, client_of: ClientOf) -> None:
    assert save(client_of(admin), "refund", *lines).status_code == 422
    assert not ReasonList.objects.exists()


@pytest.mark.django_db
def test_an_action_that_nobody_knows_has_all_reasons() -> None:
    assert [code for code, _ in choices_for("void")] == list(WORDS)
