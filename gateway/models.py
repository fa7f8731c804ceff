from django.db import models


class Lease(models.Model):
    """Who of this desk is changing an order right now, so that two do not read and write past each other.

    The key is a digest: what it stands for may be as long as an address.
    """

    key = models.CharField(max_length=64, primary_key=True)
    holder = models.UUIDField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class CallsInMinute(models.Model):
    """How many calls over many channels were made in a minute, by everybody and in every process."""

    minute = models.BigIntegerField(primary_key=True)
    calls = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.minute}: {self.calls}"
