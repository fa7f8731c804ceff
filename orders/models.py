from django.conf import settings
from django.db import models

from ui.fields import OutsideText


class SentForm(models.Model):
    """A form that was sent, by a digest of its mark, and what became of it. Kept before its call
    goes out, for a day."""

    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)
    became_json = OutsideText()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.became_json}"


class Note(models.Model):
    """What somebody of the staff wrote about an order. Kept here, not by the Order API; what it
    says stands in its versions.

    The writer's name is kept beside the account: a note survives whoever wrote it.
    """

    mark = models.UUIDField(unique=True)
    """Of the form that it was written in, by which a form that comes twice is known."""
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = OutsideText()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["order_id", "merchant", "channel"], name="note_of_order")]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.order_id}"


class NoteVersion(models.Model):
    """What a note said from one moment on. Only ever added: an edit is another version with the next number."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = OutsideText()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.note_id} #{self.number}"
