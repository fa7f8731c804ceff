"""What a second person says to a request: yes, with their password where it was last given too long
ago, or no, and why."""

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from payments.executions.intent import LIFE
from payments.executions.readings import seen_of
from payments.executions.snapshot import Snapshot
from payments.models import Evidence, Execution
from payments.reauthentication import StepUp

LONGEST = 2000
OTHER_WAS_FIRST = _(
    "Somebody else has approved it since you opened this page. Yours would be the second of two, and it would be sent."
)


UNSEEN = _("The payment is not as this page showed it, or the page is old. Look at it again, then decide.")
SALT = "payments.approval:"


def seal_of(execution: Execution, shown: Snapshot) -> str:
    """What the approver was shown, for the form: nobody approves what they did not see."""
    return signing.dumps(shown.fingerprint(), salt=f"{SALT}{execution.pk}")


def is_what_was_asked(execution: Execution, sealed: str) -> bool:
    """Whether the approver was shown, not long ago, what the asker saw."""
    try:
        shown = signing.loads(sealed, salt=f"{SALT}{execution.pk}", max_age=LIFE)
    except signing.BadSignature:
        return False
    return bool(shown == seen_of(execution).fingerprint())


class ApproveForm(StepUp):
    note = forms.CharField(
        label=_("Note, if there is anything to say"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit log. Only staff can read it."),
    )

    first = forms.CharField(required=False, widget=forms.HiddenInput)
    saw = forms.CharField(required=False, widget=forms.HiddenInput)
    """What was shown with it, sealed. The page writes both fields, as what it shows may be newer than what was sent."""

    def __init__(self, *args: Any, execution: Execution, first: Evidence | None = None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="approve_%s", **kwargs)
        self.execution = execution
        self.first_now = str(first.pk) if first else ""

    def clean(self) -> dict[str, Any]:
        """Whoever was shown that theirs is the first of two approvals has not said that it may be sent now."""
        cleaned = super().clean() or {}
        if cleaned.get("first", "") != self.first_now:
            raise forms.ValidationError(OTHER_WAS_FIRST)
        if not is_what_was_asked(self.execution, cleaned.get("saw", "")):
            raise forms.ValidationError(UNSEEN)
        return cleaned


class TakeUpForm(ApproveForm):
    """Of who carries out what somebody asked for. Nobody is the first of two here: a third person is another step."""

    approval = forms.CharField(required=False, widget=forms.HiddenInput)
    """Set where they were shown that a third person has to approve it: then nothing is sent, whatever is true now."""


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
