"""Signing in at the provider: who comes in, as whom, and with what."""

import time
from urllib.parse import quote

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.models import AccountChange, Preference
from accounts.people import services
from accounts.people.services import Rights, rights_of
from audit.log import Who
from audit.models import Entry, Outcome
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf
from tests.single_sign_on.conftest import SIGNE, Answer, Walk
from tests.single_sign_on.provider import Provider, asked_for


def signe() -> User:
    return User.objects.get(username="signe.lind")


def says(answer: Answer) -> str:
    return str(answer.content.decode())


def told(logged: "QuerySet[Entry]") -> list[tuple[str, str, str]]:
    return [(entry.action, entry.username, entry.outcome) for entry in logged.order_by("sequence")]


def test_the_sign_in_page_offers_it_and_keeps_where_one_was_going(provider: Provider, visitor: Client) -> None:
    page = says(visitor.get("/accounts/login/?next=/norce/se/orders/%3Fpage%3D2"))
    assert 'href="/accounts/sso/?next=/norce/se/orders/%3Fpage%3D2"' in page and "Sign in with Company" in page
    assert "Or with a password of this desk:" in page


def test_without_a_provider_there_is_no_such_thing(visitor: Client, support: User, client_of: ClientOf) -> None:
    assert "/accounts/sso/" not in says(visitor.get("/accounts/login/"))
    assert visitor.get("/accounts/sso/").status_code == 404
    assert visitor.get("/accounts/sso/callback/?code=x&state=y").status_code == 404
    assert client_of(support).get("/accounts/sso/again/").status_code == 404


def test_the_desk_asks_with_pkce_a_state_and_a_nonce(provider: Provider, visitor: Client) -> None:
    asked = asked_for(visitor.get("/accounts/sso/")["Location"])
    assert asked["client_id"] == "order-desk" and asked["response_type"] == "code"
    assert asked["redirect_uri"] == "http://testserver/accounts/sso/callback/"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 16 and len(asked["nonce"]) >= 24
    assert asked_for(visitor.get("/accounts/sso/")["Location"])["nonce"] != asked["nonce"]


def test_the_first_sign_in_makes_the_person_with_what_their_groups_give(
    visitor: Client, walk: Walk, logged: "QuerySet[Entry]"
) -> None:
    answer = walk(visitor, begin="/accounts/sso/?next=/norce/se/orders/%3Fpage%3D2")
    assert answer["Location"] == "/norce/se/orders/?page=2"
    person = signe()
    assert (person.first_name, person.last_name, person.email) == ("Signe", "Lind", "signe@example.com")
    assert not person.has_usable_password()
    assert rights_of(person) == Rights("support", frozenset({"norce/se"}))
    assert told(logged) == [
        ("person.sso.create", "system:single-sign-on", Outcome.DONE),
        ("sign-in", "signe.lind", Outcome.DONE),
    ]
    assert visitor.get("/norce/se/orders/").status_code == 200
    kept = SocialAccount.objects.get()
    assert (kept.uid, kept.extra_data) == ("s-1", {}), "of what the provider said, only who it is"


def test_the_second_one_makes_nobody_and_changes_nothing(
    visitor: Client, client_of: ClientOf, walk: Walk, logged: "QuerySet[Entry]"
) -> None:
    walk(visitor)
    visitor.post("/accounts/logout/")
    assert walk(Client()).status_code == 302
    assert User.objects.filter(username__startswith="signe").count() == 1
    assert [action for action, _who, _what in told(logged)] == ["person.sso.create", "sign-in", "sign-out", "sign-in"]


def test_another_name_and_address_is_the_same_person(visitor: Client, walk: Walk, provider: Provider) -> None:
    walk(visitor)
    provider.knows("s-1", **SIGNE | {"preferred_username": "signe.berg", "email": "berg@example.com"})
    browser = Client()
    walk(browser)
    assert browser.session["_auth_user_id"] == str(signe().pk)


def test_an_address_or_a_name_makes_nobody_somebody_else(
    support: User, visitor: Client, walk: Walk, provider: Provider
) -> None:
    """Whoever can call themselves so at the provider is not the one who is called so here."""
    provider.knows("s-2", **SIGNE | {"preferred_username": "support", "email": support.email, "email_verified": True})
    walk(visitor, "s-2")
    newcomer = User.objects.get(pk=visitor.session["_auth_user_id"])
    assert newcomer != support
    assert (newcomer.username, newcomer.email) == ("support-2", "")
    assert User.objects.get(pk=support.pk).has_usable_password()


def test_the_highest_role_counts_and_all_channels_and_rights_together(
    visitor: Client, walk: Walk, provider: Provider
) -> None:
    groups = ["desk-support", "desk-manager", "desk-nordlys", "desk-personal", "chess club"]
    provider.knows("s-1", **SIGNE | {"groups": groups})
    walk(visitor)
    channels = frozenset({"norce/se", "norce/*", "nordlys/de"})
    assert rights_of(signe()) == Rights("manager", channels, frozenset({"accounts.view_personal_data"}))


