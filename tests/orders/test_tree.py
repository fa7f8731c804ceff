"""JSON from a provider becomes a tree that folds, is escaped, is masked and has an end."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.page.tree import MAX_NODES, MAX_SHOWN, MAX_TEXT, facts_of, payload, render_tree, to_text
from privacy import DOTS, PAGE_WITH_PEOPLE, mask
from tests.orders import documents

ALLOWED = {"details", "summary", "ul", "li", "i", "span"}


class Reader(HTMLParser):
    """Reads a tree back: its text, and every tag that was opened and not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.open, self.tags, self.attributes = "", [""], set[str](), set[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] != "span" or data.startswith('"'):
            self.text += data


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9999, 9999)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc<>&\"'", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values)
def test_a_tree_copies_as_the_json_that_it_shows_and_lets_no_markup_through(value: Any) -> None:
    found = Reader(render_tree(value))
    assert found.open == [""]
    assert found.tags <= ALLOWED
    assert found.attributes <= {"open", "class"}
    assert json.loads(found.text) == value


def test_markup_in_names_and_values_is_text() -> None:
    html = render_tree({"<b>": "<script>alert('x')</script>", "a": ["&amp;"]})
    assert "<script" not in html
    assert "<b>" not in html


def test_a_small_document_is_unfolded_and_a_large_one_folded_below_its_first_levels() -> None:
    deep = {"a": {"b": {"c": {"d": 1}}}}
    assert "<details><summary>" not in render_tree(deep)
    assert "<details><summary>" in render_tree({**deep, "many": list(range(100))})


def test_a_document_without_end_stops_and_says_how_much_is_left_out() -> None:
    html = render_tree([[n] for n in range(100_000)])
    assert html.count("<li>") <= MAX_NODES + 2
    assert "more" in html


def test_a_deep_document_is_cut_instead_of_breaking_the_page() -> None:
    value: Any = 1
    for _ in range(900):
        value = {"x": value}
    assert "…" in render_tree(value)


def test_a_provider_s_json_is_masked_and_keeps_its_decimals() -> None:
    found = payload(documents.ANSWER)
    assert found is not None
    assert found.tree is not None
    assert found.problem == ""
    for secret in (documents.TOKEN, documents.PERSONAL_NUMBER, documents.CARD, "Mikaela", "0701740641", "mikaela.sjoo"):
        assert secret not in found.tree
    assert "190500.5" in found.tree
    assert "ACCEPTED" in found.tree


@pytest.mark.parametrize(
    "text", ['{"a": 1', "<html>502</html>", "NaN", '{"a": Infinity}', "[" * 100_000, "1" * 10_000, "'x'"]
)
def test_what_is_no_json_is_said_to_be_none_and_shown_as_text(text: str) -> None:
    found = payload(text)
    assert found is not None
    assert found.tree is None
    assert "not JSON" in found.problem
    assert found.text.startswith((text[:10], DOTS))
    assert len(found.text) <= MAX_SHOWN + 1


def test_what_is_no_json_is_masked_too() -> None:
    found = payload('{"client_token": "%s", "cut off' % documents.TOKEN)  # noqa: UP031 - braces
    assert found is not None
    assert documents.TOKEN not in found.text


def test_a_huge_document_is_counted_and_not_shown() -> None:
    found = payload('"' + "x" * MAX_TEXT + '"')
    assert found is not None
    assert (found.size, found.text, found.tree) == (MAX_TEXT + 2, "", None)
    assert found.problem == "Too large to show."


@pytest.mark.parametrize("nothing", [None, "", "  \n"])
def test_no_document_is_none(nothing: str | None) -> None:
    assert payload(nothing) is None


def test_attributes_are_facts_with_a_tree_where_there_is_more_than_one_value() -> None:
    store, campaign, token = facts_of({"store": "city", "campaign": {"codes": ["A"]}, "sessionToken": documents.TOKEN})
    assert (store.name, store.text, store.tree) == ("store", "city", None)
    assert campaign.tree is not None
    assert "codes" in campaign.tree
    assert token.text == "••••••"
    assert facts_of(None) == []


def test_the_text_to_copy_is_the_masked_document_with_numbers_as_numbers() -> None:
    document = mask(documents.WHOLE, PAGE_WITH_PEOPLE)
    copied = json.loads(to_text(document))
    assert copied["total"] == {"includingVat": 2754, "excludingVat": 2238.91}
    assert documents.PERSONAL_NUMBER not in to_text(document)
    assert documents.TOKEN not in to_text(document)
