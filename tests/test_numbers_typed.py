"""Amounts are read as the desk writes them, in every region; what can mean two things is asked."""

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from ui.formats import format_amount
from ui.numbers import AmbiguousError, NumberField, PercentField, as_typed, read_number
from ui.regions import activate

REGIONS = ["", "US", "GB", "SE", "DE", "CH", "NO", "DK", "FI", "FR", "IN", "AT", "ES", "PT", "BR", "JP"]
LANGUAGES = ["en", "sv", "de", "ar", "hi"]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("amount", ["1847.00", "-1847.50", "0.50", "12345678.90", "0", "-0.05", "999.99", "100000.00"])
def test_what_the_desk_writes_is_read_back_as_the_same(region: str, language: str, amount: str) -> None:
    with translation.override(language):
        activate(region)
        try:
            written = format_amount(Decimal(amount), "SEK")
        finally:
            activate("")
    assert read_number(written) == Decimal(amount), written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 847,00", "1847"), ("1\N{NARROW NO-BREAK SPACE}847,00", "1847"), ("1\N{THIN SPACE}847", "1847"),
        ("1\t847.5", "1847.5"), ("1'847.00", "1847"), ("1’847.00", "1847"), ("1.234,56", "1234.56"),
        ("1,234,567", "1234567"), ("1.234.567,8", "1234567.8"), ("1,00,000", "100000"), ("12,5", "12.5"),
        ("0,847", "0.847"), ("1847,500", "1847.5"), ("1 847,500", "1847.5"), ("1,847.000", "1847"),
        ("\N{MINUS SIGN}5", "-5"), ("- 5", "-5"), ("\N{LEFT-TO-RIGHT MARK}-5\N{ZERO WIDTH SPACE}", "-5"), (" 7 ", "7"),
        ("１２", "12"),
    ],
)  # fmt: skip
def test_one_number_written_in_many_ways(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1,847", "1.847", "-10,000", "\N{MINUS SIGN}999.999"])
def test_what_could_be_thousands_or_decimals_is_asked(text: str) -> None:
    with pytest.raises(AmbiguousError):
        read_number(text)


def test_the_question_names_both_and_how_to_write_them() -> None:
    class Form(forms.Form):
        amount = NumberField()

    form = Form({"amount": "10,000"})
    assert form.errors["amount"] == ["“10,000” can be 10,000.00 or 10.000. Write 10000 or 10."]
    assert form["amount"].value() == "10,000"
    assert [read_number(each) for each in ("10000", "10")] == [Decimal(10000), Decimal(10)]


@pytest.mark.parametrize(
    "text", ["1,84,7", "1,8.4", "1 84", "12 34", "1,234.567.8", "1.234,567,8", "1,2345.00", "1e3", "--5", "5-", ",5",
             "5,", "1 234 56", "1'23", "½", "١٢", "0x1", "1_000", "1.847.00"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        read_number(text)
    assert not isinstance(caught.value, AmbiguousError)


def test_nothing_is_no_number() -> None:
    assert read_number(" \N{NO-BREAK SPACE}") is None


def test_a_rate_has_no_thousands() -> None:
    assert PercentField().clean("25,125 %") == Decimal("0.25125")


@pytest.mark.parametrize("number", ["1.847", "-12.5", "0.125", "100", "1000", "12.3456", "1234.567", "-999.001"])
def test_what_stands_in_a_field_is_read_back_as_the_same(number: str) -> None:
    assert read_number(as_typed(Decimal(number))) == Decimal(number)
