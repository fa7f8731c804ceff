"""What a person reads before money moves: what will happen, to which amount, and what it will come to."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from domain.money import ZERO, Figures, code_of, figures_of
from domain.states import PAYMENT, Bucket, led_to_by
from order_api.schemas import Order, Payment
from payments.executions.access import visible
from payments.executions.intent import Facts, Intent, attempts_on
from payments.executions.ledger import after, ledger_of
from payments.limits import rules
from payments.models import MAY_HAVE_MOVED, Evidence, Execution, Kind
from payments.presentation.vocabulary import above_words, action_words, names_it, provider_name
from ui.formats import format_money

MOST_EARLIER = 5
_OUT = frozenset({Bucket.LET_GO, Bucket.FAILED, Bucket.NONE})


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A line of figures: now, and once it is done. In the payment's currency."""

    label: str
    now: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """`title` is also the button's words. `leads_to` is the state afterwards, where it is known.
    `earlier`: refunds to this customer."""

    facts: Facts
    title: str
    happens: list[str]
    rows: list[FigureRow]
    leads_to: str
    through: str
    others: list[Payment]
    earlier: list[Execution]
    earlier_count: int
    by_hand: Evidence | None
    """What a person said of the last attempt at this very thing, if no reading could settle it."""

    @property
    def case(self) -> Intent:
        return self.facts.case


