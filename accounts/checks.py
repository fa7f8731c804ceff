from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from accounts.channels import entries


def check_channels(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse a list of channels that cannot be read."""
    try:
        entries()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="accounts.E001")]
    return []
