"""How many rows are alike and what they come to, kept with the rows (`index.rollups`). Models, which `index.models`
brings along."""

from django.db import models

SHORT, ID = 64, 200
OF = ["merchant", "channel"]


class Axis(models.TextChoices):
    """Over what a rollup's row adds up: all orders, or those of a month or day of `created` or `status_since`."""

    ALL = "a"
    CREATED_MONTH = "cm"
    CREATED_DAY = "cd"
    SINCE_MONTH = "sm"
    SINCE_DAY = "sd"
    ROUGH_ALL = "ra"
    """As the three of `created`, by status and currency alone."""
    ROUGH_MONTH = "rm"
    ROUGH_DAY = "rd"
    QUARTER_0 = "q0"
    """Six hours of a day of `created`, by status, state of the payments and currency alone."""
    QUARTER_1 = "q1"
    QUARTER_2 = "q2"
    QUARTER_3 = "q3"
    AT_MONTH = "am"
    """Those of a month or day of when money moved."""
    AT_DAY = "ad"


class OrderSum(models.Model):
    """How many orders of a channel are alike in all of this, and what they come to; kept with the orders
    (`index.rollups`)."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    axis = models.CharField(max_length=2, choices=Axis)
    adapter = models.CharField(max_length=ID, blank=True)
    """Empty for all orders; else those with a payment of it."""
    since = models.DateField()
    status = models.CharField(max_length=SHORT, blank=True)
    payment_state = models.CharField(max_length=SHORT, blank=True)
    paid = models.CharField(max_length=SHORT, blank=True)
    concern = models.CharField(max_length=SHORT, blank=True)
    currency = models.CharField(max_length=SHORT, blank=True)
    country = models.CharField(max_length=SHORT, blank=True)
    shipping_state = models.CharField(max_length=SHORT, blank=True)
    flags = models.SmallIntegerField(default=0)
    n = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    gap = models.BigIntegerField(default=0)
    undeclared = models.BigIntegerField(default=0)
    """How far apart amounts and totals are, whichever is more."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *OF, "axis", "adapter", "since", "status", "payment_state", "paid", "concern", "currency",
                    "country", "shipping_state", "flags",
                ],
                name="index_one_sum_of_orders",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.n} orders of {self.merchant}/{self.channel}"


class HeldSum(models.Model):
    """How many payments of a channel hold money and are alike in all of this, and how much they hold; kept with them
    (`index.rollups`)."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    adapter = models.CharField(max_length=ID, blank=True)
    currency = models.CharField(max_length=SHORT, blank=True)
    is_to_capture = models.BooleanField(default=False)
    n = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=[*OF, "adapter", "currency", "is_to_capture"], name="index_one_sum_of_held"),
        ]

    def __str__(self) -> str:
        return f"{self.n} payments of {self.merchant}/{self.channel}"


class Outcome(models.TextChoices):
    """What a transaction says of itself (`MoneyEvent.success`)."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, success: bool | None) -> "Outcome":
        return cls.UNKNOWN if success is None else cls.DONE if success else cls.REFUSED


class MoveSum(models.Model):
    """How many transactions of a channel's payments are alike in all of this, and what they moved (as `MoneyEvent`
    knows it): of those that move money and were not caused by this desk. Kept with them (`index.rollups`)."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    axis = models.CharField(max_length=2, choices=Axis)
    since = models.DateField()
    adapter = models.CharField(max_length=ID, blank=True)
    event = models.CharField(max_length=SHORT)
    outcome = models.CharField(max_length=8, choices=Outcome)
    currency = models.CharField(max_length=SHORT, blank=True)
    n = models.BigIntegerField(default=0)
    moved = models.BigIntegerField(default=0)
    untold = models.BigIntegerField(default=0)
    """Of how many it is not known what they moved."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[*OF, "axis", "since", "adapter", "event", "outcome", "currency"], name="index_one_sum_of_moves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n} moves of {self.merchant}/{self.channel}"
