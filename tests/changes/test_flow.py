"""What every change has in common, tried on the order's state and reference."""

import re
from collections.abc import Callable
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from gateway.lease import lease
from order_api import OrderApi
from order_api.schemas import Consent, Hook, Order
from orders.changes.snapshot import Seen
from tests.changes.conftest import Desk, MakeOrder, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]


def reference_url(order: Order) -> str:
    return reverse("reference-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def state_url(order: Order) -> str:
    return reverse("state-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def test_a_change_is_sent_and_both_intent_and_outcome_are_written_down(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    response = desk_of(support).send(reference_url(order), {"reference": "SE-2"})
    assert response.status_code == 302 and response["Location"] == f"/norce/se/orders/{order.id}/"
    assert api.orders.get(order.id or "").reference == "SE-2"
    assert logged(order) == [("intent", "order.reference.update", ""), ("outcome", "order.reference.update", "done")]
    outcome = Entry.objects.filter(order_id=order.id, kind="outcome").get()
    assert outcome.status == 200 and outcome.request_id


def test_in_the_dialog_the_form_comes_alone_and_success_leads_to_the_order(
    support: User, desk_of: DeskOf, order: Order
) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order), htmx=True)
    assert b"<html" not in form.content and b"SE-1" in form.content
    response = desk.send(reference_url(order), {"reference": "SE-2"}, form=form, htmx=True)
    assert response["HX-Redirect"] == f"/norce/se/orders/{order.id}/"


@pytest.mark.parametrize(
    ("page", "is_loaded_anew"),
    [("/norce/se/orders/{}/", True), ("/norce/se/orders/{}/#items", True), ("/norce/se/orders/", False)],
)
def test_a_change_that_leads_to_a_place_on_the_page_below_the_dialog_loads_that_anew(
    admin: User, desk_of: DeskOf, full: Order, page: str, is_loaded_anew: bool
) -> None:
    address = reverse(
        "shipping-remove", kwargs={"channel": "norce/se", "order_id": full.id, "shipping_id": full.shippings[0].id}
    )
    desk = desk_of(admin)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page.format(full.id)}"}
    response = desk.client.post(address, desk.hidden(desk.open(address)), headers=headers)
    assert response["HX-Redirect"] == f"/norce/se/orders/{full.id}/#shipping"
    assert (response.get("HX-Refresh") == "true") == is_loaded_anew


def test_nothing_is_sent_where_nothing_is_different(support: User, desk_of: DeskOf, order: Order) -> None:
    desk_of(support).send(reference_url(order), {"reference": "SE-1"})
    assert logged(order) == []


def test_a_colleagues_change_is_shown_and_not_overwritten(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order))
    api.orders.update_reference(order.id or "", "SE-THEIRS")
    response = desk.send(reference_url(order), {"reference": "SE-MINE"}, form=form)
    assert response.status_code == 409
    for words in ("SE-1", "SE-THEIRS", "SE-MINE"):
        assert words in response.content.decode()
    assert api.orders.get(order.id or "").reference == "SE-THEIRS"
    assert logged(order) == []


@pytest.mark.parametrize(("choice", "stands"), [("theirs", "SE-THEIRS"), ("yours", "SE-MINE")])
def test_after_a_conflict_the_person_chooses_what_stands(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi, choice: str, stands: str
) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order))
    api.orders.update_reference(order.id or "", "SE-THEIRS")
    conflict = desk.send(reference_url(order), {"reference": "SE-MINE"}, form=form)
    desk.send(reference_url(order), {"reference": "SE-MINE", "pick-reference": choice}, form=conflict)
    assert api.orders.get(order.id or "").reference == stands


def test_what_somebody_else_changed_elsewhere_in_the_order_is_no_conflict(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order))
    api.orders.patch_attributes(order.id or "", {"colour": "red"})
    assert desk.send(reference_url(order), {"reference": "SE-2"}, form=form).status_code == 302


def test_a_form_that_does_not_say_what_it_showed_changes_nothing(
    support: User, client_of: Callable[[User], Client], order: Order, api: OrderApi
) -> None:
    response = client_of(support).post(reference_url(order), {"reference": "SE-2", "seen": "forged"})
    assert response.status_code == 409
    assert api.orders.get(order.id or "").reference == "SE-1"


def test_what_another_form_showed_does_not_count(order: Order) -> None:
    sealed = Seen({"reference": "SE-1"}).seal("order.reference.update:o_other")
    assert Seen.unseal(sealed, f"order.reference.update:{order.id}") is None


def test_a_role_that_may_not_is_refused_and_that_is_written_down(support: User, desk_of: DeskOf, order: Order) -> None:
    assert desk_of(support).open(state_url(order)).status_code == 403
    assert logged(order) == [("event", "denied", "denied")]


