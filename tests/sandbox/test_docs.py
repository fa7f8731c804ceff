"""The page to browse the API with."""

import re

from django.test import Client

from sandbox.api.v0 import description
from sandbox.codec import decode
from sandbox.examples import EXAMPLES
from tests.sandbox.conftest import Caller

PAGE = "/checkout/order/docs"


def page() -> str:
    answer = Client().get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_operation_and_every_type_has_its_place(db: None) -> None:
    html = page()
    assert len(re.findall(r'<section id="[a-z]\w+">', html)) == 34
    links = set(re.findall(r'href="#(\w+)"', html))
    assert links <= set(re.findall(r'<section id="(\w+)">', html))
    assert {"listOrders", "Order", "PaymentState"} <= links


def test_a_curl_command_holds_what_the_operation_needs(db: None) -> None:
    html = page()
    assert (
        "curl -X PUT &#x27;http://testserver/checkout/order/api/v0/checkout/orders/{order_id}/reference&#x27;" in html
    )
    assert html.count("-H &#x27;x-channel: se&#x27;") == 34
    assert "-d &#x27;&quot;something-reference&quot;&#x27;" in html
    assert "Bearer sandbox" not in html


def test_the_page_keeps_to_the_content_security_policy(db: None) -> None:
    html = page()
    assert not re.search(r"<script|<style|style=|\son\w+=", html)
    assert set(re.findall(r'(?:src|href)="(https?:)?//', html)) == set()
    assert "default-src 'none'" in Client().get(PAGE)["Content-Security-Policy"]


def test_every_example_works_as_it_stands(api: Caller) -> None:
    operations = {
        operation["operationId"]: (method.upper(), path, "requestBody" in operation)
        for path, methods in decode(description())["paths"].items()
        for method, operation in methods.items()
    }
    assert set(EXAMPLES) == {name for name, (_, _, reads) in operations.items() if reads}
    order = api.created(EXAMPLES["createOrder"])
    there = {"order_id": order[1:], "consent_id": "newsletter"}
    for kind in ("payment", "shipping", "validation"):
        api.post(f"{order}/{kind}s", EXAMPLES[f"create{kind.title()}"])
        there[f"{kind}_id"] = api.order(order)[f"{kind}s"][0]["id"]
    last = ["updateState"]
    for name in [name for name in EXAMPLES if name not in ("createOrder", *last)] + last:
        method, path, _ = operations[name]
        answer = api.call(method, path.format(**there).removeprefix("/api/v0/checkout/orders"), EXAMPLES[name])
        assert answer.status_code in (200, 201), (name, answer.content)
