"""A row of the list as HTML, written in Python instead of in the template.

This alone is written fifty times a page, and a template takes several times as long for it as all the rest of the page
together (benchmarks/README.md). Whatever is text is escaped here; what is SafeString comes from our own tags.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.names import initials
from orders.list.columns import COLUMNS, DEFAULT
from orders.list.rows import OrderRow
from ui.templatetags.desk import icon


def markup(row: OrderRow, columns: Sequence[str] = DEFAULT) -> SafeString:
    """The `<tr>` of an order with these columns. The first cell is its heading and holds the link that the whole row
    is."""
    cells = [_order(row), *(_CELLS[name](row) if name in _CELLS else _extra(row, name) for name in columns)]
    gone = ' class="is-gone"' if row["is_gone"] else ""
    if hint := _cut(row):
        gone += f' title="{escape(hint)}"'
    return mark_safe(f"<tr{gone}>{''.join(cells)}</tr>")  # noqa: S308 - escaped above, cell by cell


_CELLS: Mapping[str, Callable[[OrderRow], str]] = {
    "created": lambda row: f'<td class="c-created">{row["created"]}</td>',
    "customer": lambda row: f'<td class="c-customer">{_customer(row)}</td>',
    "country": lambda row: (
        f'<td class="c-country"><abbr title="{escape(row["country_name"])}">{escape(row["country"])}</abbr></td>'
    ),
    "state": lambda row: f'<td class="c-state">{row["state"]}</td>',
    "payment": lambda row: f'<td class="c-pay">{_payment(row) or _muted(_("None yet"))}</td>',
    "shipping": lambda row: f'<td class="c-ship">{_shipping(row) or _muted(_("None chosen"))}</td>',
    "items": lambda row: f'<td class="c-items num">{escape(row["pieces"])}</td>',
    "total": lambda row: (
        f'<td class="total num"><b>{escape(row["amount"])}</b> <span '
        f'class="cur">{escape(row["currency"])}</span>{_note(row)}</td>'
    ),
}


def _extra(row: OrderRow, name: str) -> str:
    """A cell of a column that is not usual; where rows are cards, it says itself what it is."""
    column, text = COLUMNS[name], row["more"].get(name, "")
    figure = " num" if column.is_figure else ""
    shown = text if isinstance(text, SafeString) else f"<span>{escape(text)}</span>" if text else ""
    hint = "" if isinstance(text, SafeString) else f' title="{escape(text)}"'
    return f'<td class="{column.css} is-more{figure}" data-label="{escape(str(column.word))}"{hint}>{shown}</td>'


def row_id(order_id: str) -> str:
    """The id of the link that opens an order on the list."""
    return f"row-{order_id}"


def unfit_markup(order_id: str, url: str, why: str, columns: Sequence[str] = DEFAULT) -> SafeString:
    """The `<tr>` of an order that came and cannot be read: its id leads to the document as it came, `why` says what
    does not fit. It has the cells of every row, so that the columns stay."""
    href = f' id="{escape(row_id(order_id))}" href="{escape(url)}" draggable="false"' if url else ""
    name = f'<a class="open"{href} title="{escape(why)}"><code>{escape(order_id or "–")}</code></a>'
    said = f'<span class="who-name">{escape(_("Cannot be read"))}</span><span class="why">{escape(why)}</span>'
    place = "customer" if "customer" in columns else columns[0] if columns else ""
    cells = [f'<th scope="row">{name}{"" if place else said}</th>']
    cells += [f'<td class="{COLUMNS[each].css}">{said if each == place else ""}</td>' for each in columns]
    return mark_safe(f'<tr class="is-unfit">{"".join(cells)}</tr>')  # noqa: S308 - escaped above


def _order(row: OrderRow) -> str:
    href = f' id="{escape(row_id(row["id"]))}" href="{escape(row["url"])}" draggable="false"' if row["url"] else ""
    if row["reference"]:
        name, below = escape(row["reference"]), f"<code>{escape(row['id'])}</code>"
    else:
        name, below = f"<code>{escape(row['id'] or '–')}</code>", escape(_("no reference yet"))
    if row["said"]:
        below = f'<span class="meanwhile">{escape(row["said"])}</span>'
    before = f"{pick(row['url'], row['reference'] or row['id'])}{_mark(row)}"
    return f'<th scope="row">{before}<a class="open"{href}><bdi>{name}</bdi></a><small>{below}</small></th>'


def pick(url: str, name: str) -> str:
    """The box that an order is chosen by, for what is done with many (`orders.bulk`): of the form of that name, which
    stands below the rows."""
    if not url:
        return ""
    says = _("Choose %(order)s") % {"order": name}
    box = f'<input type="checkbox" form="bulk" name="order" value="{escape(url)}" autocomplete="off"'
    return f'<label class="pick">{box} aria-label="{escape(says)}"></label>'


_ROOM: tuple[tuple[Literal["reference", "customer", "email", "method", "part", "carrier", "pieces"], int], ...] = (
    ("reference", 14), ("customer", 22), ("email", 24), ("method", 17), ("part", 17), ("carrier", 14), ("pieces", 8),
)  # fmt: skip
"""Characters that a column has room for on a narrow screen; what is longer may be cut there."""


def _cut(row: OrderRow) -> str:
    """What of the row may not be seen in full, a line each."""
    return "\n".join(row[name] for name, room in _ROOM if len(row[name]) > room)


def _customer(row: OrderRow) -> str:
    if row["customer"]:
        return f'<span class="who-name">{escape(row["customer"])}</span><small>{escape(row["email"])}</small>'
    if row["email"]:
        return f'<span class="who-name">{escape(row["email"])}</span>'
    return _muted(_("Not read") if row["is_unread"] else _("No customer yet"))


def _payment(row: OrderRow) -> str:
    """Where it is not the whole order that the state is about, how much of it takes the place of the method's name."""
    if row["payment"] and row["part"]:
        below = " ".join(f"<span>{escape(text)}</span>" for text in (row["part"], row["beside"]) if text)
        return f'{row["payment"]}<small class="part">{below}</small>'
    return _state(row["payment"], row["method"], row["beside"])


