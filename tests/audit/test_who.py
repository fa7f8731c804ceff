import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory
from pytest_django import Settings

from audit.who import Who, address_of


def test_a_request_says_who_and_where_from(rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="192.0.2.17", HTTP_USER_AGENT="Firefox")
    request.user = User(pk=7, username="signe")
    assert Who.of(request) == Who("signe", 7, "192.0.2.17", "Firefox")


def test_a_visitor_has_no_name_and_a_request_may_have_no_user(rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="192.0.2.17")
    assert Who.of(request) == Who("", None, "192.0.2.17", "")
    request.user = AnonymousUser()
    assert Who.of(request) == Who("", None, "192.0.2.17", "")


def test_the_program_itself_cannot_be_taken_for_a_person(db: None) -> None:
    name = Who.system("reconcile").username
    with pytest.raises(Exception, match="username"):
        User(username=name, password="x").full_clean()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.66, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.66, 198.51.100.9, 192.0.2.2", "198.51.100.9"),
        (2, "198.51.100.9", ""),
        (1, "", ""),
        (1, "<script>", ""),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_a_forwarded_address_counts_only_as_far_as_our_own_proxies_wrote_it(
    proxies: int, forwarded: str, address: str, rf: RequestFactory, settings: Settings
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert address_of(rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_a_request_over_a_unix_socket_comes_from_nowhere(rf: RequestFactory) -> None:
    assert address_of(rf.get("/", REMOTE_ADDR="")) == ""
