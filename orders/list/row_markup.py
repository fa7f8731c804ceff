"""A row of the list as HTML, written in Python instead of in the template.

This alone is written fifty times a page, and a template takes several times as long for it as all the rest of the page
together (benchmarks/README.md). Whatever is text is escaped here; what is SafeString comes from our own tags.
"""

from html import escape
from typing import Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from orders.list.rows import OrderRow


def markup(row: OrderRow) -> SafeString:
    """The `<tr>` of an order. The first cell is its heading and holds the link that the whole row is."""
    cells = (
        _order(row),
        f'<td class="c-created">{row["created"]}</td>',
        f'<td class="c-customer">{_customer(row)}</td>',
        f'<td class="c-country"><abbr title="{escape(row["country_name"])}">{escape(row["country"])}</abbr></td>',
        f'<td class="c-state">{row["state"]}</td>',
        f'<td class="c-pay">{_state(row["payment"], row["method"]) or _muted(_("None yet"))}</td>',
        f'<td class="c-ship">{_state(row["shipping"], row["carrier"]) or _muted(_("None chosen"))}</td>',
        f'<td class="c-items num">{escape(row["pieces"])}</td>',
        f'<td class="total num"><b>{escape(row["amount"])}</b> <span '
        f'class="cur">{escape(row["currency"])}</span>{_note(row)}</td>',
    )
    gone = ' class="is-gone"' if row["is_gone"] else ""
    if hint := _cut(row):
        gone += f' title="{escape(hint)}"'
    return mark_safe(f"<tr{gone}>{''.join(cells)}</tr>")  # noqa: S308 - escaped above, cell by cell


def row_id(order_id: str) -> str:
    """The id of the link that opens an order on the list."""
    return f"row-{order_id}"


def _order(row: OrderRow) -> str:
    href = f' id="{escape(row_id(row["id"]))}" href="{escape(row["url"])}" draggable="false"' if row["url"] else ""
    if row["reference"]:
        name, below = escape(row["reference"]), f"<code>{escape(row['id'])}</code>"
    else:
        name, below = f"<code>{escape(row['id'] or '–')}</code>", escape(_("no reference yet"))
    return f'<th scope="row"><a class="open"{href}><bdi>{name}</bdi></a><small>{below}</small></th>'


_ROOM: tuple[tuple[Literal["reference", "customer", "email", "method", "carrier", "pieces"], int], ...] = (
    ("reference", 14), ("customer", 22), ("email", 24), ("method", 17), ("carrier", 14), ("pieces", 8),
)  # fmt: skip
"""Characters that a column has room for on a narrow screen; what is longer may be cut there."""


def _cut(row: OrderRow) -> str:
    """What of the row may not be seen in full, a line each."""
    return "\n".join(row[name] for name, room in _ROOM if len(row[name]) > room)


def _customer(row: OrderRow) -> str:
    if row["customer"]:
        return f'<span class="who-name">{escape(row["customer"])}</span><small>{escape(row["email"])}</small>'
    return f'<span class="who-name">{escape(row["email"])}</span>' if row["email"] else _muted(_("No customer yet"))


def _state(badge: SafeString, below: str) -> str:
    return f"{badge}<small>{escape(below)}</small>" if badge else ""


def _note(row: OrderRow) -> str:
    note = row["note"]
    return f'<small class="exc{" warn" if note.is_urgent else ""}">{escape(note.text)}</small>' if note else ""


def _muted(words: str) -> str:
    return f'<span class="muted">{escape(words)}</span>'
