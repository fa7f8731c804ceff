"""The forms about people: inviting one, changing what one may do, and setting a password by a link."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.channels import channel_name, grantable
from accounts.people.services import Rights
from accounts.reauthentication import StepUp
from accounts.roles import EXTRAS, RIGHTS, WORDS
from audit.models import Entry
from ui.typed import TypedEmailField, TypedField

RIGHTS_CHANGED = _(
    "Somebody else has changed these rights since you opened this page. Nothing was saved: load it again."
)


class Choices(forms.CheckboxSelectMultiple):
    """Boxes to tick, one a line."""

    template_name = "accounts/choices.html"


def channel_word(grant: str) -> str:
    """A grant as people read it: `norce/*` is all channels of norce."""
    merchant, _slash, name = grant.partition("/")
    if merchant == name == "*":
        return str(_("Every channel of every merchant"))
    return _("All channels of %(merchant)s") % {"merchant": merchant} if name == "*" else channel_name(grant)


class RightsForm(StepUp):
    """A person's role, channels and extra permissions. `rights` is what they have now: None for somebody new.

    It carries what it showed. Where another admin has changed that meanwhile, it is not valid and says so.
    """

    role = forms.ChoiceField(label=_("Role"), required=False)
    channels = forms.MultipleChoiceField(label=_("Channels"), required=False, widget=Choices)
    extras = forms.MultipleChoiceField(label=_("Extra rights"), required=False, widget=Choices)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, request: HttpRequest, rights: Rights | None = None) -> None:
        self.rights = rights or Rights()
        super().__init__(data, request=request, initial=self._shown(), label_suffix="")
        kept = sorted(self.rights.channels - set(grantable()))
        self._offer("role", [("", _("None yet")), *WORDS.items()])
        self._offer("channels", [(grant, channel_word(grant)) for grant in (*grantable(), *kept)])
        self._offer("extras", [(name, RIGHTS[name]) for name in EXTRAS])
        self.fields["extras"].help_text = _("Admins may do both without this.")

    def _shown(self) -> dict[str, Any]:
        role, channels, extras = self.rights
        return {"role": role, "channels": sorted(channels), "extras": sorted(extras), "seen": fingerprint(self.rights)}

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        if self.cleaned_data.get("seen") != fingerprint(self.rights):
            raise forms.ValidationError(RIGHTS_CHANGED)

    def cleaned_rights(self) -> Rights:
        """What was chosen in the valid form."""
        data = self.cleaned_data
        return Rights(data["role"], frozenset(data["channels"]), frozenset(data["extras"]))


def fingerprint(rights: Rights) -> str:
    """The same text for the same rights."""
    return ";".join((rights.role, ",".join(sorted(rights.channels)), ",".join(sorted(rights.extras))))


class InviteForm(RightsForm):
    """Somebody new. Names and addresses are unique however they are capitalised, for people sign in with either."""

    username = TypedField(label=_("Username"), max_length=150, validators=[User.username_validator])
    first_name = TypedField(label=_("First name"), max_length=150, required=False)
    last_name = TypedField(label=_("Last name"), max_length=150, required=False)
    email = TypedEmailField(label=_("E-mail"), required=False)

    field_order = ["username", "first_name", "last_name", "email", "role", "channels", "extras"]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("There is somebody of that name already."))
        if Entry.objects.filter(username=username, user_id__isnull=False).exists():
            raise forms.ValidationError(_("Somebody had that name, and the log still calls them so. Take another one."))
        return username

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody else has this address."))
        return email


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A password of one's own, typed twice."""

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(user, data)
        self.label_suffix = ""
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].label = _("New password, again")
        self.fields["new_password2"].help_text = ""
