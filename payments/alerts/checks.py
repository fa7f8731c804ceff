import datetime as dt
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

ZERO = dt.timedelta()
TWICE_THE_PAUSE = dt.timedelta(minutes=2)


def check_alerts(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse settings with which nobody could be told, or anybody could listen."""
    wrong = {
        f"{name} has to be a time above zero.": value <= ZERO
        for name, value in (
            ("PAYMENT_ALERT_DOUBT_MINUTES", settings.PAYMENT_ALERT_DOUBT),
            ("PAYMENT_ALERT_PENDING_HOURS", settings.PAYMENT_ALERT_PENDING),
            ("PAYMENT_ALERT_APPROVAL_MINUTES", settings.PAYMENT_ALERT_APPROVAL),
        )
    }
    wrong |= {
        "PAYMENT_ALERT_HEARTBEAT_MINUTES has to be 2 or more: the worker writes every half minute at most.": (
            settings.PAYMENT_ALERT_HEARTBEAT < TWICE_THE_PAUSE
        ),
        "ALERT_WEBHOOK_URL has to be an https address, or one of this machine.": bool(settings.ALERT_WEBHOOK_URL)
        and not may_be_called(settings.ALERT_WEBHOOK_URL),
        "Set ALERT_WEBHOOK_SECRET, 16 characters or more: by it the receiver knows that an alert is the desk's.": bool(
            settings.ALERT_WEBHOOK_URL
        )
        and len(settings.ALERT_WEBHOOK_SECRET) < 16,
        "EMAIL_USE_TLS and EMAIL_USE_SSL exclude one another.": settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL,
    }
    return [Error(says, id="payments.E002") for says, holds in wrong.items() if holds]


def may_be_called(url: str) -> bool:
    """Whether alerts may go there: encrypted, or not over any network."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError where it is no number
    except ValueError:
        return False
    if not parts.hostname or any(ord(each) <= 32 or ord(each) >= 127 for each in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
