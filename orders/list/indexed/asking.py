"""What the list's filters mean to the index, and which of them mean nothing to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.channels import Channel
from index.hashes import email_key, name_key, phone_key
from index.questions import Question
from orders.list.filters import BY_INDEX, NEWEST_FIRST, OrderFilterSet
from orders.list.filters.indexed import ANYBODY, IN_DOUBT, ME
from orders.list.find import ORDER, read
from payments.context import LISTED
from payments.models import Execution
from teamwork.models import Kind, State, Task
from teamwork.people import role_of
from ui import days

MOST_IDS = 5000
"""Orders that are looked for by their ids, where the desk's own tables say which they are: the newest of them."""
NOT_KNOWN = gettext_lazy("The index does not keep this, so it cannot be filtered by together with the others.")
ONE_OF_A_PERSON = gettext_lazy("The index looks for a person by one of name, e-mail and phone at a time.")
NOT_SORTED = gettext_lazy("The index cannot sort by this.")
NOBODY_THERE = gettext_lazy("There is nobody of that name.")

_PERSON: Mapping[str, Any] = {"names": name_key, "emails": email_key, "phones": phone_key}
_SORTS = {
    sort: sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    for sort in (NEWEST_FIRST, "created", *BY_INDEX)
}
"""As `index.questions.SORTS`: of the index a minus is for the oldest or smallest first."""
_UNKNOWN = ("cart_reference", "billing_countries", "shipping_countries")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, and why some filters are not in it, by their names. `by_person`: whether somebody is looked for,
    which the index does by keyed hashes of whole names, e-mails and phones, of the bill and of the delivery alike."""

    question: Question
    problems: Mapping[str, str] = field(default_factory=dict)
    by_person: bool = False


def question_of(filters: OrderFilterSet, channels: Sequence[Channel], user: User) -> Asked:
    """What is asked of the index about these channels, which are the person's. At most three queries."""
    cleaned = filters.form.cleaned_data if filters.form.is_valid() or filters.form.is_bound else {}
    named = set(cleaned.get("channels") or ())
    asked_channels = tuple(channel for channel in channels if not named or str(channel) in named)
    first, last = cleaned.get("date_from"), cleaned.get("date_to")
    finding = cleaned.get("finding") or ""
    question = Question(
        channels=asked_channels,
        status=tuple(cleaned.get("status") or ()),
        payment_states=tuple(cleaned.get("payment_state") or ()),
        shipping_states=tuple(cleaned.get("shipping_state") or ()),
        adapters=tuple(cleaned.get("adapter") or ()),
        countries=tuple(cleaned.get("countries") or ()),
        currency=cleaned.get("currency") or "",
        amount_from=cleaned.get("amount_from"),
        amount_to=cleaned.get("amount_to"),
        created_from=days.start_of(first) if first else None,
        created_to=days.end_of(last) if last else None,
        sku=cleaned.get("sku") or "",
        reference=cleaned.get("reference") or "",
        payment_id=cleaned.get("payment_id") or "",
        check="" if finding == IN_DOUBT else finding,
        sort=_SORTS.get(filters.ordering, "created"),
    )
    problems = {name: str(NOT_KNOWN) for name in _UNKNOWN if cleaned.get(name)}
    if filters.ordering not in _SORTS:
        problems["sort"] = str(NOT_SORTED)
    question, by_person = _of_person(question, cleaned, problems)
    return Asked(_of_desk(question, cleaned, finding, user, problems), problems, by_person)


def _of_person(question: Question, cleaned: Mapping[str, Any], problems: dict[str, str]) -> tuple[Question, bool]:
    """With what the search box and the filters of people say: one of them by hashes, the others are problems."""
    searched, keys = _searched(cleaned.get("search") or "")
    question = replace(question, text=searched, keys=keys)
    for side in ("billing", "shipping"):
        for kind, key_of in _PERSON.items():
            written = cleaned.get(f"{side}_{kind}") or ()
            if written and keys:
                problems[f"{side}_{kind}"] = str(ONE_OF_A_PERSON)
            elif written:
                # A key that nobody has, where none can be made: what was asked for is never left out of the question.
                keys = tuple(key_of(text) or "-" for text in written)
    return replace(question, keys=keys), bool(keys)


def _searched(text: str) -> tuple[str, tuple[str, ...]]:
    """A text of the search box as a piece of text, or as keys where it looks like a person's."""
    if not text:
        return "", ()
    reading = read(text)
    likeliest = reading.tries[0].way.rpartition("_")[2] if reading.tries else ORDER
    key_of = _PERSON.get(likeliest)
    key = key_of(reading.text) if key_of else ""
    return ("", (key,)) if key else (reading.text or text, ())


def _of_desk(
    question: Question, cleaned: Mapping[str, Any], finding: str, user: User, problems: dict[str, str]
) -> Question:
    """Within the orders that the desk's own tables name: what is in doubt, and who has what."""
    ids: set[str] | None = None
    if finding == IN_DOUBT:
        ids = set(_ids(Execution.objects.filter(state__in=LISTED), question.channels, "-created_at"))
    if whose := cleaned.get("assignee") or "":
        tasks = _tasks_of(whose, user)
        if tasks is None:
            problems["assignee"] = str(NOBODY_THERE)
        else:
            theirs = set(_ids(tasks, question.channels, "-created_at"))
            ids = theirs if ids is None else ids & theirs
    return question if ids is None else replace(question, ids=tuple(sorted(ids)))


def _tasks_of(whose: str, user: User) -> QuerySet[Task] | None:
    """What somebody has to do; None where there is nobody of that name."""
    tasks = Task.objects.filter(kind=Kind.ASK, state=State.OPEN)
    folded = whose.casefold()
    if folded in (ANYBODY, _("Anybody").casefold()):
        return tasks
    if folded in (ME, _("Me").casefold()):
        return tasks.filter(Q(for_person=user) | Q(for_person=None, for_role=role_of(user)))
    account = User.objects.filter(username__iexact=whose).first() or _by_name(whose)
    return tasks.filter(for_person=account) if account else None


def _by_name(name: str) -> User | None:
    given, _blank, family = name.partition(" ")
    return User.objects.filter(first_name__iexact=given, last_name__iexact=family).first() if family else None


def _ids(rows: QuerySet[Any], channels: Iterable[Channel], newest: str) -> Iterator[str]:
    theirs = Q(pk__in=())
    for channel in channels:
        theirs |= Q(merchant=channel.merchant, channel=channel.name)
    yield from rows.filter(theirs).order_by(newest).values_list("order_id", flat=True)[:MOST_IDS]
