"""One policy for pages and for the log: whatever a page hides, the log hides too."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privacy import LOG, PAGE, Masked, kind_of, mask, mask_text

SECRET = "s3cr3t-Zx81"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
BLOB = base64.b64encode(bytes(range(7, 255, 5))).decode()
LOOKS = (
    JWT, f"Bearer {SECRET}9", "Basic dXNlcjpwYXNzd29yZA==", "4111111111111111", "4111 1111 1111 1111",
    "4111-1111-1111-1111", "41 11 11 11 11 11 11 11",
    "19850709-9805", "850709-9805", "198507099805", "8507099805", "850709 9805", "010107 50160", "01010750160",
    "131052-308T", "070761-4285",
    "SE4550000000058398257466", "SE45 5000 0000 0583 9825 7466", "asa.lindstrom@example.se", "+46 70 123 45 67",
    "+46701234567",
    "sk_live_51H8abcdEFGH", "AKIAIOSFODNN7EXAMPLE", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END "
                                                    "PRIVATE KEY-----",
    f"https://user:{SECRET}@psp.example/", f"https://psp.example/pay?id=1&token={SECRET}&lang=sv",
    f"Authorization: Bearer {SECRET}",
    f"X-Api-Key: {SECRET}", f'{{"a": {{"client_secret": "{SECRET}"}}}}', f"said: {{'password': '{SECRET}'}}",
)  # fmt: skip
ONLY_IN_THE_LOG = (
    BLOB,
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "070-123 45 67",
    "0701234567",
    "4111\u200b1111\u200b1111\u200b1111",
    "4111\x001111\x001111\x001111",
)
FIELDS = (
    "jwt", "bankgiro", "privateKey", "signature", "passport", "pin", "ipAddress", "sessionData", "otp", "auth",
    "shopperName", "buyerName",
    "payerName", "taxpayerId", "driverslicense", "recurring_token", "X-Api-Key", "access-key", "smsOtp", "user_pin",
    "clientIp", "remote_ip",
    "jwtValue", "fødselsnummer", "Förnamn", "billing.given_name", "CARD_NUMBER", "set-cookie", "oneTimeCode",
    "customerEmail", "mobilePhone",
    "streetName", "webhook_key", "idNumber", "csrf",
)  # fmt: skip
OF_NOBODY = (
    "reference", "sku", "currency", "zip", "zipCode", "shipping", "shipTo", "membership", "tip", "author",
    "authorized_amount", "key", "keyboard",
    "primaryKey", "spinning", "machine", "macchiato", "design", "signal", "spinner", "hotpink",
    "organizationIdentificationNumber", "mailbox",
    "headphones", "vat", "state", "city", "country", "opinion", "shopping",
)  # fmt: skip

words = st.text(st.sampled_from("abcXYZ019 _-.:=@+/\"'{}[]\\\n\u200b"), max_size=30)
pieces = st.one_of(
    words, st.sampled_from((*LOOKS, *ONLY_IN_THE_LOG)), st.sampled_from(FIELDS), st.integers(0, 10**19).map(str)
)
texts = st.lists(pieces, max_size=4).map(" ".join)
keys = st.one_of(st.sampled_from((*FIELDS, *OF_NOBODY, "name", "value", "type", "customer", "items")), words)
documents: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts, st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=4),
        inner.map(json.dumps),
        st.tuples(keys, inner).map(list),
    ),
    max_leaves=12,
)


def hidden(value: object, strength: Any, key: str = "") -> bool:
    return isinstance(mask(value, strength, key), Masked)


def pairs(before: Any, page: Any, written: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Each value of a document, as it is, on a page and in the log."""
    if isinstance(page, dict) and isinstance(written, dict):
        for old, shown, kept in zip(before.items(), page.items(), written.items(), strict=True):
            yield old[0], shown[0], kept[0]
            yield from pairs(old[1], shown[1], kept[1])
    elif isinstance(page, list) and isinstance(written, list):
        for each in zip(before, page, written, strict=True):
            yield from pairs(*each)
    else:
        yield before, page, written


