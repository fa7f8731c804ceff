"""What is asked of a colleague about an order: of whom, what, and until when."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import WORDS
from teamwork.models import Mailing
from teamwork.people import Colleague, roles_of
from teamwork.services import LONGEST, PERSON, ROLE

ME = "me"


class Whose(NamedTuple):
    """Whom something is asked of: a person, or a role."""

    person: User | None = None
    role: str = ""


class AskForm(forms.Form):
    """Who may be chosen are `people`: those who have the order's channel, and their roles."""

    whom = forms.ChoiceField(
        label=gettext_lazy("Who"),
        error_messages={
            "required": gettext_lazy("Choose a person or a role."),
            "invalid_choice": gettext_lazy("They cannot be asked about this order any more. Choose somebody else."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("What is to be done"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only staff can read it."),
    )
    due = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("It may stay empty."),
    )
    mark = forms.UUIDField(widget=forms.HiddenInput, required=False)
    moves = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, people: Sequence[Colleague], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.initial.setdefault("mark", uuid.uuid4())
        self.user = user
        persons = [(f"{PERSON}{each.pk}", each.name) for each in people if each.pk != user.pk]
        roles = [(f"{ROLE}{role}", str(WORDS[role])) for role in roles_of(people)]
        field = self.fields["whom"]
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")),
            (ME, _("Me")),
            (_("A role: whoever comes first"), roles),
            (_("A person"), persons),
        ]

    def clean_due(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due"]
        if day is not None and day < timezone.localdate() and day != self.initial.get("due"):
            raise forms.ValidationError(_("That day is over."))
        return day

    @property
    def whose(self) -> Whose:
        """Whom it is asked of, of a form that is valid. A person who is gone since it was checked is nobody."""
        value: str = self.cleaned_data["whom"]
        if value == ME:
            return Whose(self.user)
        if value.startswith(ROLE):
            return Whose(role=value.removeprefix(ROLE))
        return Whose(User.objects.filter(pk=value.removeprefix(PERSON)).first())


class MailingForm(forms.Form):
    when = forms.ChoiceField(
        label=gettext_lazy("Tell me by mail"), choices=Mailing.When.choices, required=False, widget=forms.RadioSelect
    )
