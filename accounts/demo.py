"""The accounts of the sandbox, for trying the desk out. Their password is printed on the sign-in
page, so no server may have them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction

from accounts.models import ChannelGrant
from accounts.roles import ADMIN, MANAGER, SUPPORT

DEMO_PASSWORD = "demo"  # noqa: S105 - that it is known is the point


class DemoAccount(NamedTuple):
    """Somebody of the demo, with the merchant and the channel that they work for (`*`: all)."""

    role: str
    first_name: str
    last_name: str
    merchant: str = "*"
    channel: str = "*"


# By the name to sign in with. Support works for one merchant, so that what is not theirs can be tried out too; the
# manager executes payment actions up to a limit, and two admins without one, as some of it takes two.
DEMO_ACCOUNTS: Mapping[str, DemoAccount] = MappingProxyType(
    {
        "support": DemoAccount(SUPPORT, "Signe", "Lind", merchant="norce"),
        "manager": DemoAccount(MANAGER, "Mattias", "Berg"),
        "admin": DemoAccount(ADMIN, "Astrid", "Nyman"),
        "admin2": DemoAccount(ADMIN, "Bo", "Ek"),
    }
)


def ensure_demo_accounts() -> list[str]:
    """Create the demo accounts that are missing, in demo mode alone; their names. What somebody
    changed in one stays so."""
    if not settings.DEMO:
        return []
    return [name for name in DEMO_ACCOUNTS if _create(name)]


@transaction.atomic
def _create(name: str) -> bool:
    if User.objects.filter(username=name).exists():
        return False
    demo = DEMO_ACCOUNTS[name]
    user = User.objects.create_user(name, password=DEMO_PASSWORD, first_name=demo.first_name, last_name=demo.last_name)
    user.groups.add(Group.objects.get(name=demo.role))
    ChannelGrant.objects.create(user=user, merchant=demo.merchant, channel=demo.channel)
    return True


def demo_accounts_left() -> list[str]:
    """The demo accounts that anybody can still sign in to: active, and with the password that is known."""
    users = User.objects.filter(username__in=DEMO_ACCOUNTS, is_active=True).order_by("username")
    return [user.username for user in users if user.check_password(DEMO_PASSWORD)]
