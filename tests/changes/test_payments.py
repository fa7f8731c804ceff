"""Payments' records: added, changed and removed, with what the API does not know kept and nothing
of it mistaken for money."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from gateway.in_process import answer
from order_api import OrderApi
from order_api.schemas import Order, Payment, Recurring
from orders.changes.json_fields import masked, parse, restored
from privacy import DOTS
from sandbox.store import insert_documents
from tests.changes.conftest import Desk, logged
from tests.orders.orders_in_the_sandbox import an_order, payment
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]
SAME = {
    "name": "Klarna", "adapter_id": "klarna_checkout_adapter", "type": "default", "state": "intent", "amount": "125",
    "currency": "SEK", "reference": "kl-1", "attributes": '{"store": "Östersund", "rate": 1.10}',
}  # fmt: skip


@pytest.fixture
def paid(order: Order, api: OrderApi) -> Order:
    """The order of 125 SEK, with a payment that covers it."""
    api.payments.create(
        order.id or "",
        Payment(
            name="Klarna", adapter_id="klarna_checkout_adapter", reference="kl-1", amount=Decimal(125), currency="SEK",
            attributes={"store": "Östersund", "rate": Decimal("1.10")},
        ),
    )  # fmt: skip
    return api.orders.get(order.id or "")


def url(order: Order, name: str = "payment-edit", which: int = 0) -> str:
    ids = {"channel": "norce/se", "order_id": order.id} | (
        {} if name == "payment-create" else {"payment_id": order.payments[which].id}
    )
    return reverse(name, kwargs=ids)


def now(api: OrderApi, order: Order, which: int = 0) -> Payment:
    return api.orders.get(order.id or "").payments[which]


def text(response: HttpResponse) -> str:
    return response.content.decode()


def entry(action: str) -> dict[str, Any]:
    """What the log says was changed, by field: old and new."""
    intent = Entry.objects.get(action=action, kind="intent")
    return {change.field: (change.old, change.new) for change in intent.changes}


# Adding


def test_a_payment_is_added_with_what_is_not_covered_yet(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(admin)
    form = desk.open(url(order, "payment-create"))
    assert 'value="125"' in text(form) and "moves no money" in text(form)
    assert desk.send(url(order, "payment-create"), SAME, form=form).status_code == 302
    added = now(api, order)
    assert (added.name, added.amount, added.state, added.currency) == ("Klarna", Decimal(125), "intent", "SEK")
    assert str(added.raw["attributes"]["rate"]) in ("1.1", "1.10")
    assert logged(order) == [("intent", "payment.create", ""), ("outcome", "payment.create", "done")]


def test_a_form_that_adds_a_payment_adds_one_however_often_it_is_sent(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(admin)
    form = text(desk.open(url(order, "payment-create")))
    once = form.partition('name="once" value="')[2].partition('"')[0]
    for _ in range(2):
        assert desk.send(url(order, "payment-create"), {**SAME, "reference": "", "once": once}).status_code == 302
    assert len(api.orders.get(order.id or "").payments) == 1


def test_a_second_payment_with_that_reference_is_refused_beside_the_field(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    desk = desk_of(admin)
    data = {**SAME, "amount": "0"}
    response = desk.send(url(paid, "payment-create"), data)
    assert response.status_code == 422
    assert 'id="id_reference_error"' in text(response) and "payment-conflict" in text(response)
    assert [outcome for *_, outcome in logged(paid)] == ["", "refused"]
    assert len(api.orders.get(paid.id or "").payments) == 1


# Changing


def test_a_payment_is_changed_where_it_was_changed_and_nowhere_else(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    assert desk_of(admin).send(url(paid), {**SAME, "name": "Klarna Checkout"}).status_code == 302
    changed = now(api, paid)
    assert changed.name == "Klarna Checkout" and changed.raw | {"name": "Klarna"} == paid.payments[0].raw
    assert entry("payment.update") == {"name": ("Klarna", "Klarna Checkout")}


def test_what_is_emptied_is_taken_away(admin: User, desk_of: DeskOf, paid: Order, api: OrderApi) -> None:
    desk_of(admin).send(url(paid), {**SAME, "reference": "", "attributes": ""})
    assert now(api, paid).reference is None and now(api, paid).attributes == {}


def test_a_form_that_was_opened_and_sent_changes_nothing(admin: User, desk_of: DeskOf, paid: Order) -> None:
    assert desk_of(admin).send(url(paid), SAME).status_code == 302
    assert logged(paid) == []


def test_upsell_and_what_this_desk_does_not_know_go_back_as_they_came(
    admin: User, desk_of: DeskOf, api: OrderApi
) -> None:
    upsell = {"eligible": True, "expiration": "2026-11-22T12:00:00Z", "newer": {"x": 1.50}}
    document = an_order("odd", payments=[payment("p_odd", 100, "reserved", upsell=upsell, tomorrows={"a": [1, None]})])
    insert_documents([(document, {})])
    order, sent = api.orders.get("o_odd"), []

    def listening(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
        sent.extend([json.loads(body)] if method == "PUT" else [])
        return answer(method, path, query, headers, body)

    with answered_by(listening):
        data = {"name": "Other", "state": "reserved", "type": "default", "amount": "100", "adapter_id": "x"}
        desk = desk_of(admin)
        assert desk.send(url(order), data).status_code == 302
    assert sent[0]["upsell"] == upsell and sent[0]["tomorrows"] == {"a": [1, None]} and sent[0]["name"] == "Other"


def test_a_recurring_token_is_never_shown_and_stays_unless_another_is_typed(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    old = paid.payments[0].changed(recurring=Recurring(token="tok-very-secret", description="Monthly"))
    api.payments.update(paid.id or "", old.id or "", old)
    desk = desk_of(admin)
    form = desk.open(url(paid))
    assert "very-secret" not in text(form) and "Leave empty to keep it" in text(form)
    desk.send(url(paid), {**SAME, "recurring_description": "Yearly"}, form=form)
    assert now(api, paid).recurring == Recurring(token="tok-very-secret", description="Yearly")
    desk.send(url(paid), {**SAME, "recurring_description": "Yearly", "recurring_token": "tok-new-secret"})
    assert now(api, paid).recurring == Recurring(token="tok-new-secret", description="Yearly")
    assert "new-secret" not in "".join(Entry.objects.values_list("changes_json", flat=True))


def test_an_agreement_without_a_token_is_told_beside_its_field(admin: User, desk_of: DeskOf, paid: Order) -> None:
    response = desk_of(admin).send(url(paid), {**SAME, "recurring_description": "Monthly"})
    assert response.status_code == 422 and 'id="id_recurring_token_error"' in text(response)


def test_a_state_that_says_that_money_moved_is_confirmed_first(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    desk, data = desk_of(admin), {**SAME, "state": "captured"}
    asked = desk.send(url(paid), data)
    assert asked.status_code == 422 and "setting it moves none" in text(asked)
    assert now(api, paid).state == "intent"
    assert desk.send(url(paid), data, form=asked).status_code == 302
    assert now(api, paid).state == "captured"


def test_payments_that_would_no_longer_add_up_are_warned_of_with_the_figures(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    desk, data = desk_of(admin), {**SAME, "amount": "100,50"}
    asked = desk.send(url(paid), data)
    assert asked.status_code == 422 and "100.50 of 125.00\N{NO-BREAK SPACE}SEK" in text(asked)
    assert desk.send(url(paid), data, form=asked).status_code == 302
    assert now(api, paid).amount == Decimal("100.5")
    assert desk.send(url(paid), {**data, "name": "Off as before"}).status_code == 302


def test_a_colleagues_change_of_the_same_payment_is_shown_and_not_overwritten(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    desk = desk_of(admin)
    form = desk.open(url(paid))
    theirs = paid.payments[0].changed(name="Theirs", attributes={"store": "Åre"})
    api.payments.update(paid.id or "", theirs.id or "", theirs)
    conflict = desk.send(url(paid), {**SAME, "name": "Mine"}, form=form)
    assert conflict.status_code == 409
    assert all(words in text(conflict) for words in ("Theirs", "Mine", "Åre"))
    assert now(api, paid).name == "Theirs" and logged(paid) == []
    picks = {"pick-name": "yours", "pick-attributes": "theirs"}
    assert desk.send(url(paid), {**SAME, "name": "Mine", **picks}, form=conflict).status_code == 302
    assert (now(api, paid).name, now(api, paid).attributes) == ("Mine", {"store": "Åre"})


def test_a_change_of_another_payment_is_no_conflict(admin: User, desk_of: DeskOf, paid: Order, api: OrderApi) -> None:
    desk = desk_of(admin)
    form = desk.open(url(paid))
    api.payments.create(paid.id or "", Payment(name="Voucher", amount=Decimal(0)))
    assert desk.send(url(paid), {**SAME, "name": "Mine"}, form=form).status_code == 302


def test_json_that_is_wrong_says_where_and_stays_as_it_was_typed(admin: User, desk_of: DeskOf, paid: Order) -> None:
    response = desk_of(admin).send(url(paid), {**SAME, "attributes": '{\n  "store": Åre}'})
    assert response.status_code == 422
    assert "line 2, column 12" in text(response) and "&quot;store&quot;: Åre}" in text(response)
    assert logged(paid) == []


@pytest.mark.parametrize(
    ("typed", "words"), [("[1]", "JSON object"), ('{"a": NaN}', "NaN"), ("[" * 100_000, "This is not JSON")]
)
def test_json_that_is_no_object_or_no_json_is_refused(
    admin: User, desk_of: DeskOf, paid: Order, typed: str, words: str
) -> None:
    response = desk_of(admin).send(url(paid), {**SAME, "attributes": typed})
    assert response.status_code == 422 and words in text(response)


def test_a_payment_in_a_state_that_this_desk_does_not_know_keeps_it(
    admin: User, desk_of: DeskOf, api: OrderApi
) -> None:
    insert_documents([(an_order("odd", payments=[payment("p_odd", 100, "half-captured")]), {})])
    order = api.orders.get("o_odd")
    page = text(desk_of(admin).open(url(order)))
    assert '<option value="half-captured" selected>' in page


def test_a_payment_that_is_gone_is_not_found(admin: User, desk_of: DeskOf, paid: Order) -> None:
    assert desk_of(admin).open(url(paid).replace(paid.payments[0].id or "", "p_gone")).status_code == 404


def test_no_answer_to_a_change_of_a_payment_stays_open(admin: User, desk_of: DeskOf, paid: Order) -> None:
    desk = desk_of(admin)
    form = desk.open(url(paid))
    with (
        answered_by(TimeoutError),
        mock.patch("order_api.resources.Orders.get", return_value=paid),
        mock.patch("order_api.tenancy.Tenancy.confirm"),  # as after the reading that is patched
    ):
        response = desk.send(url(paid), {**SAME, "name": "Mine"}, form=form)
    assert response.status_code == 502 and "not known whether" in text(response) and 'value="Mine"' in text(response)
    assert [outcome for *_, outcome in logged(paid)] == ["", "unanswered"]


@pytest.mark.parametrize("name", ["payment-edit", "payment-remove", "transaction-create", "action-create"])
def test_a_manager_may_not_and_that_is_written_down(
    manager: User, desk_of: DeskOf, paid: Order, api: OrderApi, name: str
) -> None:
    desk = desk_of(manager)
    assert desk.open(url(paid, name)).status_code == 403
    assert desk.client.post(url(paid, name), SAME).status_code == 403
    assert logged(paid) == [("event", "denied", "denied")] * 2
    assert "Correct the record" not in text(desk.open(f"/norce/se/orders/{paid.id}/"))
    assert now(api, paid) == paid.payments[0]


# Removing


def test_removing_is_a_state_and_says_so(admin: User, desk_of: DeskOf, paid: Order, api: OrderApi) -> None:
    desk = desk_of(admin)
    form = desk.open(url(paid, "payment-remove"))
    assert "counted no more" in text(form) and "No money moves" in text(form)
    asked = desk.send(url(paid, "payment-remove"), {}, form=form)
    assert asked.status_code == 422 and "0.00 of 125.00\N{NO-BREAK SPACE}SEK" in text(asked)
    assert desk.send(url(paid, "payment-remove"), {}, form=asked).status_code == 302
    assert now(api, paid).state == "removed"
    assert entry("payment.update")["state"][1] == "removed"


def test_removing_a_payment_that_holds_money_is_warned_of(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    api.payments.update(paid.id or "", paid.payments[0].id or "", paid.payments[0].changed(state="captured"))
    assert "may hold money" in text(desk_of(admin).send(url(paid, "payment-remove"), {}))


def test_a_payment_that_was_captured_meanwhile_is_not_removed_unseen(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    desk = desk_of(admin)
    asked = desk.send(url(paid, "payment-remove"), {})
    api.payments.update(paid.id or "", paid.payments[0].id or "", paid.payments[0].changed(state="captured"))
    assert desk.send(url(paid, "payment-remove"), {}, form=asked).status_code == 409
    assert now(api, paid).state == "captured"


def test_a_removed_payment_cannot_be_removed_again(admin: User, desk_of: DeskOf, paid: Order, api: OrderApi) -> None:
    api.payments.update(paid.id or "", paid.payments[0].id or "", paid.payments[0].changed(state="removed"))
    response = desk_of(admin).send(url(paid, "payment-remove"), {})
    assert response.status_code == 422 and "removed already" in text(response)
    assert logged(paid) == []


# Masked JSON


def test_a_secret_in_the_attributes_is_dots_in_the_form_and_whole_when_sent(
    admin: User, desk_of: DeskOf, paid: Order, api: OrderApi
) -> None:
    secret = paid.payments[0].changed(attributes={"client_token": "abc-very-secret", "store": "Åre"})
    api.payments.update(paid.id or "", secret.id or "", secret)
    desk = desk_of(admin)
    form = desk.open(url(paid))
    assert "very-secret" not in text(form) and DOTS in text(form)
    typed = json.dumps({"client_token": DOTS, "store": "Östersund"})
    assert desk.send(url(paid), {**SAME, "attributes": typed}, form=form).status_code == 302
    assert now(api, paid).attributes == {"client_token": "abc-very-secret", "store": "Östersund"}
    assert "very-secret" not in "".join(Entry.objects.values_list("changes_json", flat=True))


def test_dots_that_were_moved_are_refused() -> None:
    original = {"token": "abcdef", "list": [{"secret": "x1y2"}]}
    assert restored(parse(str(masked(original))), original) == original
    assert restored({"token": "new"}, original) == {"token": "new"}
    with pytest.raises(ValidationError, match="Dots stand"):
        restored({"other": DOTS}, original)
    with pytest.raises(ValidationError, match="Dots stand"):
        restored({"list": [{}, {"secret": DOTS}]}, original)


def test_amounts_in_json_keep_their_digits() -> None:
    assert str(masked({"rate": Decimal("1.10")})) == '{\n  "rate": 1.10\n}'
    assert parse('{"rate": 0.1000000000000000055}')["rate"] == Decimal("0.1000000000000000055")
