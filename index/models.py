"""What is kept of orders: states, amounts, times and identifiers, and no personal data in clear.

Amounts are whole ten-thousandths of the major unit (`index.amounts`), times UTC. Names, e-mails and phones are kept as
keyed hashes of their folded forms, whose key is no part of the database (`index.hashes`). What a row of one table
repeats of its order (merchant, channel, created) is there so that one index finds a page of them.
"""

from django.db import models

from index.sums import ID, OF, SHORT

FIGURES = ("open", "held", "taken", "returned", "let_go", "failed", "unknown")
"""As `domain.money.Figures`."""
FLAGS = (
    "is_not_captured", "is_not_covered", "is_held_for_nothing", "is_mismatch", "is_shipping_failed",
    "is_consent_missing", "is_twin",
)  # fmt: skip
"""What `index.checks` looks for and time alone does not change; the nth is the bit 2ⁿ of `flags`."""


def _few(flag: str, by: str) -> models.Index:
    """Of the rows that are flagged alone, in an order."""
    return models.Index(
        fields=[*OF, by, "number"], condition=models.Q(**{flag: True}), name=f"index_{by[:7]}{flag[2:]}"
    )


class Figured(models.Model):
    """Where money is: the FIGURES, a column each."""

    open = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    let_go = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class IndexedOrder(Figured):
    """An order as it was when it was last read (`seen_at`)."""

    number = models.BigAutoField(primary_key=True)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    order_id = models.CharField(max_length=ID)
    reference = models.CharField(max_length=ID, blank=True)
    cart_reference = models.CharField(max_length=ID, blank=True)
    created = models.DateTimeField()
    """Where the order does not say: the beginning of 1970."""
    modified = models.DateTimeField(null=True)
    """When it was last changed; where the order does not say: `created`. Never nothing."""
    status = models.CharField(max_length=SHORT, blank=True)
    status_since = models.DateTimeField()
    """When it took the state that it is in: the last transition to it, else `created`."""
    country = models.CharField(max_length=SHORT, blank=True)
    currency = models.CharField(max_length=SHORT, blank=True)
    total = models.BigIntegerField(default=0)
    has_total = models.BooleanField(default=True)
    """Whether the order says what it comes to."""
    gap = models.BigIntegerField(default=0)
    """As `domain.money.Money.gap`: above nothing is paid too much, below it is not covered."""
    undeclared = models.BigIntegerField(default=0)
    """As `domain.money.Money.undeclared`: what the payments' amounts miss of the total."""
    payment_state = models.CharField(max_length=SHORT, blank=True)
    """The state that stands for all payments (`domain.money.Money.standing`)."""
    paid = models.CharField(max_length=SHORT, blank=True)
    """`domain.money.Paid`."""
    concern = models.CharField(max_length=SHORT, blank=True)
    """`domain.money.Concern`: the gravest, or nothing."""
    shipping_state = models.CharField(max_length=SHORT, blank=True)
    """The worst of the live shippings' states."""
    consent_missing = models.BooleanField(default=False)
    """Whether a required consent is not checked."""
    pieces = models.IntegerField(default=0)
    adapters = models.TextField(blank=True)
    """Those of its payments, each once, a line each."""
    words = models.TextField(blank=True)
    """All its identifiers in small letters, each after an empty line (`index.words`)."""
    flags = models.SmallIntegerField(default=0)
    is_not_captured = models.BooleanField(default=False)
    is_not_covered = models.BooleanField(default=False)
    is_held_for_nothing = models.BooleanField(default=False)
    is_mismatch = models.BooleanField(default=False)
    is_shipping_failed = models.BooleanField(default=False)
    is_consent_missing = models.BooleanField(default=False)
    is_twin = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)
    """Of the document that it was read from: where it is the same, nothing has to be written but `seen_at`."""
    document = models.BinaryField(max_length=32, null=True)
    """The digest of the text that it was read from: where that is the same, it need not be parsed (`index.documents`).
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=[*OF, "order_id"], name="index_one_row_an_order"),
        ]
        indexes = [
            # With what a walk along it and a part of a day ask besides, so that no row is looked up for it.
            models.Index(
                fields=[*OF, "created", "number", "status", "currency", "total"], name="index_by_created_with"
            ),
            models.Index(
                fields=[*OF, "status", "created", "number", "currency", "total", "payment_state", "country"],
                name="index_by_status",
            ),
            models.Index(
                fields=[*OF, "payment_state", "created", "number", "currency", "total", "status", "country"],
                name="index_by_payment_state",
            ),
            models.Index(fields=[*OF, "paid", "created", "number"], name="index_by_paid"),
            models.Index(fields=[*OF, "shipping_state", "created", "number"], name="index_by_shipping"),
            models.Index(
                fields=[*OF, "currency", "total", "number", "status", "payment_state", "country", "created"],
                name="index_by_total_with",
            ),
            models.Index(fields=[*OF, "total", "created", "number", "currency"], name="index_by_amount"),
            models.Index(fields=[*OF, "modified", "number"], name="index_by_modified"),
            models.Index(fields=[*OF, "status_since", "number"], name="index_by_since"),
            models.Index(fields=[*OF, "status", "status_since", "number"], name="index_by_status_since"),
            models.Index(fields=[*OF, "concern", "created", "number"], name="index_by_concern"),
            models.Index(fields=[*OF, "reference"], name="index_by_reference"),
            *(_few(flag, by) for flag in FLAGS for by in ("created", "status_since")),
        ]

    def __str__(self) -> str:
        return f"{self.merchant}/{self.channel} {self.order_id}"


class IndexedPayment(Figured):
    """A payment of an order. The figures are refined by its transactions where those were read
    (`transactions_at`)."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(IndexedOrder, models.CASCADE, related_name="payments", db_index=False)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    created = models.DateTimeField()
    """Of the order: payments have no time of their own."""
    payment_id = models.CharField(max_length=ID)
    reference = models.CharField(max_length=ID, blank=True)
    adapter = models.CharField(max_length=ID, blank=True)
    method = models.CharField(max_length=ID, blank=True)
    state = models.CharField(max_length=SHORT, blank=True)
    currency = models.CharField(max_length=SHORT, blank=True)
    amount = models.BigIntegerField(default=0)
    transactions_at = models.DateTimeField(null=True)
    is_unread = models.BooleanField(default=False)
    """Whether its transactions are to be read: money was taken, and they never were, or its order changed since."""
    is_to_capture = models.BooleanField(default=False)
    """Whether it holds money for an order that is agreed."""
    is_abroad = models.BooleanField(default=False)
    """Whether it is in another currency than its order, whose row does not count it."""
    twin = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    """Another payment of the same customer, of the same amount, within a day (`index.twins`)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "payment_id"], name="index_one_row_a_payment")]
        indexes = [
            models.Index(fields=["payment_id"], name="index_by_payment"),
            models.Index(fields=[*OF, "state", "created", "id"], name="index_paid_by_state"),
            models.Index(fields=[*OF, "adapter", "created", "id"], name="index_paid_by_adapter"),
            models.Index(fields=[*OF, "created", "id"], condition=models.Q(is_unread=True), name="index_paid_unread"),
            # With what a list of them asks besides, so that no row is looked up for it.
            models.Index(
                fields=[*OF, "adapter", "created", "id", "is_to_capture", "currency", *FIGURES],
                condition=models.Q(is_to_capture=True),
                name="index_paid_to_capture",
            ),
            # The few that the board adds up one by one.
            models.Index(fields=["order"], condition=models.Q(is_abroad=True), name="index_paid_abroad"),
            models.Index(fields=["order"], condition=models.Q(twin__isnull=False), name="index_paid_twin"),
        ]

    def __str__(self) -> str:
        return f"payment {self.payment_id} of order {self.order_id}"


class MoneyEvent(models.Model):
    """A transaction of a payment that says something of money, whoever caused it. `amount` is what the API says."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(IndexedPayment, models.CASCADE, related_name="events", db_index=False)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    mark = models.CharField(max_length=SHORT)
    """What tells it from the payment's other transactions, which have no id."""
    event = models.CharField(max_length=SHORT, blank=True)
    success = models.BooleanField(null=True)
    amount = models.BigIntegerField(null=True)
    moved = models.BigIntegerField(null=True)
    """What it moved, where that can be told for sure."""
    at = models.DateTimeField(null=True)
    is_ours = models.BooleanField(default=False)
    """Whether an execution of this desk caused it."""
    adapter = models.CharField(max_length=ID, blank=True)
    """Of the payment, as is the currency."""
    currency = models.CharField(max_length=SHORT, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "mark"], name="index_one_row_an_event")]
        indexes = [
            # With what a list of them asks besides, so that no row is looked up for it.
            models.Index(
                fields=[*OF, "event", "at", "id", "is_ours", "success", "moved", "currency", "adapter"],
                name="index_event_with",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} of payment {self.payment_id}"


class IndexedSku(models.Model):
    """A stock keeping unit that stands in an order's cart."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(IndexedOrder, models.CASCADE, related_name="skus", db_index=False)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    created = models.DateTimeField()
    sku = models.CharField(max_length=ID)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "sku"], name="index_one_row_a_sku")]
        indexes = [models.Index(fields=[*OF, "sku", "created", "order"], name="index_by_sku")]

    def __str__(self) -> str:
        return self.sku


class IndexedKey(models.Model):
    """A keyed hash of a folded name, e-mail or phone of an order's customer."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        NAME = "name"

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(IndexedOrder, models.CASCADE, related_name="keys")
    created = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=SHORT)
    is_delivery = models.BooleanField(default=False)
    is_stand_in = models.BooleanField(default=False)
    """Whether it is nobody's own (`trade.customer_keys.is_stand_in`), and so tells of no customer."""

    class Meta:
        indexes = [models.Index(fields=["key", "created", "order"], name="index_by_key")]

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}"


