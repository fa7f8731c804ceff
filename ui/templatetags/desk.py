"""The tags of every page: {% icon %}, {% badge %}, {% when %} and the filters beside them."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

import segno
from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from domain.money import code_of
from domain.states import result_of, state_of
from ui import formats
from ui.regions import get_region
from ui.said import said as in_words
from ui.said import written
from ui.scripts import SCRIPTS

register = template.Library()


@register.simple_tag
def scripts() -> SafeString:
    """The scripts of every page; where they were joined as they were collected, the one file that they are."""
    names = SCRIPTS[:1] if getattr(staticfiles_storage, "joins_scripts", False) else SCRIPTS
    return format_html_join("\n  ", '<script src="{}" defer></script>', ((static(name),) for name in names))


@lru_cache(maxsize=256)
def _icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite; never the only bearer of a meaning."""
    return _icon(name)


@register.simple_tag
def badge(kind: str, value: str | None, label: str | Promise | None = None) -> SafeString:
    """A state as a dot and a word: kind is order, payment, shipping or result. A value that we do
    not know stands as it came."""
    if not value:
        return mark_safe('<span class="muted">–</span>')
    state = state_of(kind, value)
    return format_html('<span class="badge {}">{}</span>', state.tone, label or state.word)


@register.filter
def result(is_success: bool | None) -> str:
    """What a transaction says of itself, for `badge`."""
    return result_of(is_success).name


@register.simple_tag
def when(moment: dt.datetime | None, style: str = "day") -> SafeString:
    """A time in the reader's zone, with UTC in the tooltip. Styles: day (Today 10:30), clock,
    seconds (10:30:12), zoned (for paper)."""
    if moment is None:
        return mark_safe('<span class="muted">–</span>')
    return _when(moment, style, timezone.get_current_timezone(), (get_language(), get_region()), timezone.localdate())


@lru_cache(maxsize=8192)
def _when(
    moment: dt.datetime, style: str, zone: dt.tzinfo, words: tuple[str | None, str], today: dt.date
) -> SafeString:
    """Kept for each zone, language with region, and day: a list shows the same times again and again,
    and they are half of what it costs."""
    clock = formats.format_clock(moment, seconds=style == "seconds")
    if style == "zoned":
        text = formats.format_zoned(moment)
    else:
        text = clock if style in ("clock", "seconds") else f"{formats.format_day(moment)} {clock}"
    return format_html(
        '<time datetime="{}" title="{}" data-paper="{}">{}</time>',
        moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        formats.format_exact(moment),
        formats.format_for_paper(moment),
        text,
    )


@register.filter
def amount(value: Decimal | None, currency: str | None = None) -> str:
    """An amount without its currency, with the currency's decimals."""
    return formats.format_amount(value, currency)


@register.filter
def money(value: Decimal | None, currency: str | None = None) -> str:
    """An amount with its currency, on one line."""
    return formats.format_money(value, currency)


@register.filter
def code(currency: str | None) -> str:
    """A currency's code; nothing where there is none."""
    return code_of(currency)


@register.filter
def said(text: object) -> str:
    """A sentence that was kept in English, such as what an error says, in the reader's language."""
    return in_words(text)


@register.filter
def as_written(text: object) -> str:
    """A text that somebody wrote; where it was removed since, that it was, in the reader's language."""
    return written(text) if text else ""


@register.filter
def percent(value: Decimal | None) -> str:
    return formats.format_percent(value)


@register.filter
def country(code: str | None) -> str:
    return formats.country_name(code)


@register.filter
def number(value: int | None) -> str:
    """A count with the reader's separators."""
    return "–" if value is None else formats.format_number(Decimal(value), 0)


@register.filter
def qr_code(text: str) -> SafeString:
    """A drawing that a phone reads; black on white, whatever the page's colours, as readers want it."""
    drawing: str = segno.make(text, error="m", micro=False).svg_inline(scale=3, light="#fff")
    return mark_safe(drawing)  # noqa: S308 - numbers and names of the library's own
