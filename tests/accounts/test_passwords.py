"""Which passwords are taken, and what follows when one changes."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import Client

from accounts import links
from accounts.checks import check_breached_passwords
from accounts.models import OneTimeLink
from audit.log import Who
from audit.models import Entry
from tests.conftest import PASSWORD, ClientOf

NEW = "a quiet morning in the harbour"


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["qwertyuiop12", "OrderDesk2026", "norce-orders!", "NordlysNorce1", "short one"])
def test_what_is_short_common_or_known_to_everybody_here_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="bo"))


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_was_stolen_elsewhere_is_refused_wherever_in_the_list_it_stands(
    tmp_path: Path, settings: Any, end: str
) -> None:
    stolen = [f"{NEW} {number}" for number in range(300)]
    listed = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in stolen)
    file = tmp_path / "stolen.txt"
    file.write_text("".join(f"{each}:{number * number}{end}" for number, each in enumerate(listed)), newline="")
    settings.BREACHED_PASSWORDS_FILE = str(file)
    assert check_breached_passwords() == []
    for each in stolen:
        with pytest.raises(ValidationError, match="too common"):
            validate_password(each, User(username="bo"))
    for number in range(300):
        validate_password(f"{NEW.upper()} {number}", User(username="bo"))


def test_the_desk_does_not_start_with_a_list_that_is_none(tmp_path: Path, settings: Any) -> None:
    for name, content in (("not there", None), ("words", "password\nsommar\n"), ("empty", "")):
        file = tmp_path / name
        if content is not None:
            file.write_text(content)
        settings.BREACHED_PASSWORDS_FILE = str(file)
        assert "BREACHED_PASSWORDS_FILE" in check_breached_passwords()[0].msg


@pytest.mark.django_db
@pytest.mark.parametrize("password", [NEW, "982347029348", "norce and a bicycle", "xxxxxxxxyyyyzz"])
def test_nothing_is_asked_of_its_composition(password: str) -> None:
    validate_password(password, User(username="bo"))


def test_a_change_of_ones_own_stands_in_the_log_and_voids_the_link_that_somebody_made(
    support: User, admin: User, client_of: ClientOf, logged: QuerySet[Entry]
) -> None:
    token = links.make_token(Who("admin", admin.pk), support)
    client, elsewhere = client_of(support), client_of(support)
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/", sent).status_code == 302
    assert logged.get(action="person.password.change").username == "support"
    assert NEW not in str(list(logged.values()))
    assert links.find(token) is None and not OneTimeLink.objects.exists()
    assert client.get("/accounts/preferences/").status_code == 200
    assert elsewhere.get("/accounts/preferences/").status_code == 302


def test_a_change_that_is_refused_stands_nowhere_and_the_link_holds(
    support: User, admin: User, client_of: ClientOf, logged: QuerySet[Entry]
) -> None:
    token = links.make_token(Who("admin", admin.pk), support)
    sent = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert client_of(support).post("/accounts/password/", sent).status_code == 200
    assert not logged.filter(action="person.password.change").exists() and links.find(token)


def test_one_that_is_changed_on_the_server_stands_in_the_log(
    support: User, monkeypatch: pytest.MonkeyPatch, logged: QuerySet[Entry]
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_args, **_more: NEW)
    call_command("changepassword", "support", verbosity=0)
    entry = logged.get(action="person.password.change")
    assert entry.target == "support" and "changepassword" in entry.username
    assert Client().login(username="support", password=NEW)
