"""The form in which a person says what it was that others moved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.reauthentication import StepUp


class AcknowledgeForm(StepUp):
    """What they say is kept; it moves nothing, and lets the same be done to the payment again."""

    note = forms.CharField(
        label=_("What was it?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who did it, where and why, and where you saw that. It is kept in the audit log, under your name."),
        error_messages={"required": _("Say in a few words what it was.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if "password" in self.fields:
            self.fields["password"].help_text = _("Asked for again, as this is about money.")
