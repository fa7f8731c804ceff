"""The jobs that do something with many orders: one order a piece."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from accounts.channels import channels_of
from jobs import registry
from jobs.models import Job, JobRow, RowState
from jobs.running import Step
from jobs.words import NOT_ALLOWED
from order_api.errors import Unauthorized
from orders.bulk.actions import ACTIONS, KIND, Action
from orders.bulk.turns import Turn
from orders.bulk.words import MANY_DOUBTS, UNAUTHORIZED

WORDS = {
    "complete": _("%(done)s of %(total)s done"),
    MANY_DOUBTS: _(
        "It stopped by itself: of %(n)s orders it is not known whether it happened. Look at them before it goes on."
    ),
    UNAUTHORIZED: _(
        "It stopped: the Order API does not let this desk in. Whoever runs the desk has to look at ORDER_API_TOKEN; "
        "then let it go on."
    ),
}


def register(url: Callable[[Job], str]) -> None:
    """A kind of job for each action."""
    for action in ACTIONS.values():
        registry.kind(action.kind, run, {"": action.job, **WORDS}, may=may, url=url)


def action_of(job: Job) -> Action:
    """What it does."""
    return ACTIONS[job.kind.removeprefix(KIND)]


def may(job: Job, owner: User) -> str:
    """As with a single order; asked before each of them."""
    return "" if action_of(job).may(owner) else NOT_ALLOWED


def run(step: Step) -> None:
    """The next order: one that was left under way first, then those that wait, in their order."""
    row = _next(step.job)
    if row is None:
        _finish(step)
        return
    turn, action = Turn(step, row), action_of(step.job)
    if row.state == RowState.BEGUN:
        try:
            action.look_back(turn)
        except Unauthorized:
            turn.stop(UNAUTHORIZED)
    elif row.where not in channels_of(step.owner):
        turn.settle(RowState.PASSED_OVER, "no-channel")
    else:
        action.act(turn)


def _next(job: Job) -> JobRow | None:
    rows = JobRow.objects.filter(job=job)
    return rows.filter(state=RowState.BEGUN).first() or rows.filter(state=RowState.WAITING).first()


def _finish(step: Step) -> None:
    with step.committing() as job:
        done = job.rows.filter(state=RowState.DONE).count()
        step.finish("complete", done=done, total=job.total)
