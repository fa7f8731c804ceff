import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel
from orders.saved_views.models import SavedView
from ui.fields import OutsideText

__all__ = ["Batch", "BatchRow", "Note", "NoteVersion", "Paste", "PastedLine", "SavedView", "SentForm"]


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


class Paste(models.Model):
    """What somebody pasted to have it looked up: not the text, but the ids, references, e-mail addresses and phones
    that were read out of it, in its lines, with the orders that they led to.

    It is its owner's alone, and is deleted when they say so, after `until`, or with their account.
    """

    mark = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    own_channel = models.CharField(max_length=200)
    """Asked first: the channel that its owner was in."""
    busy_until = models.DateTimeField(null=True)
    """Until then a request is at work on it, and no other takes a part of it."""
    is_stopped = models.BooleanField(default=False)
    said_json = OutsideText()
    """What was passed over, and the channels that were given up; `orders.pasted.kept.Said`."""

    class Meta:
        default_permissions = ()
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class PastedLine(models.Model):
    """One thing that was pasted, at its place among them, and what each channel answered to it."""

    paste = models.ForeignKey(Paste, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    text = OutsideText()
    channel = models.CharField(max_length=200, blank=True)
    """The channel that a link named; asked first, where it is one of the person's."""
    times = models.PositiveSmallIntegerField(default=1)
    answers_json = OutsideText()
    """By channel, as norce/se; `orders.pasted.kept.Told`."""
    opened_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["paste", "place"], name="one_line_of_a_place")]

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}"


class Batch(models.Model):
    """Orders that somebody chose to do one thing with, from the choice until it is confirmed; then a job has it.

    What may name a customer (the list's filter, a note's text) is in `sealed`, by the desk's key. Times are UTC.
    """

    class State(models.TextChoices):
        """Where it stands; *started*: a job does it, or did."""

        READING = "reading", _("Being looked at")
        WAITING = "waiting", _("Waits for approval")
        STARTED = "started", _("Started")
        TURNED_DOWN = "turned-down", _("Turned down")
        WITHDRAWN = "withdrawn", _("Taken back")

    mark = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    username = models.CharField(max_length=150)
    ip = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    """With `ip`: where it was asked for from, for the log."""
    action = models.CharField(max_length=20)
    """A name of `orders.bulk.actions`."""
    state = models.CharField(max_length=12, choices=State, default=State.READING)
    at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    """When it goes; while it waits for approval, when nobody may approve it any more."""
    sealed = models.TextField(blank=True)
    """The filter that names the orders, until they are known, and what was asked for; `orders.bulk.kept`."""
    is_named = models.BooleanField(default=True)
    """Whether its rows stand; else the filter still has to be asked for them."""
    problem = models.CharField(max_length=20, blank=True)
    matching = models.PositiveIntegerField(null=True)
    """How many orders the filter has, where it was a filter that chose them."""
    busy_until = models.DateTimeField(null=True)
    above_json = models.TextField(default="[]")
    """Why it takes a second person; `payments.limits.batch.Above`."""
    job = models.UUIDField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by_name = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = OutsideText(blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at"]
        indexes = [models.Index(fields=["state", "until"], name="batch_by_state")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}: {self.state}"


class BatchRow(models.Model):
    """One of the orders, and whether it can be done with it: `verdict` is empty until it was read, then "possible" or a
    code of `orders.bulk.words`. `amount` is what would move, in the currency's major unit."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    reference = OutsideText(blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    said = OutsideText(blank=True)
    """What the Order API said of it, where it did."""
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = OutsideText(blank=True)
    warns_json = models.TextField(default="[]")
    """Codes of what should be known before it is done."""
    facts_json = models.TextField(default="{}")
    """What was seen of it, which it is compared with when it is done."""

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="one_batch_row_of_a_position"),
            models.UniqueConstraint(fields=["batch", "merchant", "channel", "order_id"], name="one_row_an_order"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.order_id}: {self.verdict}"

    @property
    def where(self) -> Channel:
        return Channel(self.merchant, self.channel)