@given(document=documents)
@example(document={"name": "jwt", "value": "x"})
@example(document=["token", SECRET])
def test_whatever_a_page_hides_the_log_hides_too(document: Any) -> None:
    for before, page, written in pairs(document, mask(document, PAGE), mask(document, LOG)):
        if isinstance(page, Masked):
            assert isinstance(written, Masked), (before, page)


@given(text=texts)
def test_whatever_a_page_hides_in_a_text_the_log_hides_too(text: str) -> None:
    if isinstance(mask_text(text, PAGE), Masked):
        assert isinstance(mask_text(text, LOG), Masked)


@pytest.mark.parametrize("field", FIELDS)
def test_a_telling_name_hides_its_value_on_a_page_and_in_the_log(field: str) -> None:
    for value in (SECRET, f"{SECRET} and more", 4711471147114711):
        assert hidden(value, PAGE, field) and hidden(value, LOG, f"attributes.{field}")
        assert str(value) not in json.dumps(mask({field: value}, LOG))


@pytest.mark.parametrize("field", OF_NOBODY)
def test_a_name_that_only_looks_like_a_telling_one_hides_nothing(field: str) -> None:
    assert kind_of(field) is None


@pytest.mark.parametrize("look", LOOKS)
def test_what_looks_like_a_secret_is_in_neither(look: str) -> None:
    for wrap in (look, f"said {look} twice", json.dumps({"note": look}), json.dumps({"a": [json.dumps({"b": look})]})):
        for strength in (PAGE, LOG):
            seen = str(mask({"note": wrap}, strength))
            assert look not in seen
            assert SECRET not in seen


@pytest.mark.parametrize("look", ONLY_IN_THE_LOG)
def test_what_may_be_a_secret_is_not_in_the_log(look: str) -> None:
    written = str(mask({"note": f"said {look} twice"}, LOG))
    assert look not in written and look.replace("\u200b", "").replace("\0", " ") not in written
    assert "said" in written and "twice" in written


@pytest.mark.parametrize(
    "document",
    [
        {"name": "jwt", "value": SECRET}, {"key": "apiKey", "value": {"deep": [SECRET]}}, [["Authorization", SECRET]],
        ["token", SECRET],
        {"headers": [{"name": "X-Auth", "value": SECRET}]}, {"field": "password", "old": SECRET, "new": SECRET},
        {"jwt": {"header": SECRET, "rest": [SECRET]}}, {"body": json.dumps({"headers": [["Cookie", SECRET]]})},
        {"text": f"jwt.value = {SECRET}"}, {"text": f"a b c&otp={SECRET}"}, {"text": f"<otp>{SECRET}</otp>"},
        {"text": json.dumps(json.dumps({"pin": SECRET}))},
    ],
)  # fmt: skip
def test_a_secret_is_hidden_by_the_name_that_stands_beside_it(document: Any) -> None:
    for strength in (PAGE, LOG):
        assert SECRET not in json.dumps(mask(document, strength))


def test_a_long_text_is_looked_at_and_kept_only_in_its_beginning_and_says_how_long_it_was() -> None:
    for strength in (PAGE, LOG):
        seen = mask({"note": "x" * 150_000}, strength)
        assert isinstance(seen, dict)
        assert len(seen["note"]) < strength.longest + 40 and "(150000 characters)" in seen["note"]


def test_a_document_of_very_many_values_is_cut() -> None:
    many = mask({f"k{n}": "x" * 50 for n in range(100_000)}, LOG)
    assert isinstance(many, dict) and len(many) < 2 * LOG.most
    assert len(str(mask(["a"] * 300_000, PAGE))) < 1_000_000


def test_many_long_texts_are_looked_at_only_up_to_a_length_in_all() -> None:
    written = mask([f"{n} {'x' * 3000}" for n in range(500)], LOG)
    assert len(str(written)) < 200_000
