"""What the customer consented to, changed at the desk."""

import html
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import Consent, Order
from tests.changes.conftest import Desk, MakeOrder, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]


ODD_IDS = [
    "news/e-mail",
    "/news/",
    "nyhetsbrev på mejl",
    "50 % off",
    "a%2Fb",
    "a?b=c&d#e",
    "a+b",
    "new",
    "x/delete",
    "“quoted” 'id'",
    "メール",
]


def url(name: str, order: Order, **ids: str) -> str:
    return reverse(name, kwargs={"channel": "norce/se", "order_id": order.id, **ids})


def words(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def checked(api: OrderApi, order: Order) -> dict[str, bool]:
    return {consent.id or "": bool(consent.checked) for consent in api.orders.get(order.id or "").consents}


@pytest.fixture
def asked(make_order: MakeOrder) -> Order:
    """An order with three consents: required and given, required and not, neither."""
    return make_order(
        consents=(
            Consent(id="terms", text="Terms of purchase", required=True, checked=True),
            Consent(id="age 18", text="Is of age", required=True, checked=False),
            Consent(id="news", text="Newsletter", required=False, checked=False),
        )
    )


def test_several_consents_are_given_in_one_call(support: User, desk_of: DeskOf, asked: Order, api: OrderApi) -> None:
    data = {"consent-terms": "on", "consent-age 18": "on", "consent-news": "on"}
    assert desk_of(support).send(url("consents-edit", asked), data).status_code == 302
    assert checked(api, asked) == {"terms": True, "age 18": True, "news": True}
    assert logged(asked) == [("intent", "order.consents.patch", ""), ("outcome", "order.consents.patch", "done")]


def test_required_consents_say_what_they_hold_up(support: User, desk_of: DeskOf, asked: Order) -> None:
    page = words(desk_of(support).open(url("consents-edit", asked)))
    assert page.count("Required before the order can go to processing") == 2


def test_taking_a_consent_back_is_confirmed_first(support: User, desk_of: DeskOf, asked: Order, api: OrderApi) -> None:
    desk = desk_of(support)
    question = desk.send(url("consents-edit", asked), {"consent-news": "on"})
    assert question.status_code == 422 and "Taken back: Terms of purchase" in words(question)
    assert checked(api, asked)["terms"]
    assert desk.send(url("consents-edit", asked), {"consent-news": "on"}, form=question).status_code == 302
    assert checked(api, asked) == {"terms": False, "age 18": False, "news": True}


def test_a_colleagues_answer_is_shown_and_not_overwritten(
    support: User, desk_of: DeskOf, asked: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(url("consents-edit", asked))
    api.orders.patch_consents(asked.id or "", [Consent(id="news", checked=True)])
    data = {"consent-terms": "on", "consent-age 18": "on"}
    conflict = desk.send(url("consents-edit", asked), data, form=form)
    assert conflict.status_code == 409 and "Newsletter" in words(conflict) and "not given" in words(conflict)
    assert not checked(api, asked)["age 18"]
    chosen = data | {"pick-consent-news": "theirs"}
    assert desk.send(url("consents-edit", asked), chosen, form=conflict).status_code == 302
    assert checked(api, asked) == {"terms": True, "age 18": True, "news": True}


def test_a_consent_that_is_gone_meanwhile_is_a_conflict(
    support: User, desk_of: DeskOf, asked: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(url("consents-edit", asked))
    api.orders.remove_consent(asked.id or "", "news")
    assert desk.send(url("consents-edit", asked), {"consent-terms": "on"}, form=form).status_code == 409


def test_an_order_without_consents_says_so(support: User, desk_of: DeskOf, make_order: MakeOrder) -> None:
    order = make_order(consents=())
    assert "has no consents" in words(desk_of(support).open(url("consents-edit", order)))
    assert desk_of(support).send(url("consents-edit", order), {}).status_code == 422


def test_a_consent_is_added(support: User, desk_of: DeskOf, asked: Order, api: OrderApi) -> None:
    data = {"consent_id": "sms", "text": "Offers by SMS", "checked": "on"}
    assert desk_of(support).send(url("consent-create", asked), data).status_code == 302
    added = api.orders.get(asked.id or "").consents[-1]
    assert (added.id, added.text, added.required, added.checked) == ("sms", "Offers by SMS", False, True)


def test_a_required_consent_that_is_not_given_is_confirmed_first(
    support: User, desk_of: DeskOf, asked: Order, api: OrderApi
) -> None:
    desk, data = desk_of(support), {"consent_id": "sms", "text": "Offers by SMS", "required": "on"}
    question = desk.send(url("consent-create", asked), data)
    assert question.status_code == 422 and "sms" not in checked(api, asked)
    assert desk.send(url("consent-create", asked), data, form=question).status_code == 302
    assert "sms" in checked(api, asked)


def test_an_id_that_is_taken_is_refused_beside_its_field(support: User, desk_of: DeskOf, asked: Order) -> None:
    response = desk_of(support).send(url("consent-create", asked), {"consent_id": "news", "text": "Again"})
    assert response.status_code == 422 and "with this id already" in words(response) and "Again" in words(response)
    assert logged(asked) == []


def test_a_second_click_does_not_complain_about_the_first(support: User, desk_of: DeskOf, asked: Order) -> None:
    desk, data = desk_of(support), {"consent_id": "sms", "text": "Offers by SMS", "once": "one-opening-of-the-form"}
    assert desk.send(url("consent-create", asked), data).status_code == 302
    assert desk.send(url("consent-create", asked), data).status_code == 302
    assert len(logged(asked)) == 2


def test_a_consent_is_removed_after_it_was_shown(support: User, desk_of: DeskOf, asked: Order, api: OrderApi) -> None:
    address = url("consent-delete", asked, consent_id="age 18")
    desk = desk_of(support)
    form = desk.open(address)
    assert "Is of age" in words(form) and "nothing of it holds the order up" in words(form)
    assert desk.send(address, {}, form=form).status_code == 302
    assert checked(api, asked) == {"terms": True, "news": False}
    assert Entry.objects.filter(order_id=asked.id, target="age 18", kind="intent").exists()


@pytest.mark.parametrize("consent_id", ODD_IDS)
def test_a_consent_is_given_and_removed_whatever_its_id_looks_like(
    support: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi, consent_id: str
) -> None:
    order, desk = make_order(consents=(Consent(id=consent_id, text="Odd", checked=False),)), desk_of(support)
    assert desk.send(url("consents-edit", order), {f"consent-{consent_id}": "on"}).status_code == 302
    assert checked(api, order) == {consent_id: True}
    address = url("consent-delete", order, consent_id=consent_id)
    assert f'href="{address}"' in html.unescape(words(desk.open(url("consents-edit", order))))
    assert desk.send(address, {}).status_code == 302
    assert checked(api, order) == {}


@pytest.mark.parametrize("consent_id", ODD_IDS)
def test_the_api_knows_each_consent_by_its_id_in_the_address(
    make_order: MakeOrder, api: OrderApi, consent_id: str
) -> None:
    order = make_order(consents=(Consent(id=consent_id, text="Odd", checked=False),))
    api.orders.patch_consent(order.id or "", consent_id, Consent(checked=True))
    assert checked(api, order) == {consent_id: True}


def test_an_answer_given_meanwhile_is_not_removed_unseen(
    support: User, desk_of: DeskOf, asked: Order, api: OrderApi
) -> None:
    address = url("consent-delete", asked, consent_id="news")
    desk = desk_of(support)
    form = desk.open(address)
    api.orders.patch_consents(asked.id or "", [Consent(id="news", checked=True)])
    assert desk.send(address, {}, form=form).status_code == 409
    assert "news" in checked(api, asked)


def test_a_consent_that_is_gone_already_is_not_found(
    support: User, desk_of: DeskOf, asked: Order, api: OrderApi
) -> None:
    address = url("consent-delete", asked, consent_id="news")
    desk = desk_of(support)
    form = desk.open(address)
    api.orders.remove_consent(asked.id or "", "news")
    assert desk.send(address, {}, form=form).status_code == 404
    assert logged(asked) == []


def test_a_refusal_keeps_what_was_checked(support: User, desk_of: DeskOf, asked: Order, api: OrderApi) -> None:
    api.orders.update_state(asked.id or "", "removed")
    data = {"consent-terms": "on", "consent-news": "on"}
    response = desk_of(support).send(url("consents-edit", asked), data)
    assert response.status_code == 422 and "order-not-editable" in words(response)
    assert 'name="consent-news" id="id_consent-news" checked' in words(response)


def test_an_outage_keeps_what_was_typed(support: User, desk_of: DeskOf, asked: Order) -> None:
    desk = desk_of(support)
    form = desk.open(url("consent-create", asked))
    with answered_by(TimeoutError):
        response = desk.send(
            url("consent-create", asked), {"consent_id": "sms", "text": "Typed in an outage"}, form=form
        )
    assert response.status_code == 503 and "Typed in an outage" in words(response)


@pytest.mark.parametrize("name", ["consents-edit", "consent-create"])
def test_nobody_without_a_role_changes_consents(name: str, newcomer: User, desk_of: DeskOf, asked: Order) -> None:
    assert desk_of(newcomer).client.post(url(name, asked), {"consent_id": "x", "text": "x"}).status_code == 403
    assert [outcome for *_, outcome in logged(asked)] == ["denied"]
