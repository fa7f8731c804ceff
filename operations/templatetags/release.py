from django import template

from operations.release import version

register = template.Library()


@register.simple_tag
def desk_version() -> str:
    """The release that made the page, like 1.4.0."""
    return version()
