"""Actions and outcomes as people read them. What this version does not know stands as it is written."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from audit.models import Outcome
from domain.states import BAD, BUSY, DONE, RAW, WAIT, State

OPEN = "open"  # no outcome of the log: an intent that has none

OUTCOMES: dict[str, State] = {
    Outcome.DONE: State(Outcome.DONE, _("Done"), DONE),
    Outcome.ACCEPTED: State(Outcome.ACCEPTED, _("Sent"), BUSY, _("taken on by the API, not done yet")),
    Outcome.REFUSED: State(Outcome.REFUSED, _("Refused"), BAD, _("the API said no; nothing happened")),
    Outcome.FAILED: State(Outcome.FAILED, _("Failed"), BAD, _("nothing happened")),
    Outcome.UNANSWERED: State(Outcome.UNANSWERED, _("No answer"), WAIT, _("it may have happened")),
    Outcome.DENIED: State(Outcome.DENIED, _("Denied"), BAD, _("the desk did not allow it")),
    OPEN: State(OPEN, _("Outcome not recorded"), WAIT, _("it was begun; whether it happened was not written down")),
}
UNDER_WAY = State("under-way", _("Under way"), BUSY, _("begun less than a minute ago"))


def action_word(action: str) -> str | Promise:
    return AuditAction(action).label if action in AuditAction.values else action


def outcome_state(outcome: str) -> State:
    return OUTCOMES.get(outcome) or State(outcome, outcome, RAW)
