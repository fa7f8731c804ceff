"""The export of the list: everything that it means, newest first, up to the moment at which it was asked for."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.channels import Channel, parse
from domain.adapters import adapter_name
from domain.states import PAYMENT, state_of
from jobs import exports
from jobs.exports import COMPLETE, MOVED, Portion
from jobs.models import Job
from jobs.running import Step
from jobs.tables import Cell, Column
from payments.listing import rows as listed
from payments.listing.paging import page_of, read_position
from payments.listing.questions import Question, Tab
from payments.listing.rows import THEIRS, Row

KIND = "payments.export"
PORTION = 500
"""Rows a piece."""
WORDS = {
    "": gettext_lazy("Payments"),
    COMPLETE: gettext_lazy("Complete: %(rows)s rows, as many as were counted before and after."),
    MOVED: gettext_lazy(
        "Not proven complete: %(rows)s rows. There were %(before)s at the beginning and %(after)s at the end, as what "
        "is known of payments changed meanwhile."
    ),
}


class RowColumn(NamedTuple):
    column: Column
    get: Callable[[Row], Any]


def _column(name: str, word: Promise, get: Callable[[Row], Any], cell: Cell = Cell.TEXT) -> RowColumn:
    return RowColumn(Column(name, word, cell), get)


def _whose(row: Row) -> str:
    if row.is_ours:
        return _("Done here")
    return _("Not done here") if row.rank == THEIRS else _("Nobody yet")


COLUMNS: Mapping[str, RowColumn] = {
    each.column.name: each
    for each in (
        _column("when", gettext_lazy("When"), lambda row: row.at, Cell.MOMENT),
        _column("what", gettext_lazy("What"), lambda row: row.what),
        _column("outcome", gettext_lazy("Outcome"), lambda row: str(state_of(*row.badge).word)),
        _column("amount", gettext_lazy("Amount"), lambda row: row.amount, Cell.AMOUNT),
        _column("currency", gettext_lazy("Currency"), lambda row: row.currency),
        _column("order", gettext_lazy("Order"), lambda row: row.order_name),
        _column("order_id", gettext_lazy("Order id"), lambda row: row.order_id),
        _column("channel", gettext_lazy("Channel"), lambda row: str(row.channel)),
        _column("method", gettext_lazy("Payment method"), lambda row: row.through),
        _column("provider", gettext_lazy("Provider"), lambda row: adapter_name(row.adapter)),
        _column("reference", gettext_lazy("Reference at the provider"), lambda row: row.reference),
        _column("payment_id", gettext_lazy("Payment id"), lambda row: row.payment_id),
        _column("person", gettext_lazy("Person"), lambda row: row.by),
        _column("approved_by", gettext_lazy("Approved by"), lambda row: row.approved_by),
        _column("whose", gettext_lazy("Done by whom"), _whose),
        _column("note", gettext_lazy("Note on the amount"), lambda row: row.note),
        _column(
            "stands",
            gettext_lazy("Payment now"),
            lambda row: str(PAYMENT.of(row.stands.state).word) if row.stands else "",
        ),
        _column(
            "as_of", gettext_lazy("Payment as of"), lambda row: row.stands.as_of if row.stands else None, Cell.MOMENT
        ),
    )
}
"""All columns by their names, in their order. None of them names a customer."""


class Rows(NamedTuple):
    """Rows in words, and the position after which the next ones stand; empty at the end."""

    rows: list[Row]
    cursor: str


def rows(question: Question, user: User, cursor: str = "", size: int = PORTION) -> Rows:
    """The next rows of what is meant, newest first, after that cursor. As many queries whatever the place."""
    sources = listed.sources(question, user)
    found = page_of(sources, size, after=read_position(cursor, sources) if cursor else None)
    return Rows(listed.present(found.rows, user), str(found.older) if found.older else "")


def count(question: Question, user: User) -> int:
    """How many rows are meant, all of them counted."""
    return sum(source.rows.count() for source in listed.sources(question, user))


def walk(question: Question, user: User) -> Iterator[Row]:
    """All the rows that are meant, no more than a portion of them in memory."""
    cursor = ""
    while True:
        found = rows(question, user, cursor)
        yield from found.rows
        if not (cursor := found.cursor):
            return


def pack(question: Question) -> dict[str, Any]:
    """A question as JSON."""
    return {
        name: [str(each) for each in value] if name == "channels" else _packed(value)
        for name, value in asdict(question).items()
    }


def _packed(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def unpack(packed: Mapping[str, Any]) -> Question:
    """The same as a question."""
    said = dict(packed)
    for name in ("since", "until"):
        said[name] = dt.datetime.fromisoformat(said[name]) if said[name] else None
    for name in ("amount_from", "amount_to"):
        said[name] = None if said[name] is None else Decimal(said[name])
    for name in ("held_as", "outcomes", "kinds"):
        said[name] = tuple(said[name])
    channels: tuple[Channel, ...] = tuple(map(parse, said.pop("channels")))
    return Question(**{**said, "tab": Tab(said["tab"]), "channels": channels})


def up_to(question: Question, moment: dt.datetime) -> Question:
    """What is meant, as far as it was there at that moment: what comes while it is read stays out."""
    return replace(question, until=min(question.until, moment) if question.until else moment)


class PaymentSource:
    """As `exports.Source`. Arguments: `columns`. Private: `question`, as `pack` made it."""

    def columns(self, step: Step) -> Sequence[Column]:
        return [COLUMNS[name].column for name in step.arguments["columns"]]

    def read(self, step: Step, columns: Sequence[Column], cursor: Mapping[str, Any]) -> Portion:
        question, user = unpack(step.private["question"]), step.owner
        before = cursor["before"] if "before" in cursor else count(question, user)
        found = rows(question, user, cursor.get("after", ""))
        done = cursor.get("done", 0) + len(found.rows)
        gets = [COLUMNS[column.name].get for column in columns]
        portion = Portion(
            [[get(row) for get in gets] for row in found.rows],
            {"after": found.cursor, "done": done, "before": before},
            done,
            before,
        )
        if found.cursor:
            return portion
        after = count(question, user)
        code = COMPLETE if done == before == after else MOVED
        return replace(portion, is_last=True, code=code, facts={"before": before, "after": after})


def _may(_job: Job, _owner: User) -> str:
    """Whoever sees orders; of which channels, each portion asks anew."""
    return ""


def register() -> None:
    """As the program starts."""
    exports.kind(KIND, PaymentSource(), WORDS, may=_may)
