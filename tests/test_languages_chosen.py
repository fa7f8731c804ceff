"""Whoever looks is spoken to in their language: as the browser says, then as they chose, on every page and in every
error; nothing that was kept in one language comes in another, and the log holds the same codes whatever it was."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts.models import keep_preference
from audit.models import Entry
from domain import countries, sorting
from order_api.words import SENTENCES
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.orders.pages import text_of
from ui.said import said

pytestmark = pytest.mark.django_db
SWEDISH = {"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.5"}


def test_a_visitor_whose_browser_asks_for_swedish_reads_it_at_once(visitor: Client) -> None:
    page = visitor.get("/accounts/login/", headers=SWEDISH)
    assert page["Content-Language"] == "sv" and "Accept-Language" in page["Vary"]
    assert "Användarnamn eller e-post" in text_of(page)
    assert '<html lang="sv"' in page.content.decode()


@pytest.mark.parametrize("asked", ["fr", "", "xx-YY;q=banana", "nn"])
def test_a_browser_that_asks_for_what_is_not_offered_gets_the_servers_language(visitor: Client, asked: str) -> None:
    assert visitor.get("/accounts/login/", headers={"Accept-Language": asked})["Content-Language"] == "en"


def test_somebody_who_has_chosen_nothing_is_spoken_to_as_their_browser_says(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    assert "Ordrar" in text_of(client.get("/norce/se/orders/", headers=SWEDISH))
    assert "Orders" in text_of(client.get("/norce/se/orders/"))


def test_a_language_is_chosen_by_its_own_name_and_outweighs_the_browser(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    page = client.get("/accounts/preferences/").content.decode()
    menu = page.partition('name="language"')[2].partition("</select>")[0]
    assert re.findall(r">\s*([^<>]+?)\s*</option>", menu)[:3] == ["Like the browser", "English", "Svenska"]
    chosen = {"language": "sv", "region": "", "time_zone": "", "theme": "", "page_size": "25"}
    saved = client.post("/accounts/preferences/", chosen, follow=True, headers={"Accept-Language": "en"})
    assert "Dina inställningar är sparade." in text_of(saved)
    assert "Ordrar" in text_of(client.get("/norce/se/orders/", headers={"Accept-Language": "en"}))


def test_numbers_and_dates_stay_a_choice_of_their_own(support: User, client_of: ClientOf) -> None:
    put(an_order("one", total=1847))
    client = client_of(support)
    keep_preference(support, language="sv", region="GB")
    assert "1,847.00" in text_of(client.get("/norce/se/orders/o_one/"))
    keep_preference(support, language="en", region="SE")
    assert "1\N{NO-BREAK SPACE}847,00" in client.get("/norce/se/orders/o_one/").content.decode()


def test_every_error_speaks_it_too(
    visitor: Client, support: User, client_of: ClientOf, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(support)
    assert "Det finns ingen sådan sida" in text_of(client.get("/nowhere/", headers=SWEDISH))
    assert "Du får inte se detta" in text_of(client.get("/audit/", headers=SWEDISH))
    missing = text_of(client.get("/norce/se/orders/o_nobody/", headers=SWEDISH))
    assert "Hittades inte" in missing and "Order med id:o_nobody hittades inte." in missing
    settings.DEMO = True
    elsewhere = visitor.get("/", headers=SWEDISH, REMOTE_ADDR="203.0.113.7")
    assert "Order desk svarar bara sin egen dator" in text_of(elsewhere)
    assert "den kom från 203.0.113.7" in text_of(elsewhere)
    settings.DEMO = False
    client.raise_request_exception = False
    monkeypatch.setattr("accounts.views.changes.lately", lambda _user: 1 / 0)
    broken = client.get("/accounts/preferences/", headers=SWEDISH)
    assert broken.status_code == 500 and "Något gick sönder här" in text_of(broken)


PAGES = ("/norce/se/orders/", "/norce/se/orders/o_one/", "/norce/se/orders/?status=completed", "/audit/", "/people/",
         "/accounts/preferences/", "/payments/", "/norce/se/orders/new/")  # fmt: skip


def test_nothing_that_was_kept_in_one_language_comes_in_another(admin: User, client_of: ClientOf) -> None:
    put(an_order("one"))
    client = client_of(admin)

    def pages(language: str) -> list[str]:
        told = (text_of(client.get(page, headers={"Accept-Language": language})) for page in PAGES)
        return [re.sub(r"\d\d:\d\d:\d\d", "", text) for text in told]

    first, swedish, again, twice = pages("en"), pages("sv"), pages("en"), pages("sv")
    for path, one, other, before, after in zip(PAGES, first, again, swedish, twice, strict=True):
        assert one == other, path
        assert before == after, path
        assert one != before, path
        assert not re.search(r"\b(Ordrar|Inställningar|Oklart|Betalning|Leverans|Logga ut|och|inte)\b", other), path
        assert not re.search(r"\b(Orders|Preferences|In doubt|Payments|Sign out|and|not|the)\b", after), path


def test_the_log_holds_the_same_whatever_the_language(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    kept = []
    for language in ("en", "sv"):
        client.get("/audit/", headers={"Accept-Language": language})
        client.get("/norce/se/orders/o_nobody/", headers={"Accept-Language": language})
        entry = Entry.objects.order_by("-sequence")[0]
        kept.append((entry.action, entry.outcome, entry.message, entry.code, entry.details_json, entry.changes_json))
    assert kept[0] == kept[1]


@pytest.mark.parametrize("template", SENTENCES)
def test_what_the_client_says_in_english_is_read_in_swedish(template: str) -> None:
    names = re.findall(r"%\((\w+)\)s", template)
    told = template % {name: f"⟨{name}⟩" for name in names}
    with translation.override("sv"):
        assert said(told) == translation.gettext(template) % {name: f"⟨{name}⟩" for name in names}
        assert said(told) != told or template in ("text",)
    with translation.override("en"):
        assert said(told) == told


def test_a_sentence_within_a_sentence_is_read_in_swedish_too() -> None:
    with translation.override("sv"):
        assert (
            said("The Order API did not answer: it took too long.") == "Order API svarade inte: det tog för lång tid."
        )
        assert said("The Order API knows no such thing. (order-not-found)") == (
            "Order API känner inte till något sådant. (order-not-found)"
        )
        assert said("Something of a provider's own") == "Something of a provider's own"
        assert said("") == said(None) == ""


def test_names_stand_in_the_order_of_the_language() -> None:
    def order(language: str, *names: str) -> list[str]:
        return sorted(names, key=lambda name: sorting.key_of(name, language))

    assert order("sv", "Österrike", "Zambia", "Åland", "Ägypten", "Angola") == [
        "Angola", "Zambia", "Åland", "Ägypten", "Österrike",
    ]  # fmt: skip
    assert order("nb", "Åland", "Østerrike", "Zambia", "Æra") == ["Zambia", "Æra", "Østerrike", "Åland"]
    assert order("de", "Österreich", "Zypern", "Ägypten", "Algerien", "Oman") == [
        "Ägypten", "Algerien", "Oman", "Österreich", "Zypern",
    ]  # fmt: skip
    assert list(countries.names("sv"))[-3:] == ["AX", "AT", "TL"]


def test_states_of_the_api_are_words_and_unknown_ones_stand_as_they_came(support: User, client_of: ClientOf) -> None:
    put(an_order("one", state="accepted"))
    put(an_order("two", state="teleported"))
    page = text_of(client_of(support).get("/norce/se/orders/", headers=SWEDISH))
    assert "Accepterad" in page and "teleported" in page


def test_what_a_script_says_comes_from_the_page(support: User, client_of: ClientOf) -> None:
    page = client_of(support).get("/norce/se/orders/", headers=SWEDISH).content.decode()
    assert 'data-unsaved="Lämna utan att spara det du skrivit?"' in page
    assert json.dumps("Leave without saving") not in page
