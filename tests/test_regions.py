"""Numbers and dates as the reader's region writes them, words in the reader's language."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from babel import localedata
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from accounts.forms import region_choices
from domain import countries
from tests.conftest import ClientOf
from ui import formats, regions

AMOUNT = Decimal("-1234567.5")
NOON = dt.datetime(2025, 11, 3, 12, tzinfo=dt.UTC)
SPACE, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("language", "region", "written"),
    [
        ("en", "", f"{MINUS}1,234,567.50"),
        ("en", "SE", f"{MINUS}1{SPACE}234{SPACE}567,50"),
        ("en", "DE", f"{MINUS}1.234.567,50"),
        ("en", "NO", f"{MINUS}1{SPACE}234{SPACE}567,50"),
        ("en", "GB", f"{MINUS}1,234,567.50"),
        ("en", "CH", f"{MINUS}1’234’567.50"),
        ("sv", "", f"{MINUS}1{SPACE}234{SPACE}567,50"),
        ("sv", "DE", f"{MINUS}1.234.567,50"),
        ("sv", "US", f"{MINUS}1,234,567.50"),
    ],
)
def test_a_number_follows_the_region_and_only_without_one_the_language(
    language: str, region: str, written: str
) -> None:
    regions.activate(region)
    with translation.override(language):
        assert formats.format_amount(AMOUNT, "SEK") == written


@pytest.mark.parametrize("language", ["en", None, "en-gb", "sv"])
def test_every_region_has_the_separators_that_babel_has(language: str | None) -> None:
    of = {code: regions.separators(language, code) for code in ("", *countries.codes())}
    assert of == {code: regions.separators_by_babel(language, code) for code in of}


def test_the_page_with_every_region_keeps_no_locale_of_theirs(support: User, client_of: ClientOf) -> None:
    """Babel keeps what it has loaded, a quarter of a megabyte each, in every process."""
    region_choices.cache_clear()
    regions.separators.cache_clear()
    before = set(localedata._cache)
    assert "Sweden (1\u00a0847,00)" in client_of(support).get("/accounts/preferences/").text
    assert len(set(localedata._cache) - before) < 5


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("99.79999999999995", "SEK", "99.80"),
        ("99.8004", "SEK", "99.8004"),
        ("0.0000004", "SEK", "0.00"),
        ("1000", "JPY", "1,000"),
        ("1E+3", None, "1,000.00"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_and_more_only_where_it_needs_them(
    value: str, currency: str | None, written: str
) -> None:
    regions.activate("GB")
    assert formats.format_amount(Decimal(value), currency) == written


@pytest.mark.parametrize(
    ("language", "region", "written"),
    [
        ("en", "", "Nov 3, 2025"),
        ("en", "US", "Nov 3, 2025"),
        ("en", "SE", "3 Nov 2025"),
        ("en", "PL", "3 Nov 2025"),
        ("sv", "DE", "3 nov. 2025"),
    ],
)
def test_a_date_keeps_the_words_of_the_language_in_the_order_of_the_region(
    language: str, region: str, written: str
) -> None:
    regions.activate(region)
    with translation.override(language):
        assert formats.format_day(NOON) == written


def test_countries_are_called_by_the_language_whatever_the_region() -> None:
    regions.activate("DE")
    with translation.override("en"):
        assert formats.country_name("SE") == "Sweden"


def test_every_region_can_write_a_number_and_a_date() -> None:
    with translation.override("en"):
        for region in countries.codes():
            regions.activate(region)
            assert formats.format_number(AMOUNT, 2).count("5") == 2, region
            assert "2025" in formats.format_day(NOON), region


def test_a_time_on_paper_names_its_day_and_zone() -> None:
    regions.activate("SE")
    now = dt.datetime.now(dt.UTC)
    written = Template("{% load desk %}{% when now 'zoned' %}").render(Context({"now": now}))
    local = timezone.localtime(now)
    assert f"{local:%Y} {local:%H:%M:%S} {local.tzname()}</time>" in written


def test_what_was_written_for_one_reader_is_not_kept_for_another() -> None:
    template = Template("{% load desk %}{% when noon %} {{ amount|amount:'SEK' }}")
    written = []
    for region in ("US", "SE", "US"):
        regions.activate(region)
        written.append(template.render(Context({"noon": NOON, "amount": AMOUNT})))
    assert written[0] == written[2] != written[1]


@pytest.mark.parametrize(
    ("header", "region"),
    [
        ("", ""),
        ("sv", ""),
        ("sv-SE,sv;q=0.9,en;q=0.8", "SE"),
        ("en, de-AT;q=0.5, de-DE;q=0.4", "AT"),
        ("en-us", "US"),
        ("zh-Hant-TW", "TW"),
        ("en-XX, *;q=0.1", ""),
        ("en-EU", ""),
        (";;,,--,x-y-z", ""),
    ],
)
def test_the_browser_names_a_region_in_its_languages(header: str, region: str) -> None:
    assert regions.region_of(header) == region


def read_in(client: Client, accept_language: str, address: str = "/accounts/preferences/") -> str:
    """How the thread that served that page writes a number."""
    assert client.get(address, headers={"Accept-Language": accept_language}).status_code == 200
    return formats.format_number(Decimal(1847), 2)


def test_a_visitor_reads_numbers_as_their_browser_says(visitor: Client, db: None) -> None:
    assert read_in(visitor, "en-DE", "/accounts/login/") == "1.847,00"
    assert read_in(visitor, "en", "/accounts/login/") == "1,847.00"


def test_a_chosen_region_outweighs_the_browser_in_this_session_and_the_next(support: User, client_of: ClientOf) -> None:
    chosen = {"region": "SE", "page_size": "25", "time_zone": "", "theme": ""}
    assert client_of(support).post("/accounts/preferences/", chosen).status_code == 302
    assert read_in(client_of(support), "en-DE") == f"1{SPACE}847,00"


def test_without_a_choice_the_browser_decides(support: User, client_of: ClientOf) -> None:
    assert read_in(client_of(support), "en-DE") == "1.847,00"


def test_each_region_is_offered_by_name_with_a_number_as_it_is_written_there(
    support: User, client_of: ClientOf
) -> None:
    page = client_of(support).get("/accounts/preferences/").content.decode()
    assert f'<option value="SE">Sweden (1{SPACE}847,00)</option>' in page.replace("&nbsp;", SPACE)
    assert '<option value="GB">United Kingdom (1,847.00)</option>' in page


@pytest.mark.parametrize("code", ["XX", "S", "<b>", "SWE", "EU"])
def test_a_region_that_does_not_exist_cannot_be_chosen(support: User, client_of: ClientOf, code: str) -> None:
    response: Any = client_of(support).post("/accounts/preferences/", {"region": code, "page_size": "25"})
    assert response.status_code == 422
