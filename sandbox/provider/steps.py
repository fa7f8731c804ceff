"""What the provider can do to a payment, step by step. Each step alters a draft of the order, and is stored with it or
not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from django.utils import timezone

from sandbox import rules
from sandbox.codec import Document, encode
from sandbox.conf import conf
from sandbox.models import Move, Settlement, Transaction
from sandbox.problems import Problem, not_found
from sandbox.provider import lines
from sandbox.provider.actions import kept_elsewhere, possible, wanted
from sandbox.provider.days import MUCH_LATER, Day, day_of
from sandbox.provider.ledger import REVERSED, Account, plain
from sandbox.provider.lines import AFTERWARDS, Line
from sandbox.store import Draft
from sandbox.text import column

QUARTER = Decimal("0.25")


@dataclass(frozen=True)
class Order:
    """What the provider is told to do: which action, by its type, on which payment."""

    order_id: str
    payment_id: str
    kind: str


def payment_of(document: Document, payment_id: str) -> Document:
    """The payment. Raises Problem `payment-not-found`."""
    payment = rules.find(document.get("payments"), payment_id)
    if payment is None:
        raise not_found("payment", payment_id)
    return payment


@dataclass
class Work:
    """A step at work: on whose draft, and what it knows from the step before. Raises Problem `payment-not-found`."""

    draft: Draft
    order: Order
    kept: Document = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.payment = payment_of(self.draft.document, self.order.payment_id)
        self.day: Day = day_of(self.payment, self.order.kind)
        actions = self.payment.get("actions") or ()
        self.action = self.kept.get("action") or next(
            (action for action in actions if action["type"] == self.order.kind), None
        )

    @property
    def account(self) -> Account:
        """How much of the payment there is left for the action."""
        return Account(self.payment, self.order.kind, self.draft.moves)

    def log(self, line: Line, amounts: Mapping[str, Decimal] = MappingProxyType({}), *, named: bool = True) -> None:
        """Write a line, unless it is a day without any."""
        if not self.day.logs:
            return
        figures = {"asked": self.payment.get("amount") or 0} | {key: plain(value) for key, value in amounts.items()}
        document = lines.written(line, self.payment, self.order.kind, figures)
        if named and self.action:
            document["paymentAction"] = self.action
        self.draft.lines.append((self.order.payment_id, document))

    def move(self, amount: Decimal, source: Move.Source = Move.Source.ASKED) -> None:
        """Count money that moves."""
        kind = self.order.kind + (REVERSED if source == Move.Source.TAKEN_BACK else "")
        where = {"order": self.order.order_id, "payment": self.order.payment_id}
        self.draft.moves.append(Move(**where, kind=kind, source=source, amount=amount, at=timezone.now()))

    def owe(self, step: str, setting: str, **kept: object) -> None:
        """Put a step off for as many seconds as the setting says."""
        due = timezone.now() + timedelta(seconds=conf(setting))
        text = encode({"action": self.action} | kept).decode()
        self.draft.owed.append(
            Settlement(payment=self.order.payment_id, action=self.order.kind, step=step, kept=text, due=due)
        )


def do(work: Work) -> None:
    """Move the money, count it, log it, move the state. Raises Problem where the state does not allow it."""
    payment, kind, day, account = work.payment, work.order.kind, work.day, work.account
    if why := kept_elsewhere(payment):
        raise Problem(400, "payment-error", why)
    if kind not in wanted(payment) and not day.again:
        raise Problem(400, "payment-error", f"The payment is {payment.get('state')}: {kind} is not possible.")
    amount = account.share(day.share)
    amounts = {"after": account.after(amount)} | ({"moved": amount} if day.share != 1 else {})
    work.move(amount)
    work.log(lines.done(kind), amounts)
    if day.twice:
        work.move(amount, Move.Source.REPEATED)
        work.owe("log-again", MUCH_LATER, amounts=amounts)
    if day.taken_back:
        work.owe("take-back", MUCH_LATER, amount=amount, state=payment.get("state"))
    payment["state"] = AFTERWARDS[kind]


def log_again(work: Work) -> None:
    """Log what was done a second time."""
    work.log(lines.done(work.order.kind), {key: Decimal(value) for key, value in work.kept["amounts"].items()})


def take_back(work: Work) -> None:
    """Take back what was done, and say so. Raises Problem where the payment has gone on meanwhile."""
    if work.payment.get("state") != AFTERWARDS[work.order.kind]:
        raise Problem(400, "payment-error", f"The payment is {work.payment.get('state')} by now.")
    work.move(Decimal(work.kept["amount"]), Move.Source.TAKEN_BACK)
    work.log(lines.taken_back(work.order.kind))
    work.payment["state"] = work.kept["state"]


def catch_up(_work: Work) -> None:
    """Let reads see what is there: they do as soon as this step is no longer owed."""


STEPS: dict[str, Callable[[Work], None]] = {
    "do": do,
    "log-again": log_again,
    "take-back": take_back,
    "catch-up": catch_up,
}


def in_portal(work: Work, amount: Decimal) -> None:
    """Somebody moves an amount in the provider's portal: a line that names no action, and the state of the whole if
    nothing is left."""
    account = work.account
    if work.order.kind not in possible(work.payment) or not 0 < amount <= account.whole - account.moved:
        raise Problem(400, "payment-error", f"Of {account.whole}, {account.moved} has moved: {amount} cannot.")
    work.move(amount, Move.Source.ELSEWHERE)
    work.log(lines.done(work.order.kind), {"after": account.after(amount), "moved": amount}, named=False)
    if account.moved + amount == account.whole:
        work.payment["state"] = AFTERWARDS[work.order.kind]


def keep_reads(work: Work, order: str) -> None:
    """Let reads answer for a while as they do now."""
    logged = Transaction.objects.filter(order__public_id=column(order), payment=work.order.payment_id).count()
    work.owe("catch-up", "SANDBOX_STALE_SECONDS", body=encode(work.draft.document).decode(), lines=logged)


def take_on(work: Work) -> None:
    """Do what the day has the provider do while it is called, and owe the rest."""
    day = work.day
    if day.stale:
        keep_reads(work, work.order.order_id)
    if day.elsewhere:
        in_portal(work, work.account.share(QUARTER))
    if day.first:
        work.log(lines.first(day.first, work.order.kind))
    if day.done and not day.waits:
        do(work)
    elif day.done:
        work.owe("do", day.waits)
    if day.hides:
        work.payment["actions"] = []
