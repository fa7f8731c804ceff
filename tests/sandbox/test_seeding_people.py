"""Seeded people: names and addresses as in life, numbers that are valid and nobody's. The checks
here are written anew."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from sandbox.seeding import identity
from sandbox.seeding.draw import Draw, draw_for
from sandbox.seeding.people import billing_address, email, person, phone, plain
from sandbox.seeding.places import CHANNELS, COUNTRIES

MANY = 300
BORN = date(1961, 12, 9)


def passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits))]
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def divides(digits: str, weights: list[int]) -> bool:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def of_sweden(number: str) -> bool:
    century, digits = number[:2], number[2:].replace("-", "")
    return century in ("19", "20") and passes_luhn(digits) and 980 <= int(digits[6:9]) <= 999


def of_norway(number: str) -> bool:
    first = divides(number[:10], [3, 7, 6, 1, 8, 9, 4, 5, 2, 1])
    return first and divides(number, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) and 81 <= int(number[2:4]) <= 92


def of_denmark(number: str) -> bool:
    return divides(number.replace("-", ""), [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) and 61 <= int(number[:2]) <= 91


def of_finland(number: str) -> bool:
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(number[:6] + number[7:10]) % 31]
    return number[10] == check and 900 <= int(number[7:10]) <= 999


PERSONAL = {"SE": of_sweden, "NO": of_norway, "DK": of_denmark, "FI": of_finland}


def belgian_is_valid(number: str) -> bool:
    digits = number.replace(".", "")
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


COMPANY: dict[str, Callable[[str], bool]] = {
    "SE": lambda number: passes_luhn(number.replace("-", "")) and number.startswith("99"),
    "NO": lambda number: divides(number, [3, 2, 7, 6, 5, 4, 3, 2, 1]) and number.startswith("399"),
    "DK": lambda number: divides(number, [2, 7, 6, 5, 4, 3, 2, 1]) and number.startswith("99"),
    "FI": lambda number: divides(number.replace("-", ""), [7, 9, 10, 5, 8, 4, 2, 1]),
    "BE": belgian_is_valid,
}


def draws(*subject: object) -> list[Draw]:
    return [draw_for(1, *subject, at) for at in range(MANY)]


@pytest.mark.parametrize("country", sorted(PERSONAL))
@pytest.mark.parametrize("born", [BORN, date(2004, 2, 29)])
def test_national_numbers_are_valid_and_from_ranges_that_nobody_has(country: str, born: date) -> None:
    for draw in draws("id", country):
        number = identity.PERSONAL[country](draw, born)
        assert PERSONAL[country](number), number


@pytest.mark.parametrize("country", sorted(COMPANY))
def test_company_numbers_have_valid_check_digits(country: str) -> None:
    for draw in draws("company", country):
        number = identity.COMPANY[country](draw)
        assert COMPANY[country](number), number


def test_german_vat_numbers_follow_iso_7064() -> None:
    assert identity.COMPANY["DE"](draw_for(1)).startswith("DE999")
    for draw in draws("vat"):
        product = 10
        digits = identity.COMPANY["DE"](draw)[2:]
        for digit in digits[:-1]:
            product = ((int(digit) + product) % 10 or 10) * 2 % 11
        assert (product + int(digits[-1])) % 10 == 1, digits


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_phone_numbers_come_in_both_forms_and_meet_on_their_last_digits(country: str) -> None:
    numbers = [phone(draw, country) for draw in draws("phone", country)]
    assert any(number.startswith("+") for number in numbers)
    assert any(not number.startswith("+") for number in numbers)
    assert all(re.fullmatch(r"\+?[\d ]{8,17}", number) for number in numbers), numbers


def test_swedish_numbers_are_those_kept_for_fiction() -> None:
    for draw in draws("phone", "SE"):
        digits = re.sub(r"^0", "46", phone(draw, "SE").replace("+", "").replace(" ", ""))
        assert re.fullmatch(r"46(70174 ?06(0[5-9]|[1-9]\d)|3139006\d\d|8465004\d\d)", digits), digits


def test_e_mail_addresses_are_plain_ascii_under_example() -> None:
    for country in COUNTRIES:
        for draw in draws("mail", country)[:50]:
            address = person(draw, country).email
            assert re.fullmatch(r"[a-z0-9.]+@[a-z0-9-]+\.example", address), address


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Åsa", "asa"),
        ("Jørgen Ærø", "jorgen.aero"),
        ("Groß-Süßmilch", "gross.sussmilch"),
        ("van 't Hof", "van.t.hof"),
        ("Yılmaz", "yilmaz"),
    ],
)
def test_names_become_addresses_without_losing_letters(name: str, written: str) -> None:
    assert plain(name) == written


def test_a_company_writes_from_its_own_domain() -> None:
    found = {email(draw, "Åsa", "Ek", "Ek Bygg AB") for draw in draws("work")}
    assert "asa@ek-bygg-ab.example" in found


def test_people_are_persons_and_organisations_and_only_persons_have_national_numbers() -> None:
    addresses = [billing_address(draw, person(draw, "SE")) for draw in draws("person")]
    assert {address["type"] for address in addresses} == {"person", "organization"}
    for address in addresses:
        organisation = address["type"] == "organization"
        assert organisation == ("organizationName" in address) == ("organizationIdentificationNumber" in address)
        assert not (organisation and "nationalIdentificationNumber" in address)


def test_names_hold_what_breaks_narrow_pages() -> None:
    people = [person(draw, country) for country in COUNTRIES for draw in draws("who", country)]
    names = " ".join(f"{one.given} {one.family}" for one in people)
    assert all(letter in names for letter in "åäöØøæßéüõ")
    assert any("-" in one.family for one in people)
    assert max(len(one.family) for one in people) > 25


def test_every_country_that_a_channel_serves_has_towns_phones_and_carriers() -> None:
    for channel in CHANNELS:
        for country in (channel.country, *channel.abroad):
            place = COUNTRIES[country]
            assert place.towns and place.streets and place.phones and place.carriers, country
