"""What is done beside the pages: each job as a row, which is the truth about it, and what a job does row by row."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.channels import Channel
from audit.log import Who
from jobs.sealing import unseal
from ui.fields import OutsideText


class State(models.TextChoices):
    """Where a job stands. *Waiting* is also one that goes on by itself later, after an outage."""

    WAITING = "waiting", pgettext_lazy("a job", "Waiting")
    RUNNING = "running", pgettext_lazy("a job", "Running")
    STOPPED = "stopped", pgettext_lazy("a job", "Stopped")
    DONE = "done", pgettext_lazy("a job", "Done")
    FAILED = "failed", pgettext_lazy("a job", "Failed")


OPEN = (State.WAITING, State.RUNNING)
"""The states in which it goes on by itself."""


class Job(models.Model):
    """Something that takes longer than a page may (`jobs.services.start`, `jobs.running`).

    `cursor` is how far it has come, in its kind's own words; it is committed in one transaction with what was done.
    `arguments` hold nothing of a customer: what might (a filter by e-mail) lies in `sealed`, by the desk's key.
    Times are UTC.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    username = models.CharField(max_length=150)
    ip = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    """With `ip`: where it was asked for from, for the log."""
    arguments = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    """How many there are to do; None while nobody knows."""
    cursor = models.JSONField(default=dict)
    code = models.CharField(max_length=40, blank=True)
    """Why it stands as it does, in the words of its kind (`jobs.registry`), which `facts` are put into."""
    facts = models.JSONField(default=dict)
    wants_stop = models.BooleanField(default=False)
    """Somebody asked it to stop: it does after the piece that is under way."""
    holder = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)
    """Whoever runs it holds it until then; a process that died holds nobody up for longer."""
    enqueued_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    """Not before then: the pause after something that did not work."""
    tries = models.PositiveIntegerField(default=0)
    """How often in a row something did not work."""
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=120, blank=True)
    """The name of its file in EXPORTS_DIR, once there is one."""
    file_name = models.CharField(max_length=200, blank=True)
    """What whoever downloads it gets it as."""
    file_size = models.PositiveBigIntegerField(null=True)
    """Bytes."""
    expires_at = models.DateTimeField(null=True)
    """When it goes with all that belongs to it, if it is over by then."""

    class Meta:
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="job_of_person"),
            models.Index(fields=["next_at", "until"], condition=Q(state__in=["waiting", "running"]), name="job_open"),
            models.Index(fields=["expires_at"], name="job_over"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state} {self.done}/{self.total if self.total is not None else '?'}"

    @property
    def who(self) -> Who:
        """Whoever started it, as the log names them."""
        return Who(self.username, self.owner_id, self.ip, self.agent)

    @property
    def private(self) -> dict[str, Any]:
        """What was sealed. Raises jobs.sealing.SealBrokenError where the desk's key is another one now."""
        return dict(unseal(self.sealed)) if self.sealed else {}

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_over(self) -> bool:
        """Whether it will not go on, whatever anybody does."""
        return self.state in (State.DONE, State.FAILED)

    @property
    def is_held(self) -> bool:
        """Whether a process runs it, or died so lately that nobody can tell."""
        return self.holder is not None and self.until is not None and self.until > timezone.now()

    @property
    def took(self) -> dt.timedelta | None:
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None


class RowState(models.TextChoices):
    """Where one row of a job stands. *Begun* is written before something is sent for it: a row that is found so after a
    process died is looked at before anything is sent again."""

    WAITING = "waiting", pgettext_lazy("a row of a job", "Waiting")
    BEGUN = "begun", pgettext_lazy("a row of a job", "Begun")
    DONE = "done", pgettext_lazy("a row of a job", "Done")
    PASSED_OVER = "passed-over", pgettext_lazy("a row of a job", "Passed over")
    REFUSED = "refused", pgettext_lazy("a row of a job", "Refused")
    IN_DOUBT = "in-doubt", pgettext_lazy("a row of a job", "In doubt")


class JobRow(models.Model):
    """One order, or payment, that a job does something with, and what became of it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    payment_id = models.CharField(max_length=200, blank=True)
    reference = OutsideText(blank=True)
    """The order's, where it is known."""
    state = models.CharField(max_length=12, choices=RowState, default=RowState.WAITING)
    outcome = models.CharField(max_length=40, blank=True)
    """A code of the job's kind."""
    words = OutsideText(blank=True)
    """What the Order API said, where it said something; shown beside the outcome's own words."""
    execution = models.UUIDField(null=True)
    """The payment action that was made of it."""
    facts = models.JSONField(default=dict)
    """What else its kind has to know of it; nothing of a customer."""
    at = models.DateTimeField(null=True)
    """When it came to stand as it does."""

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="one_row_a_position")]
        indexes = [models.Index(fields=["job", "state", "position"], name="job_row_by_state")]

    def __str__(self) -> str:
        return f"{self.position} {self.order_id}: {self.state}"

    @property
    def where(self) -> Channel:
        return Channel(self.merchant, self.channel)
