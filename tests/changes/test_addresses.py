"""Correcting an address while the caller waits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from accounts.channels import Channel
from audit.models import Entry
from gateway.in_process import answer
from order_api import OrderApi
from order_api.schemas import Address, Customer, Order
from orders.changes import address_checks
from orders.changes.addresses import BillingChange
from sandbox.store import insert_documents
from tests.changes.conftest import Desk, MakeOrder, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]
NUMBER = "19121212-1212"
SHOWN = {
    "type": "", "organization_name": "", "organization_identification_number": "", "given_name": "Åsa",
    "family_name": "Lind",
    "care_of": "", "street_address": "Storgatan 1", "street_address2": "", "postal_code": "831 30", "city": "Östersund",
    "region": "", "country": "SE", "phone": "", "email": "asa@example.se", "reference": "",
    "national_identification_number": "",
}  # fmt: skip


def billing(order: Order) -> str:
    return reverse("billing-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def shipping(order: Order) -> str:
    return reverse("shipping-address-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def address_now(api: OrderApi, order: Order, which: str = "billing") -> Address:
    customer = api.orders.get(order.id or "").customer
    assert customer is not None
    address = getattr(customer, which)
    assert isinstance(address, Address)
    return address


def words(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def known_person(make_order: MakeOrder) -> Order:
    """An order whose billing address has an identity number."""
    asa = Address(
        given_name="Åsa",
        family_name="Lind",
        street_address="Storgatan 1",
        postal_code="831 30",
        city="Östersund",
        country="SE",
        email="asa@example.se",
        national_identification_number=NUMBER,
    )
    return make_order(customer=Customer(billing=asa, type="person"))  # type: ignore[arg-type]


@pytest.fixture
def on_the_wire() -> Iterator[list[tuple[str, str, bytes]]]:
    """What goes to the Order API meanwhile: method, path and body."""
    sent: list[tuple[str, str, bytes]] = []

    def listen(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
        sent.append((method, path, body))
        return answer(method, path, query, headers, body)

    with answered_by(listen):
        yield sent


def test_a_corrected_street_is_saved_and_the_log_says_what_changed(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    response = desk_of(support).send(billing(order), SHOWN | {"street_address": "Storgatan 2"})
    assert response.status_code == 302
    assert address_now(api, order).street_address == "Storgatan 2"
    assert address_now(api, order, "shipping").street_address == "Storgatan 1"
    assert logged(order) == [("intent", "order.billing.update", ""), ("outcome", "order.billing.update", "done")]


def test_the_shipping_address_is_another_one(support: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    assert desk_of(support).send(shipping(order), SHOWN | {"city": "Åre"}).status_code == 302
    assert (address_now(api, order).city, address_now(api, order, "shipping").city) == ("Östersund", "Åre")


def test_a_field_that_is_emptied_is_gone(support: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    assert desk_of(support).send(billing(order), SHOWN | {"email": ""}).status_code == 302
    assert not address_now(api, order).email


def test_an_order_without_a_customer_gets_its_first_address(
    support: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi
) -> None:
    order = make_order(customer=None)
    data = {"type": "person", "given_name": "Åsa", "family_name": "Lind", "country": "SE"}
    assert desk_of(support).send(billing(order), data).status_code == 302
    assert address_now(api, order).given_name == "Åsa"


def test_what_this_desk_does_not_know_goes_back_as_it_came(
    support: User, desk_of: DeskOf, order: Order, on_the_wire: list[tuple[str, str, bytes]]
) -> None:
    document = dict(order.raw)
    odd = document["customer"]["billing"] | {
        "id": None,
        "doorCode": "1234",
        "attributes": {"floor": 3, "country": "se"},
    }
    insert_documents([(document | {"id": "o_OddAddress", "customer": document["customer"] | {"billing": odd}}, {})])
    url = reverse("billing-edit", kwargs={"channel": "norce/se", "order_id": "o_OddAddress"})
    assert desk_of(support).send(url, SHOWN | {"city": "Åre"}).status_code == 302
    (body,) = [body.decode() for method, path, body in on_the_wire if method == "PUT"]
    assert '"doorCode":"1234"' in body and '"floor":3' in body and '"city":"Åre"' in body


def test_a_country_that_is_no_country_is_kept(
    support: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi
) -> None:
    odd = Address(given_name="Åsa", family_name="Lind", city="Östersund", country="qx")
    order = make_order(customer=Customer(billing=odd, type="person"))  # type: ignore[arg-type]
    desk = desk_of(support)
    form = desk.open(billing(order))
    assert '<option value="QX" selected>' in words(form)
    data = {"given_name": "Åsa", "family_name": "Lind", "city": "Åre", "country": "QX"}
    assert desk.send(billing(order), data, form=form).status_code == 302
    assert (address_now(api, order).country, address_now(api, order).city) == ("qx", "Åre")


def test_a_colleagues_correction_is_shown_beside_ones_own(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(billing(order))
    api.orders.update_billing(order.id or "", address_now(api, order).changed(city="Theirs", country="NO"))
    response = desk.send(billing(order), SHOWN | {"city": "Mine"}, form=form)
    assert response.status_code == 409
    assert all(word in words(response) for word in ("Östersund", "Theirs", "Mine", "Norway"))
    assert address_now(api, order).city == "Theirs"
    chosen = SHOWN | {"city": "Mine", "pick-city": "yours", "pick-country": "theirs"}
    assert desk.send(billing(order), chosen, form=response).status_code == 302
    assert (address_now(api, order).city, address_now(api, order).country) == ("Mine", "NO")


def test_a_mistake_in_typing_does_not_hide_a_colleagues_correction(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(billing(order))
    api.orders.update_billing(order.id or "", address_now(api, order).changed(city="Theirs"))
    mistaken = desk.send(billing(order), SHOWN | {"city": "x" * 201}, form=form)
    assert mistaken.status_code == 422
    assert desk.send(billing(order), SHOWN | {"city": "Mine"}, form=mistaken).status_code == 409
    assert address_now(api, order).city == "Theirs"


def test_what_a_person_left_alone_is_the_colleagues_unless_they_say_otherwise(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(billing(order))
    api.orders.update_billing(order.id or "", address_now(api, order).changed(city="Theirs", given_name="Eva"))
    page = words(desk.send(billing(order), SHOWN | {"city": "Mine"}, form=form))
    assert 'name="pick-city" value="yours" checked' in page and 'name="pick-city" value="theirs">' in page
    assert 'name="pick-given_name" value="theirs" checked' in page and 'name="pick-given_name" value="yours">' in page


def test_a_number_in_a_conflict_stands_as_dots(
    support: User, desk_of: DeskOf, known_person: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(billing(known_person))
    theirs = address_now(api, known_person).changed(national_identification_number="811228-9874")
    api.orders.update_billing(known_person.id or "", theirs)
    response = desk.send(billing(known_person), SHOWN | {"remove_identity": "on"}, form=form)
    assert response.status_code == 409 and "••••••" in words(response)
    assert NUMBER not in words(response) and "9874" not in words(response)


def test_a_number_that_somebody_replaced_meanwhile_stays_replaced(
    support: User, desk_of: DeskOf, known_person: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(billing(known_person))
    theirs = address_now(api, known_person).changed(national_identification_number="811228-9874")
    api.orders.update_billing(known_person.id or "", theirs)
    assert desk.send(billing(known_person), SHOWN | {"city": "Åre"}, form=form).status_code == 302
    now = address_now(api, known_person)
    assert (now.city, now.national_identification_number) == ("Åre", "811228-9874")


@pytest.mark.parametrize("role", ["support", "admin"])
def test_the_form_never_holds_the_identity_number(
    role: str, request: pytest.FixtureRequest, desk_of: DeskOf, known_person: Order
) -> None:
    desk = desk_of(request.getfixturevalue(role))
    page = words(desk.open(billing(known_person)))
    assert NUMBER not in page and "1212-1212" not in page
    assert ("Show the identity number" in page) == (role == "admin")


def test_what_is_sealed_into_the_form_does_not_tell_the_number_either(known_person: Order) -> None:
    form = BillingChange(order=known_person, channel=Channel("norce", "se"))
    assert NUMBER not in str(form.seen)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({}, NUMBER),
        ({"national_identification_number": "811228-9874"}, "811228-9874"),
        ({"remove_identity": "on"}, None),
    ],
)
def test_the_identity_number_is_kept_replaced_or_removed(
    typed: dict[str, str], kept: str | None, support: User, desk_of: DeskOf, known_person: Order, api: OrderApi
) -> None:
    assert desk_of(support).send(billing(known_person), SHOWN | {"city": "Åre"} | typed).status_code == 302
    assert address_now(api, known_person).national_identification_number == kept


def test_the_log_masks_the_identity_number(support: User, desk_of: DeskOf, known_person: Order) -> None:
    desk_of(support).send(billing(known_person), SHOWN | {"national_identification_number": "811228-9874"})
    text = " ".join(entry.changes_json for entry in Entry.objects.all())
    assert "national_identification_number" in text and NUMBER not in text and "811228" not in text


def test_a_button_copies_the_other_address_and_sends_nothing(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    moved = address_now(api, order).changed(city="Malmö", postal_code="211 20")
    api.orders.update_billing(order.id or "", moved)
    desk = desk_of(support)
    copied = desk.send(shipping(order), SHOWN | {"redo": "copy"})
    assert copied.status_code == 200 and 'value="Malmö"' in words(copied)
    assert address_now(api, order, "shipping").city == "Östersund" and logged(order) == []
    data = SHOWN | {"city": "Malmö", "postal_code": "211 20"}
    assert desk.send(shipping(order), data, form=copied).status_code == 302
    assert address_now(api, order, "shipping").city == "Malmö"


def test_copying_in_the_dialog_answers_with_the_form_alone(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    api.orders.update_billing(order.id or "", address_now(api, order).changed(city="Malmö"))
    copied = desk_of(support).send(shipping(order), SHOWN | {"redo": "copy"}, htmx=True)
    assert copied.status_code == 200 and "<html" not in words(copied) and 'value="Malmö"' in words(copied)


def test_copying_leaves_out_the_identity_number(support: User, desk_of: DeskOf, known_person: Order) -> None:
    copied = desk_of(support).send(shipping(known_person), {"redo": "copy"})
    assert 'value="Åsa"' in words(copied) and "1212" not in words(copied)


def test_copying_does_not_hide_a_colleagues_correction(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    form = desk.open(shipping(order))
    api.orders.update_shipping_address(order.id or "", address_now(api, order).changed(city="Theirs"))
    copied = desk.send(shipping(order), SHOWN | {"redo": "copy"}, form=form)
    assert desk.send(shipping(order), SHOWN | {"city": "Mine"}, form=copied).status_code == 409


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"postal_code": "8313"}, "postal code in Sweden"),
        ({"email": "asa@example"}, "e-mail address"),
        ({"phone": "ring me"}, "phone number"),
        ({"national_identification_number": "811228-9873"}, "identity number"),
        ({"organization_identification_number": "556016-0681"}, "organisation number"),
    ],
)
def test_what_looks_wrong_is_asked_about_and_can_be_sent_all_the_same(
    typed: dict[str, str], says: str, support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(support)
    asked = desk.send(billing(order), SHOWN | typed)
    assert asked.status_code == 422 and says in words(asked)
    assert desk.send(billing(order), SHOWN | typed, form=asked).status_code == 302
    ((name, value),) = typed.items()
    assert getattr(address_now(api, order), name) == value


def test_an_address_that_is_emptied_altogether_is_asked_about(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk, nothing = desk_of(support), dict.fromkeys(SHOWN, "") | {"type": "person", "country": "SE"}
    asked = desk.send(billing(order), nothing)
    assert asked.status_code == 422 and "Nothing of the address will be left." in words(asked)
    assert desk.send(billing(order), nothing, form=asked).status_code == 302
    assert not address_now(api, order).street_address


def test_what_was_wrong_before_is_not_asked_about(support: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    api.orders.update_billing(order.id or "", address_now(api, order).changed(postal_code="?", email="none"))
    shown = SHOWN | {"postal_code": "?", "email": "none"}
    assert desk_of(support).send(billing(order), shown | {"city": "Åre"}).status_code == 302


def test_a_refusal_is_shown_with_what_was_typed(
    support: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi
) -> None:
    order = make_order()
    api.orders.update_state(order.id or "", "removed")
    response = desk_of(support).send(billing(order), SHOWN | {"city": "Åre"})
    assert response.status_code == 422
    assert "order-not-editable" in words(response) and 'value="Åre"' in words(response)
    assert [outcome for *_, outcome in logged(order)] == ["", "refused"]


def test_an_outage_keeps_what_was_typed(support: User, desk_of: DeskOf, order: Order) -> None:
    desk = desk_of(support)
    form = desk.open(billing(order))
    with answered_by(TimeoutError):
        response = desk.send(billing(order), SHOWN | {"city": "Typed in an outage"}, form=form)
    assert response.status_code == 503 and "Typed in an outage" in words(response)
    assert logged(order) == []


def test_nobody_without_a_role_gets_at_an_address(newcomer: User, desk_of: DeskOf, order: Order) -> None:
    assert desk_of(newcomer).open(billing(order)).status_code == 403
    assert desk_of(newcomer).client.post(shipping(order), SHOWN).status_code == 403


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("SE", ["831 30", "83130", "SE-831 30"], ["8313", "031 30", "831 3O"]),
        ("NO", ["0150", "NO-0150"], ["150", "01500"]),
        ("DK", ["1050"], ["105"]),
        ("FI", ["00100"], ["0100"]),
        ("DE", ["10115", "D-10115"], ["1011"]),
        ("NL", ["1012 AB", "1012ab"], ["1012", "0012 AB"]),
        ("AT", ["1010"], ["0010"]),
        ("BE", ["1000", "B-1000"], ["100"]),
        ("EE", ["10111"], ["1011"]),
        ("JP", ["whatever"], []),
    ],
)
def test_postal_codes_are_known_by_country(country: str, good: list[str], bad: list[str]) -> None:
    assert [code for code in good if not address_checks.is_postal_code(code, country)] == []
    assert [code for code in bad if address_checks.is_postal_code(code, country)] == []


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("SE", ["811228-9874", "198112289874", "811288-9871", "121212+1212"], ["811228-9873", "811328-9874", "x"]),
        ("NO", ["01010750160"], ["01010750161", "41130750160"]),
        ("DK", ["070761-4285"], ["320761-4285", "07076142"]),
        ("FI", ["131052-308T"], ["131052-308U", "320152-308T"]),
        ("DE", ["anything"], []),
    ],
)
def test_persons_numbers_are_checked_by_country(country: str, good: list[str], bad: list[str]) -> None:
    assert [number for number in good if not address_checks.is_identity_number(number, country)] == []
    assert [number for number in bad if address_checks.is_identity_number(number, country)] == []


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("SE", ["556016-0680", "SE556016068001", "811228-9874"], ["556016-0681", "55601606"]),
        ("NO", ["923 609 016", "NO923609016MVA"], ["923609017"]),
        ("DK", ["25313763", "DK25313763"], ["25313764"]),
        ("FI", ["0112038-9", "FI01120389"], ["0112038-8"]),
        ("FR", ["anything"], []),
    ],
)
def test_organisations_numbers_are_checked_by_country(country: str, good: list[str], bad: list[str]) -> None:
    assert [number for number in good if not address_checks.is_organization_number(number, country)] == []
    assert [number for number in bad if address_checks.is_organization_number(number, country)] == []
