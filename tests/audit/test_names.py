import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from audit.names import initials, person_name
from tests.conftest import ClientOf


@pytest.fixture
def astrid(db: None) -> User:
    return User.objects.create_user("anna.admin", first_name="Astrid", last_name="Nyman")


@pytest.mark.usefixtures("astrid")
def test_a_person_is_called_by_their_full_name() -> None:
    assert person_name("anna.admin") == "Astrid Nyman"


@pytest.mark.usefixtures("db")
def test_an_account_without_a_name_and_one_that_is_gone_keep_the_name_that_they_have() -> None:
    User.objects.create_user("support")
    assert [person_name(each) for each in ("support", "gone", "system:reconcile", "")] == [
        "support", "gone", "system:reconcile", "",
    ]  # fmt: skip


@pytest.mark.usefixtures("astrid")
def test_where_two_share_a_name_the_account_tells_them_apart() -> None:
    assert person_name("anna.admin") == "Astrid Nyman"
    User.objects.create_user("astrid2", first_name="astrid", last_name="nyman")
    assert person_name("anna.admin") == "Astrid Nyman (anna.admin)"
    assert person_name("astrid2") == "astrid nyman (astrid2)"


def test_a_new_name_is_read_at_once_and_names_cost_one_query(
    astrid: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert person_name("anna.admin") == "Astrid Nyman"
    astrid.last_name = "Berg"
    astrid.save(update_fields=["last_name"])
    with django_assert_num_queries(1):
        assert [person_name("anna.admin") for _ in range(3)] == ["Astrid Berg"] * 3


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Astrid Nyman", "AN"),
        ("Åsa", "ÅS"),
        ("Anna Lisa von Platen", "AP"),
        ("admin", "AD"),
        ("(x) Öberg", "XÖ"),
        ("", ""),
    ],
)
def test_initials_are_of_the_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.usefixtures("astrid")
def test_the_menu_has_the_initials_of_the_person(client_of: ClientOf) -> None:
    page = client_of(User.objects.get(username="anna.admin")).get("/accounts/preferences/").content.decode()
    assert '<span class="avatar" aria-hidden="true">AN</span>' in page
