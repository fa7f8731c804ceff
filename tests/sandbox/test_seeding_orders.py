"""Generated orders: repeatable, true to the contract, and adding up to the cent. None of it needs a database."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import jsonschema
import pytest

from sandbox.provider.days import DAYS, HABITS
from sandbox.seeding import vat
from sandbox.seeding.callers import attempts
from sandbox.seeding.orders import Seeded, generate
from sandbox.seeding.payments import BAD_DAYS, HARD_DAYS
from tests.contract import CONTRACT

Json = dict[str, Any]
UNTIL = datetime(2026, 11, 22, 14, tzinfo=UTC)
pytestmark = pytest.mark.xdist_group("seeds")  # so that one worker alone makes them
WITHOUT_ACTIONS = {"nonpsp_adapter", "awardit_adapter"}


@cache
def seeded(orders: int, seed: int = 1) -> list[Seeded]:
    return list(generate(orders, seed, UNTIL))


@cache
def contract() -> Json:
    """The contract's schemas; what they do not name is not allowed."""
    components: Json = deepcopy(CONTRACT["components"])
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return components


def everywhere(value: Any) -> Iterator[tuple[str, Any]]:
    """Every name and value inside a JSON value."""
    parts = (
        value.items()
        if isinstance(value, dict)
        else ((None, part) for part in value)
        if isinstance(value, list)
        else ()
    )
    for name, part in parts:
        if name is not None:
            yield name, part
        yield from everywhere(part)


def cents(amount: float) -> int:
    exact = Decimal(str(amount)) * 100
    assert exact == int(exact), f"{amount} is finer than a cent"
    return int(exact)


def sides(price: Json) -> Counter[str]:
    return Counter({side: cents(amount) for side, amount in price.items()})


def sum_of(prices: Iterator[Json] | list[Json]) -> Counter[str]:
    whole: Counter[str] = Counter({"includingVat": 0, "excludingVat": 0})
    for price in prices:
        whole.update(sides(price))
    return whole


def as_bytes(orders: list[Seeded]) -> bytes:
    return json.dumps(orders, ensure_ascii=False).encode()


def enum(name: str) -> set[str]:
    return set(contract()["schemas"][name]["enum"])


# --- The same again


def test_the_same_seed_and_end_give_the_same_bytes() -> None:
    assert as_bytes(list(generate(60, 7, UNTIL))) == as_bytes(list(generate(60, 7, UNTIL)))


def test_another_seed_gives_other_ids_and_other_cart_references() -> None:
    one, other = seeded(60, 1), seeded(60, 2)
    assert not {order["id"] for order, _ in one} & {order["id"] for order, _ in other}
    assert not {order["cart"]["reference"] for order, _ in one} & {order["cart"]["reference"] for order, _ in other}


def test_a_later_end_moves_the_times_and_keeps_the_ids() -> None:
    later = list(generate(60, 1, UNTIL + timedelta(days=30)))
    assert [order["id"] for order, _ in later] == [order["id"] for order, _ in seeded(60)]
    assert later[0][0]["created"] != seeded(60)[0][0]["created"]


def test_ids_are_unique_over_all_orders() -> None:
    ids = [part["id"] for order, _ in seeded(2000) for part in (order, *order["payments"], *order["shippings"])]
    assert len(ids) == len(set(ids))


def test_cart_references_are_numbers_and_unique() -> None:
    references = [order["cart"]["reference"] for order, _ in seeded(2000)]
    assert len(references) == len(set(references))
    assert all(reference.isdigit() for reference in references)


def test_order_references_count_up_within_a_channel() -> None:
    swedish = [order["reference"] for order, _ in seeded(300) if order["channel"] == "se" and "reference" in order]
    assert swedish[:3] == ["SE-100001", "SE-100002", "SE-100003"]


# --- True to the contract


def test_every_document_conforms_to_the_contract() -> None:
    components = contract()
    of_order = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Order", "components": components})
    of_line = jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/PaymentTransaction", "components": components}
    )
    for order, logs in seeded(300):
        of_order.validate(order)
        for line in (line for log in logs.values() for line in log):
            of_line.validate(line)


def test_the_check_against_the_contract_refuses_what_it_does_not_name() -> None:
    of_order = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Order", "components": contract()})
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        of_order.validate(seeded(300)[0][0] | {"colour": "red"})


def test_every_payment_has_its_log_and_every_log_its_payment() -> None:
    for order, logs in seeded(300):
        assert {payment["id"] for payment in order["payments"]} == set(logs)
        assert all(logs.values())


def test_requests_and_responses_are_json() -> None:
    for _, logs in seeded(300):
        for line in (line for log in logs.values() for line in log):
            assert isinstance(json.loads(line["requestJson"]), dict)
            assert isinstance(json.loads(line["responseJson"]), dict)


# --- Money


def test_the_total_is_the_cart_and_the_shippings_that_are_not_removed() -> None:
    for order, _ in seeded(300):
        sent = [shipping["total"] for shipping in order["shippings"] if shipping["state"] != "removed"]
        assert sides(order["total"]) == sum_of([order["cart"]["total"], *sent]), order["id"]


