"""Which processes do what beside the pages, and what each of them knows of the Order API."""

from django.db import models


class Beat(models.Model):
    """That a process has come round once more with something that goes on beside the pages; one row for each of both,
    written over. Nothing of a person stands in any column."""

    process = models.CharField(max_length=120)
    """Its machine and number, as in desk-1:4711."""
    what = models.CharField(max_length=40)
    """The name of a `gateway.one_thread`."""
    at = models.DateTimeField(db_index=True)
    began_at = models.DateTimeField()
    """Since when that process does it."""
    version = models.CharField(max_length=40)
    shut = models.JSONField(default=dict)
    """The channels whose API this process leaves alone, with since when in ISO 8601."""

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["process", "what"], name="operations_one_beat_a_process")]

    def __str__(self) -> str:
        return f"{self.process} {self.what}"
