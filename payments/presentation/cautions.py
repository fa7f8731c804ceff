"""What a person should know before money moves, besides the figures: that it was done before, and how sure the figures
and the adapter's answers are."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from audit.names import person_name
from order_api.schemas import PaymentTransaction
from payments.executions.intent import Facts, Intent, attempts_on
from payments.executions.ledger import ledger_of
from payments.executions.profiles import profile_of
from payments.models import Evidence, State
from payments.presentation.origins import origins_of
from payments.presentation.summary import moment_of, title_of
from payments.presentation.vocabulary import action_words, provider_name
from ui.formats import format_money


class Before(NamedTuple):
    """That the same was done to the payment before, in a sentence. `address`: where it can be looked at, if it was
    through this desk."""

    says: str
    address: str = ""


def done_before(facts: Facts, by_hand: Evidence | None) -> list[Before]:
    """Whether the same type of action was done on the payment before, a minute or a month ago: the last time through
    this desk, and the last time otherwise. What a person said of the last attempt (`by_hand`) is told elsewhere."""
    return [*_through_this_desk(facts.case, by_hand), *_otherwise(facts)]


def _through_this_desk(case: Intent, by_hand: Evidence | None) -> list[Before]:
    done = attempts_on(case).filter(state=State.DONE, action_type__iexact=case.action.type)
    last = done.order_by("-ended_at").first()
    if last is None or (by_hand and by_hand.execution_id == last.pk):
        return []
    words = _("It was done on this payment before, through this desk: %(title)s, asked for by %(name)s, %(when)s.")
    said = {
        "title": title_of(last),
        "name": person_name(last.asked_by_name),
        "when": moment_of(last.ended_at or last.created_at),
    }
    return [Before(words % said, reverse("execution-detail", args=[last.in_channel, last.pk]))]


def _otherwise(facts: Facts) -> list[Before]:
    case, profile = facts.case, profile_of(facts.case.provider)
    lines = [
        each
        for each in facts.transactions
        if (each.event or "").lower() == case.action.type.lower() and each.is_success
        if profile.is_final(each.psp_status or "")
    ]
    if not lines:
        return []
    origins = origins_of(case.in_channel, case.order_id, case.payment_id)
    found = ((line, origins.of(case.payment_id, line)) for line in lines)
    foreign = [(line, origin) for line, origin in found if origin and not (origin.execution and origin.is_sure)]
    if not foreign:
        return []
    line, origin = max(foreign, key=lambda each: each[0].created.timestamp() if each[0].created else 0)
    if origin.execution:
        words = _("The payment's log has a %(noun)s that succeeded, perhaps through this desk by %(name)s, %(what)s.")
        address = reverse("execution-detail", args=[origin.execution.in_channel, origin.execution.pk])
        return [Before(words % {**_said(case, line), "name": person_name(origin.execution.asked_by_name)}, address)]
    words = _("It was done on this payment before, and not through this desk: its log has a %(noun)s, %(what)s.")
    return [Before(words % _said(case, line))]


def _said(case: Intent, line: PaymentTransaction) -> dict[str, object]:
    """The amount is what the transaction names: that need not be what moved."""
    parts = [moment_of(line.created) if line.created else _("without a time")]
    if line.amount is not None:
        parts.append(_("its transaction names %(amount)s") % {"amount": format_money(line.amount, case.currency)})
    return {"noun": action_words(case.action.type).noun, "what": "; ".join(parts)}


def cautions(case: Intent) -> list[str]:
    """How sure the figures are, and what is known of the adapter's answers; nothing where all is as one would think."""
    profile, found = profile_of(case.provider), []
    ledger = ledger_of(case.seen)
    if ledger and ledger.contradicted:
        found.append(_("One of its transactions takes another back, so nobody knows how much is left to move."))
    elif ledger and not ledger.is_sure:
        words = _("Its transactions can be read in two ways: what is left is %(one)s or %(other)s.")
        two = {
            "one": format_money(ledger.figures.least_left, case.currency),
            "other": format_money(ledger.figures.most_left, case.currency),
        }
        found.append(words % two)
    name = {"provider": provider_name(case.provider) or _("The provider"), "adapter": case.provider or "–"}
    if profile.acts_later:
        found.append(
            _("%(provider)s answers before it has done it: it may stand as pending for a while, and may fail later.")
            % name
        )
    if not profile.is_known:
        found.append(
            _("This desk does not know the adapter “%(adapter)s”: only words that can mean nothing else count as done, "
              "and it may stay in doubt until somebody has looked.") % name
        )  # fmt: skip
    return found