class ChannelState(models.Model):
    """How well a channel is known: when it was last looked through, by which sweep, and what stood in the way."""

    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    newest_at = models.DateTimeField(null=True)
    """When all orders created until then had been read (the sweep of the newest)."""
    open_at = models.DateTimeField(null=True)
    """When those that are not finished were last looked through to the end."""
    completed_at = models.DateTimeField(null=True)
    """When those that are handed over were."""
    whole_at = models.DateTimeField(null=True)
    """When all of them were; nothing before that was done once."""
    pushed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    """Since when nothing could be read."""
    error = models.CharField(max_length=ID, blank=True)
    """The name of one of `order_api.errors`, and no text from outside."""
    failures = models.PositiveIntegerField(default=0)
    """So many in a row."""
    next_at = models.DateTimeField(null=True)
    """Before then it is left alone: it has just failed."""
    cursors = models.JSONField(default=dict)
    """Where each sweep goes on."""
    minute = models.BigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    """Made in that minute."""
    spent = models.BigIntegerField(default=0)
    """Calls made ever."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=OF, name="index_one_row_a_channel")]

    def __str__(self) -> str:
        return f"{self.merchant}/{self.channel}"


class PushedOrder(models.Model):
    """An order of which somebody said that it changed, to be read again."""

    number = models.BigAutoField(primary_key=True)
    merchant = models.CharField(max_length=SHORT)
    channel = models.CharField(max_length=SHORT)
    order_id = models.CharField(max_length=ID)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "channel", "order_id"], name="index_one_row_a_pushed_order"),
        ]

    def __str__(self) -> str:
        return f"{self.merchant}/{self.channel} {self.order_id}"
