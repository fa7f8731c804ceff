"""Whoever moves money, or changes who may, says once more who they are, if they have not done so for a while."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import last_proof, may_try, record_proof
from accounts.single_sign_on.configuration import provider_name
from accounts.single_sign_on.identities import is_managed
from accounts.single_sign_on.sessions import proved_at
from ui.pages import render_page


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has signed in, or given their password again, within PAYMENT_REAUTH_MINUTES; of somebody who
    signs in at a provider, whether it has asked them who they are within that time."""
    latest = max(last_proof(request), proved_at(request))
    return bool(time.time() - latest < settings.PAYMENT_REAUTH_MINUTES * 60)


class ProviderLink(forms.HiddenInput):
    """In the place of a password: the way to the provider, in another tab, so that what was typed here stays. It sends
    an empty text, by which one knows that it was there."""

    input_type = "text"
    use_fieldset = True
    template_name = "accounts/provider_link.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, "", attrs) | {"provider": provider_name()}


class StepUp(forms.Form):
    """A form that asks for the password as well, where it was last given too long ago. `password`
    is the last of its fields."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Asked for again, as this leads to who may move money."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        fresh = is_fresh(request)
        self.asks_provider = not fresh and is_managed(request.user)
        if fresh:
            del self.fields["password"]
        else:
            if self.asks_provider:
                self.fields["password"] = forms.CharField(
                    label=_("Confirm who you are"), required=False, widget=ProviderLink
                )
            self.order_fields([name for name in self.fields if name != "password"])

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
    request: HttpRequest, asks: Promise | str, back: str, person: User | None = None
) -> HttpResponse | None:
    """For what is done by a button: the page that asks for the password; None where it was given, just now or a moment
    ago. `asks` is the name of what is done, `back` leads away from it, `person` is whom it is about."""
    if is_fresh(request):
        return None
    form = StepUp(request.POST if "password" in request.POST else None, request=request, label_suffix="")
    if form.is_valid():
        return None
    context = {"place": "people", "form": form, "person": person, "asks": asks, "back": back}
    return render_page(request, "accounts/password_first.html", context, status=422)