def test_the_cart_is_the_sum_of_its_items() -> None:
    for order, _ in seeded(2000):
        assert sides(order["cart"]["total"]) == sum_of([item["total"] for item in order["cart"]["items"]]), order["id"]


def items_of(orders: list[Seeded]) -> Iterator[Json]:
    for order, _ in orders:
        for item in order["cart"]["items"]:
            yield item
            yield from item.get("items", [])


def test_an_item_is_quantity_times_price_less_its_discounts() -> None:
    for item in items_of(seeded(2000)):
        assert cents(item["originalTotal"]["includingVat"]) == item["quantity"] * cents(item["price"]["includingVat"])
        given = sum_of([discount["value"] for discount in item.get("discounts", [])])
        assert sides(item["originalTotal"]) == sides(item["total"]) + given, item["name"]


def test_a_bundle_is_the_sum_of_its_parts() -> None:
    bundles = [item for item in items_of(seeded(2000)) if item["productType"] == "bundle"]
    assert any(item.get("discounts") for item in bundles)
    for bundle in bundles:
        for name in ("total", "originalTotal"):
            assert sides(bundle[name]) == sum_of([part[name] for part in bundle["items"]]), bundle["name"]


def test_amounts_without_vat_follow_from_the_rate() -> None:
    for item in (item for item in items_of(seeded(2000)) if "." not in item["reference"]):
        exact = Decimal(str(item["total"]["includingVat"])) / (1 + Decimal(str(item["vatRate"])))
        assert abs(Decimal(str(item["total"]["excludingVat"])) - exact) <= Decimal("0.005"), item["name"]


def test_a_code_is_summed_up_at_the_cart() -> None:
    with_code = [order for order, _ in seeded(2000) if any("code" in one for one in order["cart"].get("discounts", []))]
    assert with_code
    for order in with_code:
        whole = next(discount for discount in order["cart"]["discounts"] if "code" in discount)
        spread = [
            one["value"]
            for item in order["cart"]["items"]
            for one in item.get("discounts", [])
            if one.get("code") == whole["code"]
        ]
        assert sides(whole["value"]) == sum_of(spread)


def test_payments_that_are_not_removed_add_up_to_the_total() -> None:
    paid = 0
    for order, _ in seeded(2000):
        live = [cents(payment["amount"]) for payment in order["payments"] if payment["state"] != "removed"]
        paid += bool(live)
        assert not live or sum(live) == cents(order["total"]["includingVat"]), order["id"]
    assert paid > 1000


def test_a_payment_covers_no_more_than_its_limit() -> None:
    for payment in (payment for order, _ in seeded(2000) for payment in order["payments"]):
        assert 0 < payment["amount"] <= payment["upperLimitAmount"]


def test_a_completed_order_is_paid() -> None:
    for order, _ in seeded(2000):
        if order["state"]["currentStatus"] == "completed":
            assert any(payment["state"] != "removed" for payment in order["payments"]), order["id"]


@pytest.mark.parametrize(
    ("country", "kind", "day", "points"),
    [
        ("SE", vat.STANDARD, date(2026, 1, 1), 2500),
        ("SE", vat.FOOD, date(2026, 3, 31), 1200),
        ("SE", vat.FOOD, date(2026, 4, 1), 600),
        ("SE", vat.BOOK, date(2026, 1, 1), 600),
        ("NO", vat.FOOD, date(2026, 1, 1), 1500),
        ("NO", vat.BOOK, date(2026, 1, 1), 0),
        ("FI", vat.STANDARD, date(2026, 1, 1), 2550),
        ("FI", vat.FOOD, date(2025, 12, 31), 1400),
        ("EE", vat.STANDARD, date(2025, 6, 30), 2200),
        ("EE", vat.STANDARD, date(2025, 7, 1), 2400),
        ("DE", vat.EXEMPT, date(2026, 1, 1), 0),
    ],
)
def test_vat_is_that_of_the_country_and_the_day(country: str, kind: str, day: date, points: int) -> None:
    assert vat.rate(country, kind, day) == points


def test_channels_keep_to_their_currencies() -> None:
    found = {(order["merchant"], order["channel"], order["currency"]) for order, _ in seeded(2000)}
    assert found == {
        ("norce", "se", "SEK"), ("norce", "no", "NOK"), ("norce", "dk", "DKK"),
        ("nordlys", "de", "EUR"), ("nordlys", "fi", "EUR"), ("nordlys", "nl", "EUR"),
    }  # fmt: skip


def test_some_customers_live_in_neighbouring_countries() -> None:
    german = {order["country"] for order, _ in seeded(2000) if order["channel"] == "de"}
    assert {"DE", "AT"} <= german


