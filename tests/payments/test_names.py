"""Pages about money call people by their names; what is proof keeps the account."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from order_api import OrderApi
from payments.executions import engine
from tests.conftest import ClientOf
from tests.payments.conftest import MakePayment, asked_by


@pytest.fixture
def astrid(admin: User) -> User:
    admin.first_name, admin.last_name = "Astrid", "Nyman"
    admin.save(update_fields=["first_name", "last_name"])
    return admin


def test_whoever_asked_is_named_on_every_page_about_it(
    astrid: User, api: OrderApi, make_payment: MakePayment, case_of: Any, client_of: ClientOf
) -> None:
    waiting = engine.execute(api, case_of(make_payment(), "capture"), asked_by(astrid), wants_approval=True)
    client = client_of(astrid)
    pages = [
        reverse("approval-list"),
        reverse("approval-detail", args=[waiting.in_channel, waiting.pk]),
        reverse("money-list"),
        reverse("execution-proof", args=[waiting.in_channel, waiting.pk]),
        reverse("order-detail", args=["norce/se", waiting.order_id]),
    ]
    for page in pages:
        main = client.get(page).content.decode().split("<main")[1]
        assert "Astrid Nyman" in main, page
        assert "asked for by admin" not in main, page
    assert waiting.asked_by_name == "admin"
