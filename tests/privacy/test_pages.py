"""Secrets are hidden by the name of their field and by their look; what people need to read stays readable."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import DOTS, MAX_DEPTH, PAGE, PAGE_WITH_PEOPLE, Masked, Strength, kind_of
from privacy import mask as mask_with
from privacy import mask_text as mask_text_with
from privacy.numbers import is_finnish_person, is_iban, is_norwegian_person, luhn

SECRET = "s3cr3t-Zx81"


def mask(document: object, strength: Strength = PAGE) -> object:
    return mask_with(document, strength)


def mask_text(text: str) -> str:
    return mask_text_with(text, PAGE)


def with_check_digit(digits: str) -> str:
    """The digits and the one that makes Luhn's formula hold."""
    return next(digits + str(last) for last in range(10) if luhn(digits + str(last)))


cards = st.one_of(
    st.from_regex(r"4\d{14}", fullmatch=True),
    st.from_regex(r"5[1-5]\d{13}", fullmatch=True),
    st.from_regex(r"3[47]\d{12}", fullmatch=True),
).map(lambda digits: with_check_digit("".join(str(int(d)) for d in digits)))
neighbours = st.text("0123456789 -.,;:", max_size=12)
birthdays = st.dates().map(lambda day: day.strftime("%y%m%d"))
personal_numbers = st.tuples(birthdays, st.integers(0, 999)).map(lambda n: with_check_digit(f"{n[0]}{n[1]:03}"))
names = st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=12)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "name",
    [
        "nationalIdentificationNumber", "national_id", "national-id", "personnummer", "personalNumber",
        "socialSecurityNumber", "ssn",
        "token", "client_token", "accessToken", "X-Auth-Token", "authorization", "password", "clientSecret", "api_key",
        "cvc",
        "securityCode", "dateOfBirth", "fodselsnummer", "NationalIdentificationNumber",
    ],
)  # fmt: skip
def test_a_secret_is_hidden_by_its_name_in_any_style(name: str) -> None:
    assert mask({name: SECRET}) == {name: DOTS}
    assert mask({name: 123456}) == {name: DOTS}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("given_name", "Mikaela", "M••••••"),
        ("familyName", "Sjöö-Håkansson", "S••••••"),
        ("phone", "070-174 06 41", "•••••• 41"),
        ("phone", "112", "••••••"),
        ("billingEmail", "mikaela.sjoo@example.se", "m••••••@example.se"),
        ("email", "no address", "••••••"),
        ("cardNumber", "4111111111111111", "•••••• 1111"),
        ("iban", "SE4550000000058398257466", "•••••• 7466"),
        ("street_address", "Fäbodvägen 7", "F••••••"),
    ],
)
def test_a_person_is_shortened_so_that_a_colleague_still_recognises_them(name: str, value: str, shown: str) -> None:
    assert mask({name: value}) == {name: shown}


@pytest.mark.parametrize(
    "document",
    [
        {"order_id": "7f3c52d0-11b8-4a0f-9c2e-77f0b2a1e91a", "reference": "SE-104415"},
        {"authorized_amount": 190500, "currency": "SEK", "expires_at": "2026-12-19T09:30:04Z"},
        {"pspReference": "8835211744069021", "pspStatus": "AUTHORIZED"},
        {"name": "T-shirt XL", "sku": "A000123", "gtin": "4006381333931"},
        {"organizationIdentificationNumber": "212000-1355", "vat": "SE556036079301"},
        {"tms": "00373500489530420019", "time": "10:30:12", "offset": "2026-11-21T09:30:12+01:00"},
        {"token": None, "authorization": True, "email": ""},
        {"card": "visa", "note": "Card: declined"},
        {"reference": "20251121-0042", "quantity": 12, "rate": 0.25},
    ],
)
def test_what_is_no_secret_stays_as_it_is(document: dict[str, Any]) -> None:
    assert mask(document) == document


