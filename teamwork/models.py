"""What people of the desk ask of one another about an order, and the mail that tells them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.channels import Channel
from ui.fields import OutsideText


class Kind(models.TextChoices):
    """Why something stands in a queue."""

    ASK = "ask", _("Assigned")
    MENTION = "mention", _("Mentioned")
    ANSWER = "answer", _("Answered")


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("a task", "Open")
    DONE = "done", pgettext_lazy("a task", "Done")


class Task(models.Model):
    """Something that a person, or whoever of a role comes first, is to do about an order. Never deleted.

    It is for `for_person`; where that is nobody, for the role `for_role`. Somebody of the role who takes it has it, and
    the role stays, to be given back to. Where both are nothing, or the person is gone, it is the team's.

    Nothing of a customer stands in it but in `text`, if somebody typed it. What a mention or an answering note says is
    the note's (`note_id`), which `orders` gives (`teamwork.queue.register_texts`), so that it is kept once.
    """

    mark = models.UUIDField(null=True, unique=True)
    """Of the form that it was made in, by which a form that comes twice is known."""
    kind = models.CharField(max_length=10, choices=Kind)
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    reference = OutsideText(blank=True)
    text = OutsideText(blank=True)
    note_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=40, blank=True)
    """What became of something, to be put into words when it is read (`teamwork.queue.register_words`)."""
    execution = models.UUIDField(null=True)
    """The payment action that it is about."""
    due = models.DateField(null=True)
    for_person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="tasks")
    for_role = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    """The name of the account; empty where the desk did it by itself."""
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    moves = models.PositiveIntegerField(default=0)
    """How often it was handed on: a form says which of them it saw."""
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done_by_name = models.CharField(max_length=150, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["for_person"], condition=Q(state="open"), name="task_of_person"),
            models.Index(fields=["order_id", "merchant", "channel"], name="task_of_order"),
            models.Index(fields=["state", "created_at"], name="task_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def where(self) -> Channel:
        return Channel(self.merchant, self.channel)

    @property
    def called(self) -> str:
        """The order as people know it."""
        return self.reference or self.order_id


class Mailing(models.Model):
    """How a person wants to hear of their queue by mail, and when they last did."""

    class When(models.TextChoices):
        NEVER = "", _("No mail")
        AT_ONCE = "at-once", _("At once")
        DAILY = "daily", _("Once a day")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mailing")
    when = models.CharField(max_length=10, choices=When, blank=True)
    told_on = models.DateField(null=True)
    """The day, in the person's zone, whose mail was sent."""
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user}: {self.when or '–'}"


class Mail(models.Model):
    """A task that somebody is to be told of at once. Written with the task, sent by the worker."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="mails")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.to}: {self.task}"


class Presence(models.Model):
    """That a person has a page of an order open, and what for: written over while it is seen (`teamwork.presence`),
    and worth nothing after `until`. `page` is a number that the page draws; `username` saves looking it up."""

    class Mode(models.TextChoices):
        VIEW = "view"
        EDIT = "edit"
        MONEY = "money"
        GONE = "gone"
        """It was closed: a beat that was on its way when it was comes too late."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    username = models.CharField(max_length=150)
    page = models.CharField(max_length=36)
    merchant = models.CharField(max_length=200)
    channel = models.CharField(max_length=200)
    order_id = models.CharField(max_length=200)
    mode = models.CharField(max_length=5, choices=Mode)
    what = models.CharField(max_length=20, blank=True)
    """The type of payment action that is being prepared."""
    since = models.DateTimeField()
    """When they began with that."""
    until = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "page"], name="one_presence_of_a_page")]
        indexes = [models.Index(fields=["order_id", "merchant", "channel"], name="presence_at_order")]

    def __str__(self) -> str:
        return f"{self.username} at {self.order_id}: {self.mode}"
