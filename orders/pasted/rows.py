"""The table of a paste: what became of each line, as HTML and as text for a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from html import escape
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel, channel_name
from domain.states import state_of
from orders.list.row_markup import pick
from orders.models import PastedLine
from orders.pasted.facts import Facts
from orders.pasted.kept import Told, told_of
from orders.pasted.scan import Kind
from ui.formats import format_amount
from ui.templatetags.desk import badge, icon

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class Outcome(StrEnum):
    """What became of a line."""

    FOUND = "found"
    NOWHERE = "nowhere"
    SILENT = "silent"
    WAITING = "waiting"
    STOPPED = "stopped"


class Hit(NamedTuple):
    """An order that a line led to. `same_as` is the place of a line before it that led there too; 0 for none."""

    channel: Channel
    facts: Facts
    same_as: int = 0


class Row(NamedTuple):
    """A line with what became of it. `silent` are the channels that did not answer, `asked` how many did; `more` are
    orders that it led to besides those that are told."""

    line: PastedLine
    outcome: Outcome
    hits: tuple[Hit, ...]
    asked: int
    silent: tuple[Channel, ...]
    more: int


def order_url(channel: Channel, order_id: str) -> str:
    """The address of an order's page."""
    return reverse("order-detail", args=[channel, order_id])


def rows_of(lines: Iterable[PastedLine], channels: Sequence[Channel], *, is_stopped: bool) -> list[Row]:
    """A row for each line, in the order as pasted. What a channel answered that is not one of these counts no more."""
    first: dict[tuple[Channel, str], int] = {}
    return [_row(line, told_of(line), channels, first, is_stopped=is_stopped) for line in lines]


def _row(
    line: PastedLine,
    told: Mapping[str, Told],
    channels: Sequence[Channel],
    first: dict[tuple[Channel, str], int],
    *,
    is_stopped: bool,
) -> Row:
    hits = []
    for channel in channels:
        for facts in told[str(channel)].found if str(channel) in told else ():
            before = first.setdefault((channel, facts.id), line.place)
            hits.append(Hit(channel, facts, before if before != line.place else 0))
    silent = tuple(channel for channel in channels if str(channel) in told and told[str(channel)].failed)
    asked = sum(str(channel) in told and not told[str(channel)].failed for channel in channels)
    more = sum(each.size - len(each.found) for name, each in told.items() if name in set(map(str, channels)))
    waits = any(str(channel) not in told for channel in channels)
    if hits:
        outcome = Outcome.FOUND
    elif waits:
        outcome = Outcome.STOPPED if is_stopped else Outcome.WAITING
    else:
        outcome = Outcome.SILENT if silent else Outcome.NOWHERE
    return Row(line, outcome, tuple(hits), asked, silent, more)


def is_of_a_person(row: Row) -> bool:
    """Whether the line is a way to reach somebody, who may have orders in several channels."""
    return row.line.kind in (Kind.EMAIL, Kind.PHONE)


def told_words(row: Row) -> str:
    """What became of a line that led to no order, in words."""
    if row.outcome is Outcome.WAITING:
        return _("Being looked up")
    if row.outcome is Outcome.STOPPED:
        return _("Not looked up")
    if row.outcome is Outcome.NOWHERE:
        return ngettext("Not found in %(n)s channel", "Not found in %(n)s channels", row.asked) % {"n": row.asked}
    names = _names(row)
    if not row.asked:
        return _silent_words(row)
    words = ngettext(
        "Not found in %(n)s channel; did not answer: %(channels)s",
        "Not found in %(n)s channels; did not answer: %(channels)s",
        row.asked,
    )
    return words % {"n": row.asked, "channels": names}


def _names(row: Row) -> str:
    return get_text_list([channel_name(channel) for channel in row.silent], _("and"))


def _silent_words(row: Row) -> str:
    return _("Did not answer: %(channels)s") % {"channels": _names(row)}


def beside_words(row: Row, hit: Hit) -> str:
    """What is to be said of an order besides what it is."""
    said = []
    if hit.same_as:
        said.append(_("The same order as line %(line)s") % {"line": hit.same_as})
    if row.more and hit is row.hits[-1]:
        words = ngettext(
            "One more order is found by searching for it", "%(n)s more orders are found by searching for it", row.more
        )
        said.append(words % {"n": row.more})
    if row.silent and is_of_a_person(row) and hit is row.hits[-1]:
        said.append(_silent_words(row))
    return ". ".join(said)


def times_words(row: Row) -> str:
    """How often the line was pasted, where it is more than once."""
    times = row.line.times
    if times == 1:
        return ""
    return _("twice") if times == 2 else _("%(n)s times") % {"n": times}


