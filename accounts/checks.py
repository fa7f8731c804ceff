import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from accounts.channels import entries
from accounts.second_factor import policy
from accounts.single_sign_on.configuration import problems


def check_channels(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse a list of channels that cannot be read."""
    try:
        entries()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="accounts.E001")]
    return []


def check_second_factor(**_: Any) -> list[CheckMessage]:
    """The same for a policy that cannot be read."""
    try:
        policy.in_force()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="accounts.E002")]
    return []


def check_sign_in(**_: Any) -> list[CheckMessage]:
    """As above, settings with which nobody could sign in, or anybody; all that is wrong with them at once."""
    return [Error(says, id="accounts.E003") for says in problems()]


def check_breached_passwords(**_: Any) -> list[CheckMessage]:
    """So is a list of breached passwords that cannot be read, or is none."""
    if not settings.BREACHED_PASSWORDS_FILE:
        return []
    try:
        with Path(settings.BREACHED_PASSWORDS_FILE).open("rb") as file:
            begins = file.read(40)
    except OSError as error:
        return [Error(f"BREACHED_PASSWORDS_FILE cannot be read: {error.strerror}.", id="accounts.E010")]
    if re.fullmatch(rb"[0-9A-Fa-f]{40}", begins):
        return []
    return [Error("BREACHED_PASSWORDS_FILE has to hold SHA-1 hashes in hex, one a line, sorted.", id="accounts.E011")]
