"""What a person says of the table that they want."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from jobs.file_form import CHOICES, zones
from orders.exports.columns import COLUMNS, Row, usual

PAGE, ALL = "these", "all"
LONGEST_REASON = 500


class ExportForm(forms.Form):
    what = forms.ChoiceField(label=_("Which orders"), widget=forms.RadioSelect)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose a column at least.")},
    )
    format = forms.ChoiceField(label=_("File"), choices=CHOICES)
    zone = forms.ChoiceField(label=_("Times are in"))
    unmasked = forms.BooleanField(label=_("With names, e-mails and phones as they are"), required=False)
    reason = forms.CharField(
        label=_("What for"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("Needed for personal data. It stands in the audit log."),
    )

    def __init__(self, data: Any, row: Row, which: Mapping[str, str], person: User, initial: Mapping[str, Any]) -> None:
        """`which` are the choices of which orders, by PAGE and ALL."""
        super().__init__(data, initial={"columns": usual(row), "what": list(which)[-1], **initial})
        self.fields["what"].choices = list(which.items())  # type: ignore[attr-defined]
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (name, each.column.word) for name, each in COLUMNS[row].items()
        ]
        self.fields["zone"].choices = [(name, name) for name in zones()]  # type: ignore[attr-defined]
        if not person.has_perm("accounts.view_personal_data"):
            del self.fields["unmasked"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("unmasked") and not cleaned.get("reason"):
            self.add_error("reason", _("Say what the personal data is for."))
        return cleaned