@pytest.mark.parametrize(
    "secret",
    [
        "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005", "5555555555554444",
        "890201-3286", "19890201-3286", "198902013286", "8902013286",  # Swedish
        "890261-3283",  # a Swedish coordination number: the day plus 60
        "070761-4285", "010190-1234",  # Danish
        "131052-308T",  # Finnish
        "01010750160",  # Norwegian
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "Bearer a3bcdABCaB12abc3AbCDAB5AbcABCaBcABC5ab3c5A0=",
        "SE45 5000 0000 0583 9825 7466", "SE4550000000058398257466", "sk_live_51H8abcdEFGH",
        "mikaela.sjoo@example.se", "+46 70 174 06 41",
    ],
)  # fmt: skip
def test_a_secret_is_hidden_by_its_look_whatever_its_field_is_called(secret: str) -> None:
    for text in (secret, f"paid with {secret}, thanks", f"({secret})"):
        masked = mask({"note": text})
        assert isinstance(masked, dict)
        assert isinstance(masked["note"], Masked)
        assert secret not in masked["note"]


@given(card=cards)
def test_no_card_number_gets_through_however_it_is_written(card: str) -> None:
    spaced = " ".join(card[i : i + 4] for i in range(0, len(card), 4))
    for text in (card, spaced, spaced.replace(" ", "-"), f"x{card}", f"card:{card}."):
        assert card[:-4] not in "".join(c for c in mask_text(text) if c.isdigit())
    assert mask({"n": int(card)}) == {"n": f"{DOTS} {card[-4:]}"}