def test_only_states_that_can_follow_are_offered(manager: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    api.orders.update_state(order.id or "", "accepted")
    page = desk_of(manager).open(state_url(order)).content.decode()
    assert 'value="completed"' in page and 'value="declined"' in page
    assert 'value="checkout"' not in page and 'value="removed"' not in page


def test_a_final_state_is_confirmed_before_it_is_sent(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk, data = desk_of(manager), {"status": "declined", "reason": "Asked for by the customer"}
    asked = desk.send(state_url(order), data)
    assert asked.status_code == 422 and "final" in asked.content.decode()
    assert str(api.orders.get(order.id or "").state.current_status) == "checkout"  # type: ignore[union-attr]
    assert desk.send(state_url(order), data, form=asked).status_code == 302
    assert str(api.orders.get(order.id or "").state.current_status) == "declined"  # type: ignore[union-attr]


def test_changing_ones_mind_after_the_question_asks_again(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    asked = desk.send(state_url(order), {"status": "declined", "reason": "No"})
    assert desk.send(state_url(order), {"status": "removed", "reason": "No"}, form=asked).status_code == 422
    assert str(api.orders.get(order.id or "").state.current_status) == "checkout"  # type: ignore[union-attr]


def test_a_missing_consent_is_told_before_and_refused_by_the_api_after(
    manager: User, desk_of: DeskOf, make_order: MakeOrder
) -> None:
    order = make_order(consents=(Consent(id="terms", checked=False, text="Terms of purchase", required=True),))
    desk, data = desk_of(manager), {"status": "processing", "reason": "Paid by phone"}
    assert "Terms of purchase" in desk.open(state_url(order)).content.decode()
    asked = desk.send(state_url(order), data)
    assert "Terms of purchase" in asked.content.decode()
    refused = desk.send(state_url(order), data, form=asked)
    assert refused.status_code == 422 and "order-consent-required" in refused.content.decode()
    assert "Paid by phone" in refused.content.decode()
    assert [outcome for *_, outcome in logged(order)] == ["", "refused"]


def test_whom_a_state_change_sets_off_is_said(manager: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    hook = Hook(
        adapter_id="awardit_adapter",
        subscribe_to="/state",
        target="/payments",
        invoke="http://127.0.0.1/checkout/adapters/awardit_adapter/hooks/approve",
    )
    api.orders.create_hook(order.id or "", hook)
    assert "awardit_adapter" in desk_of(manager).open(state_url(order)).content.decode()


def test_no_answer_leaves_it_open_and_says_so(support: User, desk_of: DeskOf, order: Order) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order))
    with (
        answered_by(TimeoutError),
        mock.patch("order_api.resources.Orders.get", return_value=order),
        mock.patch("order_api.tenancy.Tenancy.confirm"),  # as after the reading that is patched
    ):
        response = desk.send(reference_url(order), {"reference": "SE-2"}, form=form)
    assert response.status_code == 502
    page = " ".join(response.content.decode().split())
    assert "not known whether" in page and "SE-2" in page
    assert [outcome for *_, outcome in logged(order)] == ["", "unanswered"]


def test_an_outage_keeps_what_was_typed(support: User, desk_of: DeskOf, order: Order, settings: object) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order))
    with answered_by(TimeoutError):
        page = desk.send(reference_url(order), {"reference": "SE-TYPED"}, form=form)
        dialog = desk.send(reference_url(order), {"reference": "SE-TYPED"}, form=form, htmx=True)
    assert page.status_code == 503 and 'value="SE-TYPED"' in page.content.decode()
    assert dialog.status_code == 503 and dialog["HX-Retarget"] == "#change-problem"
    assert logged(order) == []


def test_what_cannot_be_written_down_is_not_sent(support: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    desk = desk_of(support)
    with mock.patch("audit.log.append", side_effect=OperationalError):
        response = desk.send(reference_url(order), {"reference": "SE-2"})
    assert response.status_code == 503
    assert api.orders.get(order.id or "").reference == "SE-1"


def test_an_order_of_another_channel_cannot_be_changed(support: User, desk_of: DeskOf, order: Order) -> None:
    there = reference_url(order).replace("/norce/se/", "/norce/no/")
    assert desk_of(support).open(there).status_code == 404


def test_two_who_change_one_order_wait_for_each_other(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(reference_url(order))
    with mock.patch("gateway.lease.PATIENCE", 0.0), lease("norce", "se", order.id or ""):
        response = desk.send(reference_url(order), {"reference": "SE-2"}, form=form)
    assert response.status_code == 409 and "colleague" in response.content.decode()
    assert api.orders.get(order.id or "").reference == "SE-1"
    assert desk.send(reference_url(order), {"reference": "SE-2"}, form=form).status_code == 302


def test_a_warning_stands_beside_its_field_too(manager: User, desk_of: DeskOf, order: Order) -> None:
    asked = desk_of(manager).send(f"/norce/se/orders/{order.id}/reference/", {"reference": ""}).content.decode()
    assert re.search(r'id="id_reference_warning">.*?The order will have no reference', asked, re.DOTALL)
    assert 'aria-describedby="id_reference_helptext id_reference_warning"' in asked
