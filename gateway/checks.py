from typing import Any

from django.core.checks import CheckMessage, Error

from gateway.connection import connect


def check_connection(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse an address or a token with which the Order API
    cannot be called. Calls nobody."""
    try:
        connect().close()
    except ValueError as error:
        return [Error(str(error), id="gateway.E001")]
    return []
