"""What a manager may do with money by default: alone up to a limit, above it with a second person, in their channels
alone, and with their password."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from pytest_django import Settings

from accounts.models import ChannelGrant
from order_api import OrderApi
from payments.executions import engine
from payments.executions.intent import Intent
from payments.models import Execution, State
from tests.conftest import PASSWORD, ClientOf
from tests.payments.conftest import MakePayment, asked_by
from tests.payments.requests import address, captures, fresh, page, says_yes
from tests.payments.test_dialog import Dialog, text

pytestmark = pytest.mark.django_db
MUCH = Decimal(6000)


def manager_of(name: str, merchant: str = "norce", channel: str = "se") -> User:
    user = User.objects.create_user(name, f"{name}@example.com", PASSWORD)
    user.groups.add(Group.objects.get(name="manager"))
    ChannelGrant.objects.create(user=user, merchant=merchant, channel=channel)
    return user


@pytest.fixture
def maria(db: None) -> User:
    return manager_of("maria")


@pytest.fixture
def above(
    api: OrderApi, make_payment: MakePayment, case_of: Callable[[tuple[str, str], str], Intent], maria: User
) -> Execution:
    """A capture of 6,000 SEK that Maria asked for, who may do 5,000 alone."""
    return engine.execute(api, case_of(make_payment(amount=MUCH), "capture"), asked_by(maria))


def test_alone_up_to_the_limit_with_the_password_from_the_dialog_to_the_money(
    api: OrderApi, make_payment: MakePayment, maria: User, client_of: ClientOf, settings: Settings
) -> None:
    settings.PAYMENT_REAUTH_MINUTES = 0
    ids = make_payment(amount=Decimal(4999))
    dialog = Dialog(client_of(maria), api, ids, "capture")
    assert 'name="password"' in dialog.page.content.decode()
    assert "Your password" in text(dialog.press(password="")) and not Execution.objects.exists()
    assert "4,999.00 SEK was captured" in text(dialog.press())
    done = Execution.objects.get()
    assert (done.state, done.asked_by, captures(api, done)) == (State.DONE, maria, 1)


def test_above_it_the_dialog_says_so_and_nothing_is_sent(
    api: OrderApi, make_payment: MakePayment, maria: User, client_of: ClientOf
) -> None:
    dialog = Dialog(client_of(maria), api, make_payment(amount=MUCH), "capture")
    assert "A second person must approve this." in text(dialog.page)
    assert "More than the limit of 5,000.00 SEK for one action." in text(dialog.page)
    assert "Waits for approval" in text(dialog.press())
    waits = Execution.objects.get()
    assert (waits.state, captures(api, waits)) == (State.WAITING, 0)


def test_nobody_approves_their_own_and_a_colleague_of_the_channel_does(
    api: OrderApi, above: Execution, maria: User, client_of: ClientOf
) -> None:
    assert client_of(maria).post(address(above, "approve"), says_yes(above)).status_code == 403
    colleague = client_of(manager_of("otto"))
    assert above.order_id in colleague.get(reverse("approval-list")).content.decode()
    assert colleague.post(address(above, "approve"), says_yes(above)).status_code == 302
    assert (fresh(above).state, fresh(above).decided_by_name, captures(api, above)) == (State.DONE, "otto", 1)


@pytest.mark.parametrize(("merchant", "channel"), [("norce", "no"), ("nordlys", "*")])
def test_a_manager_of_another_channel_sees_and_decides_nothing_of_it(
    api: OrderApi, above: Execution, client_of: ClientOf, merchant: str, channel: str
) -> None:
    client = client_of(manager_of("nils", merchant, channel))
    assert above.order_id not in client.get(reverse("approval-list")).content.decode()
    for what in ("approve", "turn-down"):
        assert client.post(address(above, what), says_yes(above) | {"reason": "no"}).status_code == 404
    assert client.get(address(above)).status_code == 404
    assert (fresh(above).state, captures(api, above)) == (State.WAITING, 0)


def test_the_frame_counts_what_waits_for_them_and_not_their_own(
    above: Execution, maria: User, client_of: ClientOf
) -> None:
    def waiting(user: User) -> Any:
        return client_of(user).get(reverse("approval-list")).context["waiting"].approvals

    assert (waiting(maria), waiting(manager_of("otto")), waiting(manager_of("nils", "norce", "no"))) == (0, 1, 0)


def test_taking_the_right_from_the_group_takes_all_of_it(above: Execution, client_of: ClientOf) -> None:
    group = Group.objects.get(name="manager")
    group.permissions.remove(group.permissions.get(codename="execute_payment_action"))
    otto = client_of(manager_of("otto"))
    assert otto.post(address(above, "approve"), says_yes(above)).status_code == 403
    assert otto.get(reverse("approval-list")).status_code == 403
    assert "Approve" not in page(otto, above)
    assert fresh(above).state == State.WAITING