@given(
    card=cards, parted=st.sampled_from(["", " ", "-", "  ", ".", "\u00a0", "–"]), before=neighbours, after=neighbours
)
def test_no_card_number_is_left_whole_beside_other_digits(card: str, parted: str, before: str, after: str) -> None:
    written = parted.join(card[i : i + 4] for i in range(0, len(card), 4)) if parted != "." else card
    masked = mask_text(f"{before}{written}{after}")
    assert card not in "".join(c for c in masked if c.isdecimal())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4111111111111111 737", f"{DOTS} 1111 737"),
        ("4111111111111111 1228", f"{DOTS} 1111 1228"),
        ("4111 1111 1111 1111 737", f"{DOTS} 1111 737"),
        ("4111111111111111-001", f"{DOTS} 1111-001"),
        ("4111.1111.1111.1111", f"{DOTS} 1111"),
        ("SEK 400 4111111111111111", f"SEK {DOTS} 1111"),  # 19 digits that pass Luhn as well
        ("order 2026 4111111111111111", f"order 2026 {DOTS} 1111"),
        ("00004111111111111111", f"0000{DOTS} 1111"),
        ("{not json 4111111111111111 19811218-9876 …", f"{{not json {DOTS} 1111 {DOTS} …"),
        ("4111111111111111 5555555555554444", f"{DOTS} 1111 {DOTS} 4444"),
        ("SE45 5000 0000 0583 9825 7466 4111 BETALD", f"{DOTS} 7466 4111 BETALD"),
    ],
)
def test_what_stands_beside_a_card_or_an_account_does_not_save_it(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_sixteen_digits_with_another_check_digit_are_no_card() -> None:
    assert mask_text("order 4111111111111112") == "order 4111111111111112"


@given(number=personal_numbers, sign=st.sampled_from(["", "-", "+"]))
def test_no_swedish_personal_number_gets_through(number: str, sign: str) -> None:
    text = f"{number[:6]}{sign}{number[6:]}"
    assert text not in mask_text(f"customer {text} called")


@given(name=st.sampled_from(["token", "national_id", "password", "cvc"]), value=json_values)
def test_nothing_below_a_secret_s_name_is_readable(name: str, value: Any) -> None:
    def leaves(found: Any) -> list[Any]:
        if isinstance(found, dict):
            return [leaf for each in found.values() for leaf in leaves(each)]
        return [leaf for each in found for leaf in leaves(each)] if isinstance(found, list) else [found]

    masked = mask({name: value})
    assert isinstance(masked, dict)
    assert all(leaf in (None, True, False, "") or isinstance(leaf, Masked) for leaf in leaves(masked[name]))


@given(value=json_values)
def test_masking_keeps_the_shape_and_masks_nothing_twice(value: Any) -> None:
    once = mask(value)
    assert json.loads(json.dumps(once)) == json.loads(json.dumps(mask(once)))
    if isinstance(value, list):
        assert isinstance(once, list)
        assert len(once) == len(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"client_token": "%s", "order": 1',
        '{"a": "b", "token":"%s',
        '{"body": "{\\"token\\": \\"%s\\"}"}',
        "answer: token=%s",
        "https://psp.example/pay?session=1&token=%s&lang=sv",
        "Authorization: Basic %s",
        "<soap:Body><ns:AccessToken type='x'>%s</ns:AccessToken></soap:Body>",
        "error {'password': '%s'}",
        "token: {'value': '%s'",
        "password = %s",
    ],
)
def test_a_named_secret_is_hidden_in_text_that_is_no_json(text: str) -> None:
    assert SECRET in text % SECRET
    assert SECRET not in mask_text(text % SECRET)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"<input name=token value={SECRET}>", f"<input name=token value={DOTS}>"),
        (f'<input type="hidden" value="{SECRET} x" name="client_secret"/>', f'<input type="hidden" value="{DOTS}" '
                                                                            f'name="client_secret"/>'),
        (f"<meta content='{SECRET}' name='csrf-token'>", f"<meta content='{DOTS}' name='csrf-token'>"),
        (f'{{"html": "<INPUT id=\\"session\\" VALUE=\\"{SECRET}\\">',
        f'{{"html": "<INPUT id=\\"session\\" VALUE=\\"{DOTS}\\">'),
        ('<input name="city" value="Umeå">', '<input name="city" value="Umeå">'),
        (f"https://pay.example/back?order=17&sig={SECRET}&lang=sv",
        f"https://pay.example/back?order=17&sig={DOTS}&lang=sv"),
    ],
)  # fmt: skip
def test_a_secret_in_a_form_or_an_address_is_hidden(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize("name", ["mac", "MAC", "session", "sessionId", "session_data", "sig"])
def test_what_signs_or_keeps_a_session_is_a_secret(name: str) -> None:
    assert mask({name: SECRET}) == {name: DOTS}


def test_json_inside_a_string_is_masked_like_json() -> None:
    masked = mask({"body": json.dumps({"card": {"number": "4242 0000", "expiryMonth": "03"}, "lines": [1, 2]})})
    assert isinstance(masked, dict)
    assert json.loads(masked["body"]) == {"card": {"number": DOTS, "expiryMonth": DOTS}, "lines": [1, 2]}


def test_a_quote_inside_a_secret_does_not_end_it() -> None:
    assert "tail" not in mask_text('{"password": "head\\"tail", "x": 1} cut off')


def test_people_stay_readable_where_the_page_shows_them_anyway() -> None:
    shown = {"givenName": "Mikaela", "email": "a@example.se", "phone": "+46701740641"}
    assert mask({**shown, "nationalIdentificationNumber": "890201-3286"}, PAGE_WITH_PEOPLE) == {
        **shown,
        "nationalIdentificationNumber": DOTS,
    }


def test_a_name_is_a_person_s_only_inside_a_person() -> None:
    assert mask({"items": [{"name": "Tröja"}], "shipping_address": {"name": "Bo Ek"}}) == {
        "items": [{"name": "Tröja"}],
        "shipping_address": {"name": "B••••••"},
    }


def test_a_secret_in_a_field_s_name_is_hidden_too() -> None:
    assert "890201-3286" not in str(mask({"890201-3286": "x"}))


def test_what_nests_deeper_than_anybody_needs_is_hidden_not_walked() -> None:
    value: Any = SECRET
    for _ in range(5 * MAX_DEPTH):
        value = [value]
    assert SECRET not in str(mask(value))


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (is_norwegian_person, "01010750160", "01010750161"),
        (is_iban, "SE4550000000058398257466", "SE4550000000058398257467"),
        (luhn, "79927398713", "79927398710"),
    ],
)
def test_check_digits_are_checked(check: Any, good: str, bad: str) -> None:
    assert check(good)
    assert not check(bad)


def test_a_finnish_number_with_another_check_letter_is_none() -> None:
    assert is_finnish_person("131052-308T")
    assert not is_finnish_person("131052-308A")


@given(name=names, parent=names)
def test_any_name_is_read_without_an_error(name: str, parent: str) -> None:
    kind_of(name, parent)


@given(text=st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    mask_text(text)
