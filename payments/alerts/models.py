"""What the alerts remember: which are open, who was told of them, and when the worker last looked."""

from django.db import models
from django.db.models import Q


class Alert(models.Model):
    """Something that a person should look at, from when it was first seen until it is no more. `subject` tells two of a
    kind apart. Nothing of a person stands in any column."""

    kind = models.CharField(max_length=20)
    """A `rules.Kind`."""
    subject = models.CharField(max_length=64, blank=True)
    merchant = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=200, blank=True)
    """Both empty where it concerns the whole desk."""
    says = models.TextField()
    """In the desk's own language, as it was sent."""
    address = models.CharField(max_length=200)
    since = models.DateTimeField()
    first_seen = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(ended_at__isnull=True), name="one_open_alert_of_a_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Way(models.TextChoices):
    """How somebody outside the desk is told."""

    WEBHOOK = "webhook"
    MAIL = "mail"


class Event(models.TextChoices):
    """What of an alert is told."""

    BEGAN = "began"
    ENDED = "ended"


class Notice(models.Model):
    """One thing to tell, one way: tried until somebody takes it, or until it is too old."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices")
    event = models.CharField(max_length=5, choices=Event)
    way = models.CharField(max_length=7, choices=Way)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, db_index=True)
    """Nothing where it was sent, or is not tried any more."""
    error = models.CharField(max_length=200, blank=True)
    """Why nobody took it the last time; no address and no secret stands in it."""

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["alert", "event", "way"], name="one_notice_of_an_event_and_way")]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.event} by {self.way}"


class Heartbeat(models.Model):
    """The one row that says when anybody last looked at what is open, and what was found in the audit log."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    looked_at = models.DateTimeField(null=True)
    log_checked_at = models.DateTimeField(null=True)
    log_sequence = models.BigIntegerField(default=0)
    """The last entry that held, and its hash: it must stay where it is."""
    log_hash = models.CharField(max_length=64, blank=True)
    log_broken_at = models.DateTimeField(null=True)
    """Since when the log is known to be broken; nothing while it holds."""
    log_from = models.BigIntegerField(default=1)
    """Where the check begins that found it, and every one after it until the log holds again."""
    log_says = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"looked at {self.looked_at}"
