"""How templates name a channel, and the menu of them."""

from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.channels import Channel, all_channels, channel_name, filters_at, list_in

register = template.Library()
register.filter(list_in)
_FILTERS = "FILTERS-GO-HERE"
"""What stands in the kept menu for what goes along from the list that the reader looks at."""


@register.filter(name="channel_name")
def name_of(channel: Channel | str, otherwise: str | None = None) -> str:
    """The channel's name where the setting gives it one; else `otherwise`, or as it is written, as in norce/se."""
    name = channel_name(channel)
    return name if otherwise is None or name != str(channel) else otherwise


@register.filter
def is_served(channel: str) -> bool:
    """Whether the settings name the channel, written as in norce/se."""
    return channel in map(str, all_channels())


@register.simple_tag(takes_context=True)
def channel_menu(context: Context) -> SafeString:
    """Where one works, and the ways to the same list in the other channels. Written once for all that it depends on,
    but for the filters that go along, which may say whom somebody looks for."""
    request: Any = context["request"]
    channel = context["channel"]
    if channel is None:
        return SafeString()
    menu = _menu(
        channel,
        tuple(context["channels"]),
        request.user.has_perm("accounts.view_order"),
        bool(context.get("is_everywhere")),
        (get_language(), get_script_prefix(), *settings.ORDER_API_CHANNELS),
    )
    along = filters_at(request.get_full_path(), reverse("order-list", args=(channel,)))
    return mark_safe(menu.replace(_FILTERS, escape(along)))  # noqa: S308 - written by a template, but for what is escaped


@lru_cache(maxsize=256)
def _menu(
    channel: Channel, channels: tuple[Channel, ...], may_view: bool, is_everywhere: bool, reader: tuple[str | None, ...]
) -> str:
    """`reader`: what the words and addresses depend on besides."""
    context = {
        "channel": channel,
        "channels": channels,
        "may_view": may_view,
        "is_everywhere": is_everywhere,
        "along": _FILTERS,
    }
    return render_to_string("includes/channel_menu.html", context)
