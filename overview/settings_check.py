from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from index.checks import stuck_after


def check_thresholds(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse thresholds that cannot be read."""
    try:
        stuck_after("paying")
    except ImproperlyConfigured as error:
        return [Error(str(error), id="overview.E001")]
    return []
