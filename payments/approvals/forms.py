"""What a second person says to a request: yes, with their password where it was last given too long
ago, or no, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.reauthentication import StepUp

LONGEST = 2000


class ApproveForm(StepUp):
    note = forms.CharField(
        label=_("Note, if there is anything to say"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit log. Only staff can read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="approve_%s", **kwargs)


class TurnDownForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever asked reads it. Kept in the audit log."),
        error_messages={"required": _("Say in a few words why not.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="turn_down_%s")
