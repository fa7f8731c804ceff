"""What an execution would be about: one action of one payment, as a person sees it now. Sealed into the form,
so that nobody can say otherwise."""

import datetime as dt
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.channels import Channel
from domain.money import code_of
from order_api import OrderApi
from order_api.errors import NotFound
from order_api.schemas import Order, Payment, PaymentTransaction
from payments.executions.ledger import amount_of
from payments.executions.snapshot import Action, Difference, Snapshot, TransactionMark
from payments.models import OPEN, REQUESTED, Execution
from ui.said import sentence

_NO_PAYMENT = sentence("Payment with id:%(payment_id)s not found.")
LIFE = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Intent:
    """`amount` is what would move, in `currency`'s major unit, None where the API says no amount.
    `after` is the last attempt that ended."""

    merchant: str
    channel: str
    order_id: str
    order_reference: str
    payment_id: str
    payment_reference: str
    provider: str
    method: str
    action: Action
    amount: Decimal | None
    currency: str
    customer: str
    seen: Snapshot
    after: str = ""
    tried: int = 0

    @classmethod
    def of(cls, execution: Execution, seen: Snapshot) -> Self:
        """What somebody asked for, as its row has it, for whoever takes it up; `seen` is what they saw of the
        payment."""
        return cls(
            merchant=execution.merchant,
            channel=execution.channel,
            order_id=execution.order_id,
            order_reference=execution.order_reference,
            payment_id=execution.payment_id,
            payment_reference=execution.payment_reference,
            provider=execution.provider,
            method=execution.method,
            action=seen.offers(execution.action_id) or Action(execution.action_id, execution.action_type),
            amount=execution.amount,
            currency=execution.currency,
            customer=execution.customer,
            seen=seen,
            tried=execution.tried,
        )

    @property
    def in_channel(self) -> Channel:
        return Channel(self.merchant, self.channel)

    @property
    def baseline(self) -> str:
        return self.seen.fingerprint(self.after)

    @property
    def salt(self) -> str:
        return salt_of(self.merchant, self.channel, self.order_id, self.payment_id, self.action.id)

    def seal(self, *whose: str) -> str:
        """As text that nobody can change; good for one person alone if their id is given. It stands in the page, where
        everybody can read it, so that what providers wrote in words is left out."""
        data = asdict(self) | {"seen": self.seen.without_words().to_json(), "action": list(self.action)}
        data["amount"] = str(self.amount) if self.amount is not None else None
        return signing.dumps(data, salt="/".join((self.salt, *whose)), compress=True)

    @classmethod
    def unseal(cls, text: str, salt: str) -> "Self | None":
        """None if it was not sealed here, or for another action or person, or long ago."""
        try:
            data: dict[str, Any] = signing.loads(text, salt=salt, max_age=LIFE)
            parts = {
                "amount": Decimal(data["amount"]) if data["amount"] is not None else None,
                "action": Action(*data["action"]),
                "seen": Snapshot.from_json(data["seen"]),
            }
            return cls(**{**data, **parts})
        except (signing.BadSignature, ValueError, TypeError, KeyError):  # the last two: of another version of this desk
            return None


def salt_of(*ids: str) -> str:
    return "payments.case:" + "/".join(ids)


class Facts(NamedTuple):
    """What was read for the dialog, in two calls, and when."""

    case: Intent
    order: Order
    payment: Payment
    transactions: tuple[PaymentTransaction, ...]
    read_at: dt.datetime


def read(  # noqa: PLR0913, PLR0917 - where, which action
    api: OrderApi, channel: Channel, order_id: str, payment_id: str, action_id: str, kind: str = ""
) -> Facts:
    """The facts of now: GET order, GET transactions. Raises NotFound where the order or the payment
    is not there, and ApiError.

    An action that is gone is no error: the case has no type then. `kind` is the type that the action had when somebody
    saw it: an adapter that renews its ids offers the same thing under another one.
    """
    return facts_of(api, channel, api.orders.get(order_id), payment_id, action_id, kind, called=order_id)


