"""What moves money, or leads to who may, asks for the strongest that the person has."""

from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts.models import OneTimeLink
from order_api import OrderApi
from payments.models import Execution, State
from tests.conftest import PASSWORD
from tests.payments.conftest import MakePayment
from tests.payments.test_dialog import Dialog
from tests.second_factor.helpers import Passkey, at_localhost, code, first_step, give_app, give_passkey, sign_in

pytestmark = pytest.mark.django_db
OPTIONS = "/accounts/login/passkey/options/"
LATER = 6 * 60  # seconds: what was said at signing in counts no more


@pytest.fixture
def later() -> Callable[[], time_machine.travel]:
    return lambda: time_machine.travel(timezone.now().timestamp() + LATER)


def test_a_refund_asks_for_the_code_and_takes_no_password(
    visitor: Client,
    admin: User,
    api: OrderApi,
    make_payment: MakePayment,
    later: Callable[[], time_machine.travel],
) -> None:
    give_app(admin)
    sign_in(visitor, admin)
    with later():
        dialog = Dialog(visitor, api, make_payment("captured"), "refund")
        page = dialog.page.content.decode()
        assert 'name="factor_code"' in page and 'name="password"' not in page
        assert dialog.press(password=PASSWORD, note="typed").status_code == 422
        refused = dialog.press(factor_code="000000", note="typed")
        assert refused.status_code == 422 and "typed" in refused.content.decode()
        assert "000000" not in refused.content.decode()
        assert not Execution.objects.exists()
        before = visitor.session.session_key
        assert dialog.press(factor_code=code()).status_code == 200
        assert visitor.session.session_key != before
    assert Execution.objects.get().state == State.DONE


def test_a_refund_asks_for_the_passkey_and_a_code_will_do(
    admin: User,
    api: OrderApi,
    make_payment: MakePayment,
    later: Callable[[], time_machine.travel],
) -> None:
    client = at_localhost()
    first_step(client, admin)
    passkey: Passkey = give_passkey(client)
    with later():
        dialog = Dialog(client, api, make_payment("captured"), "refund")
        page = dialog.page.content.decode()
        assert f'data-passkey="{OPTIONS}"' in page and 'name="factor_code"' in page and 'name="password"' not in page
        assert dialog.press().status_code == 422
        answer = passkey.show(client.get(OPTIONS).json())
        assert dialog.press(passkey="{}").status_code == 422
        assert not Execution.objects.exists()
        assert dialog.press(passkey=answer).status_code == 200
    assert Execution.objects.get().state == State.DONE


def test_who_has_just_signed_in_with_it_is_not_asked_again(
    visitor: Client,
    admin: User,
    api: OrderApi,
    make_payment: MakePayment,
) -> None:
    give_app(admin)
    sign_in(visitor, admin)
    dialog = Dialog(visitor, api, make_payment("captured"), "refund")
    assert 'name="factor_code"' not in dialog.page.content.decode()
    assert dialog.press().status_code == 200


def test_a_link_for_a_colleague_asks_for_the_code_on_a_page_of_its_own(
    visitor: Client, admin: User, support: User, later: Callable[[], time_machine.travel]
) -> None:
    give_app(admin)
    sign_in(visitor, admin)
    where = f"/people/{support.pk}/link/"
    with later():
        assert visitor.post(where).status_code == 422
        assert visitor.post(where, {"password": PASSWORD}).status_code == 422
        assert not OneTimeLink.objects.exists()
        assert visitor.post(where, {"factor_code": code()}).status_code == 302
    assert OneTimeLink.objects.filter(user=support).exists()


def test_tries_are_counted_with_those_at_signing_in(
    visitor: Client, admin: User, support: User, later: Callable[[], time_machine.travel]
) -> None:
    give_app(admin)
    sign_in(visitor, admin)
    with later():
        for _ in range(5):
            visitor.post(f"/people/{support.pk}/link/", {"factor_code": "000000"})
        page = visitor.post(f"/people/{support.pk}/link/", {"factor_code": code()}).content.decode()
        assert "Too many tries" in page
        assert sign_in(Client(), admin).status_code == 422
