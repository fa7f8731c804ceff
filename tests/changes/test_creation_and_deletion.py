"""Orders made at the desk, from fields, from JSON and as copies; and orders deleted."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from gateway.in_process import answer
from order_api import OrderApi
from order_api.errors import NotFound
from order_api.schemas import (
    Address,
    Cart,
    Consent,
    Customer,
    CustomerType,
    Discount,
    Hook,
    Item,
    Order,
    Payment,
    PaymentState,
    Price,
)
from orders.changes.drafts import copy_of
from tests.changes.conftest import Desk, MakeOrder, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]
NEW = reverse("order-create", args=["norce/se"])
NUMBER = "19121212-1212"


def words(response: HttpResponse) -> str:
    return response.content.decode()


def fields(**more: Any) -> dict[str, Any]:
    """What somebody types for two mugs and a book."""
    return {
        "mode": "form", "document": "", "reference": "SE-77", "cart_reference": "cart-77", "country": "SE",
        "currency": "sek",
        "culture": "sv-SE", "customer_type": "person",
        "line": ["", ""], "name": ["Mug", "Book"], "sku": ["M-1", "B-1"], "quantity": ["2", "1"],
        "price": ["62,50", "106"], "vat": ["25", "6"],
    } | more  # fmt: skip


def made(api: OrderApi, response: HttpResponse) -> Order:
    """The order that the person was led to."""
    assert response.status_code == 302, words(response)
    return api.orders.get(response["Location"].strip("/").rpartition("/")[2])


def count(api: OrderApi) -> int:
    return len(api.orders.list().data)


def test_an_order_is_made_from_fields_with_its_amounts_worked_out(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    order = made(api, desk_of(admin).send(NEW, fields()))
    assert (order.reference, order.currency, order.country, order.culture) == ("SE-77", "SEK", "SE", "sv-SE")
    assert order.cart is not None and order.cart.reference == "cart-77"
    assert order.customer is not None and order.customer.type == "person"
    mug, book = order.cart.items
    assert mug.price == Price(including_vat=Decimal("62.5"), excluding_vat=Decimal("50"))
    assert mug.total == mug.original_total == Price(including_vat=Decimal(125), excluding_vat=Decimal(100))
    assert book.total == Price(including_vat=Decimal(106), excluding_vat=Decimal(100))
    assert order.total == Price(including_vat=Decimal(231), excluding_vat=Decimal(200))


def test_making_an_order_is_logged_with_its_id(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    order = made(api, desk_of(admin).send(NEW, fields()))
    assert logged(order) == [("outcome", "order.create", "done")]
    intent = Entry.objects.get(action="order.create", kind="intent")
    assert "SE-77" in intent.changes_json and r"2 \u00d7 M-1" in intent.changes_json


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"quantity": ["0", "1"]}, "greater than or equal to 1"),
        ({"quantity": ["two", "1"]}, "whole number"),
        ({"price": ["1,23,4", "1"]}, "at most one comma or point"),
        ({"vat": ["250", "6"]}, "100 at most"),
        ({"name": ["", "Book"]}, "needs a name"),
        ({"currency": ""}, "Amounts need a currency"),
        ({"currency": "kr"}, "three letters"),
        ({"culture": "Swedish"}, "sv-SE"),
    ],
)
def test_what_cannot_be_read_is_said_beside_it_and_kept(
    typed: dict[str, Any], says: str, admin: User, desk_of: DeskOf, api: OrderApi
) -> None:
    response = desk_of(admin).send(NEW, fields(**typed))
    assert response.status_code == 422 and says in words(response) and 'value="SE-77"' in words(response)
    assert count(api) == 0 and not Entry.objects.filter(action="order.create").exists()


def test_empty_rows_are_no_items(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    typed = fields(line=["", ""], name=["Mug", ""], sku=["", ""], quantity=["1", ""], price=["10", ""], vat=["0", ""])
    assert len(made(api, desk_of(admin).send(NEW, typed)).cart.items) == 1  # type: ignore[union-attr]


def test_an_order_without_items_is_confirmed_first(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    desk, typed = desk_of(admin), fields(line=[], name=[], sku=[], quantity=[], price=[], vat=[])
    asked = desk.send(NEW, typed)
    assert asked.status_code == 422 and "has no items" in words(asked) and count(api) == 0
    made(api, desk.send(NEW, typed, form=asked))


def test_buttons_add_and_remove_items_and_work_out_the_total(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    desk = desk_of(admin)
    assert words(desk.send(NEW, fields(redo="add-row"))).count('name="sku"') == 3
    fewer = words(desk.send(NEW, fields(redo="remove-row-0")))
    assert 'value="Mug"' not in fewer and 'value="Book"' in fewer
    assert "231.00\N{NO-BREAK SPACE}SEK" in words(desk.send(NEW, fields(redo="count")))
    assert count(api) == 0


def test_an_order_is_made_from_json_as_it_is(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    document = {
        "reference": "J-1",
        "currency": "SEK",
        "attributes": {"from": "json"},
        "unknownToThisDesk": {"a": 1.50},
        "cart": {"items": [{"name": "Mug", "quantity": 1, "total": {"includingVat": 10, "excludingVat": 8}}]},
    }
    sent: list[bytes] = []

    def listen(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
        sent.append(body)
        return answer(method, path, query, headers, body)

    with answered_by(listen):
        response = desk_of(admin).send(NEW, {"mode": "json", "document": json.dumps(document)})
    assert made(api, response).attributes == {"from": "json"}
    assert json.loads(sent[0])["unknownToThisDesk"] == {"a": 1.5}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ('{"reference": "a",\n}', "line 2, column 1"),
        ('["a"]', "has to be a JSON object"),
        ('{"currency": 7}', "$.currency"),
        ('{"cart": {"items": [{"quantity": "two"}]}}', "$.cart.items[0].quantity"),
        ("", "Paste an order"),
    ],
)
def test_json_that_is_no_order_is_said_with_its_place(
    document: str, says: str, admin: User, desk_of: DeskOf, api: OrderApi
) -> None:
    response = desk_of(admin).send(NEW, {"mode": "json", "document": document})
    assert response.status_code == 422 and says in words(response) and count(api) == 0


def test_what_the_api_sets_itself_is_left_out_after_a_question(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    document = json.dumps({"id": "o_mine", "state": {"currentStatus": "completed"}, "reference": "J-2",
    "currency": "SEK",
                           "cart": {"items": [{"name": "Mug", "quantity": 1}]}})  # fmt: skip
    desk, typed = desk_of(admin), {"mode": "json", "document": document}
    asked = desk.send(NEW, typed)
    assert asked.status_code == 422 and "id, state" in words(asked)
    new = made(api, desk.send(NEW, typed, form=asked))
    assert new.id != "o_mine" and new.state is not None and new.state.current_status == "checkout"


def test_fields_become_json_and_json_becomes_fields(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    desk = desk_of(admin)
    text = words(desk.send(NEW, fields(redo="as-json")))
    assert "&quot;reference&quot;: &quot;SE-77&quot;" in text and "&quot;includingVat&quot;: 125" in text
    document = (
        '{"reference": "J-3", "currency": "SEK", "customer": {"type": "person", "billing": {"givenName": "Åsa"}}}'
    )
    back = words(desk.send(NEW, {"mode": "json", "document": document, "redo": "as-form"}))
    assert 'value="J-3"' in back and "Åsa" in back
    broken = words(desk.send(NEW, {"mode": "json", "document": "{no", "redo": "as-form"}))
    assert "line 1, column 2" in broken and "{no" in broken


@pytest.fixture
def old(make_order: MakeOrder, api: OrderApi) -> Order:
    """An order with all that a copy must not have."""
    price = Price(including_vat=Decimal(90), excluding_vat=Decimal(72))
    full = Price(including_vat=Decimal(100), excluding_vat=Decimal(80))
    off = Discount(type="item", name="Sale", value=Price(including_vat=Decimal(10), excluding_vat=Decimal(8)))  # type: ignore[arg-type]
    mug = Item(name="Mug", sku="M-1", quantity=1, price=full, total=price, original_total=full,
    vat_rate=Decimal("0.25"),
               discounts=(off,), attributes={"engraving": "Åsa"})  # fmt: skip
    asa = Address(given_name="Åsa", family_name="Lind", country="SE", national_identification_number=NUMBER)
    order = make_order(
        cart=Cart(reference="cart-old", items=(mug,), total=price),
        customer=Customer(billing=asa, type=CustomerType.read("person")),
        attributes={"channel": "phone", "apiToken": "s3cret-s3cret"},
        consents=(Consent(id="terms", checked=True, required=True, text="Terms"),),
        hooks=(Hook(adapter_id="a", subscribe_to="/cart", target="/cart",
        invoke="http://127.0.0.1/checkout/adapters/a/hooks/approve"),),
    )  # fmt: skip
    api.payments.create(
        order.id or "", Payment(adapter_id="klarna", amount=Decimal(90), name="Klarna", state=PaymentState("reserved"))
    )
    return api.orders.get(order.id or "")


def test_a_copy_has_no_ids_states_payments_references_callbacks_or_secrets(old: Order) -> None:
    document = copy_of(old).to_json()
    assert (
        document.keys() & {"id", "created", "state", "payments", "shippings", "total", "hooks", "reference", "merchant"}
        == set()
    )
    assert "reference" not in document["cart"] and "id" not in document["cart"]["items"][0]
    assert document["customer"]["billing"]["givenName"] == "Åsa" and NUMBER not in str(document)
    assert document["attributes"] == {"channel": "phone"}
    assert [(each["id"], each["checked"]) for each in document["consents"]] == [("terms", False)]


def post_copy(desk: Desk, old: Order, **changes: Any) -> HttpResponse:
    """Opens the copy in fields, as a person would, and sends it with some of it changed."""
    url = f"{NEW}?from={old.id}"
    form = desk.open(url)
    context = form.context["form"]  # type: ignore[attr-defined]
    rows = [row for row, _wrong in context.rows]
    typed = {name: [row[name] for row in rows] for name in rows[0]}
    head = {
        name: context[name].value() or "" for name in ("reference", "country", "currency", "culture", "customer_type")
    }
    data = {"mode": "form", "document": context.document_shown, "cart_reference": "", **head, **typed, **changes}
    return desk.send(url, data, form=form)


def test_a_copy_keeps_what_the_fields_do_not_show(admin: User, desk_of: DeskOf, old: Order, api: OrderApi) -> None:
    new = made(api, post_copy(desk_of(admin), old, reference="SE-COPY"))
    assert new.id != old.id and new.reference == "SE-COPY" and new.payments == () and new.hooks == ()
    assert new.cart is not None and old.cart is not None
    (mug,) = new.cart.items
    assert (mug.attributes, mug.discounts, mug.total) == (
        {"engraving": "Åsa"},
        old.cart.items[0].discounts,
        old.cart.items[0].total,
    )
    assert mug.id != old.cart.items[0].id and new.cart.total == old.cart.total
    assert new.customer is not None and new.customer.billing is not None and new.customer.billing.given_name == "Åsa"
    assert Entry.objects.get(action="order.create", kind="intent").target == old.id


def test_another_quantity_in_a_copy_keeps_the_discount_per_piece(
    admin: User, desk_of: DeskOf, old: Order, api: OrderApi
) -> None:
    new = made(api, post_copy(desk_of(admin), old, quantity=["3"]))
    assert new.cart is not None and new.cart.items[0].total == Price(
        including_vat=Decimal(270), excluding_vat=Decimal(216)
    )
    assert new.cart.total == new.cart.items[0].total


def test_another_price_in_a_copy_loses_the_discount_and_says_so(
    admin: User, desk_of: DeskOf, old: Order, api: OrderApi
) -> None:
    asked = post_copy(desk_of(admin), old, price=["50"])
    assert asked.status_code == 422 and "Discounts of lines that you changed" in words(asked)


def test_an_order_of_another_channel_cannot_be_copied(admin: User, desk_of: DeskOf, old: Order) -> None:
    there = reverse("order-create", args=["norce/no"])
    assert desk_of(admin).open(f"{there}?from={old.id}").status_code == 404


def test_a_cart_reference_that_is_taken_is_said_beside_its_field(
    admin: User, desk_of: DeskOf, old: Order, api: OrderApi
) -> None:
    response = desk_of(admin).send(NEW, fields(cart_reference="cart-old"))
    assert response.status_code == 422 and count(api) == 1
    assert response.context["form"].errors.keys() == {"cart_reference"}  # type: ignore[attr-defined]
    assert Entry.objects.get(action="order.create", kind="outcome").outcome == "refused"


def test_a_second_click_leads_to_the_order_that_the_first_one_made(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    desk, typed = desk_of(admin), fields(cart_reference="", once="one-opening-of-the-form")
    first, second = desk.send(NEW, typed), desk.send(NEW, typed)
    assert first["Location"] == second["Location"] and count(api) == 1


def test_no_answer_says_that_the_order_may_exist_and_where_to_look(admin: User, desk_of: DeskOf, api: OrderApi) -> None:
    def done_but_unanswered(*call: Any) -> Any:
        answer(*call)
        raise TimeoutError

    desk = desk_of(admin)
    form = desk.open(NEW)
    with answered_by(done_but_unanswered):
        response = desk.send(NEW, fields(), form=form)
    assert response.status_code == 502 and "The order may exist" in words(response)
    assert f'href="{reverse("order-list", args=["norce/se"])}?cart_reference=cart-77"' in words(
        response
    ) and 'value="SE-77"' in words(response)
    assert Entry.objects.get(action="order.create", kind="outcome").outcome == "unanswered"
    assert count(api) == 1


def test_an_api_that_is_out_of_reach_keeps_what_was_typed(admin: User, desk_of: DeskOf, settings: Any) -> None:
    desk = desk_of(admin)
    form = desk.open(NEW)
    settings.SANDBOX, settings.ORDER_API_URL = False, "http://127.0.0.1:9"
    settings.SECOND_FACTOR = ["offered"]
    response = desk.send(NEW, fields(), form=form)
    assert response.status_code == 502 and "Nothing was sent" in words(response)
    assert 'value="SE-77"' in words(response) and 'value="62,50"' in words(response)
    assert Entry.objects.get(action="order.create", kind="outcome").outcome == "failed"


@pytest.mark.parametrize("role", ["support", "manager"])
def test_only_who_may_makes_and_deletes_orders(
    role: str, request: pytest.FixtureRequest, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    client = desk_of(request.getfixturevalue(role)).client
    assert client.post(NEW, fields()).status_code == 403
    assert client.get(f"{NEW}?from={order.id}").status_code == 403
    assert client.post(delete_url(order), {"typed": order.reference}).status_code == 403
    assert count(api) == 1


# Deleting


def delete_url(order: Order) -> str:
    return reverse("order-delete", kwargs={"channel": "norce/se", "order_id": order.id})


def is_there(api: OrderApi, order: Order) -> bool:
    try:
        api.orders.get(order.id or "")
    except NotFound:
        return False
    return True


@pytest.fixture
def named(request: pytest.FixtureRequest, order: Order) -> Iterator[str]:
    yield str(getattr(order, request.param))


@pytest.mark.parametrize("named", ["reference", "id"], indirect=True)
def test_an_order_is_deleted_once_its_name_was_typed(
    named: str, admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    response = desk_of(admin).send(delete_url(order), {"typed": named})
    assert response.status_code == 302 and response["Location"] == reverse("order-list", args=["norce/se"])
    assert not is_there(api, order)
    assert logged(order) == [("intent", "order.delete", ""), ("outcome", "order.delete", "done")]


def test_a_name_that_was_pasted_with_something_unseen_in_it_is_the_orders_name(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk_of(admin).send(delete_url(order), {"typed": f"\u202a{order.reference}\u200b"})
    assert not is_there(api, order)


@pytest.mark.parametrize("typed", ["", "delete", "se-1"])
def test_another_name_deletes_nothing(typed: str, admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    response = desk_of(admin).send(delete_url(order), {"typed": typed})
    assert response.status_code == 422 and "Nothing was deleted" in words(response)
    assert is_there(api, order) and logged(order) == []


def test_what_disappears_is_said_and_the_soft_way_named(admin: User, desk_of: DeskOf, order: Order) -> None:
    page = words(desk_of(admin).open(delete_url(order)))
    assert "disappears for good" in page and "removed" in page and "No money moves" in page


def test_an_order_that_moved_on_meanwhile_is_not_deleted_unseen(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk = desk_of(admin)
    form = desk.open(delete_url(order))
    api.orders.update_state(order.id or "", "accepted")
    conflict = desk.send(delete_url(order), {"typed": "SE-1"}, form=form)
    assert conflict.status_code == 409 and "accepted" in words(conflict) and is_there(api, order)


def test_an_order_that_is_gone_already_is_not_found(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    desk = desk_of(admin)
    form = desk.open(delete_url(order))
    api.orders.delete(order.id or "")
    assert desk.send(delete_url(order), {"typed": "SE-1"}, form=form).status_code == 404
    assert logged(order) == []
