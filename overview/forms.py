from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from overview.aside import LONGEST


class AsideForm(forms.Form):
    """Why it is no problem. `seen` is the order's `lastModified` when the form was opened, as text."""

    reason = forms.CharField(
        label=_("Why is it not a problem?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your colleagues read it here and in the audit log. It holds until the order changes."),
        error_messages={"required": _("Say in a few words why it is not a problem.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
