"""The fields that ask for a second factor, wherever they stand, and the forms that set one up."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import record_factor
from accounts.entitlements import entitlements_of
from accounts.second_factor.showing import (
    LONGEST_ANSWER,
    WRONG_CODE,
    can_use_passkeys,
    demand,
    number_of,
)
from ui.typed import TypedField

NO_FACTOR = _("Use your passkey, or type a code.")
NAMES = ("passkey", "factor_code")


class PasskeyInput(forms.Widget):
    """Holds what a passkey answers, which static/js/passkeys.js asks for as the form is sent; it is never shown
    again."""

    template_name = "mfa/passkey_input.html"
    use_fieldset = True

    def format_value(self, value: Any) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return context | {"options": reverse("passkey-options")}


class CodeInput(forms.TextInput):
    """A code is typed once: it comes back in no page."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "one-time-code", "inputmode": "numeric"})

    def format_value(self, value: Any) -> None:
        return None


class FactorForm(forms.Form):
    """Asks for a passkey, or a code of an app, or a recovery code: for what the person has. Valid, one of them was
    right, and is recorded in the session.

    `again`: whether the person is signed in, and only asked again.
    """

    passkey = forms.CharField(
        label=_("Your passkey"), required=False, widget=PasskeyInput, max_length=LONGEST_ANSWER, strip=False
    )
    factor_code = forms.CharField(
        label=_("Code of your app, or a recovery code"),
        required=False,
        max_length=40,
        widget=CodeInput,
    )
    again = False

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.request, self.user = request, user

    def ask_for(self, *, factor: bool) -> None:
        """Leaves the fields that this person can answer, at the end of the form; none where no factor is asked for."""
        types = entitlements_of(self.user).factors if factor else ()
        if Authenticator.Type.WEBAUTHN not in types or not can_use_passkeys(self.request):
            del self.fields["passkey"]
        if not types:
            del self.fields["factor_code"]
        left = [name for name in NAMES if name in self.fields]
        self.order_fields([*(name for name in self.fields if name not in left), *left])

    def clean_passkey(self) -> str:
        answer: str = self.cleaned_data["passkey"]
        if answer:
            record_factor(self.request, demand(self.request, self.user, passkey=answer), again=self.again)
        return answer

    def clean_factor_code(self) -> str:
        code: str = self.cleaned_data["factor_code"]
        if self.cleaned_data.get("passkey") or "passkey" in self.errors:
            return code
        if not code:
            has_passkey = "passkey" in self.fields
            raise forms.ValidationError(
                NO_FACTOR if has_passkey else self.fields["factor_code"].error_messages["required"]
            )
        record_factor(self.request, demand(self.request, self.user, code=code), again=self.again)
        return code


class SignInFactorForm(FactorForm):
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_for(factor=True)
        if "passkey" not in self.fields:
            self.fields["factor_code"].widget.attrs["autofocus"] = True


class AppForm(forms.Form):
    """The first code of an app that has just been set up: the proof that it was."""

    new_code = forms.CharField(
        label=_("The code that the app shows now"),
        max_length=20,
        widget=CodeInput,
    )

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.secret = secret

    def clean_new_code(self) -> int:
        """Its number in time, which is taken from then on."""
        number = number_of(self.secret, "".join(str(self.cleaned_data["new_code"]).split()))
        if number is None:
            raise forms.ValidationError(WRONG_CODE)
        return number


class PasskeyForm(forms.Form):
    """A passkey that the browser has made, under a name by which its owner knows it."""

    name = TypedField(
        label=_("Name"),
        max_length=60,
        help_text=_("By which you know it again: the phone, the key or the computer that holds it."),
    )
    passkey = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_ANSWER, strip=False, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
