"""Phone numbers and countries, as the libraries that are kept by others know them."""

import subprocess
import sys

import pytest

from domain import countries, phones
from domain.phones import spellings
from ui import regions


@pytest.mark.parametrize(
    ("written", "at_home"),
    [
        ("+46 70 123 45 67", "0701234567"), ("+4670123", "070123"), ("+4551234567", "51234567"),
        ("+393331234567", "3331234567"),
        ("+358401234567", "0401234567"), ("+420601123456", "601123456"), ("+35226123456", "26123456"),
        ("+14155552671", "4155552671"),
        ("+79123456789", "89123456789"), ("+99912345678", None), ("+49 170 1234567", "01701234567"),
    ],
)  # fmt: skip
def test_a_number_is_known_as_it_is_dialled_at_home(written: str, at_home: str | None) -> None:
    assert spellings(written)[2 if " " in written else 1 :] == ([at_home] if at_home else [])


def test_what_is_no_country_is_neither_in_the_lists_of_countries_nor_among_the_regions() -> None:
    for code in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
        assert code not in countries.names("sv") and not regions.is_region(code)
    assert countries.names("sv")["SE"] == "Sverige" and regions.is_region("SE")


def test_the_tables_of_the_worlds_numbers_are_read_only_when_one_is_met() -> None:
    """They take memory in every process that reads them."""
    code = (
        "import sys, domain.phones, privacy; print([m for m in sys.modules if m.split('.')[0] in ('phonenumbers', "
        "'stdnum', 'django')])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("08-123 45 67", "081234567"), ("+46 (0)70-174 06 41", "+46701740641"), ("0046 8 123 45 67", "+4681234567"),
        ("(0)8-123 45 67", "081234567"), ("08-123 45 67 ankn 212", "081234567;ext=212"),
        ("08-123 45 67 ankn. 2 12", "081234567;ext=212"), ("+46 8 123 45 67 x212", "+4681234567;ext=212"),
        ("0511/123456-0", "05111234560"), ("08-123 45 67 #12", "081234567;ext=12"), ("08-1234567 (Anna)", "081234567"),
        ("070-174 06 05 efter kl 17", "0701740605"), ("0701740605 mobil", "0701740605"),
    ],
)  # fmt: skip
def test_a_phone_link_dials_the_number_and_nothing_else(written: str, dialled: str) -> None:
    assert phones.link(written) == f"tel:{dialled}"


@pytest.mark.parametrize(
    "written",
    ["08-123 45 67 / 070-174 06 05", "08-123 45 67, 070-174 06 05", "08-12345/08-54321", "08-1234567 eller 0701740605",
     "08-123 45 67 el. 08-765 43 21 ankn 2", "0800-FLOWERS", "hemligt", "", "112 233 445 566 778 899", "070-1+2",
     "0701740605;phone-context=evil", "1"],
)  # fmt: skip
def test_what_holds_no_number_or_more_than_one_is_no_link(written: str) -> None:
    assert phones.link(written) == ""
