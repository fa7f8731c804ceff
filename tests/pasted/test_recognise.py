"""What people paste: mails, columns, files and messages, and what of them is looked up."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from orders.pasted.noise import Passed
from orders.pasted.recognise import LONGEST, Find, Recognised, recognise, shown
from orders.pasted.scan import Kind

PREFIXES = ("SE-", "NO-")
ORDER_ID = "o_yClTSySjyAuuBjmiBlHCjuEcTf"
MAIL = """From: Anna Ek <anna.ek@example.se>
Sent: Saturday, 28 November 2026 10:12
To: Kundtjänst <support@shop.se>
Subject: VB: Order SE-100591
Message-ID: <CAF12345678abc@mail.example.se>

Hej! Jag väntar fortfarande på min order SE-100591 (beställd 2026-11-12) på 2 499,00 kr.
Den andra, 100592, kom igår. Kolli-id 00373500489912345678.
Mitt personnummer är 811218-9876.
Det är en Sony WH-1000XM5.

Med vänlig hälsning
Anna Ek
Storgatan 12
111 22 Stockholm
070-123 45 67
anna.ek@example.se

> On Fri, 27 Nov 2026 at 09:30, Support <support@shop.se> wrote:
> Thanks, order #SE-100591 is on its way. https://track.example.com/?id=998877665544
> Case: 445566
"""


def texts(found: Recognised) -> list[str]:
    return [find.text for find in found.finds]


def test_a_forwarded_mail_is_its_orders_and_not_who_wrote_it() -> None:
    found = recognise(MAIL, PREFIXES)
    assert found.finds == (Find(Kind.REFERENCE, "SE-100591", times=3), Find(Kind.REFERENCE, "100592"))
    assert found.hidden == 1
    assert {each.why for each in found.left} == {
        Passed.EMAIL, Passed.DATE, Passed.TIME, Passed.AMOUNT, Passed.OTHER_NUMBER, Passed.PARCEL, Passed.POSTCODE,
        Passed.PHONE, Passed.LINK,
    }  # fmt: skip
    assert all("example" not in each.text and "070" not in each.text for each in shown(found.left))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ordernr\r\nSE-100591\r\nse-100592\r\n\r\nSE100593\r\n", "SE-100591 SE-100592 SE-100593"),
        ("1. SE-100591\n2) SE-100592\n- SE-100593\n• SE-100594", "SE-100591 SE-100592 SE-100593 SE-100594"),
        ("SE-100591, SE-100592;SE-100593/SE-100594|NO-20044", "SE-100591 SE-100592 SE-100593 SE-100594 NO-20044"),
        ("100591/100592 and 100594-100595", "100591 100592 100594 100595"),
        ("100591 100592 100593 100594 100595 100596 100597", "100591 100592 100593 100594 100595 100596 100597"),
        ("Order_SE-100591.pdf\nSE-100592.pdf", "SE-100591 SE-100592"),
        ("*SE-100591* _SE-100592_ `SE-100593`", "SE-100591 SE-100592 SE-100593"),
        ("(SE-100594) “SE-100595”. SE 100596", "SE-100594 SE-100595 SE-100596"),
        ("SE\N{NON-BREAKING HYPHEN}100591\nSE–100592", "SE-100591 SE-100592"),
        ("\N{ZERO WIDTH SPACE}SE-100593\N{NO-BREAK SPACE}\nSE-10\N{SOFT HYPHEN}0594", "SE-100593 SE-100594"),
        ("\N{FULLWIDTH DIGIT ONE}00591", "100591"),
        ('="100591"\n="100592"', "100591 100592"),
        ("'100591\n'100592", "100591 100592"),
        ("100 591\n100\N{NO-BREAK SPACE}592\n100,593\n100594.0\n100595,00", "100591 100592 100593 100594 100595"),
        ("20261129\n20261130", "20261129 20261130"),
        ("Order nr: 4711 och 4712", "4711"),
        ("Min order är på 4711 kr", ""),
        ("order: 2026-11-29 kom 3 paket", ""),
        ("Referens: W10045-B", "W10045-B"),
        ("SE-100591 Anna Ek 2 499,00 SEK ej levererad\nSE-100592 Bo Ek 399 kr levererad", "SE-100591 SE-100592"),
        ("Storgatan 12, 11122 Stockholm", ""),
        ("N-0150 Oslo, DK-1050 København, FI-00100 Helsinki", ""),
        ("Tel 08-123 456 78, +46 (0)70-123 45 67 för order 100591", "100591"),
        ("faktura 7788991 för order 100591, kundnr 554433, org.nr 556677-8899", "100591"),
        ("RR123456785SE 1Z999AA10123456784 för SE-100591", "SE-100591"),
        ("3f2504e0-4f89-41d3-9a0c-0305e82c3301 192.168.100.200 SE-100591", "SE-100591"),
        ("1.00591E+11\n1.00592E+11", ""),
        ("0701234567\n+46 70 765 43 21", "0701234567 +46 70 765 43 21"),
        ("0012345678\n0012345679", "0012345678 0012345679"),
        ("SE-100591\nanna@example.se\n070-765 43 21", "SE-100591 anna@example.se 070-765 43 21"),
        ("Hej, kan ni se anna@example.se eller 070-765 43 21?", "anna@example.se 070-765 43 21"),
        ("Anna <anna@example.se>; Bo <mailto:bo@example.se>", "anna@example.se bo@example.se"),
        ("Order100591.pdf, order_100592.pdf och ordernr100593", "100591 100592 100593"),
        ("SE-100591-2 är bytet för SE-100591/1", "SE-100591-2 SE-100591"),
        ("Art.nr 123456, Best.nr 100591, Ordernr.100592", "100591 100592"),
        ("Summa: 12990\nAntal: 100000\nTotal incl. VAT: 100 500,00\nOrder: 100591", "100591"),
        ("PSP-referens 8836789012345678 för #4711", "4711"),
        ('{"id": "o_yClTSySjyAuuBjmiBlHCjuEcTf", "reference": "SE-100591"}', f"{ORDER_ID} SE-100591"),
        ("iVBORw0KGgoAAAANSUhEUgAAAAUA1234567890AAAF/CNby+12345/8/w38GIAXDIBKE0DHx\nSE-100591", "SE-100591"),
        ("070.123.45.67\n(070) 123 45 67\n+46(0)701234567\ntel:0709876543", "070.123.45.67 0709876543"),
        ("SE-100591=20\nSE-100592=", "SE-100591 SE-100592"),
        ("<td>SE-100591</td><td>Anna</td>", "SE-100591"),
        ("SE-100591–SE-100593", "SE-100591 SE-100592 SE-100593"),
        ("från SE-100591 till 100593", "SE-100591 SE-100592 SE-100593"),
        ("100591-100593 eller 100591-999999", "100591 100592 100593 999999"),
        ("VAT SE556677889901 för order 100591", "100591"),
        ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        ("[#48213] Var är SE-100591?\nTicket ID: 48213", "SE-100591"),
        (f"09:00:00.123Z ERROR order={ORDER_ID} requestId=0HN8ABCDEF123:00000002 took=30012ms", ORDER_ID),
        (f"https://desk.example/orders/{ORDER_ID}/ och 100592", f"{ORDER_ID} 100592"),
        ("[Igår 14:02] Johan\nkolla NO-20044 och se-100602?\n[09:12] Anna\n@Johan tar dem", "NO-20044 SE-100602"),
        ("p_KBiXuYjvYxsezKCQAMuuSKGDaT", "p_KBiXuYjvYxsezKCQAMuuSKGDaT"),
        ("Anna Ek, Bo Ek\nStockholm", ""),
        ("", ""),
        ("\n \t\n", ""),
    ],
)  # fmt: skip
def test_what_a_text_names(text: str, named: str) -> None:
    found = texts(recognise(text, PREFIXES))
    assert " ".join(found) == named


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        (f"https://desk.example/orders/{ORDER_ID}/", ""),
        (f"https://desk.example/norce/se/orders/{ORDER_ID}/timeline/?x=1#notes", "norce/se"),
        (f"http://127.0.0.1:8000/norce/se/orders/{ORDER_ID}", "norce/se"),
        (f"/norce/se/orders/{ORDER_ID}/", "norce/se"),
        (f"see <https://desk.example/norce/se/orders/{ORDER_ID}/|the order>.", "norce/se"),
        (f"[it](https://desk.example/norce/se/orders/{ORDER_ID}/)", "norce/se"),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fdesk.example%2Fnorce%2Fse%2Forders%2F"
            f"{ORDER_ID}%2F&data=05%7C02",
            "norce/se",
        ),
        (f"https://www.google.com/url?q=https://desk.example/norce/se/orders/{ORDER_ID}/&sa=D", "norce/se"),
        (f"{ORDER_ID}\nhttps://desk.example/norce/se/orders/{ORDER_ID}/", "norce/se"),
    ],
)
def test_a_link_to_an_order_is_its_id_and_its_channel(text: str, channel: str) -> None:
    found = recognise(text, PREFIXES).finds
    assert [(find.kind, find.text, find.channel) for find in found] == [(Kind.ORDER, ORDER_ID, channel)]


@pytest.mark.parametrize(
    ("text", "named", "column"),
    [
        (
            "Ordernr;Kund;Belopp;Telefon\n100591;Anna Ek;2 499,00;0701234567\n100592;Bo Ek;399,00;0701234568",
            "100591 100592",
            "Ordernr",
        ),
        ("1\tSE-100591\tAnna\t2499\n2\tSE-100592\tBo\t399", "SE-100591 SE-100592", ""),
        (
            '"Datum","Order number","E-mail"\n"2026-11-01","A-77","a@example.se"\n"2026-11-02","A-78","b@example.se"',
            "A-77 A-78",
            "Order number",
        ),
        ("| Order | Kund |\n|---|---|\n| SE-100591 | Anna |\n| SE-100592 | Bo |", "SE-100591 SE-100592", "Order"),
        ("Name\tEmail\tTotal\n#1001\ta@example.se\t99.00\n#1002\tb@example.se\t49.00", "1001 1002", "Name"),
        ("20261101\t100591\n20261102\t100592", "20261101 20261102", ""),
        ("Kund\tE-post\nAnna\ta@example.se\nBo\tb@example.se", "a@example.se b@example.se", None),
        ("Orderid\tSumma\n100591\t0,00\n100592\t1,00\n100593\t2,00\nSumma\t3,00", "100591 100592 100593", "Orderid"),
    ],
)  # fmt: skip
def test_of_a_sheet_the_column_of_the_orders_is_read(text: str, named: str, column: str | None) -> None:
    found = recognise(text, PREFIXES)
    assert " ".join(texts(found)) == named
    assert (found.column.called if found.column else None) == column


def test_a_chat_with_commas_is_no_table() -> None:
    chat = (
        "[2026-11-28, 10:12:33] Anna: SE-100591 kom fel\n[2026-11-28, 10:13:02] Bo: Ok, SE-100592?\n29/11, Anna: 100593"
    )
    found = recognise(chat, PREFIXES)
    assert texts(found) == ["SE-100591", "SE-100592", "100593"] and found.column is None


def test_a_table_in_which_several_columns_name_orders_is_read_whole() -> None:
    found = recognise("SE-100591\tSE-100601\nSE-100592\tSE-100602", PREFIXES)
    assert texts(found) == ["SE-100591", "SE-100601", "SE-100592", "SE-100602"] and found.column is None


def test_what_is_twice_is_one_and_counted() -> None:
    found = recognise("SE-100591\nse 100591\n#SE-100591\n070-123 45 67\n+46701234567\nSE-100592", PREFIXES)
    assert [(find.text, find.times) for find in found.finds] == [
        ("SE-100591", 3),
        ("070-123 45 67", 2),
        ("SE-100592", 1),
    ]
    assert found.doubles == 3


def test_a_line_of_a_list_that_names_nothing_is_told() -> None:
    found = recognise("SE-100591\nSE-100592\nsame as above\nSE-100593", PREFIXES)
    assert [(each.why, each.text) for each in found.left] == [(Passed.LINE, "same as above")]


def test_too_long_is_said_and_nothing_of_it_is_read() -> None:
    whole = recognise("SE-100591\n" * (LONGEST // 10), PREFIXES)
    assert whole.finds and not whole.is_too_long
    found = recognise("SE-100591\n" * (LONGEST // 10) + "x", PREFIXES)
    assert found.is_too_long and found.length == LONGEST + 1 and found.finds == ()


def test_more_than_500_are_counted_and_none_of_them_is_left_out() -> None:
    lines = [f"SE-{100000 + n}" for n in range(501)]
    found = recognise("\n".join(lines), PREFIXES)
    assert texts(found) == lines and found.are_too_many
    assert not recognise("\n".join(lines[:500]), PREFIXES).are_too_many


PEOPLE = [
    "CPR 0101901234",
    "pnr: 8112181111",
    "811218-9876",
    "19811218-9876",
    "8112189876",
    "811218+9876",
    "13097248022",
    "311280-888Y",
    "211062-5629",
]


@pytest.mark.parametrize("number", [*PEOPLE, "4111 1111 1111 1111", "4111111111111111"])
@pytest.mark.parametrize("text", ["{}", "{}\nSE-100591", "order {} hej", "SE-100591;{}\nSE-100592;Anna"])
def test_identity_numbers_and_cards_are_counted_and_nothing_of_them_is_kept(text: str, number: str) -> None:
    found = recognise(text.format(number), PREFIXES)
    digits = "".join(filter(str.isdecimal, number))
    assert all(digits[-8:] not in "".join(filter(str.isdecimal, each)) for each in kept(found))
    assert found.hidden == 1 or found.column is not None


def kept(found: Recognised) -> list[str]:
    return [*texts(found), *(each.text for each in found.left)]


REFERENCES = st.integers(1000, 10**10).map(lambda number: f"SE-{number}")
NOISE = st.sampled_from(
    [
        "Hej", "tack", "för", "order", "2026-11-29", "10:02", "2 499,00 kr", "kom aldrig", "(beställd igår)", "–", "!",
        "anna@example.se", "070-123 45 67", "https://example.se/x/12345678", "WH-1000XM5", "111 22 Stockholm", "…",
    ]
)  # fmt: skip


@given(st.lists(st.lists(NOISE | REFERENCES, max_size=8), max_size=12))
def test_each_reference_of_a_known_kind_is_found_whatever_stands_around_it(lines: list[list[str]]) -> None:
    meant = [word for line in lines for word in line if word.startswith("SE-")]
    found = recognise("\n".join(" ".join(line) for line in lines), PREFIXES)
    assert [find.text for find in found.finds if find.text.startswith("SE-")] == list(dict.fromkeys(meant))
    assert sum(find.times for find in found.finds if find.text.startswith("SE-")) == len(meant)


@given(
    st.lists(REFERENCES, min_size=1, max_size=40), st.sampled_from(["\n", "\r\n", ", ", "; ", " ", "\t", "\n\n", " | "])
)
def test_a_list_is_found_whole_and_in_its_order(references: list[str], between: str) -> None:
    found = recognise(between.join(references), PREFIXES)
    assert texts(found) == list(dict.fromkeys(references))


@given(st.text(max_size=400))
def test_any_text_is_read_and_what_it_names_names_itself_again(text: str) -> None:
    found = recognise(text, PREFIXES)
    again = recognise("\n".join(texts(found)), PREFIXES)
    assert {find.text for find in again.finds} <= {find.text for find in found.finds}


@given(
    st.dates(dt.date(1930, 1, 1), dt.date(2020, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["-", "", " "]),
    st.booleans(),
)
def test_no_swedish_identity_number_is_ever_kept(day: dt.date, number: int, between: str, century: bool) -> None:
    nine = f"{day:%y%m%d}{number:03}"
    whole = f"{f'{day:%Y}'[:2] if century else ''}{nine[:6]}{between}{nine[6:]}{luhn.calc_check_digit(nine)}"
    is_mobile = not century and not between and whole.startswith("07")
    found = recognise(f"SE-100591\n{whole}\nmitt nummer {whole} tack", PREFIXES)
    assert is_mobile or all(nine not in "".join(filter(str.isdecimal, each)) for each in kept(found))
