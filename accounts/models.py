import json
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.roles import access_permissions
from accounts.session_store import Session  # noqa: F401 - so that Django finds it
from accounts.zones import is_zone, validate_zone
from ui.fields import OutsideText
from ui.regions import validate_region

ANY = "*"


class Preference(models.Model):
    """How one person wants their pages, and where they left off. An empty text leaves it to the
    browser or the server."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("Like the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    PAGE_SIZES = (25, 50, 100)

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preference")
    language = models.CharField(_("Language"), max_length=16, blank=True)
    region = models.CharField(_("Numbers and dates"), max_length=2, blank=True, validators=[validate_region])
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True, validators=[validate_zone])
    theme = models.CharField(_("Theme"), max_length=8, blank=True, choices=Theme.choices)
    page_size = models.PositiveSmallIntegerField(
        _("Rows per page"), choices=[(n, str(n)) for n in PAGE_SIZES], default=PAGE_SIZES[0]
    )
    single_keys = models.BooleanField(
        _("Shortcuts of one key"),
        default=True,
        help_text=_("/ goes to the search. Switch it off if keys are pressed by accident, or by speech."),
    )
    channel = models.CharField(max_length=128, blank=True, editable=False)
    view_order = OutsideText(blank=True, default="", editable=False)
    """The keys of the views of the order list, parted by blanks, in the order of their tabs."""
    list_columns = OutsideText(blank=True, default="", editable=False)
    """The names of the columns of the order list, parted by commas; empty for those of the desk."""
    knows_the_desk = models.BooleanField(default=False, editable=False)
    """Whether they have put away the words of help that the first sign-in leads to."""
    # Sessions that were begun under another number are over.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return f"{self.user}: {self.language or '–'}, {self.time_zone or '–'}, {self.channel or '–'}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown; the server's if none is chosen or the chosen one is unknown here."""
        return ZoneInfo(self.time_zone if is_zone(self.time_zone) else settings.TIME_ZONE)


def preference_of(user: User | AnonymousUser) -> Preference:
    """The person's preferences, or the defaults, not saved yet. One query in a request; none for a visitor."""
    if not user.is_authenticated:
        return Preference()
    return getattr(user, "preference", None) or Preference(user=user)


def keep_preference(user: User, **chosen: Any) -> Preference:
    """Write these of the person's preferences and no others: what another request wrote meanwhile,
    above all the epoch, stays."""
    return Preference.objects.update_or_create(user=user, defaults=chosen)[0]


class ChannelGrant(models.Model):
    """A channel that a person may work in. Either part may be `*`, which stands for every one that
    there is or will be."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="channel_grants")
    merchant = models.CharField(max_length=64)
    channel = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        ordering = ["merchant", "channel"]
        constraints = [models.UniqueConstraint(fields=["user", "merchant", "channel"], name="accounts_one_grant_each")]

    def __str__(self) -> str:
        return f"{self.merchant}/{self.channel}"


class OneTimeLink(models.Model):
    """A link by which a person sets their password: the first one, or a new one. At most one a
    person; gone once it was used.

    The address holds the code signed, and the signature has a date: see `accounts.links`.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="one_time_link")
    code = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user}, {self.made_at:%Y-%m-%d %H:%M}"


class AccountChange(models.Model):
    """What somebody did to the account of somebody else. The person reads it until they say that they have; who may
    approve what for whom is asked of it (`accounts.people.changes`). Only ever added.

    `by` is None where it is not known who it was.
    """

    class Kind(models.TextChoices):
        INVITE = "invite", _("made the account")
        LINK = "link", _("made a one-time link for a new password")
        PASSWORD = "password", _("made the one-time link by which the password was set")
        RIGHTS = "rights", _("changed the rights")
        ACTIVATE = "activate", _("activated the account")
        FACTORS = "factors", _("reset the second factor; for a while no money can be moved from here")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="account_changes")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(db_index=True)
    changes_json = models.TextField(default="[]")
    """Fields with what they were and are, as in the log."""
    read_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "read_at"], name="accounts_change_unread")]

    def __str__(self) -> str:
        return f"{self.by_name} {self.kind} {self.person}"

    @cached_property
    def lines(self) -> list[str]:
        """What changed, a line each: the names of the log, which an admin can look up there."""
        return _lines(self.changes_json)


def _lines(changes_json: str) -> list[str]:
    return [f"{field}: {_text(old)} → {_text(new)}" for field, old, new in json.loads(changes_json)]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) and value else str(value or "–")


class PendingChange(models.Model):
    """A change that leads to money and waits for a second person (`accounts.people.pending`). Never deleted.

    `is_made`: None while it waits. `data_json` is what the change needs, `changes_json` what people read of it.
    """

    class Kind(models.TextChoices):
        RIGHTS = "rights", _("Change the rights")
        LINK = "link", _("Make a one-time link for a new password")
        ACTIVATE = "activate", _("Activate the account")
        FACTORS = "factors", _("Reset the second factor")
        LIMIT = "limit", _("Change the limits")

    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    target = models.CharField(max_length=300)
    data_json = models.TextField(default="{}")
    changes_json = models.TextField(default="[]")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    is_made = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by_name = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["is_made", "asked_at"], name="accounts_pending_open")]

    def __str__(self) -> str:
        return f"{self.asked_by_name} {self.kind} {self.target}"

    @cached_property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.data_json))

    @cached_property
    def lines(self) -> list[str]:
        """What would change, a line each."""
        return _lines(self.changes_json)


class Access(models.Model):
    """No table: the permissions of the desk, which belong to no row of ours."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [*access_permissions()]
