import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import LOG, mask
from privacy import mask_text as mask_text_with

DOTS = LOG.dots


def mask_personal(path: str, value: object) -> object:
    return mask(value, LOG, path)


def mask_text(text: str) -> str:
    return mask_text_with(text, LOG)


@pytest.mark.parametrize(
    ("path", "value", "seen"),
    [
        ("billing.givenName", "Åsa", "Å•••"),
        ("billing.familyName", "Lindström-Bergqvist", "L•••"),
        ("billing.given_name", "Anna Karin", "A••• K•••"),
        ("customer.name", "Åsa Lindström", "Å••• L•••"),
        ("billing.emailAddress", "asa.lindstrom@example.se", "a•••@example.se"),
        ("email", "no address", "•••"),
        ("shipping.phoneNumber", "+46 70 123 45 67", "••• 67"),
        ("mobile", "123", "•••"),
        ("billing.streetAddress", "Storgatan 12", "S•••"),
        ("billing.streetAddress2", "c/o Berg", "c••• B•••"),
        ("customer.nationalIdentificationNumber", "19850709-9805", "•••"),
        ("billing.nationalId", 198507099805, "•••"),
        ("attributes.clientToken", "abcdef", "•••"),
    ],
)
def test_what_names_a_person_is_shortened_so_that_it_can_still_be_recognised(
    path: str, value: object, seen: str
) -> None:
    assert mask_personal(path, value) == seen


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("billing.zipCode", "903 26"), ("billing.city", "Umeå"), ("billing.country", "SE"), ("reference", "SE-104418"),
        ("cart.items.0.name", "Grå stol"), ("state", "completed"), ("cart.total", 499.5), ("consents.0.checked", True),
        ("payment.id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), ("billing.givenName", None), ("billing.givenName", ""),
        ("cart.items.0.ean", "7350053850019"), ("lastModified", "2026-11-22T10:30:00Z"),
    ],
)  # fmt: skip
def test_what_names_nobody_stays(path: str, value: object) -> None:
    assert mask_personal(path, value) == value


def test_a_whole_object_is_masked_field_by_field() -> None:
    billing = {"givenName": "Åsa", "city": "Umeå", "contacts": [{"phone": "0701234567", "type": "Person"}]}
    assert mask_personal("billing", billing) == {
        "givenName": "Å•••",
        "city": "Umeå",
        "contacts": [{"phone": "••• 67", "type": "Person"}],
    }


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("write to asa@example.se, please", "write to a•••@example.se, please"),
        ("call +46 70 123 45 67", "call ••• 67"),
        ("call 070-123 45 67 today", "call ••• 67 today"),
        ("850709-9805 is hers", "••• is hers"),
        ("card 4111 1111 1111 1111 737 was read out", "card ••• 1111 737 was read out"),
        ("card 4111111111111111-001", "card ••• 1111-001"),
        ("order SE-104418 of 2026-11-22, 1 847,00 SEK", "order SE-104418 of 2026-11-22, 1 847,00 SEK"),
        ("payment f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "payment f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    ],
)
def test_free_text_loses_addresses_phones_and_numbers_of_identity_and_card(text: str, seen: str) -> None:
    assert mask_text(text) == seen


def test_a_card_number_is_hidden_even_as_a_number_in_a_field_that_says_nothing() -> None:
    assert mask_personal("attributes", {"ref": 4111111111111111, "sum": 400}) == {"ref": "••• 1111", "sum": 400}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(path=st.text(max_size=20), value=JSON)
def test_no_value_is_too_odd_to_be_masked(path: str, value: object) -> None:
    mask_personal(path, value)


@given(local=st.from_regex(r"[a-z]{4,12}\.[a-z]{4,12}", fullmatch=True))
def test_the_name_in_an_address_is_gone_wherever_the_address_stands(local: str) -> None:
    address = f"{local}@example.se"
    assert local not in str(
        mask_personal("billing", {"emailAddress": address, "note": f"see {address}", "other": [address]})
    )


def test_a_document_without_an_end_is_cut() -> None:
    value: object = "x"
    for _ in range(200):
        value = [value]
    assert DOTS in str(mask_personal("attributes", value))


@pytest.mark.parametrize(
    "text",
    [
        "dcb9e065-8554-4352-9447-689c0679921b",
        "b7fdbe761ce1511d042b09be22c4d59d0c1cc1ed353417625504385154876fa6",
    ],
)
def test_an_id_or_a_digest_stays_whole_although_a_card_number_could_be_in_it(text: str) -> None:
    assert mask_personal("evidence", [text]) == [text]
    assert text not in str(mask_personal("note", f"card {text[-20:]} {text}"))