def money_of(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency, on one line; words where the API names none."""
    if amount is None:
        return _("the whole payment")
    return format_money(amount, currency)


def title_of(kind: str, amount: Decimal | None, currency: str) -> str:
    """As in "Refund 499.00 SEK"."""
    return str(action_words(kind).whole) % {"money": money_of(amount, currency)}


def amount_words(case: Intent) -> str:
    """What the action would move, in words: "up to" where its transactions do not tell for sure how much is left."""
    ledger = ledger_of(case.seen)
    if case.amount is None or ledger is None or ledger.is_sure:
        return money_of(case.amount, case.currency)
    most = max(case.amount, ledger.figures.most_left) if case.action.type.lower() == "refund" else case.amount
    return _("up to %(money)s") % {"money": money_of(most, case.currency)}


def title_of_case(case: Intent) -> str:
    """As in "Refund up to 499.00 SEK"."""
    return str(action_words(case.action.type).whole) % {"money": amount_words(case)}


def asks_for(case: Intent) -> str:
    """As in "Ask for up to 499.00 SEK to be refunded"."""
    return str(action_words(case.action.type).ask_for) % {"money": amount_words(case)}


def through(method: str, provider: str) -> str:
    """As in "Swish, through Adyen"."""
    if not provider or names_it(method, provider_name(provider)):
        return method
    return _("%(method)s, through %(provider)s") % {"method": method, "provider": provider_name(provider)}


def present(facts: Facts, user: User) -> Preview:
    """What this person may see in the dialog. A few queries, no call."""
    case, earlier = facts.case, earlier_refunds(facts.case, user)
    return Preview(
        facts=facts,
        title=title_of_case(case),
        happens=what_happens(case, facts.order),
        rows=rows_of(case, facts.order),
        leads_to=leads_to(case.action.type),
        through=through(case.method or case.payment_id, case.provider),
        others=[each for each in facts.order.payments if each.id != case.payment_id and PAYMENT.of(each.state).is_live],
        earlier=list(earlier[:MOST_EARLIER]),
        earlier_count=earlier.count(),
        by_hand=said_by_hand(case),
    )


def said_by_hand(case: Intent) -> Evidence | None:
    """The Order API may still offer what a person has found to be done; then it is their word that matters."""
    ended = attempts_on(case).filter(action_type=case.action.type, ended_at__isnull=False)
    last = ended.order_by("-ended_at").first()
    found = last.evidence.select_related("execution").last() if last else None
    return found if found and found.kind == Kind.PERSON and last and last.sent_at else None


def leads_to(kind: str) -> str:
    """The state that the action leads to; where there are two (refunded, credited), the one that says it plainly."""
    return next((state.name for state in led_to_by(kind)), "")


def earlier_refunds(case: Intent | Execution, user: User) -> "QuerySet[Execution]":
    """What was paid back to the same customer of this merchant through this desk, or may have been, newest
    first; of this person's channels."""
    if not case.customer:
        return Execution.objects.none()
    refunds = visible(user).filter(customer=case.customer, action_type__iexact="refund", state__in=MAY_HAVE_MOVED)
    return refunds.filter(merchant=case.merchant).order_by("-created_at")


def above(excess: rules.Excess, currency: str) -> str:
    """A limit that would be passed, in a sentence."""
    if excess.kind in ("action", "order", "day", rules.TWO) and excess.would_be:
        amounts = (money_of(Decimal(text), currency) for text in (excess.limit, excess.would_be))
        return above_words(excess.kind, *amounts)
    if excess.kind == rules.TWO:
        most, _space, own = excess.limit.partition(" ")
        return above_words("two-unsure", money_of(Decimal(most), own), "")
    if excess.kind == "up-to":
        return above_words(excess.kind, "", money_of(Decimal(excess.would_be), currency))
    return above_words(*excess)


def what_happens(case: Intent, order: Order) -> list[str]:
    """In sentences: what the provider does, what the customer will see, what cannot be undone, and
    what stays as it is."""
    names = {
        "provider": provider_name(case.provider) or _("The provider"),
        "method": case.method or provider_name(case.provider) or _("means of payment"),
        "by": f" ({case.method})" if case.method and not names_it(case.method, provider_name(case.provider)) else "",
        "money": amount_words(case),
        "kind": case.action.type,
    }
    *first, last = (sentence % names for sentence in _sentences(case.action.type.lower()))
    return [*first, f"{last} {_left_alone(case, order)}"]


def _sentences(kind: str) -> tuple[str, ...]:
    match kind:
        case "capture":
            return (
                _("%(provider)s takes %(money)s that the customer has promised by %(method)s."),
                _("It is always the whole payment: the checkout takes no amount. The customer sees the charge as the "
                  "provider shows it."),
                _("It cannot be undone, only refunded."),
            )  # fmt: skip
        case "cancel":
            return (
                _("%(provider)s lets the reservation of %(money)s go. No money is taken."),
                _("The customer sees the reservation disappear, with some banks only after days."),
                _("It cannot be undone: to be paid, the order would need a new payment."),
            )
        case "refund":
            return (
                _("%(provider)s pays %(money)s back to the customer, the way they paid%(by)s."),
                _("It is always all that is left of the payment: the checkout takes no amount. When it arrives is up "
                  "to the provider."),
                _("It cannot be undone."),
            )  # fmt: skip
    return (
        _("%(provider)s executes what it calls “%(kind)s” on this payment of %(money)s."),
        _("This desk does not know what that does, nor whether it can be undone. If you are not sure, ask the provider "
          "first."),
    )  # fmt: skip


def _left_alone(case: Intent, order: Order) -> str:
    others = sum(
        1 for each in order.payments if each.id != case.payment_id and PAYMENT.of(each.state).bucket not in _OUT
    )
    if not others:
        return _("The order keeps its state.")
    words = ngettext(
        "The other payment is left alone, and the order keeps its state.",
        "The other %d payments are left alone, and the order keeps its state.",
        others,
    )
    return words.replace("%d", str(others))


def rows_of(case: Intent, order: Order) -> list[FigureRow]:
    """What of the payment is authorised, captured, refunded and left, and what is paid of the order;
    nothing where amounts are missing."""
    ledger = ledger_of(case.seen)
    if ledger is None:
        return []
    now, then = ledger.figures, after(case.action.type, ledger.figures)
    paid = sum((_paid(each) for each in order.payments if _is_beside(each, case, order)), ZERO)
    return [
        *figure_rows(now, case.action.type),
        FigureRow(_("Left to refund"), now.taken, then.taken),
        FigureRow(_("Paid for the order"), paid + now.taken, paid + then.taken),
    ]


def figure_rows(now: Figures, kind: str) -> list[FigureRow]:
    """What of the payment is authorised, captured and refunded."""
    then = after(kind, now)
    return [
        FigureRow(_("Authorised"), now.authorised, then.authorised),
        FigureRow(_("Captured"), now.captured, then.captured),
        FigureRow(_("Refunded"), now.refunded, then.refunded),
    ]


def _is_beside(payment: Payment, case: Intent, order: Order) -> bool:
    """Whether it is another payment in the same currency; what is in others is not added up."""
    return payment.id != case.payment_id and code_of(payment.currency or order.currency) == case.currency


def _paid(payment: Payment) -> Decimal:
    return figures_of(payment.state, payment.amount).taken
