"""The form of a list of reasons: one a line."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.reasons.services import LONGEST, MOST, as_codes, reasons_for, words_of


class ReasonsForm(forms.Form):
    reasons = forms.CharField(
        label=_("Reasons, one a line"),
        required=False,
        max_length=(LONGEST + 2) * MOST,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "In the order in which they are offered. “Another reason”, with a note, always comes last. An empty list "
            "brings back the one that came with the desk."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, kind: str) -> None:
        self.kind, now = kind, reasons_for(kind)
        shown = {"reasons": "\n".join(str(words_of(each)) for each in now), "seen": json.dumps(now)}
        super().__init__(data, initial=shown, label_suffix="")

    def clean_reasons(self) -> list[str]:
        found = as_codes(self.cleaned_data["reasons"].splitlines())
        if too_long := next((each for each in found if len(each) > LONGEST), ""):
            says = _("“%(start)s…” is too long: it has %(length)d characters, and there may be %(limit)d.")
            raise forms.ValidationError(
                says, params={"start": too_long[:20], "length": len(too_long), "limit": LONGEST}
            )
        if len(found) > MOST:
            raise forms.ValidationError(_("There may be %(most)d reasons at most."), params={"most": MOST})
        return found

    def clean_seen(self) -> list[str]:
        try:
            found = json.loads(self.cleaned_data["seen"] or "[]")
        except ValueError:
            found = []
        return found if isinstance(found, list) else []
