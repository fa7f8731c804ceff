"""What a second person says to a request: yes, with their password where it was last given too long
ago, or no, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models import Evidence
from payments.reauthentication import StepUp

LONGEST = 2000
OTHER_WAS_FIRST = _(
    "Somebody else has approved it since you opened this page. Yours would be the second of two, and it would be sent."
)


class ApproveForm(StepUp):
    note = forms.CharField(
        label=_("Note, if there is anything to say"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit log. Only staff can read it."),
    )

    first = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, first: Evidence | None = None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="approve_%s", **kwargs)
        self.first_now = str(first.pk) if first else ""

    def clean(self) -> dict[str, Any]:
        """Whoever was shown that theirs is the first of two approvals has not said that it may be sent now."""
        cleaned = super().clean() or {}
        if cleaned.get("first", "") != self.first_now:
            raise forms.ValidationError(OTHER_WAS_FIRST)
        return cleaned


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
