"""What a mail about a queue says, in the language of whoever reads it: orders by their references, links, and nothing
that tells of a person."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from teamwork.models import Kind, Task
from teamwork.presentation import order_url
from teamwork.queue import Item
from ui.formats import format_calendar_day


def words(rows: Sequence[Task | Item], total: int) -> tuple[str, str]:
    """Subject and body, about these of `total` things that wait."""
    if total == 1:
        subject = _("Order desk: %(order)s waits for you") % {"order": _in_one_line(_called(rows[0]))}
    else:
        subject = ngettext(
            "Order desk: %(count)d thing waits for you", "Order desk: %(count)d things wait for you", total
        ) % {"count": total}
    paragraphs = [f"{_line(row)}\n{_link(row)}" for row in rows]
    if left := total - len(rows):
        paragraphs.append(ngettext("And %(count)d more.", "And %(count)d more.", left) % {"count": left})
    paragraphs += [
        _("All that waits for you: %(link)s") % {"link": settings.DESK_URL + reverse("queue-list")},
        _("When you are told by mail: %(link)s") % {"link": settings.DESK_URL + reverse("queue-mail")},
    ]
    return subject, "\n\n".join(paragraphs) + "\n"


def _called(row: Task | Item) -> str:
    return row.called if isinstance(row, Task) else row.reference or row.order_id


def _in_one_line(text: str) -> str:
    """A reference is anything that somebody wrote there; a subject is one line."""
    return " ".join(text.split())[:80]


def _line(row: Task | Item) -> str:
    named = {"order": _in_one_line(_called(row))}
    if isinstance(row, Item):
        says = _("A request about %(order)s waits for your decision.") % named
    elif row.kind == Kind.MENTION:
        says = _("A note on %(order)s mentions you.") % named
    elif row.kind == Kind.ANSWER:
        says = _("What you asked about %(order)s was answered.") % named
    elif row.for_person_id is None:
        says = _("%(order)s was assigned to your role.") % named
    else:
        says = _("%(order)s was assigned to you.") % named
    if row.due is None:
        return says
    return _("%(says)s Until %(day)s.") % {"says": says, "day": format_calendar_day(row.due)}


def _link(row: Task | Item) -> str:
    path = order_url(row.where, row.order_id) if isinstance(row, Task) else row.url
    return f"{settings.DESK_URL}{path}"
