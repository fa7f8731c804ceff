"""What the bar below a list offers for the orders that are chosen in it."""

from typing import Any

from django import template
from django.template import Context

from orders.bulk.actions import ACTIONS, Action

register = template.Library()


@register.simple_tag(takes_context=True)
def bulk_actions(context: Context) -> list[Action]:
    """Those that the person may do with one order."""
    user: Any = context["user"]
    return [action for action in ACTIONS.values() if action.may(user)]
