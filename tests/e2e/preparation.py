"""The data folder of the desks that a browser drives, made once a run in a process of its own:
`python -m tests.e2e.preparation`.

Every desk begins with a copy of it. All people of the tests are in it, so that each test finds its
own on whichever worker it runs.
"""

import json
from decimal import Decimal

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import resolve

from tests import pseudo
from tests.e2e.settings import PSEUDO

ORDERS = 600
PASSWORD = "correct horse battery staple"
FOR_REMOTE = "remote.sqlite3"
"""The database of a desk over the network: without orders and demo accounts, and with one person, ines."""
MADE = "made.json"
"""What the addresses of what was made are made of."""


def petra() -> None:
    """A manager who may execute payment actions, alone only up to 100 SEK. Admins may as much as they like: where there
    are limits, who has none needs a second person."""
    from django.contrib.auth.models import Group, Permission, User

    from payments.models import Limit

    user = User.objects.create_user("petra", password=PASSWORD)
    user.groups.add(Group.objects.get(name="manager"))
    user.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    user.channel_grants.create(merchant="*", channel="*")
    Limit.objects.create(role="manager", currency="SEK", per_action=100)
    Limit.objects.create(role="admin", currency="SEK")


def ines() -> None:
    """Somebody from support."""
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user("ines", password=PASSWORD)
    user.groups.add(Group.objects.get(name="support"))
    user.channel_grants.create(merchant="*", channel="*")


def executed(username: str, day: str = "", *, wants_approval: bool = False, only_asks: bool = False) -> dict[str, str]:
    """A capture of 499 SEK of an order of its own, by that person, or only asked for by them; `day` is the provider's
    bad day for it."""
    from django.contrib.auth.models import User

    from accounts.channels import Channel
    from audit.log import Who
    from gateway.connection import order_api
    from order_api.schemas import Cart, Item, Order, Payment, Price
    from payments.approvals import asks
    from payments.executions import engine, intent

    api, amount, user = order_api("norce", "se"), Decimal(499), User.objects.get(username=username)
    price = Price(including_vat=amount, excluding_vat=amount * 4 / 5)
    item = Item(name="Flask", sku="F-1", quantity=1, price=price, total=price, vat_rate=Decimal("0.25"))
    order_id = api.orders.create(Order(currency="SEK", country="SE", cart=Cart(items=(item,), total=price)))
    payment = Payment(
        adapter_id="stripe_adapter", name="Card", currency="SEK", amount=amount, attributes={"sandbox": day}
    )
    payment_id = api.payments.create(order_id, payment)
    api.payments.update(order_id, payment_id, api.payments.get(order_id, payment_id).changed(state="reserved"))
    action = api.payments.get(order_id, payment_id).actions[0]
    dialog = intent.read(api, Channel("norce", "se"), order_id, payment_id, action.id or "").case
    asked = engine.Asked(user, Who(user.username, user.pk), "other", "The customer asked to be charged at once")
    if only_asks:
        execution = asks.ask(api, dialog, asked)
    else:
        execution = engine.execute(api, dialog, asked, wants_approval=wants_approval)
    return {"execution": str(execution.pk), "order": order_id, "payment": payment_id}


def contradicted() -> dict[str, str]:
    """A capture that was refused, and came through all the same."""
    from payments.executions.reconciliation import check
    from payments.models import Execution, State
    from sandbox.models import Settlement
    from sandbox.provider.settle import settle_later

    found = executed("admin2", "refuse-but-do+done-minutes-later")
    settle_later(Settlement.objects.get(payment=found["payment"]))
    assert check(Execution.objects.get(pk=found["execution"])).state == State.CONTRADICTED
    return found


def moved_by_others() -> dict[str, str]:
    """A capture, of which 25 SEK were refunded in the provider's portal."""
    from payments.executions.reconciliation import check
    from payments.models import Execution, ExternalMove

    found = executed("admin")
    call_command("sandbox_portal", found["payment"], "refund", "25.00")
    execution = check(Execution.objects.get(pk=found["execution"]))
    return {**found, "move": str(ExternalMove.objects.get(execution=execution).pk)}


def made() -> dict[str, str]:
    """A request that waits for approval, what support asked for, a limit, a rule of four eyes, an execution without an
    answer with its payment, which is locked, one that is contradicted, and what others moved. The two that a person can
    settle were asked for by somebody else than the admin whose pages are looked at."""
    from payments.models import FourEyes, Limit

    asked = executed("support", only_asks=True)
    doubt, late, moved = executed("admin2", "timeout-before"), contradicted(), moved_by_others()
    return {
        "approval": executed("manager", wants_approval=True)["execution"],
        "asked": asked["execution"],
        "asked_order": asked["order"],
        "limit": str(Limit.objects.create(role="support", currency="NOK", per_action=100).pk),
        "rule": str(FourEyes.objects.create(merchant="norce", channel="no", mode="always").pk),
        "execution": doubt["execution"],
        "locked": doubt["order"],
        "locked_payment": doubt["payment"],
        "contradicted": late["execution"],
        "contradicted_order": late["order"],
        "moved": moved["execution"],
        "moved_order": moved["order"],
        "move": moved["move"],
    }


def prepare() -> None:
    from accounts.demo import ensure_demo_accounts

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ines()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(settings.DATA_DIR / FOR_REMOTE)])
    ensure_demo_accounts()
    petra()
    resolve(f"{settings.SANDBOX_PREFIX}order/docs")  # imports every page, so that no call has to do it in its time
    call_command("sandbox_seed", orders=ORDERS, if_empty=True)
    pseudo.write(settings.DATA_DIR / PSEUDO)
    (settings.DATA_DIR / MADE).write_text(json.dumps(made()))
    connection.close()


if __name__ == "__main__":
    django.setup()
    prepare()
