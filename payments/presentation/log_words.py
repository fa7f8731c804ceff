"""What entries of the log say of payments: capture, cancellation or refund, of how much, and what became of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import AuditAction
from audit.models import Entry, Outcome
from audit.reading import Record
from audit.telling import Said, badge_of, details_of
from domain.states import BAD, BUSY, DONE, EXECUTION, OFF, WAIT
from domain.states import State as Badge
from payments.models import Execution, State
from payments.presentation.preview import money_of
from payments.presentation.vocabulary import action_words, why_words
from ui.formats import format_number

_WAITS = Badge("waits", gettext_lazy("Waits"), WAIT, gettext_lazy("nothing was sent: it has to be approved first"))
_ASKED = Badge("asked", gettext_lazy("Asked for"), WAIT, gettext_lazy("nothing was sent: whoever may do it decides"))
_DONE = Badge("done", gettext_lazy("Done"), DONE)
_SENT = Badge("sent", gettext_lazy("Sent"), BUSY, gettext_lazy("the provider has taken it on; it is not done yet"))
_BADGES: Mapping[str, Badge] = {
    State.DONE: _DONE,
    State.PENDING: _SENT,
    State.REFUSED: Badge("refused", gettext_lazy("Refused"), BAD),
    State.IN_DOUBT: Badge(
        "in_doubt", gettext_lazy("No answer"), WAIT, gettext_lazy("it is not known whether it happened")
    ),
    State.NOT_DONE: Badge("not_done", gettext_lazy("Not done"), OFF),
}


class _Of(NamedTuple):
    """The words of one execution for sentences about it."""

    do: str
    done: str
    noun: str
    money: str

    @classmethod
    def execution(cls, execution: Execution) -> "_Of":
        words = action_words(execution.action_type)
        verb = str(words.verb)
        return cls(
            do=verb[:1].lower() + verb[1:],
            done=str(words.did),
            noun=str(words.noun),
            money=money_of(execution.amount, execution.currency),
        )


def tell(records: Sequence[Record]) -> dict[int, Said]:
    """What those of the records say that name an execution, or money that others moved; one query."""
    named = {record.entry.sequence: str(details_of(record).get("execution", "")) for record in records}
    pks = {text for text in named.values() if _is_uuid(text)}
    executions = {str(each.pk): each for each in Execution.objects.filter(pk__in=pks)} if pks else {}
    found: dict[int, Said] = {}
    for record in records:
        entry, execution = record.entry, executions.get(named[record.entry.sequence])
        if execution is not None:
            found[entry.sequence] = _of_execution(record, execution)
        elif entry.action == AuditAction.PAYMENT_EXTERNAL_FIND:
            details = entry.details
            told = _of_move(str(details.get("action", "")), str(details.get("amount", "")))
            found[entry.sequence] = Said(_("found money that others moved"), told=told)
        elif entry.action == AuditAction.PAYMENT_EXTERNAL_ACKNOWLEDGE:
            told = str(entry.details.get("note", ""))
            found[entry.sequence] = Said(_("acknowledged money that others moved"), told=told)
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _of_execution(record: Record, execution: Execution) -> Said:
    of = _Of.execution(execution)
    did, badge, told = _words(record, execution, of)
    return Said(str(did % of._asdict()), badge, told, execution.order_reference)


def _words(record: Record, execution: Execution, of: _Of) -> tuple[str, Badge | None, str]:  # noqa: PLR0911 - one a kind
    entry = record.entry
    match entry.action:
        case AuditAction.PAYMENT_ASK:
            return _("asked for %(money)s to be %(done)s"), _ASKED if execution.state == State.ASKED else None, ""
        case AuditAction.PAYMENT_ASK_TAKE_UP:
            return _taken_up(_state_after(entry), execution)
        case AuditAction.PAYMENT_ASK_END:
            return _ended(_state_after(entry)), None, ""
        case AuditAction.PAYMENT_APPROVAL_REQUEST:
            return _("asked to %(do)s %(money)s"), _WAITS if execution.state == State.WAITING else None, ""
        case AuditAction.PAYMENT_APPROVAL_FIRST:
            waits = _WAITS if execution.state == State.WAITING else None
            return _("approved the %(noun)s of %(money)s as the first of two"), waits, ""
        case AuditAction.PAYMENT_APPROVAL_END:
            return _ended(_state_after(entry)), None, ""
        case AuditAction.PAYMENT_ACTION_EXECUTE:
            return _executed(record)
        case AuditAction.PAYMENT_ACTION_SETTLE:
            return *_settled(_state_after(entry), is_person=not entry.username.startswith("system:")), ""
        case AuditAction.PAYMENT_ACTION_NOT_SENT:
            return _("did not send the %(noun)s of %(money)s"), None, _why(entry)
        case AuditAction.PAYMENT_ACTION_CONTRADICT:
            return _("found what contradicts the %(noun)s of %(money)s"), None, _why(entry)
    return _("did something about the %(noun)s of %(money)s"), badge_of(record), ""


def _taken_up(state: str, execution: Execution) -> tuple[str, Badge | None, str]:
    if state == State.WAITING:
        waits = _WAITS if execution.state == State.WAITING else None
        return _("took up the request to %(do)s %(money)s, which a third person has to approve"), waits, ""
    return _("took up the request to %(do)s %(money)s"), None, ""


def _ended(state: str) -> str:
    match state:
        case State.TURNED_DOWN:
            return _("turned down the %(noun)s of %(money)s")
        case State.WITHDRAWN:
            return _("took back the request to %(do)s %(money)s")
        case State.EXPIRED:
            return _("ended the request to %(do)s %(money)s: nobody approved it in time")
        case State.LAPSED:
            return _("ended the request to %(do)s %(money)s: the payment had changed")
    return _("approved the %(noun)s of %(money)s")


def _executed(record: Record) -> tuple[str, Badge | None, str]:
    match record.entry.outcome:
        case Outcome.DONE:
            return _("%(done)s %(money)s"), _DONE, ""
        case Outcome.ACCEPTED:
            return _("asked the provider to %(do)s %(money)s"), _SENT, ""
    return _("asked the provider to %(do)s %(money)s"), badge_of(record), ""


def _settled(state: str, *, is_person: bool) -> tuple[str, Badge | None]:
    badge = _BADGES.get(state)
    if state == State.DONE:
        said, found = _("said that %(money)s was %(done)s"), _("found that %(money)s was %(done)s")
        return (said if is_person else found), badge
    if state in (State.REFUSED, State.NOT_DONE):
        said, found = _("said that %(money)s was not %(done)s"), _("found that %(money)s was not %(done)s")
        return (said if is_person else found), badge
    if state == State.PENDING:
        return _("found that the provider is at the %(noun)s of %(money)s"), badge
    return _("looked, and does not know whether %(money)s was %(done)s"), badge


def _state_after(entry: Entry) -> str:
    return next((str(change.new) for change in entry.changes if change.field == "state"), "")


def _why(entry: Entry) -> str:
    return " ".join(map(str, why_words(list(entry.details.get("why", [])))))


def _of_move(kind: str, amount: str) -> str:
    noun = action_words(kind).noun
    try:
        number = format_number(Decimal(amount), 2)
    except InvalidOperation:
        return _("A %(noun)s, of which only the state of the payment tells.") % {"noun": noun}
    return _("A %(noun)s; its transaction names %(amount)s.") % {"noun": noun, "amount": number}


def value_of(action: str, field: str, value: object) -> str | None:
    """The state of an execution in words."""
    is_ours = field == "state" and action.startswith(("payment.action.", "payment.approval.", "payment.ask."))
    return str(capfirst(str(EXECUTION.of(str(value)).word))) if is_ours else None
