"""The forms of limits and of four eyes. They offer what can be meant: roles, the channels that the admin has, actions
that are known."""

from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.core.validators import DecimalValidator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.channels import grantable
from accounts.people.forms import channel_word
from accounts.reauthentication import StepUp
from accounts.roles import WORDS
from payments.limits.services import AMOUNTS, Grants, fingerprint, is_whole, scope_of
from payments.models import Execution, FourEyes, Limit, Line
from payments.presentation.vocabulary import ACTIONS, action_words
from ui.numbers import CURRENCY, NumberField

EXACT = DecimalValidator(18, 4)


class LineForm(StepUp, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A new line, or one that is there. It carries what it showed: where another admin has changed
    that meanwhile, it says so."""

    scope = forms.ChoiceField(label=_("Channels"))
    action_type = forms.ChoiceField(label=_("Action"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    changed: str | Promise
    """What it says where somebody else has changed the line."""

    def __init__(self, data: Any = None, *, request: HttpRequest, grants: Grants, instance: Line | None = None) -> None:
        is_there = instance is not None and instance.pk is not None
        shown = {"seen": fingerprint(instance)} | ({"scope": scope_of(instance)} if instance else {})
        super().__init__(data, request=request, instance=instance, initial=shown, label_suffix="")
        self.is_there, self.seen_now = is_there, shown["seen"]
        scopes = [scope for scope in grantable() if is_whole(grants, scope)]
        if is_there and shown["scope"] not in scopes:
            scopes.append(shown["scope"])
        self._offer("scope", [(scope, channel_word(scope)) for scope in scopes])
        self._offer("action_type", [("", _("Every action")), *_kinds(self.instance)])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].upper()
        if currency and currency not in list_currencies():
            raise forms.ValidationError(_("There is no such currency."))
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.clean_values(cleaned)
        if self.is_there and cleaned.get("seen") != self.seen_now:
            raise forms.ValidationError(str(self.changed))
        if not self.errors:
            self.instance.merchant, _slash, self.instance.channel = cleaned["scope"].partition("/")
        return cleaned

    def clean_values(self, cleaned: dict[str, Any]) -> None:
        """What has to fit together."""
        raise NotImplementedError


class LimitForm(LineForm):
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose …")), *WORDS.items()])
    currency = forms.CharField(
        label=_("Currency"), validators=[CURRENCY], help_text=_("Three letters, as in SEK. It limits payments in this "
                                                                "currency.")
    )  # fmt: skip
    per_action = NumberField(label=_("Per action"), required=False, validators=[EXACT])
    per_order = NumberField(
        label=_("Per order"), required=False, validators=[EXACT], help_text=_("What all people together do on one "
                                                                              "order.")
    )  # fmt: skip
    per_day = NumberField(
        label=_("Per person and day"), required=False, validators=[EXACT], help_text=_("In all channels together.")
    )  # fmt: skip
    per_day_count = forms.IntegerField(
        label=_("Number per person and day"), required=False, min_value=0, max_value=100_000
    )
    changed = _("Somebody else has changed this limit since you opened this page. Nothing was saved: load it again.")

    field_order = ["role", "scope", "action_type", "currency", *AMOUNTS]

    class Meta:
        model = Limit
        fields = ["role", "action_type", "currency", *AMOUNTS]

    def clean_values(self, cleaned: dict[str, Any]) -> None:
        if all(cleaned.get(name) is None for name in AMOUNTS):
            self.add_error(
                "per_action", _("Set at least one of the four; 0 means that every action needs a second person.")
            )


class FourEyesForm(LineForm):
    mode = forms.ChoiceField(label=_("A second person approves"), choices=FourEyes.Mode.choices)
    two_above = NumberField(
        label=_("Two people above"), required=False, validators=[EXACT], help_text=_("Whatever is chosen above: more "
                                                                                     "than this takes two people "
                                                                                     "besides whoever asks.")
    )  # fmt: skip
    currency = forms.CharField(
        label=_("Currency"), required=False, validators=[CURRENCY], help_text=_("Of that amount: three letters, as in "
                                                                                "SEK. Payments in another currency "
                                                                                "take two people as well.")
    )  # fmt: skip
    changed = _("Somebody else has changed this rule since you opened this page. Nothing was saved: load it again.")

    field_order = ["scope", "action_type", "mode", "two_above", "currency"]

    class Meta:
        model = FourEyes
        fields = ["action_type", "mode", "two_above", "currency"]

    def clean_values(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("two_above") is None:
            cleaned["currency"] = ""
        elif not cleaned.get("currency"):
            self.add_error("currency", _("Say of which currency the amount is."))


def _kinds(line: Line) -> list[tuple[str, Any]]:
    """The types of action that lines can speak of: the known ones, and those that were executed here or that the line
    names already."""
    asked = Execution.objects.order_by("action_type").values_list("action_type", flat=True).distinct()
    others = sorted({kind.lower() for kind in [*asked, line.action_type]} - {"", *ACTIONS})
    return [
        *((kind, words.verb) for kind, words in ACTIONS.items()),
        *((kind, action_words(kind).verb) for kind in others),
    ]
