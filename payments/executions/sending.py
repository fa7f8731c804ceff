"""The one call, and the look at what it did."""

import logging
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils import timezone

from audit import log
from order_api import OrderApi
from order_api.errors import ApiError, BadAnswer, Unavailable
from payments.executions.readings import read
from payments.executions.snapshot import Snapshot
from payments.models import Answer, Execution, State
from privacy import LOG, mask_text
from ui.said import sentence

logger = logging.getLogger(__name__)
_GIVEN_UP = sentence("It was given up before it was sent, so it was not sent.")
_HELD_UP = sentence("The program was held up before it could send it, so it was not sent.")
FENCE = 3.0
"""Seconds from the mark to the call, by the wall's clock and by the machine's: whoever comes later sends nothing."""
CLEAR_REFUSALS = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY}
)
"""What the API itself answers where it has done nothing. A 404 of an action that was offered a moment ago, a 409, a 429
or another answer may be about something that goes on behind it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the call came back with, for the row and the evidence."""

    answer: Answer
    status: int | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""

    def said(self) -> log.Said:
        """The same, for the audit log."""
        return {"status": self.status, "code": self.code, "message": self.message, "request_id": self.request_id}

    def to_json(self) -> dict[str, Any]:
        return {
            "answer": self.answer.value,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "request": self.request_id,
        }


def call(api: OrderApi, execution: Execution, marked_at: float) -> Reply:
    """The one call, if the fence lets it through: here, so that it is said why, and once more when the connection
    stands and the first byte would leave. Whatever goes wrong is a reply; only what surely never left, or was clearly
    refused, is more than silence. `marked_at`: `time.monotonic()` when it was marked."""
    if why := fence(execution, marked_at):
        return Reply(Answer.NEVER_SENT, message=why)
    try:
        api.payments.execute(
            execution.order_id,
            execution.payment_id,
            execution.action_id,
            may_begin=lambda: not fence(execution, marked_at),
        )
    except ApiError as error:
        return Reply(
            _meaning_of(error), error.status, error.code or "", mask_text(error.message, LOG), error.request_id
        )
    except Exception as error:
        logger.exception("Execution %s: the call ended in an error of our own", execution.pk)
        return Reply(Answer.SILENT, message=type(error).__name__)
    last = api.last_change
    return Reply(Answer.ACCEPTED, last.status if last else None, request_id=last.request_id if last else "")


def fence(execution: Execution, marked_at: float) -> str:
    """Why it is not sent any more, in a sentence; empty where it may be.

    A process that was stopped between the mark and the call wakes up in a world in which others have given it up,
    looked, and perhaps done it again. So the mark has to be young by both clocks, and still this process's own.
    """
    try:
        is_ours = Execution.objects.filter(pk=execution.pk, state=State.SENDING, sent_at=execution.sent_at).exists()
    except Exception:
        logger.exception("Execution %s: whether it is still ours could not be read", execution.pk)
        is_ours = False
    age = (timezone.now() - (execution.sent_at or timezone.now())).total_seconds()
    if not is_ours:
        return _GIVEN_UP
    if not 0 <= age <= FENCE or time.monotonic() - marked_at > FENCE:
        return _HELD_UP
    return ""


def _meaning_of(error: ApiError) -> Answer:
    if isinstance(error, Unavailable) and not error.sent:
        return Answer.NEVER_SENT
    # An answer that is not the API's own may be a gateway's, which knows nothing of what goes on behind it.
    is_own = not (error.may_have_happened or isinstance(error, BadAnswer)) and bool(error.code)
    return Answer.REFUSED if is_own and error.status in CLEAR_REFUSALS else Answer.SILENT


def look_back(api: OrderApi, execution: Execution) -> Snapshot | None:
    """The payment after the call, in two calls; None if it could not be read, for whatever reason:
    what was sent is sent."""
    try:
        return read(api, execution)
    except ApiError as error:
        logger.warning("Execution %s: the payment could not be read after the call: %s", execution.pk, error)
    except Exception:
        logger.exception("Execution %s: reading the payment after the call ended in an error of our own", execution.pk)
    return None
