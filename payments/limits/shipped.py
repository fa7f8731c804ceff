"""The limits that come with the desk: how much a manager executes alone where nobody has set a limit for it.

They are lines like those that an admin sets, for all channels and every action, in no table: the setting
PAYMENT_MANAGER_LIMITS says them, and a line that an admin sets for the same currency, or that says more, counts
instead. So a desk without limits of its own stays one, and nothing of what admins set has to be told from what came
with the desk.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from accounts.roles import MANAGER
from payments.models import Limit


def shipped_limits(role: str) -> list[Limit]:
    """Those of a role, as lines that are in no table (`pk` is None); none but for managers."""
    if role != MANAGER:
        return []
    return [_line(currency, amounts) for currency, amounts in settings.PAYMENT_MANAGER_LIMITS.items()]


def in_force(role: str, rows: Iterable[Limit]) -> list[Limit]:
    """Those of a role that none of these lines replaces: one for the same channels, actions and currency would."""
    taken = {_scope(row) for row in rows if row.role == role}
    return [line for line in shipped_limits(role) if _scope(line) not in taken]


def _scope(line: Limit) -> tuple[str, str, str, str]:
    return line.merchant, line.channel, line.action_type, line.currency.upper()


def _line(currency: str, amounts: str) -> Limit:
    """`SEK`, `5000/25000`: what goes alone at once, and what in a day; without the second, as often as they like."""
    found = re.fullmatch(r"(\d{1,14}(?:\.\d{1,4})?)(?:/(\d{1,14}(?:\.\d{1,4})?))?", amounts.strip(), re.ASCII)
    if not found or not re.fullmatch(r"[A-Z]{3}", currency):
        raise ImproperlyConfigured(
            f"PAYMENT_MANAGER_LIMITS: {currency}={amounts} cannot be read. Write SEK=5000/25000, or SEK=5000."
        )
    once, day = found.groups()
    return Limit(role=MANAGER, currency=currency, per_action=Decimal(once), per_day=Decimal(day) if day else None)


def check_shipped(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse limits that cannot be read."""
    try:
        shipped_limits(MANAGER)
    except ImproperlyConfigured as error:
        return [Error(str(error), id="payments.E005")]
    return []
