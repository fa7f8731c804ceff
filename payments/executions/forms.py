"""The forms of a payment action: a reason, a note, and, for who executes it, the password where it was last given too
long ago. No amount: the API takes none."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.reasons.services import OTHER, choices_for
from payments.reauthentication import StepUp


class ReasonForm(forms.Form):
    """Why it is to be done."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit log. Only staff can read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def offer(self, action_type: str) -> None:
        """Lets the reasons for that type of action be chosen."""
        cast(forms.ChoiceField, self.fields["reason"]).choices = [("", _("Choose …")), *choices_for(action_type)]

    def clean(self) -> dict[str, Any]:
        """Another reason than those of the list is said in the note."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == OTHER and cleaned.get("note", OTHER).strip() == "":
            self.add_error("note", _("Say in a few words what the reason is."))
        return cleaned


class ExecuteForm(ReasonForm, StepUp):
    """For who may execute it, alone or with a second person."""


class AskForm(ReasonForm):
    """For who may only ask for it: whoever does it was not there, and has nothing but what is written here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields["note"]
        note.required, note.help_text = True, _("What whoever does it has to know. Only staff can read it.")
        note.error_messages["required"] = _("Say in a few words what happened: whoever does it was not there.")
