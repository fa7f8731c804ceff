"""What the API's resources have in common: sending for one merchant and channel, and reading what comes back."""

from collections.abc import Callable
from typing import Any, TypeVar

from order_api import answers
from order_api.call import Answer, Call, Sender
from order_api.schemas import encode
from order_api.tenancy import Tenancy

T = TypeVar("T")

NOTHING: Any = object()
"""No body, where None would be a JSON null."""


Listener = Callable[[Answer], None]


class Resource:
    """Calls bound to one merchant and channel. `heard` is told of every answer, before it means anything.

    What questions bring is compared with the merchant and channel that they were asked for; an order
    is, before anything of it is changed.
    """

    def __init__(self, connection: Sender, tenancy: Tenancy, heard: Listener) -> None:
        self._connection = connection
        self._tenancy = tenancy
        self._heard = heard

    def _send(self, method: str, template: str, body: Any = NOTHING, *, params: Any = (), **ids: str) -> Answer:
        content = None if body is NOTHING else encode(body)
        return self._go(Call(method, template, ids, params, content))

    def _go(self, call: Call) -> Answer:
        ids = call.ids
        if call.changes and "order_id" in ids:
            self._tenancy.confirm(ids["order_id"])
        answer = self._connection.send(call, self._tenancy.headers)
        self._heard(answer)
        return answer

    def _get(self, kind: type[T], template: str, *, params: Any = (), whole: bool = True, **ids: str) -> T:
        answer = self._send("GET", template, params=params, **ids)
        value = answers.value(answer, kind, whole=whole)
        self._tenancy.check(answer, value)
        return value

    def _do(self, method: str, template: str, body: Any = NOTHING, **ids: str) -> Answer:
        return answers.require_done(self._send(method, template, body, **ids))

    def _do_for(self, kind: type[T], method: str, template: str, body: Any, **ids: str) -> T | None:
        """What it is afterwards; None where it was accepted only, and nothing is said."""
        answer = answers.require_done(self._send(method, template, body, **ids))
        return None if answer.is_pending and not answer.content.strip() else answers.value(answer, kind)

    def _create(self, template: str, body: Any, **ids: str) -> str:
        return answers.created_id(self._send("POST", template, body, **ids))