def test_each_sign_in_gives_and_takes_what_the_groups_say_now(
    visitor: Client, walk: Walk, provider: Provider, logged: "QuerySet[Entry]"
) -> None:
    walk(visitor)
    provider.knows("s-1", **SIGNE | {"groups": ["desk-manager"]})
    walk(Client())
    assert rights_of(signe()) == Rights("manager", frozenset({"norce/*"}))
    entry = logged.filter(action="person.rights.change").get()
    assert entry.username == "system:single-sign-on" and entry.target == "signe.lind"
    assert entry.changes[0].field == "role" and entry.changes[0].new == "manager"
    assert not AccountChange.objects.exists(), "nobody of the desk stands behind it"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["desk-support"]}}),
        ("hd", {"hd": "desk-support"}),
        ("https://example.com/groups", {"https://example.com/groups": ["desk-support"]}),
    ],
)
def test_the_claim_may_lie_deeper_or_be_a_text(
    visitor: Client, walk: Walk, provider: Provider, settings: Settings, claim: str, said: dict[str, object]
) -> None:
    settings.SSO_GROUPS_CLAIM = claim
    provider.knows("s-1", **{k: v for k, v in SIGNE.items() if k != "groups"}, **said)
    walk(visitor)
    assert rights_of(signe()).role == "support"


# No group, no access


@pytest.mark.parametrize("groups", [[], ["chess club"], ["desk-nordlys"], "no list", 7])
def test_no_group_that_gives_a_role_is_no_access_and_makes_nobody(
    visitor: Client, walk: Walk, provider: Provider, logged: "QuerySet[Entry]", groups: object
) -> None:
    provider.knows("s-1", **SIGNE | {"groups": groups})
    answer = walk(visitor)
    assert answer.status_code == 403
    assert "You have no access to this desk" in says(answer) and "none of your groups there" in says(answer)
    assert not User.objects.filter(username="signe.lind").exists()
    assert "_auth_user_id" not in visitor.session
    entry = logged.get()
    assert (entry.action, entry.outcome, entry.username, entry.code) == (
        "sign-in", Outcome.REFUSED, "signe.lind", "sso-no-group",
    )  # fmt: skip


def test_who_left_the_groups_is_refused_loses_their_rights_and_is_out_everywhere(
    visitor: Client, walk: Walk, provider: Provider, logged: "QuerySet[Entry]"
) -> None:
    walk(visitor)
    provider.knows("s-1", **SIGNE | {"groups": []})
    assert walk(Client()).status_code == 403
    assert rights_of(signe()) == Rights()
    assert visitor.get("/norce/se/orders/")["Location"].startswith("/accounts/login/"), "the other browser is out, too"
    actions = [action for action, _who, _what in told(logged)]
    assert actions == ["person.sso.create", "sign-in", "person.rights.change", "person.sessions.end", "sign-in"]
    walk(Client())
    assert logged.filter(action="person.sessions.end").count() == 1, "what is taken is taken once"


def test_who_comes_back_into_a_group_has_the_same_account(visitor: Client, walk: Walk, provider: Provider) -> None:
    walk(visitor)
    provider.knows("s-1", **SIGNE | {"groups": []})
    walk(Client())
    provider.knows("s-1", **SIGNE)
    browser = Client()
    assert walk(browser).status_code == 302
    assert browser.session["_auth_user_id"] == str(signe().pk)
    assert rights_of(signe()).role == "support"


def test_the_last_admin_who_left_is_refused_and_the_desk_keeps_somebody_who_can_manage_people(
    visitor: Client, walk: Walk, provider: Provider
) -> None:
    provider.knows("s-1", **SIGNE | {"groups": ["desk-admin"]})
    walk(visitor)
    provider.knows("s-1", **SIGNE | {"groups": []})
    assert walk(Client()).status_code == 403
    assert rights_of(signe()).role == "admin"
    assert visitor.get("/people/").status_code == 302, "and is out everywhere"
    provider.knows("s-1", **SIGNE)
    answer = walk(Client())
    assert answer.status_code == 403 and "Nobody would be left" in says(answer)


