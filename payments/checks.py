import datetime as dt
from itertools import starmap
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from gateway.connection import longest_call
from payments.executions.profiles import read

ZERO = dt.timedelta()


def check_times(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse times with which nothing could be approved, settled or confirmed."""
    of_settings = {
        "PAYMENT_REAUTH_MINUTES": settings.PAYMENT_REAUTH_MINUTES >= 0,
        "PAYMENT_CHANGED_ACCOUNT_HOURS": settings.PAYMENT_CHANGED_ACCOUNT_TIME >= ZERO,
        "PAYMENT_APPROVAL_HOURS": settings.PAYMENT_APPROVAL_TIME > ZERO,
        "PAYMENT_RECONCILE_HOURS": settings.PAYMENT_RECONCILE_TIME > ZERO,
        "PAYMENT_GIVEN_UP_SECONDS": settings.PAYMENT_GIVEN_UP_AFTER > ZERO,
        "PAYMENT_WATCH_HOURS": settings.PAYMENT_WATCH_TIME > ZERO,
        "PAYMENT_WATCH_DAYS": settings.PAYMENT_WATCH_DAYS >= ZERO,
        "PAYMENT_SETTLE_MINUTES": settings.PAYMENT_SETTLE_AFTER >= ZERO,
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


def check_profiles(**_: Any) -> list[CheckMessage]:
    """What PAYMENT_ADAPTER_PROFILES says of an adapter has to be what a profile can hold."""
    if not isinstance(settings.PAYMENT_ADAPTER_PROFILES, dict):
        return [Error("PAYMENT_ADAPTER_PROFILES is an object of objects, by the adapters' ids.", id="payments.E004")]
    return list(filter(None, starmap(_wrong_in, settings.PAYMENT_ADAPTER_PROFILES.items())))


def _wrong_in(adapter: str, changes: Any) -> CheckMessage | None:
    try:
        read(changes if isinstance(changes, dict) else {"": changes})
    except ValueError as error:
        return Error(f"PAYMENT_ADAPTER_PROFILES, {adapter}: {error}.", id="payments.E003")
    return None
