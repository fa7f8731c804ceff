"""Settings with which nobody could sign in, or anybody, are refused, all at once, in sentences without secrets."""

import json
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.single_sign_on.configuration import configuration, is_issuer, problems
from accounts.single_sign_on.mapping import Given, given_by, parse

GOOD = json.dumps({"desk": {"role": "support", "channels": ["norce/*"]}})


@pytest.fixture
def good(settings: Settings) -> Settings:
    settings.SSO_ISSUER, settings.SSO_CLIENT_ID, settings.SSO_CLIENT_SECRET = (
        "https://login.example.com/t",
        "desk",
        "s3",
    )
    settings.SSO_GROUPS = GOOD
    return settings


def test_what_is_good_is_good(good: Settings) -> None:
    assert problems() == []
    assert configuration().name == "login.example.com", "as people see it, if nobody says otherwise"


def test_a_desk_without_a_provider_needs_none_of_it(settings: Settings) -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SSO_ISSUER": "http://login.example.com"}, "SSO_ISSUER has to be"),
        ({"SSO_ISSUER": "https://login.example.com/?tenant=1"}, "SSO_ISSUER has to be"),
        ({"SSO_ISSUER": "https://[x"}, "SSO_ISSUER has to be"),
        ({"SSO_ISSUER": "https://login.example.com/" + "x" * 200}, "SSO_ISSUER has to be"),
        ({"SSO_ISSUER": ""}, "Set SSO_ISSUER, or unset SSO_CLIENT_ID"),
        ({"SSO_CLIENT_ID": ""}, "Set SSO_CLIENT_ID"),
        ({"SSO_CLIENT_SECRET": ""}, "Set SSO_CLIENT_SECRET or SSO_CLIENT_SECRET_FILE"),
        ({"SSO_CLIENT_SECRET_FILE": "/nowhere"}, "not both"),
        ({"SSO_CLIENT_SECRET": "", "SSO_CLIENT_SECRET_FILE": "/nowhere"}, "SSO_CLIENT_SECRET_FILE cannot be read"),
        ({"SSO_SCOPES": "profile"}, "SSO_SCOPES has to have openid"),
        ({"SSO_GROUPS_CLAIM": " "}, "SSO_GROUPS_CLAIM is empty"),
        ({"SSO_GROUPS": ""}, "Set SSO_GROUPS or SSO_GROUPS_FILE"),
        ({"SSO_GROUPS": "{"}, "SSO_GROUPS cannot be used: it is no JSON"),
        ({"SSO_GROUPS": "[]"}, "write groups and what each gives"),
        ({"SSO_GROUPS": '{"a": "support"}'}, "'a': write what it gives in {}"),
        ({"SSO_GROUPS": '{"a": {"role": "boss"}}'}, "there is no role 'boss'"),
        ({"SSO_GROUPS": '{"a": {"rights": []}}'}, "there is no rights"),
        ({"SSO_GROUPS": '{"a": {"channels": ["norce"]}}'}, "'norce' is not a channel"),
        ({"SSO_GROUPS": '{"a": {"extras": ["accounts.manage_people"]}}'}, "cannot be given beside a role"),
        ({"LOCAL_PASSWORDS": False}, "name in BREAK_GLASS_ACCOUNT"),
        ({"SSO_ISSUER": "", "SSO_CLIENT_ID": "", "LOCAL_PASSWORDS": False}, "nobody could sign in"),
    ],
    ids=str,
)
def test_the_desk_does_not_start_with_what_cannot_be_used(
    good: Settings, changed: dict[str, object], says: str
) -> None:
    for name, value in changed.items():
        setattr(good, name, value)
    assert "accounts.E003" in [message.id for message in run_checks()]
    with pytest.raises(CommandError) as caught:
        call_command("serve")
    assert says in str(caught.value)
    assert "s3" not in str(caught.value) and "Traceback" not in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(good: Settings) -> None:
    good.SSO_CLIENT_ID, good.SSO_SCOPES, good.SSO_GROUPS = "", "email", '{"a": {"role": "x"}, "b": {"channels": "y"}}'
    said = " ".join(problems())
    for word in ("SSO_CLIENT_ID", "SSO_SCOPES", "'x'", "'y'"):
        assert word in said


def test_secret_and_groups_may_stand_in_files(good: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of a file\n")
    (tmp_path / "groups.json").write_text(GOOD)
    good.SSO_CLIENT_SECRET, good.SSO_CLIENT_SECRET_FILE = "", str(tmp_path / "secret")
    good.SSO_GROUPS, good.SSO_GROUPS_FILE = "", str(tmp_path / "groups.json")
    assert problems() == []
    assert configuration().secret == "of a file"
    assert configuration().groups["desk"] == Given("support", frozenset({"norce/*"}))


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://a.example/tenant/v2.0", "http://127.0.0.1:9400", "http://localhost:1"]
)
def test_an_issuer_is_encrypted_or_of_this_machine(url: str) -> None:
    assert is_issuer(url)


def test_no_role_is_nothing_at_all() -> None:
    groups = parse('{"a": {"channels": "*/*", "extras": "accounts.view_personal_data"}, "b": {"role": "support"}}')
    assert given_by(groups, ["a", "c"]) == Given()
    assert given_by(groups, ["b", "a"]).channels == {"*/*"}
