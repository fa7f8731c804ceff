"""The password again, where money moves."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import reauthentication


class StepUp(reauthentication.StepUp):
    """As everywhere, and says why it asks here."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        if "password" in self.fields:
            self.fields["password"].help_text = _("Asked for again, as this moves money.")
