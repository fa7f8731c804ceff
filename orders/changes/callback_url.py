"""Addresses that the API calls: of callbacks, and of what can be done to a payment."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_TEMPLATE = re.compile(r"\{[^{}]*\}")


class CallbackUrlField(forms.CharField):
    """An http or https address, which may hold templates such as `{order_id}` that the API fills in."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(**{"max_length": 2000, "widget": widget, **kwargs})

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not _is_address(value):
            raise ValidationError(_("Write a full address, as in https://adapter.example/hooks."), code="address")


def _is_address(text: str) -> bool:
    """Whether it is a full address, or begins with a template that stands for one:
    {configuration.adapter.internalUrl}/path."""
    filled = re.sub(r"\A\{[^{}\s]+\}", "http://template", text) if text.startswith("{") else text
    try:
        parts = urlsplit(_TEMPLATE.sub("template", filled))
        parts.port  # noqa: B018 - raises ValueError where it is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
