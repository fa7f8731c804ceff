"""However much an order or a provider holds, its page is built from so much of it and says that there is more."""

import json
from typing import Any

import pytest

from order_api.schemas import Cart, Item, Order, PaymentTransaction
from orders.page import tree
from orders.page.order import MAX_ROWS, present_order
from orders.page.transactions import MAX_DOCUMENTS, present_transactions
from orders.page.tree import MAX_FACTS, MAX_NODES, facts_of
from tests.patterns import grows_too_fast


def nodes(html: str) -> int:
    return html.count("<li>")


def test_of_a_hundred_thousand_attributes_the_first_are_shown_and_the_rest_counted() -> None:
    facts = facts_of({f"key{n}": "x" for n in range(100_000)})
    assert len(facts) == MAX_FACTS + 1
    assert facts[-1].text == f"{100_000 - MAX_FACTS} more"


@pytest.mark.parametrize("value", [["x"] * 300_000, {f"k{n}": n for n in range(300_000)}, [[["x"] * 1000] * 300]])
def test_a_huge_attribute_makes_a_tree_of_so_many_nodes(value: Any) -> None:
    (fact,) = facts_of({"much": value})
    assert fact.tree and nodes(fact.tree) <= MAX_NODES + 100
    assert "more" in fact.tree


def test_the_work_on_a_huge_attribute_does_not_grow_with_it() -> None:
    assert not grows_too_fast(lambda size: facts_of({"much": ["x"] * size}), 100_000)


def test_of_very_many_items_the_first_are_shown_and_the_page_says_so() -> None:
    items = (Item(name="Mug", quantity=1),) * (MAX_ROWS + 5)
    page = present_order(Order(id="o_a", cart=Cart(items=items)))
    assert len(page.lines) == MAX_ROWS and page.pieces == MAX_ROWS + 5
    assert "more than a page can show" in page.alerts[-1].title


def test_documents_are_read_until_the_page_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr("orders.page.transactions.payload", lambda text: read.append(len(text or "")))
    present_transactions([PaymentTransaction(response_json="x" * 300_000)] * 50)
    assert sum(read) <= MAX_DOCUMENTS
    assert len(read) < 60


@pytest.mark.parametrize("unit", ["ab:ab:", "token:", "4", "1 ", "a@", "<a ", '"', "eyJa-"])
def test_an_answer_of_a_provider_is_read_in_time_that_its_length_bounds(unit: str) -> None:
    assert not grows_too_fast(lambda size: tree.payload(unit * (size // len(unit))), 60_000)
    assert not grows_too_fast(lambda size: tree.payload(json.dumps({"a": unit * (size // len(unit))})), 60_000)