# --- Everything is there


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_thousand_orders_hold_every_state_and_kind(seed: int) -> None:
    orders = [order for order, _ in seeded(2000, seed)]
    payments = [payment for order in orders for payment in order["payments"]]
    lines = [line for _, logs in seeded(2000, seed) for log in logs.values() for line in log]
    assert {order["state"]["currentStatus"] for order in orders} == enum("OrderStatus")
    assert {payment["state"] for payment in payments} == enum("PaymentState")
    assert {payment["type"] for payment in payments} == enum("PaymentType")
    assert {line["event"] for line in lines} == enum("PaymentEvent")
    assert {shipping["state"] for order in orders for shipping in order["shippings"]} == enum("ShippingState")
    assert {item["productType"] for item in items_of(seeded(2000, seed))} == enum("ProductType")
    assert {order["customer"]["type"] for order in orders if "customer" in order} == enum("CustomerType")
    assert {one["type"] for order in orders for one in order["cart"].get("discounts", [])} == enum("DiscountType")


def test_two_thousand_orders_hold_every_bad_day() -> None:
    found = {payment["attributes"].get("sandbox") for order, _ in seeded(2000) for payment in order["payments"]}
    assert found - {None} == {*BAD_DAYS, *HARD_DAYS}


def test_each_hard_day_is_that_of_one_recent_payment_whose_reference_says_so() -> None:
    found = [
        (payment["attributes"]["sandbox"], payment)
        for order, _ in seeded(2000)
        for payment in order["payments"]
        if payment["attributes"].get("sandbox") in HARD_DAYS
    ]
    assert sorted(day for day, _ in found) == sorted(HARD_DAYS)
    for day, payment in found:
        assert payment["reference"].startswith(f"{day}-")
        assert payment["actions"]
        assert day not in HABITS.values() or HABITS[payment["adapterId"]] == day


def test_every_hard_day_of_the_provider_is_among_the_seeded() -> None:
    words = {word for day in (*BAD_DAYS, *HARD_DAYS) for word in day.split("+")}
    assert words == {*DAYS} - {"done-seconds-later"}


def test_the_unusual_is_there_too() -> None:
    orders = [order for order, _ in seeded(2000)]
    payments = [payment for order in orders for payment in order["payments"]]
    assert any("customer" not in order for order in orders), "abandoned baskets"
    assert any({"voucher", "default"} <= {payment["type"] for payment in order["payments"]} for order in orders), (
        "part payments"
    )
    assert any(len([one for one in order["shippings"] if one["state"] == "confirmed"]) > 1 for order in orders), (
        "two parcels"
    )
    assert any("pickupLocation" in one["deliveryDetails"] for order in orders for one in order["shippings"]), (
        "pick-up points"
    )
    assert any(one.get("addons") for order in orders for one in order["shippings"]), "addons"
    assert any(item["upsell"] for item in items_of(seeded(2000))), "upsell items"
    assert any("upsell" in payment for payment in payments), "upsell windows"
    assert any("recurring" in payment for payment in payments), "recurring payments"
    assert any(one["required"] and not one["checked"] for order in orders for one in order["consents"]), (
        "consents to be given"
    )
    assert any("careOf" in order["customer"]["shipping"] for order in orders if "customer" in order), "care of"


# --- Nobody real


def test_every_e_mail_address_is_an_example() -> None:
    for order, logs in seeded(2000):
        texts = [value for name, value in everywhere(order) if name == "email"]
        texts += [line["requestJson"] for log in logs.values() for line in log]
        for address in re.findall(r"[\w.+-]+@([\w.-]+)", " ".join(texts)):
            assert address.endswith(".example"), address


def test_every_host_is_an_example_or_the_sandbox_itself() -> None:
    for order, _ in seeded(300):
        for host in re.findall(r"https?://([^/\"]+)", json.dumps(order)):
            assert host.endswith((".example", ".invalid")), host


# --- Customers who will call


def callers(orders: int) -> list[tuple[Json, Json]]:
    """The two orders of each of them, by their numbers in the run."""
    made = seeded(orders)
    numbers = sorted(attempts(orders))
    return [(made[one][0], made[other][0]) for one, other in zip(numbers[::2], numbers[1::2], strict=True)]


def test_a_customer_who_will_call_ordered_the_same_twice_within_minutes_and_each_paid_another_way() -> None:
    states = []
    for one, other in callers(600):
        assert one["customer"]["billing"]["email"] == other["customer"]["billing"]["email"]
        assert one["total"] == other["total"]
        assert [line["sku"] for line in one["cart"]["items"]] == [line["sku"] for line in other["cart"]["items"]]
        apart = datetime.fromisoformat(other["created"]) - datetime.fromisoformat(one["created"])
        assert timedelta(0) < apart < timedelta(minutes=10)
        assert [payment["amount"] for payment in one["payments"]] == [one["total"]["includingVat"]]
        states.append((one["payments"][0]["state"], other["payments"][0]["state"]))
    assert states == [
        ("captured", "captured"), ("declined", "captured"), ("captured", "reserved"), ("captured", "cancelled")
    ]  # fmt: skip


def test_customers_who_will_call_shop_in_several_channels() -> None:
    for one, _other in callers(600):
        email = one["customer"]["billing"]["email"]
        theirs = [
            order["channel"]
            for order, _ in seeded(600)
            if order.get("customer", {}).get("billing", {}).get("email") == email
        ]
        assert len(set(theirs)) > 1


def test_a_small_sandbox_has_no_customers_who_will_call() -> None:
    assert attempts(149) == {}
