"""What the API holds and nobody touched is neither changed nor refused, in any form, whatever it is."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from audit.models import Entry
from gateway.connection import order_api
from order_api import OrderApi
from order_api.schemas import Order
from tests import forms
from tests.conftest import ClientOf
from tests.orders.documents import Json

ORDER = "o_OddInEveryFieldAbcdefghij"
TEXTS = {
    "a line break": "\nLgh 1203",
    "breaks as Windows writes them": "\r\nLgh 1203\r\n",
    "control characters": "\x00\x07 \x0b1\x1b\x85",
    "blanks at its end": " \t ",
    "more than a form takes": "x" * 5000,
    "no word in it": "}{ •••• \u202e<b>&amp;",
}
_KEEP = {"id", "merchant", "channel", "orderId", "created", "lastModified", "currentStatus", "invoke", "timeStamp",
         "status", "scope", "subscribeTo", "target", "version",
         "type", "state", "productType", "url", "expiration"}  # fmt: skip
"""What the sandbox, or the order, would not be the same with: ids, and what the API has a list of."""
# One form each, with what is changed in it, and the names of what may differ afterwards.
TOUCHED: Mapping[str, tuple[forms.Typed, set[str]]] = {
    "billing-edit": ({"city": "Frösön"}, {"city"}),
    "shipping-address-edit": ({"care_of": "Åsa"}, {"careOf"}),
    "payment-edit": ({"name": "Invoice"}, {"name"}),
    "shipping-edit": ({"carrier": "DHL"}, {"carrier"}),
    "cart-edit": ({"quantity-ci_52-0075": "2"}, {"quantity", "total", "originalTotal"}),
    "attributes-edit": ({}, {"added"}),
    "validation-edit": ({"adapter_id": "norce_adapter"}, {"adapterId"}),
    "consents-edit": ({"consent-news": "on"}, {"checked"}),
}
STAMPS = {"lastModified", "id", "merchant", "channel", "orderId"}  # what the API itself writes into a part


def odd(value: Any, text: str, name: str = "") -> Any:
    """The document with this text behind each of its own, so that none is what a form asks for."""
    if isinstance(value, dict):
        return {each: held if each in _KEEP else odd(held, text, each) for each, held in value.items()}
    if isinstance(value, list):
        return [odd(each, text, name) for each in value]
    return f"{value}{text}" if isinstance(value, str) else value


def without(document: Any, names: set[str]) -> Any:
    """The document without fields of these names, anywhere."""
    if isinstance(document, dict):
        return {name: without(value, names) for name, value in document.items() if name not in names}
    return [without(each, names) for each in document] if isinstance(document, list) else document


def differing(one: Any, other: Any, path: str = "") -> list[str]:
    """Where the two differ, with what they say there."""
    if isinstance(one, dict) and isinstance(other, dict):
        each = [differing(one.get(name), other.get(name), f"{path}/{name}") for name in {**one, **other}]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        each = [differing(*pair, f"{path}/{at}") for at, pair in enumerate(zip(one, other, strict=True))]
    else:
        return [] if one == other else [f"{path}: {one!r} {other!r}"]
    return [line for lines in each for line in lines]


def of_now() -> Json:
    """The order as the API holds it, less its total, which the API works out."""
    return {k: v for k, v in order_api("norce", "se").orders.get(ORDER).raw.items() if k != "total"}


def saved(name: str, typed: forms.Typed, admin: User, client_of: ClientOf, ids: Mapping[str, str]) -> None:
    """Opens the form, types, and sends it as a browser would; whatever it asks is said yes to."""
    where, client = forms.address(name, ids), client_of(admin)
    fields = forms.filled(client.get(where), where, typed)  # type: ignore[arg-type]
    if name == "attributes-edit":
        fields = {**fields, "key": [*fields["key"], "added"], "value": [*fields["value"], "1"]}
    answer: Any = client.post(where, fields)
    if b'name="confirmed"' in answer.content:
        answer = client.post(where, forms.fields_of(answer, where))
    assert answer.status_code == 302, said(answer)


def said(answer: Any) -> list[str]:
    """What the form says is wrong."""
    blocks = re.findall(r'class="(?:error|alert)[^"]*"[^>]*>(.*?)</div>', answer.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", block).split()) for block in blocks]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("name", TOUCHED)
@pytest.mark.django_db
def test_one_field_is_saved_and_all_others_are_what_they_were(
    name: str, text: str, admin: User, client_of: ClientOf
) -> None:
    ids = forms.put_order(ORDER, change=lambda document: odd(document, text) | {"currency": "SEK"})
    before, (typed, changed) = of_now(), TOUCHED[name]
    saved(name, typed, admin, client_of, ids)
    now = of_now()
    assert differing(without(before, changed | STAMPS), without(now, changed | STAMPS)) == []
    assert without(now, STAMPS) != without(before, STAMPS)


def numbers(document: Json) -> Json:
    """Amounts and rates that no form would take, and some that are not there."""
    payment, *payments = document["payments"]
    shipping, *shippings = document["shippings"]
    payment = {name: value for name, value in payment.items() if name != "type"}
    amounts = {"amount": 1.84712, "upperLimitAmount": -30, "currency": "kr."}
    addons = [{"reference": "free"}, {}, {"price": 1.847}]
    address = {"country": "xx1", "type": "person", "email": "no mail", "phone": "x"}
    return document | {
        "payments": [payment | amounts, *payments],
        "shippings": [shipping | {"vatRate": 3.5, "total": {"includingVat": -49.12345}, "addons": addons}, *shippings],
        "customer": {"type": "person", "billing": address},
    }


@pytest.mark.parametrize("name", ["billing-edit", "payment-edit", "shipping-edit"])
@pytest.mark.django_db
def test_what_is_out_of_all_bounds_stays_so(name: str, admin: User, client_of: ClientOf) -> None:
    ids = forms.put_order(ORDER, change=numbers)
    before, (typed, changed) = of_now(), TOUCHED[name]
    saved(name, typed, admin, client_of, ids)
    assert differing(without(before, changed | STAMPS), without(of_now(), changed | STAMPS)) == []
    logged = Entry.objects.filter(order_id=ORDER, kind="intent").get()
    assert [change[0] for change in logged.changes] == list(typed)


@pytest.mark.django_db
def test_a_form_that_nobody_touched_sends_nothing(admin: User, client_of: ClientOf) -> None:
    ids = forms.put_order(ORDER, change=lambda document: odd(document, "\r\n "))
    for name in ("billing-edit", "payment-edit", "shipping-edit", "reference-edit", "attributes-edit"):
        where, client = forms.address(name, ids), client_of(admin)
        answer: Any = client.post(where, forms.fields_of(client.get(where), where), follow=True)  # type: ignore[arg-type]
        assert "Nothing was different" in answer.content.decode(), name


@pytest.mark.django_db
def test_a_value_of_several_lines_has_a_field_for_them_and_keeps_them(admin: User, client_of: ClientOf) -> None:
    ids = forms.put_order(ORDER, change=lambda document: odd(document, "\nLgh 1203"))
    where, client = forms.address("billing-edit", ids), client_of(admin)
    assert '<textarea name="street_address"' in client.get(where).content.decode()
    saved("billing-edit", {"street_address": "Nygatan 2\r\nLgh 7"}, admin, client_of, ids)
    assert of_now()["customer"]["billing"]["streetAddress"] == "Nygatan 2\nLgh 7"


def without_token(document: Json) -> Json:
    payment, *others = numbers(document)["payments"]
    return document | {"payments": [payment | {"recurring": {"description": "monthly"}}, *others]}


@pytest.mark.django_db
def test_only_what_is_changed_is_held_to_what_the_form_asks(admin: User, client_of: ClientOf) -> None:
    ids = forms.put_order(ORDER, change=without_token)
    where, client = forms.address("payment-edit", ids), client_of(admin)
    opened: Any = client.get(where)
    wrong = {"currency": ("kronor", "at most 3"), "amount": ("1,847", "1,847.00 or 1.847"),
             "recurring_description": ("!", "needs its token")}  # fmt: skip
    for field, (typed, says) in wrong.items():
        answer: Any = client.post(where, forms.filled(opened, where, {field: typed}))
        assert answer.status_code == 422 and says in answer.content.decode(), field


def lines(document: Json) -> Json:
    """A cart with lines that the form would take from nobody."""
    one, bundle, *_ = document["cart"]["items"]
    odd_lines = [
        {"name": "Gift wrap", "sku": "wrap", "quantity": 1, "price": {"includingVat": 10, "excludingVat": 10}},
        {"name": "Goodwill\nof us", "quantity": 1, "price": {"includingVat": -45.125}, "vatRate": 2.5},
        {"sku": "nameless", "quantity": 0},
        {"name": "n" * 900},
        {},
    ]
    more = {"culture": "sv_SE@x", "currency": "kr.", "country": "xx1"}
    return document | more | {"cart": document["cart"] | {"items": [one, bundle, *odd_lines]}}


@pytest.mark.django_db
def test_what_the_api_took_once_can_be_copied(admin: User, client_of: ClientOf) -> None:
    forms.put_order(ORDER, change=lines)
    where = f"{reverse('order-create', args=['norce/se'])}?from={ORDER}"
    answer = forms.send(client_of(admin), where, {"reference": "copy-1"})
    assert answer.status_code == 302, said(answer)
    copy = order_api("norce", "se").orders.get(answer.url.strip("/").split("/")[-1])
    names = {"reference", "attributes", *STAMPS}  # not copied, or not where something is hidden in them
    assert differing(without(of_now()["cart"], names), without(copy.raw["cart"], names)) == []
    assert [copy.raw.get(name) for name in ("culture", "currency", "country")] == [
        "sv_SE@x", "kr.", "xx1",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_line_of_a_copy_keeps_what_it_does_not_say(admin: User, client_of: ClientOf) -> None:
    """Another price for a line without a VAT rate asks for none."""
    forms.put_order(ORDER, change=lambda document: lines(document) | {"currency": "SEK"})
    where, client = f"{reverse('order-create', args=['norce/se'])}?from={ORDER}", client_of(admin)
    fields: Any = forms.fields_of(client.get(where), where)  # type: ignore[arg-type]
    fields["price"][2], fields["name"][3] = "20", "Goodwill"
    answer: Any = client.post(where, fields)
    answer = client.post(where, forms.fields_of(answer, where))
    assert answer.status_code == 302, said(answer)
    items = order_of(answer.url, order_api("norce", "se")).cart.items  # type: ignore[union-attr]
    assert (items[2].vat_rate, items[2].price.including_vat, items[2].price.excluding_vat) == (None, 20, 20)  # type: ignore[union-attr]
    assert (items[3].name, items[3].price.including_vat) == ("Goodwill", Decimal("-45.125"))  # type: ignore[union-attr]


def order_of(address: str, api: OrderApi) -> Order:
    return api.orders.get(address.strip("/").split("/")[-1])


@pytest.mark.parametrize("reference", ["REF\nTWO", "  SE-1 ", "SE-1\x07", "x" * 400])
@pytest.mark.django_db
def test_an_order_can_be_deleted_whatever_its_reference_is(reference: str, admin: User, client_of: ClientOf) -> None:
    ids = forms.put_order(ORDER, change=lambda document: document | {"reference": reference})
    where, client = forms.address("order-delete", ids), client_of(admin)
    page: Any = client.get(where)
    name = re.search(r"Type “([^”]+)” to delete it", page.content.decode())
    assert name and name[1] in ("REF TWO", "SE-1", ORDER)
    answer: Any = client.post(where, forms.filled(page, where, {"typed": name[1]}))
    if b'name="confirmed"' in answer.content:
        answer = client.post(where, forms.fields_of(answer, where))
    assert answer.status_code == 302, said(answer)
