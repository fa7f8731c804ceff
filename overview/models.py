"""What people said is no problem, although a check finds it."""

from django.conf import settings
from django.db import models

from accounts.channels import Channel
from ui.fields import OutsideText


class Dismissal(models.Model):
    """Somebody looked at what a check finds of an order, and set it aside. It holds until the order changes: while its
    `lastModified` is still `modified`."""

    check_name = models.CharField(max_length=40)
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    modified = models.DateTimeField(null=True)
    """The order's `lastModified` (UTC) when it was set aside."""
    reason = OutsideText()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "order_id", "check_name"], name="overview_one_dismissal_a_check"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_name} of {self.order_id}"

    @property
    def where(self) -> Channel:
        return Channel(self.merchant, self.channel)
