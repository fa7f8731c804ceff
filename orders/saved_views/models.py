"""What is kept of a view: the list's filters, columns and rows on a page under a name, and for whom they are."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ui.fields import OutsideText

LONGEST_NAME = 40
LONGEST_QUERY = 6000
"""Bytes of an address; as orders.list.filters.fields.LONGEST_ADDRESS."""


class SavedView(models.Model):
    """A view of the list of orders. `query` is the list's address behind its path, as it was when somebody kept it:
    what of it cannot be read any more is said where the list is shown.

    It stays shared when its owner is gone.
    """

    class Audience(models.TextChoices):
        MINE = "mine", _("Only me")
        ROLE = "role", _("Everybody of my role")
        ALL = "all", _("Everybody")

    mark = models.UUIDField(unique=True)
    """Of the form that it was made in, by which a form that comes twice is known."""
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    owner_name = models.CharField(max_length=150)
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    audience = models.CharField(_("For"), max_length=10, choices=Audience, default=Audience.MINE)
    role = models.CharField(max_length=40, blank=True)
    query = OutsideText(blank=True)
    is_everywhere = models.BooleanField(default=False)
    """Whether it is of the list of all channels; else it is of the channel that its reader looks at."""
    version = models.PositiveIntegerField(default=0)
    """How often it was changed: a form says which of them it saw."""
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("owner", Lower("name"), name="one_view_of_a_name")]
        indexes = [models.Index(fields=["audience", "role"], name="view_of_audience")]

    def __str__(self) -> str:
        return f"{self.owner_name}: {self.name}"

    @property
    def is_shared(self) -> bool:
        return self.audience != self.Audience.MINE
