"""Where a page says who else has its order open. A script beats for it; without one nothing is said, or what was so
when the form was opened."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from teamwork import presence
from teamwork.presence_views import word

register = template.Library()


@register.simple_tag(takes_context=True)
def presence_url(context: Any) -> str:
    """Where a script says and asks who is at an order of the page's channel; empty where nobody is told."""
    channel = context["request"].channel
    return reverse("presence", args=(channel,)) if settings.PRESENCE and channel else ""


@register.simple_tag(takes_context=True)
def presence_here(context: Any, order_id: str | None) -> SafeString:
    """The place in an order's head. The same for everybody, so that the head can be kept: it is filled by the script,
    and costs the page no statement."""
    url = presence_url(context)
    if not url or not order_id:
        return SafeString()
    return format_html(
        '<div class="here" data-presence="here" data-url="{}" data-order="{}" data-mode="view" data-what=""></div>',
        url,
        order_id,
    )


@register.simple_tag(takes_context=True)
def presence_word(context: Any, order_id: str | None, mode: str = presence.Mode.EDIT, what: str = "") -> SafeString:
    """The place in a form that is about an order: who else has one open now, in one statement; the script keeps it as
    things are, and what comes later is read out."""
    request, url = context["request"], presence_url(context)
    if not url or not order_id:
        return SafeString()
    return format_html(
        '<div class="here" role="status" data-presence="word" data-url="{}" data-order="{}" data-mode="{}" '
        'data-what="{}">{}</div>',
        url,
        order_id,
        mode,
        what.lower(),
        word(presence.others(request.user, request.channel, order_id)),
    )
