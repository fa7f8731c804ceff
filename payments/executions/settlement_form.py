"""The form in which a person says what became of an execution that no reading can settle."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.translation import gettext_lazy as _

from payments.presentation.evidence_log import PLACES
from payments.reauthentication import StepUp
from ui.numbers import NumberField

MOVED, NOT_MOVED = "moved", "not-moved"


class Choices(forms.RadioSelect):
    """Radio buttons, the first of which a link to the field leads to."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


class SettleForm(StepUp):
    """Nothing is chosen beforehand: what is said here is believed."""

    moved = forms.ChoiceField(
        label=_("Did the money move?"),
        choices=[
            (MOVED, _("Yes, it moved. The payment is open for what comes next.")),
            (NOT_MOVED, _("No, and it will not any more. The same action can be tried again.")),
        ],
        widget=Choices,
    )
    amount = NumberField(
        label=_("How much moved?"), required=False, validators=[DecimalValidator(18, 4)],
        help_text=_("Only if it was not the whole amount."),
    )  # fmt: skip
    where = forms.ChoiceField(label=_("Where did you look?"), choices=[("", _("Choose …")), *PLACES.items()])
    elsewhere = forms.CharField(
        label=_("Where else"), max_length=200, required=False, help_text=_("Only if it is none of these.")
    )
    found = forms.CharField(
        label=_("What did you find there?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The provider's reference and status, the time, whom you spoke to. It is kept as evidence, under "
                    "your name."),
    )  # fmt: skip

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The last evidence that was shown with it. The page writes the field, as what it shows may be
    newer than what was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if "password" in self.fields:
            self.fields["password"].help_text = _("Asked for again, as this is about money.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("where") == "other" and not data.get("elsewhere"):
            self.add_error("elsewhere", ValidationError(_("Say where you looked.")))
        return data

    @property
    def word(self) -> dict[str, Any]:
        """What they say, as `settle_by_hand` takes it. `where` is a code of PLACES, or their own words."""
        data = self.cleaned_data
        return {
            "moved": data["moved"] == MOVED,
            "where": data["elsewhere"] if data["where"] == "other" else data["where"],
            "found": data["found"],
            "amount": data.get("amount") if data["moved"] == MOVED else None,
            "seen": data["seen"] or 0,
        }
