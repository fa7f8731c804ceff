from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.conftest import PASSWORD, ClientOf

HTMX = {"HX-Request": "true", "HX-Target": "orders"}


def sign_in(client: Client, login: str = "support", password: str = PASSWORD, **data: str) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password, **data})


@pytest.mark.parametrize("login", ["support", "support@example.com", " support "])
def test_a_person_signs_in_by_name_or_by_e_mail(visitor: Client, support: User, login: str) -> None:
    assert sign_in(visitor, login)["Location"] == "/"
    assert visitor.get("/accounts/preferences/").status_code == 200


@pytest.mark.parametrize(
    ("login", "password"), [("support", "wrong"), ("nobody", PASSWORD), ("nobody@example.com", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    visitor: Client, support: User, login: str, password: str
) -> None:
    refused = sign_in(visitor, login, password)
    page = refused.content.decode()
    assert refused.status_code == 422 and "specified are not correct" in page
    assert f'value="{login}"' in page
    assert password not in page
    assert visitor.get("/accounts/preferences/").status_code == 302


def test_a_deactivated_account_is_told_so(visitor: Client, support: User) -> None:
    User.objects.filter(pk=support.pk).update(is_active=False)
    response = sign_in(visitor)
    page = visitor.get(response["Location"]) if response.status_code == 302 else response
    assert visitor.get("/accounts/preferences/").status_code == 302
    assert "account" in page.content.decode()


def test_somebody_deactivated_while_signed_in_is_out_at_once(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    User.objects.filter(pk=support.pk).update(is_active=False)
    assert client.get("/accounts/preferences/").status_code == 302


def test_signing_in_leads_to_where_one_wanted_to_go(visitor: Client, support: User) -> None:
    wanted = "/accounts/preferences/?from=there"
    door = visitor.get(wanted)
    assert door["Location"] == "/accounts/login/?next=/accounts/preferences/%3Ffrom%3Dthere"
    assert f'value="{wanted}"' in visitor.get(door["Location"]).content.decode()
    assert sign_in(visitor, next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(visitor: Client, support: User, elsewhere: str) -> None:
    assert sign_in(visitor, next=elsewhere)["Location"] == "/"
    assert visitor.get("/accounts/login/", {"next": elsewhere})["Location"] == "/"


def test_the_session_gets_a_new_key_at_sign_in(visitor: Client, support: User) -> None:
    visitor.session["before"] = 1
    visitor.session.save()
    before = visitor.session.session_key
    sign_in(visitor)
    assert visitor.session.session_key != before


def test_the_session_lasts_while_it_is_used_and_its_cookie_is_kept_from_scripts(visitor: Client, support: User) -> None:
    cookie = sign_in(visitor).cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (4 * 3600, True, "Lax")


def test_signing_out_needs_a_post(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    assert "Sign out" in client.get("/accounts/logout/").content.decode()
    assert client.get("/accounts/preferences/").status_code == 200
    out = client.post("/accounts/logout/")
    assert (out["Location"], out["Clear-Site-Data"]) == ("/accounts/login/", '"storage"')
    assert client.get("/accounts/preferences/").status_code == 302


def test_a_part_of_a_page_asked_for_after_the_session_ended_brings_the_whole_sign_in_page(visitor: Client) -> None:
    response = visitor.get(
        "/norce/se/orders/", headers=HTMX | {"HX-Current-URL": "http://testserver/norce/se/orders/?page=2"}
    )
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/norce/se/orders/%3Fpage%3D2"
    assert response.content == b""


def test_the_way_back_of_a_part_is_never_another_site(visitor: Client) -> None:
    response = visitor.get("/norce/se/orders/", headers=HTMX | {"HX-Current-URL": "https://evil.example/orders/"})
    assert response["HX-Redirect"] == "/accounts/login/?next=/"


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://testserver/norce/se/orders/?q=x", "/norce/se/orders/%3Fq%3Dx"),
        ("https://evil.example/orders/", "/"),
        ("", "/"),
    ],
)
def test_a_change_sent_after_the_session_ended_leads_back_to_its_page(
    visitor: Client, referrer: str, back: str
) -> None:
    response = visitor.post("/accounts/help/read/", headers={"Referer": referrer})
    assert response["Location"] == f"/accounts/login/?next={back}"


def test_a_changed_password_keeps_this_session_and_ends_the_others(support: User, client_of: ClientOf) -> None:
    here, elsewhere = client_of(support), client_of(support)
    new = "another quite long password"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/", typed)["Location"] == "/accounts/preferences/"
    assert "Password successfully changed" in here.get("/accounts/preferences/").content.decode()
    assert elsewhere.get("/accounts/preferences/").status_code == 302
    assert sign_in(Client(), password=new).status_code == 302


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"oldpassword": "wrong", "password1": "a" * 20, "password2": "a" * 20}, "current password"),
        ({"oldpassword": PASSWORD, "password1": "short", "password2": "short"}, "too short"),
        (
            {"oldpassword": PASSWORD, "password1": "long enough for it", "password2": "but not the same"},
            "same password",
        ),
    ],
)
def test_a_refused_password_says_why_beside_its_field(
    support: User, client_of: ClientOf, typed: dict[str, str], says: str
) -> None:
    page = client_of(support).post("/accounts/password/", typed).content.decode()
    assert says in page
    assert 'aria-invalid="true"' in page
    support.refresh_from_db()
    assert support.check_password(PASSWORD)


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_reset_password", "account_confirm_login_code"]
)
def test_what_this_desk_does_not_offer_has_no_page(visitor: Client, name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "login/code/", "3rdparty/", ""])
def test_nor_is_it_found_at_the_usual_address(visitor: Client, path: str) -> None:
    assert visitor.get(f"/accounts/{path}").status_code == 404


def test_the_sign_in_page_says_what_to_do_without_a_password(visitor: Client) -> None:
    page = visitor.get("/accounts/login/").content.decode()
    assert "Ask an admin for a new one" in page
    assert 'autocomplete="current-password"' in page