def markup(row: Row, *, is_swapped: bool = False) -> SafeString:
    """The `<tbody>` of a line: a row for each order, or one that says why there is none. `is_swapped`: for htmx, to
    take the place of the one before."""
    place = f'<span class="p-place num">{row.line.place}</span>'
    head = f'<th scope="row" class="p-text">{place} <bdi>{escape(row.line.text)}</bdi>'
    if times := times_words(row):
        head += f" <small>{escape(times)}</small>"
    head += "</th>"
    if row.hits:
        trs = "".join(
            f"<tr{_opened(row)}>{head if n == 0 else '<td class=p-text></td>'}{_cells(row, hit, n)}</tr>"
            for n, hit in enumerate(row.hits)
        )
    else:
        tone = {Outcome.NOWHERE: " is-nowhere", Outcome.SILENT: " is-silent"}.get(row.outcome, " muted")
        trs = f'<tr>{head}<td class="p-told{tone}" colspan="6">{escape(told_words(row))}</td></tr>'
    swap = ' hx-swap-oob="true"' if is_swapped else ""
    return mark_safe(f'<tbody id="line-{row.line.place}"{swap}>{trs}</tbody>')  # noqa: S308 - escaped above


def _opened(row: Row) -> str:
    return ' class="is-opened"' if row.line.opened_at else ""


def _cells(row: Row, hit: Hit, number: int) -> str:
    facts = hit.facts
    name = escape(facts.reference or facts.id or "–")
    anchor = f"row-{row.line.place}" + (f"-{number + 1}" if number else "")
    link = (
        f'<a class="open" id="{anchor}" href="{escape(order_url(hit.channel, facts.id))}"><bdi>{name}</bdi></a>'
        if facts.id
        else name
    )
    chosen = pick(order_url(hit.channel, facts.id), facts.reference or facts.id) if facts.id and not hit.same_as else ""
    if row.line.opened_at:
        link += f' <span class="p-opened">{icon("check")}<span class="sr">{escape(_("Opened"))}</span></span>'
    if beside := beside_words(row, hit):
        link += f" <small>{escape(beside)}</small>"
    return (
        f'<td class="p-order">{chosen}{link}</td>'
        f'<td class="p-channel">{escape(channel_name(hit.channel))}</td>'
        f'<td class="p-customer">{escape(facts.customer)}</td>'
        f'<td class="p-state">{badge("order", facts.status)}</td>'
        f'<td class="p-payment">{badge("payment", facts.payment)}</td>'
        f'<td class="p-total num">{escape(_amount(facts))} <span class="cur">{escape(facts.currency)}</span></td>'
    )


def _amount(facts: Facts) -> str:
    try:
        return format_amount(Decimal(facts.total), facts.currency) if facts.total else ""
    except InvalidOperation:
        return facts.total


def headings() -> tuple[str, ...]:
    """What the columns are called, on the page and in a spreadsheet alike."""
    return (_("Pasted"), _("Order"), _("Channel"), _("Customer"), _("State"), _("Payment"), _("Total"))


def as_tsv(rows: Iterable[Row]) -> str:
    """The table as a spreadsheet takes it from the clipboard: tabs between the cells, and a line for each order. What
    would be taken for a formula has an apostrophe before it."""
    lines = [(*headings(), _("Currency")), *(line for row in rows for line in _lines(row))]
    return "\n".join("\t".join(map(_cell, line)) for line in lines)


def _lines(row: Row) -> Iterator[tuple[str, ...]]:
    if not row.hits:
        yield row.line.text, told_words(row), "", "", "", "", "", ""
    for hit in row.hits:
        facts = hit.facts
        states = (
            str(state_of(kind, name).word) if name else ""
            for kind, name in (("order", facts.status), ("payment", facts.payment))
        )
        yield (
            row.line.text, facts.reference or facts.id, channel_name(hit.channel), facts.customer, *states,
            _amount(facts), facts.currency,
        )  # fmt: skip


def _cell(text: str) -> str:
    whole = " ".join(text.split())
    return f"'{whole}" if whole.startswith(_FORMULA) else whole


class Count(NamedTuple):
    """How far it is: lines in all, those of which it is known what became of them, and by what."""

    lines: int
    done: int
    found: int
    nowhere: int
    silent: int
    opened: int

    @property
    def left(self) -> int:
        return self.lines - self.done


def count(rows: Sequence[Row]) -> Count:
    by = {outcome: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
    waiting = by[Outcome.WAITING] + by[Outcome.STOPPED]
    opened = sum(bool(row.line.opened_at) for row in rows if row.hits)
    return Count(len(rows), len(rows) - waiting, by[Outcome.FOUND], by[Outcome.NOWHERE], by[Outcome.SILENT], opened)


def first_to_open(rows: Iterable[Row]) -> str:
    """The address of the first order that was not opened yet; of the first at all, where all were."""
    found = [(row, hit) for row in rows for hit in row.hits if hit.facts.id and not hit.same_as]
    for _row_of, hit in [each for each in found if not each[0].line.opened_at] or found:
        return order_url(hit.channel, hit.facts.id)
    return ""
