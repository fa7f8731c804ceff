"""The configuration service beside the Order API: which channels a merchant has, and no more.

Norce's configuration API (github.com/NorceTech/nco-control, specification/api.md). What else it answers holds the
passwords of providers, and is not asked for.
"""

from order_api import answers
from order_api.call import Call
from order_api.transport import Connection

PREFIX = "/api/v1/"


def channels_of(connection: Connection, merchant: str) -> tuple[str, ...]:
    """GET configuration/merchants/{merchant}/channels: their names, in the service's order. Raises the errors of
    `order_api.errors`."""
    call = Call("GET", "configuration/merchants/{merchant}/channels", {"merchant": merchant}, prefix=PREFIX)
    return answers.value(connection.send(call, {"x-merchant": merchant}), tuple[str, ...], whole=False)
