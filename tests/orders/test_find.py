"""One box for whatever the caller says: read once, asked for by typing and by Enter alike."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.typed import MOST_SPELLINGS, name_spellings, tidy
from orders.list.find import MOST_TRIES, mentioned, read, turned
from orders.list.met import prefix_of

ORDER_ID = "o_yClTSySjyAuuBjmiBlHCjuEcTf"
CASES = Path(__file__).resolve().parent.parent / "documents" / "cases"
ID = ["order", "reference", "search"]
EMAIL = ["billing_emails", "shipping_emails", "search"]
NAME = ["billing_names", "shipping_names", "search"]
TURNED = [*NAME, "billing_names", "shipping_names"]
WORD = ["reference", "search", "billing_names", "shipping_names"]
FIRM = ["search", "billing_names", "shipping_names"]
PHONE = ["billing_phones", "shipping_phones", "reference", "search", "search"]


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        (ORDER_ID, ID),
        ("oanzNtkz", ID),
        ("  oanzNtkz\n", ID),
        ("p_KBiXuYjvYxsezKCQAMuuSKGDaT", ["payment_id", "search"]),
        ("pfwLhFoDPFBKtfJkSoVHDaMTIiT", ["payment_id", "search"]),
        ("anna@example.se", EMAIL),
        ("<anna@example.se>", EMAIL),
        ("mailto:anna@example.se", EMAIL),
        ("Anna Ek <anna@example.se>", EMAIL),
        ("“Anna Ek” <anna@example.se>,", EMAIL),
        ("anna@", ["search", "reference"]),
        ("070-123 45 67", PHONE),
        ("0701234567", PHONE),
        ("+46 70 123 45 67", PHONE),
        ("(08) 12 34 56", PHONE),
        ("104415", ["reference", "cart_reference", "search", "billing_phones", "shipping_phones"]),
        ("2026-104415", ["reference", "search", "billing_phones", "shipping_phones"]),
        ("SE-104415", ["reference", "search", "reference", "cart_reference"]),
        ("#SE-104415", ["reference", "reference", "search", "search", "reference", "cart_reference"]),
        ("Åsa Lindström", TURNED),
        ("J. O’Hara", TURNED),
        ("Sjöö-Håkansson", WORD),
        ("Sjöö\N{NON-BREAKING HYPHEN}Håkansson", WORD),
        ("Oskarsson", WORD),
        ("olofsson", WORD),
        ("Nordfjäll Friluft & Äventyr AB", FIRM),
        ("12", ["reference", "cart_reference", "search"]),
        ("Ek, Karin Ängla", TURNED),
        ("x" * 201, []),
        ("1" * 4000, []),
        ("", []),
        ("…", []),
        ("  \0 ", []),
        ("“”", []),
        ("\N{ZERO WIDTH SPACE}", []),
    ],
)
def test_the_text_is_taken_for_what_it_looks_like(said: str, ways: list[str]) -> None:
    assert [each.way for each in read(said).tries] == ways


def test_what_wraps_the_text_is_no_part_of_it() -> None:
    assert read(" “SE-104415” ").text == "SE-104415"
    assert read("Åsa   Lindström\t").text == "Åsa Lindström"


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("anna@example.se, ", "anna@example.se"),
        (f"{ORDER_ID}.", ORDER_ID),
        ("“SE-104415”.", "SE-104415"),
        ("order SE-100423", "SE-100423"),
        ("Order no. 100423", "100423"),
        ("Ordernummer: #SE-100423", "SE-100423"),
        (f"beställning {ORDER_ID}", ORDER_ID),
        (f"https://desk.example/orders/{ORDER_ID}/", ORDER_ID),
        (f"https://desk.example/orders/{ORDER_ID}/payments/p_aaaa/?x=1#log", ORDER_ID),
        (f"https://api.example/checkout/order/api/v0/checkout/orders/{ORDER_ID}", ORDER_ID),
        # A word that only looks like a label stays: a name, or half a sentence.
        ("Order Andersson", "Order Andersson"),
        ("Nordisk", "Nordisk"),
        ("order", "order"),
        ("orders from May 3", "orders from May 3"),
    ],
)
def test_what_was_pasted_along_is_left_out(pasted: str, meant: str) -> None:
    assert read(pasted).text == meant


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("\N{LEFT-TO-RIGHT EMBEDDING}SE-1\N{POP DIRECTIONAL FORMATTING}", "SE-1"),
        ("\ufeffanna@example.se\N{ZERO WIDTH SPACE}", "anna@example.se"),
        ("SE\N{SOFT HYPHEN}-1\N{NO-BREAK SPACE}", "SE-1"),
        ("070\N{NARROW NO-BREAK SPACE}123\t45\r\n67", "070 123 45 67"),
        ("ＳＥ－１", "SE-1"),
        ("SE-1\N{VARIATION SELECTOR-16}\N{HANGUL FILLER}\x00\x1b", "SE-1"),
        ("A\N{LINE SEPARATOR}B", "A B"),
        ("O\N{ACUTE ACCENT}Brien", "O'Brien"),
        ("٠٧٠-١٢٣ ٤٥ ٦٧", "070-123 45 67"),
    ],
)
def test_what_cannot_be_seen_is_left_out(pasted: str, meant: str) -> None:
    assert tidy(pasted) == meant


@given(st.text(max_size=300))
def test_no_text_is_asked_for_more_often_than_is_said(text: str) -> None:
    tries = read(text, ["SE-", "NO-", "DK-"]).tries
    assert len(tries) <= MOST_TRIES
    assert all(len(each.spelled) <= MOST_SPELLINGS for each in tries)
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize("said", ["#1001", "order #1001", "1001", "0701740699", "Anna Ek", "SE\N{HYPHEN}1"])
def test_the_kinds_that_are_asked_for_most_ways_keep_all_of_them(said: str) -> None:
    assert len(read(said, ["SE-", "NO-", "DK-"]).tries) < MOST_TRIES


@pytest.mark.parametrize(
    ("name", "among"),
    [
        ("Soeren", ["Søren", "Sören"]),
        ("Søren", ["Soeren", "Sören", "Soren"]),
        ("Aage", ["Åge"]),
        ("Kjaer", ["Kjær", "Kjär"]),
        ("O'Brien", ["O’Brien"]),
        ("O’Brien", ["O'Brien"]),
        ("O'Brien", ["O´Brien"]),
        ("Łukasz", ["Lukasz"]),
        ("åkesson öhrn", ["åkesson-öhrn"]),
        ("Anna-Karin", ["Anna Karin", "Anna\N{NON-BREAKING HYPHEN}Karin"]),
        ("Anna–Karin", ["Anna-Karin"]),
        ("Strauss", ["Strauß"]),
        ("Strauß", ["Strauss"]),
    ],
)
def test_a_name_is_asked_for_as_others_may_have_written_it(name: str, among: list[str]) -> None:
    spelled = name_spellings(name)
    assert spelled[0] == name
    assert set(among) <= set(spelled)


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("Ek, Karin Ängla", ["Karin Ängla Ek"]),
        ("Ek Karin Ängla", ["Karin Ängla Ek", "Ängla Ek Karin"]),
        ("Ek", []),
        ("one two three four five", []),
    ],
)
def test_a_name_may_begin_with_the_family(name: str, ways: list[str]) -> None:
    assert turned(name) == ways


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hej, min order SE-100591 har inte kommit. Mvh anna@example.se", ["SE-100591"]),
        (f"See https://desk.example/orders/{ORDER_ID}/ please", [ORDER_ID]),
        ("Where is 100591? I ordered on 2026-11-20, my number is 19850612-2384", ["100591"]),
        ("Write to anna@example.se or call 070-123 45 67", ["anna@example.se"]),
        ("Please call 070-123 45 67!", ["070-123 45 67"]),
        ("SE-100591\nSE-100592\tSE-100591", ["SE-100591", "SE-100592"]),
        ("Where is #1001? (he asks)", ["#1001"]),
        ("08-123 45 67 ankn 212", ["08-123 45 67"]),
        ("nothing in here, at 5 o'clock", []),
    ],
)
def test_a_sentence_is_looked_through_for_what_it_names(text: str, found: list[str]) -> None:
    assert mentioned(text) == found


@pytest.mark.parametrize(
    ("reference", "prefix"),
    [
        ("SE-100591", "SE-"), ("WEB2024-100591", "WEB2024-"), ("2024/100591", "2024/"), ("#1001", "#"), ("100591", ""),
        ("SE-1", ""), ("", ""), (None, ""), ("two words 100591", ""),
    ],
)  # fmt: skip
def test_what_a_number_stands_behind_is_learnt_from_references(reference: str | None, prefix: str) -> None:
    assert prefix_of(reference) == prefix
