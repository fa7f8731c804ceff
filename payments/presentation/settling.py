"""Why a person cannot be the one who says what became of an execution, or not yet, in words."""

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.names import person_name
from payments.executions.access import tie_of
from payments.executions.manual_settlement import settled_from, word_before
from payments.models import Execution
from payments.presentation.summary import moment_of


def is_own(execution: Execution, user: User | AnonymousUser) -> bool:
    """Whether they asked for it, or took it up: nobody judges their own."""
    name = user.get_username()
    return bool(name) and name in (execution.asked_by_name, execution.taken_by_name)


def why_not(execution: Execution, user: User) -> str:
    """Empty where their word is taken now."""
    if is_own(execution, user) and execution.taken_at:
        return _("You asked for it or carried it out, so somebody else with the right has to say what happened.")
    if is_own(execution, user):
        return _("You asked for it, so somebody else with the right has to look and say what happened.")
    first = word_before(execution)
    if first is not None and first.by == user.get_username():
        return _("You have said what you found. It was above a limit, so a second person has to say the same.")
    if words := _tied(execution, user):
        return words
    if (earliest := settled_from(execution)) > timezone.now():
        words = _("It was sent a moment ago, and a provider may be late: a person's word is taken from %(time)s on.")
        return words % {"time": moment_of(earliest)}
    return ""


def _tied(execution: Execution, user: User) -> str:
    """That they may stand behind who asked for it or carried it out, or the other way round."""
    if tie_of(execution, execution.asked_by_id, user.pk):
        words = _("Either you have lately changed the account of %(name)s, who asked for it, or they yours, so a third "
                  "person has to look and say what happened.")  # fmt: skip
        return words % {"name": person_name(execution.asked_by_name)}
    if tie_of(execution, execution.taken_by_id, user.pk):
        words = _("Either you have lately changed the account of %(name)s, who carried it out, or they yours, so a "
                  "third person has to look and say what happened.")  # fmt: skip
        return words % {"name": person_name(execution.taken_by_name)}
    return ""
