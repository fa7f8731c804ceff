"""What is known about the money of an execution, in sentences that never guess."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.names import person_name
from payments.models import OPEN, Answer, Evidence, Execution, Kind, State
from payments.presentation import preview
from payments.presentation.vocabulary import ACTIONS, Words, action_words, provider_name, why_words
from ui.formats import format_clock, format_day

_NOTHING_SENT = gettext_lazy("Nothing was sent, so this moved no money.")
_KNOWN: Mapping[str, Words] = MappingProxyType(
    {
        State.ASKED: gettext_lazy("Nothing was sent: whoever may do it decides."),
        State.WAITING: gettext_lazy("Nothing was sent: it has to be approved first."),
        State.PREPARED: gettext_lazy("Nothing was sent yet: it is written down and about to be sent."),
        State.SENDING: gettext_lazy("It is not known yet whether %(what)s was %(did)s: it is being sent."),
        State.PENDING: gettext_lazy("It is not known yet whether %(what)s was %(did)s: the provider has taken it on."),
        State.IN_DOUBT: gettext_lazy("It is not known whether %(what)s was %(did)s."),
        State.DONE: gettext_lazy("%(what)s was %(did)s."),
        State.REFUSED: gettext_lazy("%(what)s was not %(did)s: it was refused."),
        State.NOT_DONE: gettext_lazy("%(what)s was not %(did)s."),
    }
)
_BY_A_PERSON: Mapping[str, Words] = MappingProxyType(
    {
        State.DONE: gettext_lazy("%(what)s was %(did)s: %(who)s looked and said so."),
        State.NOT_DONE: gettext_lazy("%(what)s was not %(did)s: %(who)s looked and said so."),
    }
)
_WENT: Mapping[str, Words] = MappingProxyType(
    {
        Answer.NONE: gettext_lazy("The %(noun)s went to %(via)s at %(time)s. There is no answer yet."),
        Answer.SILENT: gettext_lazy(
            "The %(noun)s went to %(via)s at %(time)s and got no answer that says what happened."
        ),
        Answer.ACCEPTED: gettext_lazy(
            "The %(noun)s went to %(via)s at %(time)s and was taken (%(said)s), which alone does not say that money "
            "moved."
        ),
        Answer.REFUSED: gettext_lazy("The %(noun)s went to %(via)s at %(time)s and was refused (%(said)s)."),
        Answer.NEVER_SENT: gettext_lazy("The Order API could not be reached at %(time)s."),
    }
)
_DONE = gettext_lazy("The %(noun)s went to %(via)s at %(time)s.")
_LOCKED = gettext_lazy("The payment stays locked until this is settled, and nothing is sent again.")
_WAITS = gettext_lazy("Nobody can do the same to this payment again until a person has looked and said what happened.")
_CONTRADICTED = gettext_lazy("Later something was found that contradicts this.")
_CONTRADICTED_BY = gettext_lazy("Later something was found that contradicts this: %(found)s")


def money_of(execution: Execution) -> str:
    """The amount with its currency, on one line; words where the API names none."""
    is_other = execution.state == State.DONE and execution.moved_amount is not None
    return preview.money_of(execution.moved_amount if is_other else execution.amount, execution.currency)


def title_of(execution: Execution) -> str:
    """As in "Refund 499.00 SEK"."""
    return preview.title_of(execution.action_type, execution.amount, execution.currency)


def via(execution: Execution) -> str:
    """The means of payment, as people call it."""
    return execution.method or execution.provider or _("the provider")


def known(execution: Execution, last: Evidence | None = None) -> str:
    """What is known about the money, in one sentence; two where the outcome is contradicted: it stays, and what was
    found is said of `last`. `last` is the evidence that settled it, where it was read."""
    if execution.state == State.CONTRADICTED:
        found = " ".join(map(str, found_later(last)))
        later = str(_CONTRADICTED_BY) % {"found": found} if found else str(_CONTRADICTED)
        return f"{_sentence(execution, execution.outcome)} {later}"
    return _sentence(execution, execution.state, last)


def _sentence(execution: Execution, state: str, last: Evidence | None = None) -> str:
    by_person = last is not None and last.kind == Kind.PERSON
    sentences = _BY_A_PERSON if by_person and state in _BY_A_PERSON else _KNOWN
    words = {
        "what": money_of(execution) if execution.action_type.lower() in ACTIONS else f"“{execution.action_type}”",
        "did": action_words(execution.action_type).did,
        "who": person_name(last.by) if last else "",
    }
    return str(capfirst(str(sentences.get(state, _NOTHING_SENT)) % words))


def found_later(last: Evidence | None) -> list[Words]:
    """What speaks against an outcome, in sentences; nothing where that evidence says something else."""
    if last is None or last.data.get("verdict") != State.CONTRADICTED:
        return []
    return why_words(last.data.get("why", []))


def was_contradicted(execution: Execution) -> str:
    """What the first outcome was, of one that a person has settled since; empty where nothing contradicted it."""
    if not execution.outcome or execution.state == State.CONTRADICTED:
        return ""
    words = _("What was concluded first: %(first)s Something was found that contradicted it, so a person had to look.")
    return words % {"first": _sentence(execution, execution.outcome)}


def how(execution: Execution) -> str:
    """When it was sent, what came back, and what is not sent because of it. Empty where nothing was sent."""
    if execution.sent_at is None:
        return ""
    words = {
        "noun": action_words(execution.action_type).noun,
        "via": provider_name(execution.provider) or via(execution),
        "time": moment_of(execution.sent_at),
        "said": " ".join(filter(None, (str(execution.status or ""), execution.code))) or "–",
    }
    is_known = execution.state == State.DONE and execution.answer == Answer.ACCEPTED
    went = str(_DONE if is_known else _WENT[execution.answer]) % words
    if execution.state == State.CONTRADICTED:
        return f"{went} {_WAITS}"
    return f"{went} {_LOCKED}" if execution.state in OPEN else went


def moment_of(moment: dt.datetime) -> str:
    """The time alone where it was today."""
    clock = format_clock(moment, seconds=True)
    is_today = timezone.localtime(moment).date() == timezone.localdate()
    return clock if is_today else f"{format_day(moment)} {clock}"
