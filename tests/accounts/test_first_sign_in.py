"""The first sign-in leads to a few words of help; the region is near at hand; a message does not push the page."""

import re
from typing import Any

from django.contrib.auth.models import User

from accounts.models import Preference
from tests.conftest import ClientOf

WELCOME = "Welcome to the order desk."


def test_the_words_of_help_stand_above_the_list_until_they_are_put_away(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    assert WELCOME in client.get("/norce/se/orders/").content.decode()
    assert WELCOME not in client.get("/accounts/preferences/").content.decode()
    away = client.post("/accounts/help/read/", {"next": "/norce/se/orders/?status=completed"})
    assert away["Location"] == "/norce/se/orders/?status=completed"
    assert WELCOME not in client.get("/norce/se/orders/").content.decode()


def test_putting_them_away_is_each_persons_own_and_changes_nothing_else(
    support: User, manager: User, client_of: ClientOf
) -> None:
    Preference.objects.create(user=support, page_size=100, region="SE")
    client_of(support).post("/accounts/help/read/")
    assert Preference.objects.get(user=support).page_size == 100
    assert WELCOME in client_of(manager).get("/norce/se/orders/").content.decode()


def test_saving_preferences_brings_them_not_back(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    client.post("/accounts/help/read/")
    client.post("/accounts/preferences/", {"region": "SE", "time_zone": "", "theme": "", "page_size": "25"})
    assert WELCOME not in client.get("/norce/se/orders/").content.decode()


def test_regions_of_use_stand_before_the_others(support: User, client_of: ClientOf) -> None:
    page: Any = client_of(support).get("/accounts/preferences/", headers={"Accept-Language": "en-AU,en;q=0.8"})
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page.content.decode(), re.DOTALL)
    assert [label for label, _ in groups] == ["Nearby", "All others"]
    near, others = (re.findall(r'<option value="([A-Z]{2})"', options) for _, options in groups)
    assert {"AU", "SE", "NO", "DK", "FI"} <= set(near) and len(near) < 15
    assert not set(near) & set(others) and len(others) > 200


def test_a_message_of_success_says_so_and_can_be_put_away(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    client.post("/accounts/preferences/", {"region": "SE", "time_zone": "", "theme": "", "page_size": "25"})
    page = " ".join(client.get("/accounts/preferences/").content.decode().split())
    assert re.search(r'class="alert is-done *">.*Your preferences are saved.*data-puts-away', page)
