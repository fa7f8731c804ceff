import datetime as dt
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from gateway.connection import longest_call

ZERO = dt.timedelta()


def check_times(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse times with which nothing could be approved, settled or confirmed."""
    of_settings = {
        "PAYMENT_REAUTH_MINUTES": settings.PAYMENT_REAUTH_MINUTES >= 0,
        "PAYMENT_CHANGED_ACCOUNT_HOURS": settings.PAYMENT_CHANGED_ACCOUNT_TIME >= ZERO,
        "PAYMENT_APPROVAL_HOURS": settings.PAYMENT_APPROVAL_TIME > ZERO,
        "PAYMENT_RECONCILE_HOURS": settings.PAYMENT_RECONCILE_TIME > ZERO,
        "PAYMENT_GIVEN_UP_SECONDS": settings.PAYMENT_GIVEN_UP_AFTER > ZERO,
    }
    errors: list[CheckMessage] = [
        Error(f"{name} has to be a time above zero.", id="payments.E001")
        for name, is_good in of_settings.items()
        if not is_good
    ]
    if settings.PAYMENT_GIVEN_UP_AFTER.total_seconds() <= longest_call():
        words = (
            f"PAYMENT_GIVEN_UP_SECONDS should be well above what one call may take ({longest_call():g} s): "
            "a call that is under way would be taken for lost."
        )
        errors.append(Warning(words, id="payments.W001"))
    return errors
