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
from ui.pages import render_page


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has signed in, or given their password again, within PAYMENT_REAUTH_MINUTES.

    Somebody who has none, as they sign in elsewhere, cannot be asked for it.
    """
    if isinstance(request.user, User) and not request.user.has_usable_password():
        return True
    return bool(time.time() - last_proof(request) < settings.PAYMENT_REAUTH_MINUTES * 60)


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
        if is_fresh(request):
            del self.fields["password"]
        else:
            self.order_fields([name for name in self.fields if name != "password"])

    def clean_password(self) -> str:
        """Right, or an error; counted, as at signing in. From then on it is good for a while."""
        password: str = self.cleaned_data["password"]
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
