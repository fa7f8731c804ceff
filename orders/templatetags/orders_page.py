"""Tags of the order's pages."""

import re

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from domain.states import RAW, state_of
from order_api.schemas import Order
from orders.changes.state import followers
from orders.page.tree import render_tree
from orders.page.words import KINDS
from ui.templatetags.desk import icon

register = template.Library()


@register.filter
def word(value: str | None, kind: str) -> str | Promise:
    """A value of one of the API's open sets as people say it; one that we do not know as it came."""
    return KINDS[kind].get(value or "", value or "–")


@register.simple_tag
def state_word(kind: str, value: str) -> str | Promise:
    """The word alone of what `badge` shows."""
    return state_of(kind, value).word


@register.simple_tag
def tone(kind: str, value: str) -> str:
    """The CSS class of a state's colour; none for a state that we do not know."""
    found = state_of(kind, value).tone
    return "" if found == RAW else found


@register.filter
def json_tree(value: object) -> SafeString:
    """A JSON value as a folding tree, as it is: mask it before."""
    return render_tree(value)


@register.filter
def breakable(text: str) -> SafeString:
    """Text without spaces, such as an e-mail address, with places to break a line where a reader would."""
    return mark_safe(re.sub(r"(?<=[@._])(?=\w)", "<wbr>", escape(text)))  # noqa: S308 - escaped


@register.simple_tag
def copyable(value: str, of: str) -> SafeString:
    """An id that can be copied; `of` says to a screen reader whose it is."""
    return format_html(
        '<span class="id"><code>{}</code><button class="btn btn-quiet btn-icon btn-tiny" type="button" data-copy="{}"'
        ' aria-label="{}">{}</button></span>',
        value,
        value,
        gettext("Copy %(of)s") % {"of": of},
        icon("copy"),
    )


@register.filter
def can_move(order: Order) -> bool:
    """Whether some state can follow the one that the order is in."""
    return bool(followers(order))


@register.simple_tag(takes_context=True)
def change_link(context: Context, name: str, label: str, look: str = "", of: str = "", **ids: str) -> SafeString:
    """A way to a change: opens its form in the dialog, or as a page without a script. Stands behind
    `perms`; the view decides. `of` says what it changes to those who hear a list of links, where the label alone
    stands on the page several times. Nothing where an id, as the API may give it, is part of no address."""
    try:
        address = reverse(name, kwargs={"channel": context["channel"], **ids})
    except NoReverseMatch:
        return SafeString()
    said = format_html('<span class="sr"> {}</span>', of) if of else ""
    link = '<a class="{}" href="{}" hx-get="{}" hx-target="#dialog">{}{}</a>'
    return format_html(link, look, address, address, label, said)