def _shipping(row: OrderRow) -> str:
    return _state(row["shipping"], row["carrier"], row["more_carriers"])


def _state(badge: SafeString, below: str, beside: str) -> str:
    """The name is cut off where there is no room, what stands behind it never."""
    if not badge:
        return ""
    more = f" <span>{escape(beside)}</span>" if beside else ""
    return f'{badge}<small><span class="name">{escape(below)}</span>{more}</small>'


def _note(row: OrderRow) -> str:
    note = row["note"]
    return f'<small class="exc{" warn" if note.is_urgent else ""}">{escape(note.text)}</small>' if note else ""


def _mark(row: OrderRow) -> str:
    """Who has the order, by their initials, and a sheet where there are notes on it; in words for who does not see
    that."""
    mark = row["mark"]
    if mark is None:
        return ""
    said = []
    if mark.notes:
        words = ngettext("%(count)d note", "%(count)d notes", mark.notes) % {"count": mark.notes}
        said.append(f'<span title="{escape(words)}">{icon("note")}<span class="sr">{escape(words)}</span></span>')
    if mark.names:
        words = _("With %(names)s") % {"names": ", ".join(mark.names)}
        letters = initials(mark.names[0]) + (f" +{len(mark.names) - 1}" if len(mark.names) > 1 else "")
        shown = f'<span aria-hidden="true">{escape(letters)}</span><span class="sr">{escape(words)}</span>'
        said.append(f'<span class="holder" title="{escape(words)}">{shown}</span>')
    return f'<span class="marks">{"".join(said)}</span>'


def _muted(words: str) -> str:
    return f'<span class="muted">{escape(words)}</span>'
