import json
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.actions import MONEY


class Change(NamedTuple):
    """One field of what was to be changed: its dotted path, what stood there and what was to stand
    there. JSON values."""

    field: str
    old: Any
    new: Any


class Kind(models.TextChoices):
    INTENT = "intent", _("Started")
    OUTCOME = "outcome", _("Outcome")
    EVENT = "event", _("Event")


class Outcome(models.TextChoices):
    """How an attempt ended, as far as it is known."""

    DONE = "done", _("Done")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    UNANSWERED = "unanswered", _("No answer")
    DENIED = "denied", _("Denied")


class Entry(models.Model):
    """One line of the log. Written once by `audit.chain`, never changed: the database refuses it,
    and the hashes show it.

    An attempt is two entries that share `attempt`: the intent, written before anything is sent, and the outcome. The
    outcome repeats whom and what it is about, so that it can be found by itself; the changes stand in the intent alone.
    A person is kept as a name and a number, not as a reference: entries survive people.
    """

    # Never drawn from the database, which leaves gaps: `audit.chain` counts.
    # On SQLite only this type is the row's own number;
    # beside a hidden one, a replacing INSERT could take a row out past every trigger.
    sequence = models.BigAutoField(primary_key=True)
    form = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    attempt = models.UUIDField(null=True)
    username = models.CharField(max_length=150, blank=True)
    user_id = models.BigIntegerField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=80)
    order_id = models.CharField(max_length=200, blank=True)
    merchant = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=200, blank=True)
    target = models.CharField(max_length=300, blank=True)
    changes_json = models.TextField(db_column="changes")
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome)
    status = models.PositiveSmallIntegerField(null=True)
    code = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    # Text, not a JSON column: PostgreSQL rewrites numbers in those, and what is hashed must stay as it was written.
    details_json = models.TextField(db_column="details")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        # The migration made the table; from then on it is nobody's to manage.
        # `flush` (which Django's tests call) leaves it
        # alone instead of running into the triggers, and no later migration can rebuild it on SQLite,
        # which would drop them.
        managed = False
        default_permissions = ("view",)
        permissions = [("view_money_entry", "Can view audit entries about money")]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        constraints = [models.UniqueConstraint(fields=["attempt", "kind"], name="audit_one_outcome_per_attempt")]
        indexes = [
            models.Index(fields=["at", "sequence"], name="audit_by_time"),
            models.Index(fields=["order_id", "at", "sequence"], name="audit_by_order"),
            models.Index(fields=["username", "at", "sequence"], name="audit_by_person"),
            models.Index(fields=["action", "at", "sequence"], name="audit_by_action"),
            # With the attempt in it, the few intents that have no outcome are found without reading the many that have
            # one.
            models.Index(fields=["outcome", "at", "sequence", "attempt"], name="audit_by_outcome"),
            models.Index(fields=["request_id", "at", "sequence"], name="audit_by_request"),
        ]

    @property
    def where(self) -> str:
        """The channel that it is about, as in norce/se; empty where it is about none."""
        return f"{self.merchant}/{self.channel}" if self.channel else ""

    @property
    def is_about_money(self) -> bool:
        """Whether it can be read by who may read of money alone."""
        return self.action in MONEY and bool(self.channel)

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.action}"

    @cached_property
    def changes(self) -> list[Change]:
        return [Change(**change) for change in json.loads(self.changes_json)]

    @cached_property
    def details(self) -> dict[str, Any]:
        return dict(json.loads(self.details_json))
