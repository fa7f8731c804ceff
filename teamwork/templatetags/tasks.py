"""How templates say until when something is to be done."""

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from domain.states import BAD
from teamwork.queue import is_overdue
from ui.formats import format_calendar_day

register = template.Library()


@register.simple_tag
def due(day: dt.date | None) -> SafeString:
    """Until when; nothing where no day was set."""
    if day is None:
        return SafeString()
    named = {"day": format_calendar_day(day)}
    if is_overdue(day):
        return format_html('<span class="badge {}">{}</span>', BAD, _("Overdue: until %(day)s") % named)
    return format_html("<span>{}</span>", _("Until %(day)s") % named)
