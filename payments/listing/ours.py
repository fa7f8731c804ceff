"""The executions of this desk that a question means: all of them are here, and exact."""

from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast, Coalesce, Round

from accounts.channels import grants_of
from index.amounts import ONE
from index.models import IndexedPayment
from payments.executions.access import given
from payments.listing import words
from payments.listing.counting import Added, by_group
from payments.listing.paging import Source, read_uuid
from payments.listing.questions import Question, asked_kinds, asked_states
from payments.models import Execution, State

MOVED = Case(When(state=State.DONE, then=Coalesce(F("moved_amount"), F("amount"))), default=F("amount"))
"""What really moved, where a person found that it was another amount than was asked for."""
MUCH = 2_000
"""Executions of a person that are found and sorted, rather than met by time."""
_NARROWING = ("merchant", "channel", "state", "asked_by", "taken_by")
"""What has indexes of its own."""
_GROUPS = ("currency", "action_type", "state")


def executions(question: Question, user: User, *, by_time: bool = False) -> "QuerySet[Execution]":
    """The executions that are meant, of the channels that this person was given, in no order. `by_time`: as many of
    them as there are, they are to be gone through by an index by time, and on SQLite not by any other, which would have
    each row looked up."""
    own = "its_" if by_time and connection.vendor == "sqlite" else ""
    found = Execution.objects.all()
    if own:  # the same columns, as no index has them
        found = found.alias(**{f"{own}{name}": Coalesce(name, name) for name in _NARROWING})
    found = found.filter(given(grants_of(user), own))
    if not question.asks_ours:
        return found.none()
    if question.channels:
        theirs = (Q(**{f"{own}merchant": each.merchant, f"{own}channel": each.name}) for each in question.channels)
        found = found.filter(reduce(or_, theirs))
    states, kinds = asked_states(question), asked_kinds(question)
    if states is not None:
        found = found.filter(**{f"{own}state__in": states})
    if kinds:
        found = found.filter(reduce(or_, (Q(action_type__iexact=kind) for kind in kinds)))
    if question.person is not None:
        found = found.filter(reduce(or_, (Q(**{f"{own}{name}": question.person}) for name in ("asked_by", "taken_by"))))
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


def source(question: Question, user: User) -> "Source[Execution]":
    """The executions that are meant, as a list of which pages are made. Where only some states are meant, they fall
    into those, so that an index has each part in its order: of those that wait for somebody there are few, however many
    there are. What somebody did who did much is met soon by time. Up to two queries."""
    parts = [{"state": state} for state in dict.fromkeys(asked_states(question) or ())]
    by_time = not parts and question.person is not None and _did_much(question.person)
    rows = executions(question, user, by_time=by_time)
    return Source(rows, "created_at", read_uuid, parts or ([{}] if by_time else []))


def _did_much(person: int) -> bool:
    mine = (Execution.objects.filter(**{name: person}) for name in ("asked_by", "taken_by"))
    return any(bool(rows.order_by().values_list("pk")[MUCH : MUCH + 1]) for rows in mine)


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


def grouped(question: Question, user: User, most: int) -> list[tuple[str, str, str, Added]]:
    """Of the newest `most` that are meant: currency, type of action, state, and what they come to, in ten-thousandths,
    which add up exactly on every database. Up to two queries."""
    rows, newest = (
        executions(question, user, by_time=by_time)
        .annotate(units=Cast(Round(MOVED * ONE), BigIntegerField()), moment=F("created_at"))
        .values(*_GROUPS, "units", "moment")
        for by_time in (bool(asked_kinds(question)), True)  # which type of action it was stands in no other index
    )
    return by_group(rows, most, *_GROUPS, newest=newest)
