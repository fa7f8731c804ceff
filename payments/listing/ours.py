"""The executions of this desk that a question means: all of them are here, and exact."""

from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast, Coalesce, Round

from index.amounts import ONE
from index.models import IndexedPayment
from payments.executions.access import visible
from payments.listing import words
from payments.listing.counting import by_group
from payments.listing.questions import Question, asked_kinds, asked_states
from payments.models import Execution, State

MOVED = Case(When(state=State.DONE, then=Coalesce(F("moved_amount"), F("amount"))), default=F("amount"))
"""What really moved, where a person found that it was another amount than was asked for."""
_GROUPS = ("currency", "action_type", "state")


def executions(question: Question, user: User) -> "QuerySet[Execution]":
    """The executions that are meant, of the channels that this person was given, in no order."""
    found = visible(user)
    if not question.asks_ours:
        return found.none()
    if question.channels:
        found = found.filter(reduce(or_, (Q(merchant=c.merchant, channel=c.name) for c in question.channels)))
    states, kinds = asked_states(question), asked_kinds(question)
    if states is not None:
        found = found.filter(state__in=states)
    if kinds:
        found = found.filter(reduce(or_, (Q(action_type__iexact=kind) for kind in kinds)))
    if question.person is not None:
        found = found.filter(Q(asked_by=question.person) | Q(taken_by=question.person))
    if question.provider:
        found = found.filter(reduce(or_, (Q(provider__istartswith=text) for text in question.spellings)))
    if question.currency:
        found = found.filter(currency__iexact=question.currency)
    if question.text:
        text = question.text
        found = found.filter(
            Q(order_id=text) | Q(payment_id=text) | Q(order_reference__icontains=text)
            | Q(payment_reference__icontains=text)
        )  # fmt: skip
        if (few := words.few_with(text)) is not None:
            found = found.filter(pk__in=few)
    if question.held_as:
        found = found.filter(_stands(question))
    return _bounded(found, question)


def parts_of_executions(question: Question) -> list[dict[str, str]]:
    """Into which executions fall where only some states are meant, so that an index has each part in its order: of
    those that wait for somebody there are few, however many there are."""
    return [{"state": state} for state in dict.fromkeys(asked_states(question) or ())]


def _bounded(found: "QuerySet[Execution]", question: Question) -> "QuerySet[Execution]":
    bounds = {"created_at__gte": question.since, "created_at__lt": question.until}
    found = found.filter(**{name: value for name, value in bounds.items() if value is not None})
    if question.amount_from is None and question.amount_to is None:
        return found
    amounts = {"came_to__gte": question.amount_from, "came_to__lte": question.amount_to}
    return found.annotate(came_to=MOVED).filter(**{name: each for name, each in amounts.items() if each is not None})


def _stands(question: Question) -> Exists:
    """Whether the payment's money is there, by what the index last read of it."""
    places = reduce(or_, (Q(**{f"{name}__gt": 0}) for name in question.held_as))
    payments = IndexedPayment.objects.filter(
        places,
        payment_id=OuterRef("payment_id"),
        order__order_id=OuterRef("order_id"),
        order__merchant=OuterRef("merchant"),
        order__channel=OuterRef("channel"),
    )
    return Exists(payments)


def grouped(found: "QuerySet[Execution]", most: int) -> list[tuple[str, str, str, int, int]]:
    """Of the newest `most` of them: currency, type of action, state, how many, and what they come to in
    ten-thousandths, which add up exactly on every database. One query, two where there are more."""
    units = Cast(Round(MOVED * ONE), BigIntegerField())
    rows = found.annotate(units=units, moment=F("created_at")).values(*_GROUPS, "units", "moment")
    return by_group(rows, most, *_GROUPS)
