"""Whoever moves money, or changes who may, says once more who they are, if they have not done so for a while: by their
second factor, if they have one, else at the provider where they sign in, else by their password."""

import time
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import last_proof, may_try, record_proof
from accounts.second_factor.forms import NAMES, FactorForm
from accounts.second_factor.policy import has_factor
from accounts.single_sign_on import sessions as of_provider
from accounts.single_sign_on.configuration import provider_name
from accounts.single_sign_on.identities import is_managed
from ui.pages import render_page

PROOFS = ("password", *NAMES)
"""The fields that ask who somebody is."""


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has signed in, or said again who they are, within PAYMENT_REAUTH_MINUTES. Of who has a second
    factor a password proves nothing here. A provider counts from when it asked them, of who has a second factor where
    it asked for one."""
    by_factor = has_factor(request.user)
    latest = last_proof(request, by_factor=by_factor)
    if not by_factor or of_provider.has_second_factor(request):
        latest = max(latest, of_provider.proved_at(request))
    return bool(time.time() - latest < settings.PAYMENT_REAUTH_MINUTES * 60)


class ProviderLink(forms.HiddenInput):
    """In the place of a password: the way to the provider, in another tab, so that what was typed here stays. It sends
    an empty text, by which one knows that it was there."""

    input_type = "text"
    use_fieldset = True
    template_name = "accounts/provider_link.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, "", attrs) | {"provider": provider_name()}


class StepUp(FactorForm):
    """A form that asks who somebody is as well, where they last said so too long ago: by a passkey or a code, of who
    has them, else by `password`, in the place of which is the way to the provider for who signs in there. These are the
    last of its fields."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Asked for again, to be sure that it is you."),
    )
    again = True

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, user=cast(User, request.user), **kwargs)
        asks, by_factor = not is_fresh(request), has_factor(request.user)
        self.ask_for(factor=asks and by_factor)
        self.asks_provider = asks and not by_factor and is_managed(request.user)
        if not asks or by_factor:
            del self.fields["password"]
        else:
            if self.asks_provider:
                self.fields["password"] = forms.CharField(
                    label=_("Confirm who you are"), required=False, widget=ProviderLink
                )
            self.order_fields([name for name in self.fields if name != "password"])
        self.say_why(self.base_fields["password"].help_text)

    def say_why(self, words: str | Promise) -> None:
        """Puts the words below the last field that asks."""
        for name in [name for name in ("password", "factor_code") if name in self.fields]:
            self.fields[name].help_text = words  # type: ignore[assignment]  # a lazy text will do

    def clean_password(self) -> str:
        """Right, or an error; counted, as at signing in. From then on it is good for a while."""
        password: str = self.cleaned_data["password"]
        if self.asks_provider:  # had they confirmed it by now, the form would not ask
            says = _("Confirm with %(provider)s first, then send this again.") % {"provider": provider_name()}
            raise forms.ValidationError(says)
        if not may_try(self.request):
            raise forms.ValidationError(_("Too many tries. Wait a minute, then try again."))
        if not get_adapter(self.request).reauthenticate(self.request.user, password):
            raise forms.ValidationError(_("That is not your password."))
        record_proof(self.request)
        return password


def password_first(
    request: HttpRequest,
    asks: Promise | str,
    back: str,
    person: User | None = None,
    *,
    place: str = "people",
) -> HttpResponse | None:
    """For what is done by a button: the page that asks who they are; None where they said so, just now or a moment
    ago. `asks` is the name of what is done, `back` leads away from it, `person` is whom it is about, `place` where in
    the desk it stands."""
    if is_fresh(request):
        return None
    is_said = any(name in request.POST for name in PROOFS)
    form = StepUp(request.POST if is_said else None, request=request, label_suffix="")
    if form.is_valid():
        return None
    context = {"place": place, "form": form, "person": person, "asks": asks, "back": back}
    return render_page(request, "accounts/password_first.html", context, status=422)
