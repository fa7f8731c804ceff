"""What somebody says of a view."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orders.saved_views.models import LONGEST_NAME, LONGEST_QUERY, SavedView
from ui.typed import TypedField


class ViewForm(forms.Form):
    """The name of a view, and whom it is for. `may_share`: whether it may be for others."""

    name = TypedField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Give it a name.")},
        help_text=_("It stands above the list, so a word or two."),
    )
    audience = forms.ChoiceField(label=_("For"), widget=forms.RadioSelect, required=False)
    mark = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.initial.setdefault("mark", uuid.uuid4())
        self.initial.setdefault("audience", SavedView.Audience.MINE)
        choices = [each for each in SavedView.Audience.choices if may_share or each[0] == SavedView.Audience.MINE]
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]
        if not may_share:
            self.fields["audience"].widget = forms.HiddenInput()

    def clean_audience(self) -> str:
        return str(self.cleaned_data["audience"] or self.initial["audience"])


def kept_query(text: str) -> str:
    """The filters of a list's address as they are kept: without where in the list one was, and without the view that it
    began as. Empty where it is longer than any address."""
    if len(text) > LONGEST_QUERY:
        return ""
    query = QueryDict(text, mutable=True)
    for name in ("page", "after", "before", "edit", "view", "way"):
        query.pop(name, None)
    return query.urlencode()
