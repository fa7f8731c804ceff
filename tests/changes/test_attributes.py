"""Free keys and JSON values, changed key by key."""

import html
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from gateway.in_process import answer
from order_api import OrderApi
from order_api.schemas import Order
from orders.changes.attributes import read_value, value_as_typed
from tests.changes.conftest import Desk, MakeOrder, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]
NUMBER = "19121212-1212"


def url(order: Order) -> str:
    return reverse("attributes-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def words(response: HttpResponse) -> str:
    return response.content.decode()


def now(api: OrderApi, order: Order) -> dict[str, Any]:
    found: dict[str, Any] = api.orders.get(order.id or "").raw["attributes"]
    return found


def rows(**values: str) -> dict[str, Any]:
    return {"mode": "rows", "key": list(values), "value": list(values.values())}


def as_text(value: object) -> dict[str, str]:
    return {"mode": "text", "text": json.dumps(value)}


@pytest.fixture
def colourful(make_order: MakeOrder) -> Order:
    return make_order(attributes={"colour": "red", "size": 38, "gift": {"wrapped": True, "card": "Grattis!"}})


SHOWN = {"colour": "red", "size": "38", "gift": '{"wrapped":true,"card":"Grattis!"}'}


def test_only_the_keys_that_are_different_are_sent(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    sent: list[bytes] = []

    def listen(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
        if method == "PATCH":
            sent.append(body)
        return answer(method, path, query, headers, body)

    with answered_by(listen):
        assert desk_of(manager).send(url(colourful), rows(**SHOWN | {"colour": "blue"})).status_code == 302
    assert [json.loads(body) for body in sent] == [{"colour": "blue"}]
    assert now(api, colourful)["gift"] == {"wrapped": True, "card": "Grattis!"}
    assert logged(colourful)[-1] == ("outcome", "order.attributes.patch", "done")


def test_values_are_json_or_plain_text(manager: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    typed = rows(yes="true", amount="12.50", text="twelve", quoted='"12"', many='["a", 1]', lines="a\r\nb")
    assert desk_of(manager).send(url(order), typed).status_code == 302
    assert now(api, order) == {
        "yes": True, "amount": Decimal("12.50"), "text": "twelve", "quoted": "12", "many": ["a", 1], "lines": "a\nb"
    }  # fmt: skip


@pytest.mark.parametrize(
    "value", ["a", "12", "", "true", " x ", '{"a"', "null", None, 5, True, ["a", {"b": None}], '"q"', "a\nb"]
)
def test_what_a_row_shows_is_read_back_as_the_same(value: object) -> None:
    assert read_value(value_as_typed(value)) == value


def test_a_removed_row_removes_its_key_after_a_question(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    desk, left = desk_of(manager), rows(colour="red", gift=SHOWN["gift"])
    question = desk.send(url(colourful), left)
    assert question.status_code == 422 and "Removed: size" in words(question)
    assert desk.send(url(colourful), left, form=question).status_code == 302
    assert "size" not in now(api, colourful)


def test_all_of_them_can_be_written_as_one_text(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    whole = {"colour": "red", "size": 39, "gift": {"wrapped": True, "card": "Grattis!"}, "new": [1, 2.5]}
    assert desk_of(manager).send(url(colourful), as_text(whole)).status_code == 302
    assert now(api, colourful) == whole


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"mode": "text", "text": '{"colour": "red",\n "size": }'}, "line 2, column 10"),
        ({"mode": "text", "text": "[1]"}, "has to be a JSON object"),
        (rows(colour='{"a": '), "Row 1: This is not JSON: line 1"),
        ({"mode": "rows", "key": ["a", "a"], "value": ["1", "2"]}, "Row 2: This key stands above already"),
        ({"mode": "rows", "key": [""], "value": ["1"]}, "needs a key"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept_as_typed(
    typed: dict[str, Any], says: str, manager: User, desk_of: DeskOf, colourful: Order
) -> None:
    response = desk_of(manager).send(url(colourful), typed)
    assert response.status_code == 422 and says in words(response)
    for text in [typed.get("text", ""), *typed.get("value", [])]:
        assert text in html.unescape(words(response))
    assert logged(colourful) == []


def test_two_people_who_change_different_keys_are_not_in_each_others_way(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    form = desk.open(url(colourful))
    api.orders.patch_attributes(colourful.id or "", {"size": 40, "theirs": 1})
    assert desk.send(url(colourful), rows(**SHOWN | {"colour": "blue"}), form=form).status_code == 302
    assert (now(api, colourful)["colour"], now(api, colourful)["size"], now(api, colourful)["theirs"]) == (
        "blue",
        40,
        1,
    )


@pytest.mark.parametrize(
    "typed",
    [
        rows(**SHOWN | {"colour": "blue"}),
        as_text({"colour": "blue", "size": 38, "gift": {"wrapped": True, "card": "Grattis!"}}),
    ],
)
@pytest.mark.parametrize(("choice", "stands"), [("theirs", "green"), ("yours", "blue")])
def test_the_same_key_is_a_conflict_and_the_person_chooses(
    choice: str, stands: str, typed: dict[str, Any], manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    form = desk.open(url(colourful))
    api.orders.patch_attributes(colourful.id or "", {"colour": "green", "size": 40})
    conflict = desk.send(url(colourful), typed, form=form)
    assert conflict.status_code == 409 and all(word in words(conflict) for word in ("red", "green", "blue"))
    assert 'name="pick-key:size"' not in words(conflict)
    shown = (
        rows(**SHOWN | {"colour": "blue", "size": "40"})
        if typed["mode"] == "rows"
        else as_text({"colour": "blue", "size": 40, "gift": {"wrapped": True, "card": "Grattis!"}})
    )
    desk.send(url(colourful), shown | {"pick-key:colour": choice}, form=conflict)
    assert (now(api, colourful)["colour"], now(api, colourful)["size"]) == (stands, 40)


def test_a_conflict_shows_what_others_changed_beside_it(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    """Otherwise the next press would send the old value of a key that this person never touched."""
    desk = desk_of(manager)
    form = desk.open(url(colourful))
    api.orders.patch_attributes(colourful.id or "", {"colour": "green", "size": 40})
    conflict = desk.send(url(colourful), rows(**SHOWN | {"colour": "blue"}), form=form)
    assert "\n40</textarea>" in words(conflict) and "\n38</textarea>" not in words(conflict)


def test_a_key_that_a_colleague_removed_is_a_conflict_for_who_changed_it(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    form = desk.open(url(colourful))
    api.orders.patch_attributes(colourful.id or "", {"colour": None})
    assert desk.send(url(colourful), rows(**SHOWN | {"colour": "blue"}), form=form).status_code == 409
    assert "colour" not in now(api, colourful)


def test_a_form_that_does_not_say_what_it_showed_changes_nothing(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    response = desk_of(manager).client.post(url(colourful), rows(colour="blue") | {"seen": "forged"})
    assert response.status_code == 409 and now(api, colourful)["colour"] == "red"


def test_rows_come_and_go_with_buttons_and_nothing_is_sent(manager: User, desk_of: DeskOf, colourful: Order) -> None:
    desk = desk_of(manager)
    more = desk.send(url(colourful), rows(**SHOWN) | {"redo": "add-row"})
    assert more.status_code == 200 and words(more).count('name="key"') == 4
    fewer = desk.send(url(colourful), rows(**SHOWN) | {"redo": "remove-row-1"})
    assert words(fewer).count('name="key"') == 2 and 'value="size"' not in words(fewer)
    assert logged(colourful) == []


def test_rows_become_text_and_text_becomes_rows(manager: User, desk_of: DeskOf, colourful: Order) -> None:
    desk = desk_of(manager)
    text = desk.send(url(colourful), rows(**SHOWN | {"colour": "blue"}) | {"redo": "as-text"})
    assert "&quot;colour&quot;: &quot;blue&quot;" in words(text) and 'name="text"' in words(text)
    back = desk.send(url(colourful), as_text({"colour": "blue", "n": 1}) | {"redo": "as-rows"})
    assert "\nblue</textarea>" in words(back) and words(back).count('name="key"') == 2
    broken = desk.send(url(colourful), {"mode": "text", "text": "{no", "redo": "as-rows"})
    assert "line 1, column 2" in words(broken) and "{no" in words(broken)


def test_rearranging_does_not_hide_a_colleagues_change(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    form = desk.open(url(colourful))
    api.orders.patch_attributes(colourful.id or "", {"colour": "green"})
    text = desk.send(url(colourful), rows(**SHOWN) | {"redo": "as-text"}, form=form)
    mine = as_text({"colour": "blue", "size": 38, "gift": {"wrapped": True, "card": "Grattis!"}})
    assert desk.send(url(colourful), mine, form=text).status_code == 409


@pytest.fixture
def secretive(make_order: MakeOrder) -> Order:
    return make_order(
        attributes={"colour": "red", "customer": {"personalNumber": NUMBER, "level": 1}, "apiToken": "s3cret-s3cret"}
    )


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_secrets_stand_as_dots_and_stay_when_something_else_changes(
    role: str, request: pytest.FixtureRequest, desk_of: DeskOf, secretive: Order, api: OrderApi
) -> None:
    desk = desk_of(request.getfixturevalue(role))
    form = desk.open(url(secretive))
    assert "••••••" in words(form) and NUMBER not in words(form) and "s3cret" not in words(form)
    typed = rows(colour="blue", customer='{"personalNumber":"••••••","level":2}', apiToken="••••••")
    assert desk.send(url(secretive), typed, form=form).status_code == 302
    expected = {"colour": "blue", "customer": {"personalNumber": NUMBER, "level": 2}, "apiToken": "s3cret-s3cret"}
    assert now(api, secretive) == expected


def test_dots_that_hide_nothing_are_not_sent(manager: User, desk_of: DeskOf, secretive: Order, api: OrderApi) -> None:
    typed = rows(colour="••••••", customer='{"personalNumber":"••••••","level":1}', apiToken="••••••")
    response = desk_of(manager).send(url(secretive), typed)
    assert response.status_code == 422 and "Write the value out" in words(response)
    assert now(api, secretive)["colour"] == "red"


def test_a_secret_that_changed_meanwhile_is_still_a_conflict_for_who_replaces_it(
    manager: User, desk_of: DeskOf, secretive: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    form = desk.open(url(secretive))
    api.orders.patch_attributes(secretive.id or "", {"apiToken": "another-s3cret"})
    typed = rows(colour="red", customer='{"personalNumber":"••••••","level":1}', apiToken="mine-at-last")
    conflict = desk.send(url(secretive), typed, form=form)
    assert conflict.status_code == 409 and "another-s3cret" not in words(conflict)


def test_a_refusal_is_shown_with_what_was_typed(
    manager: User, desk_of: DeskOf, colourful: Order, api: OrderApi
) -> None:
    api.orders.update_state(colourful.id or "", "removed")
    response = desk_of(manager).send(url(colourful), rows(**SHOWN | {"colour": "mauve"}))
    assert response.status_code == 422 and "order-not-editable" in words(response) and "mauve" in words(response)


def test_an_outage_keeps_what_was_typed(manager: User, desk_of: DeskOf, colourful: Order) -> None:
    desk = desk_of(manager)
    form = desk.open(url(colourful))
    with answered_by(TimeoutError):
        response = desk.send(url(colourful), rows(**SHOWN | {"colour": "mauve"}), form=form)
    assert response.status_code == 503 and 'value="mauve"' in words(response)


def test_support_may_not_change_attributes(support: User, desk_of: DeskOf, colourful: Order, api: OrderApi) -> None:
    desk = desk_of(support)
    assert desk.open(url(colourful)).status_code == 403
    assert desk.client.post(url(colourful), rows(colour="blue")).status_code == 403
    assert now(api, colourful)["colour"] == "red"


def test_an_order_without_attributes_gets_its_first_and_nothing_is_nothing(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    assert "nothing to save yet" in words(desk_of(manager).send(url(order), rows()))
    assert desk_of(manager).send(url(order), rows(first="1")).status_code == 302
    assert now(api, order) == {"first": 1}
