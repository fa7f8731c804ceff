from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel, channel_name
from accounts.models import Preference
from accounts.zones import all_zones, find_zone, offset_of, validate_zone
from domain import countries
from ui.formats import write_number

NORDIC = ("SE", "NO", "DK", "FI", "IS")
_SAMPLE = Decimal(1847)


def drop_placeholders(form: forms.Form) -> None:
    """A placeholder that repeats the label vanishes when it is needed."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drop_placeholders(self)
        self.fields["login"].label = _("Username or e-mail")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}


class PasswordChangeForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drop_placeholders(self)
        for name, label in (
            ("oldpassword", _("Current password")),
            ("password1", _("New password")),
            ("password2", _("New password, again")),
        ):
            self.fields[name].label = label
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())


class ZoneInput(forms.TextInput):
    """A text field that suggests time zones while one types: 400 names are too many for a menu."""

    template_name = "accounts/zone_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {"list": f"{name}_list", "autocomplete": "off"} | (attrs or {}))
        return context | {"zones": [(zone, offset_of(zone)) for zone in all_zones()]}


@lru_cache(maxsize=8)
def region_choices(language: str | None) -> tuple[tuple[str, str], ...]:
    """Every region by name in that language, with the way in which a number is written there: Sweden (1 847,00)."""
    by_name = countries.names(language).items()
    return tuple((code, f"{name} ({write_number(_SAMPLE, 2, language, code)})") for code, name in by_name)


class PreferenceForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    field_order = ("channel",)
    language = forms.ChoiceField(label=_("Language"), required=False)
    region = forms.ChoiceField(label=_("Numbers and dates as in"), required=False)
    channel = forms.ChoiceField(label=_("Begin in"), required=False)

    class Meta:
        model = Preference
        fields = ["language", "region", "time_zone", "theme", "page_size", "single_keys"]
        widgets = {"time_zone": ZoneInput}

    def __init__(self, *args: Any, nearby: Iterable[str] = (), channels: Iterable[Channel] = (), **kwargs: Any) -> None:
        """`nearby`: regions that stand before the others. `channels`: those of the person, who may begin in one."""
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Like the browser")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]
        theirs = [(str(channel), channel_name(channel)) for channel in channels]
        self.fields["channel"].choices = theirs  # type: ignore[attr-defined]
        if len(theirs) < 2:
            del self.fields["channel"]
        else:
            self.initial["channel"] = self.instance.channel or theirs[0][0]
        regions, first = region_choices(get_language()), {*nearby, *NORDIC}
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", _("Like the browser")),
            (_("Nearby"), [each for each in regions if each[0] in first]),
            (_("All others"), [each for each in regions if each[0] not in first]),
        ]
        self.fields["time_zone"].help_text = _("Empty: %(zone)s, as on the server.") % {"zone": settings.TIME_ZONE}

    def clean_channel(self) -> str:
        return str(self.cleaned_data["channel"] or self.instance.channel)

    def clean_time_zone(self) -> str:
        text: str = self.cleaned_data["time_zone"]
        zone = find_zone(text) if text else ""
        if zone is None:
            validate_zone(text)
        return zone or ""
