"""What is asked for once for all the orders: whose they become, what the note says, why; and the choice of a state."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel
from domain.states import ORDER
from orders.bulk.actions import Action
from orders.bulk.captures import CAPTURE
from orders.notes.services import LONGEST
from payments.approvals.forms import LONGEST as LONGEST_NOTE
from payments.executions.forms import ExecuteForm
from payments.reauthentication import StepUp
from teamwork.forms import AskForm
from teamwork.people import Colleague, colleagues

Asked = tuple[dict[str, Any], dict[str, Any]]
"""What goes into the job's arguments, and what is sealed."""


class _Plain(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class NoteForm(_Plain):
    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Stands on each of the orders. Only staff can read it."),
        error_messages={"required": _("Write something first.")},
    )


class StateForm(_Plain):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("For the log of this desk; the Order API does not keep it.")
    )


class KnownForm(forms.Form):
    """What has to be said of warnings, where there are any."""

    known = forms.BooleanField(
        label=_("I have read what should be known before"),
        error_messages={"required": _("Read what should be known before, and say so.")},
    )


class TargetForm(_Plain):
    """Which state the orders are to be in: one that some order can be brought into."""

    target = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = {name for row in ORDER.values() for name in row.follows}
        choices = [(name, f"{row.word} – {row.meaning}") for name, row in ORDER.items() if name in reached]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


class ApproveForm(StepUp):
    """The second person's yes to all of it."""

    note = forms.CharField(
        label=_("Note, if there is anything to say"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit log. Only staff can read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="approve_%s", **kwargs)


def common_colleagues(channels: Sequence[Channel]) -> list[Colleague]:
    """Who has all of these channels."""
    found: list[Colleague] = []
    for number, channel in enumerate(channels):
        there = colleagues(channel)
        found = there if not number else [each for each in found if each.pk in {other.pk for other in there}]
    return found


def form_for(
    action: Action, data: QueryDict | None, request: HttpRequest, user: User, channels: Sequence[Channel]
) -> forms.Form:
    """The form of that action; `channels` are those of the orders."""
    if action.name == "assign":
        return AskForm(data, people=common_colleagues(channels), user=user)
    if action.name == "note":
        return NoteForm(data)
    if action.name == "state":
        return StateForm(data)
    if action.moves_money:
        form = ExecuteForm(data, request=request)
        form.offer(CAPTURE)
        return form
    return _Plain(data)


def asked_by(action: Action, form: forms.Form) -> Asked:
    """What a valid form says."""
    said: Mapping[str, Any] = form.cleaned_data
    if isinstance(form, AskForm):
        whose = form.whose
        person = whose.person.pk if whose.person else None
        due = said["due"].isoformat() if said["due"] else ""
        return {}, {"person": person, "role": whose.role, "text": said["text"], "due": due}
    if action.moves_money:
        return {"reason": said["reason"]}, {"note": said["note"].strip()}
    return {}, dict(said)
