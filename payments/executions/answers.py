"""Telling whoever asked what became of it: a task of theirs, which stands in their queue until they have read it.

Only of what waited for somebody else's word; who executes alone is told at once. It is made in the transaction that
moves the execution on. What became of something that was sent is written down all the same where nobody can be told;
then they are told when the desk looks at it again.
"""

import logging
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.log import Who
from payments.models import Execution, State
from teamwork import services
from teamwork.models import Kind, Task
from teamwork.models import State as TaskState

logger = logging.getLogger(__name__)
DESK = Who.system("reconcile")
PREFIX = "payment-"
WORDS: Mapping[str, Promise] = {
    PREFIX + State.DONE: _("What you asked for was done."),
    PREFIX + State.REFUSED: _("What you asked for was refused: nothing moved."),
    PREFIX + State.NOT_DONE: _("What you asked for was not done: nothing moved."),
    PREFIX + State.NOT_SENT: _("What you asked for could not be sent. If it is still wanted, ask for it anew."),
    PREFIX + State.IN_DOUBT: _("It is not known yet whether what you asked for was done."),
    PREFIX + State.CONTRADICTED: _("Something was found that contradicts what became of what you asked for."),
    PREFIX + State.TURNED_DOWN: _("What you asked for was turned down."),
    PREFIX + State.EXPIRED: _("Nobody did what you asked for in time. If it is still wanted, ask for it anew."),
    PREFIX + State.LAPSED: _(
        "The payment has changed, so what you asked for was not done. Ask for it anew if it is wanted."
    ),
}
"""What the codes of these tasks say (`teamwork.queue.register_words`)."""


def tell(execution: Execution) -> None:
    """Tells the asker, and who took it up where a third person had to approve, of the state that it is in now, if it
    is one to be told of. What they were told of it before is done with."""
    code = PREFIX + execution.state
    if execution.expires_at is None or code not in WORDS:
        return
    try:
        with transaction.atomic():
            _tell(execution, code)
    except Exception:
        if execution.sent_at is None:
            raise
        logger.exception("Nobody could be told what became of execution %s", execution.pk)


def tell_late(execution: Execution) -> None:
    """Tells them if nobody could when it came to that state. One query, for requests alone."""
    code = PREFIX + execution.state
    if execution.expires_at and code in WORDS and not Task.objects.filter(execution=execution.pk, code=code).exists():
        tell(execution)


def _tell(execution: Execution, code: str) -> None:
    by = _by_whom(execution)
    for before in Task.objects.filter(execution=execution.pk, kind=Kind.ANSWER, state=TaskState.OPEN):
        services.close(before, DESK)
    about = services.About(execution.order_id, execution.merchant, execution.channel, execution.order_reference)
    said = execution.decision_note if execution.state == State.TURNED_DOWN else ""
    taker = execution.taken_by_id if execution.excess else None
    whom = {each for each in (execution.asked_by_id, taker) if each is not None and each != by.user_id}
    for person in User.objects.filter(pk__in=whom):
        services.create(
            Kind.ANSWER, about, by, for_person=person, text=said[: services.LONGEST], code=code, execution=execution.pk
        )


def _by_whom(execution: Execution) -> Who:
    """Who decided last; the desk itself where it ended by itself."""
    if execution.state in (State.EXPIRED, State.LAPSED):
        return DESK
    if execution.decided_at:
        return Who(execution.decided_by_name, execution.decided_by_id)
    return Who(execution.taken_by_name, execution.taken_by_id) if execution.taken_at else DESK
