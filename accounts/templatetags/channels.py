"""How templates name a channel."""

from django import template

from accounts.channels import Channel, channel_name

register = template.Library()


@register.filter(name="channel_name")
def name_of(channel: Channel | str, otherwise: str | None = None) -> str:
    """The channel's name where the setting gives it one; else `otherwise`, or as it is written, as in norce/se."""
    name = channel_name(channel)
    return name if otherwise is None or name != str(channel) else otherwise
