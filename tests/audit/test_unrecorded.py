"""What cannot be recorded is not done, and the person reads just that."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.orders import documents

WORDS = "It could not be written into the log"


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


@pytest.fixture
def identity(db: None) -> str:
    """The address of an identity number, which nobody sees unrecorded."""
    return f"/norce/se/orders/{documents.put(documents.order())}/identity/billing/"


def test_a_view_that_cannot_be_recorded_says_that_it_was_not_done(
    desk: Client, identity: str, caplog: pytest.LogCaptureFixture
) -> None:
    with log_out_of_reach():
        response = desk.post(identity)
    page = response.content.decode()
    assert response.status_code == 503
    assert WORDS in page
    assert "<nav" in page
    assert documents.PERSONAL_NUMBER not in page
    assert f"Not done: POST {identity}" in caplog.text


def test_a_part_that_cannot_be_recorded_says_so_in_its_place(desk: Client, identity: str) -> None:
    with log_out_of_reach():
        response = desk.post(identity, headers={"HX-Request": "true"})
    part = response.content.decode()
    assert response.status_code == 503
    assert part.lstrip().startswith('<div class="alert')
    assert WORDS in part
    assert documents.PERSONAL_NUMBER not in part
