import json
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.reading import Record
from audit.words import OPEN, UNDER_WAY, action_word, outcome_state
from domain.states import State

register = template.Library()


@register.simple_tag
def outcome_badge(record: Record) -> SafeString:
    """How it ended, as a dot and a word, with what that means in the tooltip."""
    state = UNDER_WAY if record.is_under_way else outcome_state(OPEN if record.is_open else record.entry.outcome)
    return format_html('<span class="badge {}" title="{}">{}</span>', state.tone, state.meaning, state.word)


@register.simple_tag
def said_badge(state: State | None) -> SafeString:
    """What became of what a line of the log tells; nothing where the line says it all."""
    if state is None:
        return SafeString()
    return format_html('<span class="badge {}" title="{}">{}</span>', state.tone, state.meaning, state.word)


@register.filter
def action(value: str) -> str | Promise:
    """An action in words."""
    return action_word(value)


@register.filter
def json_value(value: Any) -> str:
    """A value of a change: text as it is, anything else as JSON; a dash where there was nothing."""
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
