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