def facts_of(  # noqa: PLR0913, PLR0917 - as above
    api: OrderApi, channel: Channel, order: Order, payment_id: str, action_id: str, kind: str = "", *, called: str = ""
) -> Facts:
    """As `read`, of an order that was read just now, `called` so: one call. Raises NotFound, ApiError."""
    order_id = order.id or called
    payment = payment_of(order, payment_id)
    transactions = api.payments.transactions(order_id, payment_id)
    read_at = timezone.now()
    seen = Snapshot.of(payment, map(TransactionMark.of, transactions), read_at, order)
    alike = [action for action in seen.actions if kind and action.type == kind]
    action = seen.offers(action_id) or (alike[0] if len(alike) == 1 else Action(action_id, ""))
    case = Intent(
        merchant=channel.merchant,
        channel=channel.name,
        order_id=order_id,  # as the API spells it: the locks compare it letter by letter
        order_reference=order.reference or "",
        payment_id=payment_id,
        payment_reference=payment.reference or "",
        provider=payment.adapter_id or "",
        method=payment.name or "",
        action=action,
        amount=None,
        currency=code_of(payment.currency or order.currency),
        customer=customer_of(order),
        seen=seen,
    )
    case = replace(case, amount=amount_of(case.action.type, seen), after=last_ended(case), tried=tried_on(case))
    return Facts(case, order, payment, transactions, read_at)


def payment_of(order: Order, payment_id: str) -> Payment:
    """The payment in the order. Raises NotFound, in the words that the API would use."""
    for payment in order.payments:
        if payment.id == payment_id:
            return payment
    message = _NO_PAYMENT % {"payment_id": payment_id}
    raise NotFound(
        message, operation="GET orders/{order_id}/payments/{payment_id}", status=404, code="payment-not-found"
    )


def customer_of(order: Order) -> str:
    """Stands for the customer by the e-mail of the billing address; empty where there is none."""
    billing = order.customer.billing if order.customer else None
    return customer_digest(billing.email or "") if billing else ""


def customer_digest(email: str) -> str:
    """What stands for whoever has that e-mail address; empty for none."""
    written = email.strip().lower()
    return salted_hmac("payments.customer", written, algorithm="sha256").hexdigest() if written else ""


def attempts_on(what: "Intent | Execution") -> "QuerySet[Execution]":
    """All that was asked for on that payment through this desk, in whatever state: what the
    database's locks are about."""
    return Execution.objects.filter(
        merchant=what.merchant, channel=what.channel, order_id=what.order_id, payment_id=what.payment_id
    )


def last_ended(case: Intent) -> str:
    """The last attempt on this payment through this desk that is over; empty if there was none."""
    ended = attempts_on(case).exclude(state__in=[*OPEN, *REQUESTED])
    last = ended.order_by("-ended_at", "-created_at").values_list("pk", flat=True).first()
    return str(last or "")


def tried_on(what: "Intent | Execution") -> int:
    """How many attempts on the payment were sent, and have ended. It only grows, and knows nothing of clocks."""
    own = [what.pk] if isinstance(what, Execution) else []
    return attempts_on(what).filter(sent_at__isnull=False).exclude(Q(pk__in=own) | Q(state__in=OPEN)).count()


def tried_since(execution: Execution) -> list[Difference]:
    """What else was sent for the payment since this was asked for, and has ended: it may have moved
    money that no reading shows."""
    more = tried_on(execution) - execution.tried
    if more <= 0:
        return []
    sent = attempts_on(execution).filter(sent_at__isnull=False).exclude(Q(pk=execution.pk) | Q(state__in=OPEN))
    latest = reversed(sent.order_by("-ended_at", "-sent_at")[:more])
    return [Difference("attempt", "", f"{each.action_type} {each.pk}") for each in latest]


def elsewhere_on(what: "Intent | Execution") -> "QuerySet[Execution]":
    """Attempts on the same money under another payment of this merchant: two records can name one reservation of a
    provider. None where the payment has no reference."""
    if not what.payment_reference:
        return Execution.objects.none()
    same = Execution.objects.filter(
        merchant=what.merchant, provider=what.provider, payment_reference=what.payment_reference
    )
    return same.exclude(channel=what.channel, order_id=what.order_id, payment_id=what.payment_id)
