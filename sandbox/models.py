"""How the sandbox keeps orders: a narrow row to filter, sort and count by, and beside it the
document as `GET` answers it.

The two are apart so that a scan over a hundred thousand orders reads columns, not documents.
"""

from django.db import models

COUNTRIES = ("country", "billing_country", "shipping_country")
CELL = ("merchant", "channel", "span", "begin", "status", *COUNTRIES)
SORTED = ("created", "public_id", "total")
EXACT = (
    "reference",
    "billing_email",
    "billing_phone",
    "shipping_email",
    "shipping_phone",
    "billing_name",
    "cart_total",
)


class Order(models.Model):
    """What the list filters, sorts and sums by. Text is folded as `sandbox.text` folds it; amounts
    are in 1/10000 of the major unit."""

    number = models.BigAutoField(primary_key=True)
    public_id = models.CharField(max_length=200, unique=True)
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    created = models.DateTimeField()
    status = models.CharField(max_length=20)
    reference = models.CharField(max_length=200, blank=True)
    cart_reference = models.CharField(max_length=200, null=True)  # null, not empty: many carts may have none
    country = models.CharField(max_length=200, blank=True)
    billing_country = models.CharField(max_length=200, blank=True)
    shipping_country = models.CharField(max_length=200, blank=True)
    billing_email = models.CharField(max_length=200, blank=True)
    shipping_email = models.CharField(max_length=200, blank=True)
    billing_phone = models.CharField(max_length=9, blank=True)
    shipping_phone = models.CharField(max_length=9, blank=True)
    billing_name = models.CharField(max_length=300, blank=True)
    shipping_name = models.CharField(max_length=300, blank=True)
    cart_total = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    search = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "cart_reference"], name="sandbox_one_order_per_cart"
            ),
        ]
        indexes = [
            # All that is small, so that pages, counts and sums over days,
            # states and countries are read off the index alone.
            models.Index(
                fields=["merchant", "channel", "created", "public_id", "total", "status", *COUNTRIES],
                name="sandbox_by_created",
            ),
            *(models.Index(fields=["merchant", "channel", name, *SORTED], name=f"sandbox_by_{name}") for name in EXACT),
        ]

    def __str__(self) -> str:
        return self.public_id


class Tally(models.Model):
    """How many orders of a channel began in one day or one month (UTC) and have the same state and countries, and what
    their totals add up to. Every order is counted in one day and in one month.

    The database keeps it by itself (`sandbox.upkeep`). Rows of one cell add up: those that are `fresh` are changes
    (which may be negative) that were not folded into the others yet.
    """

    class Span(models.TextChoices):
        DAY = "day"
        MONTH = "month"

    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    span = models.CharField(max_length=5, choices=Span)
    begin = models.DateField()
    status = models.CharField(max_length=20)
    country = models.CharField(max_length=200, blank=True)
    billing_country = models.CharField(max_length=200, blank=True)
    shipping_country = models.CharField(max_length=200, blank=True)
    orders = models.BigIntegerField()
    value = models.BigIntegerField()
    fresh = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=CELL, condition=models.Q(fresh=False), name="sandbox_one_tally_per_cell"),
        ]
        indexes = [
            models.Index(fields=["merchant", "channel", "span", "begin"], name="sandbox_tally_of_channel"),
            models.Index(fields=["id"], condition=models.Q(fresh=True), name="sandbox_fresh_tallies"),
        ]

    def __str__(self) -> str:
        return f"{self.orders} orders of the {self.span} {self.begin}"


class SearchTally(models.Model):
    """How many orders of a channel contain a text that somebody looked for, where that were very many, and what their
    totals add up to. The database keeps it as it keeps a `Tally`, with rows that are `fresh`."""

    class Field(models.TextChoices):
        SEARCH = "search"
        BILLING_NAME = "billing_name"
        SHIPPING_NAME = "shipping_name"

    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    field = models.CharField(max_length=13, choices=Field)
    text = models.CharField(max_length=200)
    orders = models.BigIntegerField()
    value = models.BigIntegerField()
    fresh = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "field", "text"],
                condition=models.Q(fresh=False),
                name="sandbox_one_search_tally",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.orders} orders with {self.text!r}"


class OrderDocument(models.Model):
    """The order as `GET …/orders/{order_id}` answers it: canonical JSON text, payments and shippings inside."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="stored")
    body = models.TextField()

    def __str__(self) -> str:
        return f"document of order {self.order_id}"


class OrderPayment(models.Model):
    """Which order a payment belongs to, for the list's `payment_id`."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="payment_rows")
    public_id = models.CharField(max_length=200, db_index=True)

    def __str__(self) -> str:
        return self.public_id


class Transaction(models.Model):
    """One line of a payment's log, in the order it was written."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="transaction_rows")
    payment = models.CharField(max_length=200)
    body = models.TextField()

    def __str__(self) -> str:
        return f"transaction {self.pk} of payment {self.payment}"


class Event(models.Model):
    """A notification that fired: what is to be sent, where to, and how that went. It outlives its order."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True)
    created = models.DateTimeField()
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order = models.CharField(max_length=200)
    adapter = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    url = models.TextField()
    payload = models.TextField()
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "due"], name="sandbox_event_due"),
            models.Index(fields=["merchant", "order", "created"], name="sandbox_event_of_order"),
            models.Index(fields=["merchant", "created"], name="sandbox_event_of_merchant"),
        ]

    def __str__(self) -> str:
        return f"event {self.id}"


class Attempt(models.Model):
    """One try to deliver an event: when, what the receiver answered, or why there was no answer."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="attempts")
    made = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"attempt {self.pk} at event {self.event_id}"


class Settlement(models.Model):
    """Something that the embedded provider does later about a payment action: a step of `sandbox.provider.steps`, and
    what it has to know for it, as JSON."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="settlements")
    payment = models.CharField(max_length=200)
    action = models.TextField()
    step = models.CharField(max_length=20, default="do")
    kept = models.TextField(default="{}")
    due = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.step} of {self.action}, payment {self.payment}"


class ProviderCall(models.Model):
    """A call that reached the embedded provider, kept before it acts on it. It outlives its order."""

    order = models.CharField(max_length=200)
    payment = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["payment", "kind"], name="sandbox_call_of_payment")]

    def __str__(self) -> str:
        return f"{self.kind} of payment {self.payment}"


class Move(models.Model):
    """Money that the embedded provider really moved, kept with the change of the payment or not at
    all. It outlives its order.

    What is taken back is a move of its own, of the kind `<kind>-reversed`: rows are only ever added.
    """

    class Source(models.TextChoices):
        ASKED = "asked"  # by the call of an action
        REPEATED = "repeated"  # once more for the same call
        ELSEWHERE = "elsewhere"  # by somebody in the provider's portal
        TAKEN_BACK = "taken-back"  # by the provider itself

    order = models.CharField(max_length=200)
    payment = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=20, choices=Source, default=Source.ASKED)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["payment", "kind"], name="sandbox_move_of_payment")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.amount}, payment {self.payment}"
