"""Who they are, again, where money moves."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from accounts import reauthentication
from accounts.people.changes import cools_until
from ui.formats import format_clock, format_day


class StepUp(reauthentication.StepUp):
    """As everywhere, and says why it asks here. Not valid for a while after the person's second factor was reset."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.say_why(_("Asked for again, as this moves money."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if until := cools_until(cast(User, self.request.user)):
            when = f"{format_day(until)} {format_clock(until)}"
            raise forms.ValidationError(
                _g("Your second factor was reset, so you cannot move money before %(when)s. Ask a colleague.")
                % {"when": when}
            )
        return cleaned