def test_whom_an_admin_deactivated_does_not_come_in(
    visitor: Client, walk: Walk, admin: User, logged: "QuerySet[Entry]"
) -> None:
    walk(visitor)
    services.set_active(Who(admin.username, admin.pk), signe(), active=False)
    browser = Client()
    assert walk(browser)["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in browser.session
    assert logged.latest("sequence").outcome == Outcome.REFUSED


def test_nobody_comes_in_unseen(visitor: Client, provider: Provider) -> None:
    back = provider.decide(visitor.get("/accounts/sso/")["Location"], sub="s-1")
    with log_out_of_reach():
        answer = visitor.get(back)
    assert answer.status_code == 503
    assert not User.objects.filter(username="signe.lind").exists()
    assert "_auth_user_id" not in visitor.session


# How long


def test_a_session_ends_after_its_own_time_and_the_provider_is_asked_again(
    visitor: Client, walk: Walk, settings: Settings
) -> None:
    walk(visitor)
    session = visitor.session
    session["began"] -= settings.SSO_SESSION_TIME.total_seconds() - 60
    session.save()
    assert visitor.get("/accounts/preferences/").status_code == 200
    session = visitor.session
    session["began"] -= 120
    session.save()
    answer = visitor.get("/accounts/preferences/")
    assert answer["Location"] == "/accounts/login/?next=/accounts/preferences/"


def test_with_another_provider_or_none_the_sessions_of_the_old_one_are_over(
    visitor: Client, walk: Walk, settings: Settings
) -> None:
    walk(visitor)
    settings.SSO_ISSUER = ""
    assert visitor.get("/accounts/preferences/").status_code == 302


def test_whoever_was_signed_in_before_leaves_nothing_in_the_session(
    support: User, visitor: Client, provider: Provider
) -> None:
    back = provider.decide(visitor.get("/accounts/sso/")["Location"], sub="s-1")
    visitor.post("/accounts/login/", {"login": "support", "password": PASSWORD})
    visitor.get("/norce/no/orders/")
    assert visitor.session["channel"] == "norce/no"
    visitor.get(back)
    assert visitor.session["_auth_user_id"] == str(signe().pk)
    assert "channel" not in visitor.session


def test_a_link_on_another_site_leads_to_the_page_where_one_signs_in_on_purpose(
    visitor: Client, provider: Provider
) -> None:
    answer = visitor.get("/accounts/sso/?next=/people/", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer["Location"] == "/accounts/login/?next=%2Fpeople%2F"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_one_comes_back_to_this_desk_and_nowhere_else(visitor: Client, walk: Walk, elsewhere: str) -> None:
    assert walk(visitor, begin=f"/accounts/sso/?next={elsewhere}")["Location"] == "/"


# An account that was there before


def link_for(person: User, admin: User) -> str:
    from accounts import links

    return links.make_token(Who(admin.username, admin.pk), person)


def test_an_account_that_was_there_is_tied_by_a_one_time_link_of_an_admin(
    support: User, admin: User, visitor: Client, client_of: ClientOf, walk: Walk, logged: "QuerySet[Entry]"
) -> None:
    before, token = client_of(support), link_for(support, admin)
    page = says(visitor.get(f"/accounts/link/{token}/"))
    assert f"/accounts/sso/?link={quote(token)}" in page and "Or choose a password" in page
    walk(visitor, begin=f"/accounts/sso/?link={token}")
    assert visitor.session["_auth_user_id"] == str(support.pk)
    tied = User.objects.get(pk=support.pk)
    assert not tied.has_usable_password() and rights_of(tied).channels == {"norce/se"}
    assert before.get("/accounts/preferences/").status_code == 302, "sessions of the password are over"
    assert Client().post("/accounts/login/", {"login": "support", "password": PASSWORD}).status_code == 422
    assert logged.filter(action="person.sso.link", target="support").count() == 1
    assert visitor.get(f"/accounts/link/{token}/").status_code == 404
    tie = AccountChange.objects.filter(person=tied).first()
    assert tie is not None and tie.by == admin, "who made the link could have used it"


def test_somebody_invited_may_begin_with_the_provider(admin: User, visitor: Client, walk: Walk) -> None:
    person = services.invite(Who(admin.username, admin.pk), services.Newcomer("asa"), Rights("support"))
    walk(visitor, begin=f"/accounts/sso/?link={link_for(person, admin)}")
    assert visitor.session["_auth_user_id"] == str(person.pk)
    assert User.objects.get(pk=person.pk).is_active


def test_a_link_that_is_over_or_of_the_servers_accounts_ties_nothing(
    support: User, admin: User, visitor: Client, walk: Walk, provider: Provider
) -> None:
    token = link_for(support, admin)
    link_for(support, admin)
    assert walk(visitor, begin=f"/accounts/sso/?link={token}").status_code == 403
    root = User.objects.create_superuser("root", password=PASSWORD)
    token = link_for(root, admin)
    assert "/accounts/sso/" not in says(visitor.get(f"/accounts/link/{token}/"))
    answer = walk(Client(), begin=f"/accounts/sso/?link={token}")
    assert answer.status_code == 403 and "cannot be tied" in says(answer)
    assert not SocialAccount.objects.exists()


def test_one_person_at_the_provider_is_one_here(support: User, admin: User, visitor: Client, walk: Walk) -> None:
    walk(visitor)
    assert walk(Client(), begin=f"/accounts/sso/?link={link_for(support, admin)}").status_code == 403
    assert SocialAccount.objects.get().user == signe()


def test_a_newcomer_reads_nothing_of_changes_and_has_no_channel_if_the_group_names_none(
    visitor: Client, walk: Walk, settings: Settings
) -> None:
    settings.SSO_GROUPS = '{"desk-support": {"role": "support"}}'
    walk(visitor)
    answer = visitor.get("/", follow=True)
    assert "You have no channel to work in" in says(answer)
    assert not Preference.objects.filter(user=signe(), session_epoch__gt=0).exists()
    assert time.time() - signe().date_joined.timestamp() < 600
