"""What the trade knows of each state: one row a state. Whatever depends on a state is asked of its row; nothing else
names one.

The names are those of the API's documents (Norce reference: schemas/state, schemas/paymenttransaction). What a state
means for money, and what follows on it, no document says in one place; the rows hold what the documented uses of the
states add up to (docs/sandbox.md).

The API's sets are open. `of` answers for a state of tomorrow with a row that has its name for a word, grey, and that
knows nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
DONE, WAIT, BUSY, BAD, OFF, RAW = "is-done", "is-wait", "is-busy", "is-bad", "is-off", "is-raw"
"""Tones: classes of the sheet. A tone is never the only sign of anything."""


@dataclass(frozen=True, slots=True)
class State:
    """A state as people read it. `meaning` is what it says, in a few words; `is_failure`: something went wrong that
    others wait for."""

    name: str
    word: Text
    tone: str = RAW
    meaning: Text = ""
    is_failure: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RemovableState(State):
    """A state of what is created in one state (`is_start`) and taken out by another: then it stays, and counts no
    more."""

    is_start: bool = field(default=False, kw_only=True)
    is_live: bool = field(default=True, kw_only=True)
    """Whether what is in this state counts."""

    @property
    def is_removed(self) -> bool:
        return not self.is_live


class Stage(StrEnum):
    """How far an order is: `PLACED` from when the customer pays, `GIVEN_UP` where nothing will be delivered."""

    SHOPPING = "shopping"
    PLACED = "placed"
    GIVEN_UP = "given up"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OrderState(RemovableState):
    """`follows`: the states that an order can take from here. `usual_next`: the one that usually follows, empty where
    none does.
    """

    stage: Stage = Stage.UNKNOWN
    usual_next: str = ""
    follows: tuple[str, ...] = ()
    verb: Text = field(default="", kw_only=True)
    """What a person does who brings an order here."""
    is_agreed: bool = field(default=False, kw_only=True)
    """Whether the customer is done: what they promised can be taken, and the order handed over."""

    @property
    def is_final(self) -> bool:
        """Whether an order never leaves it, as far as is known."""
        return self.stage is not Stage.UNKNOWN and not self.follows


class Bucket(StrEnum):
    """Where the money of a payment is: not promised yet, held for us, taken, given back, let go again, never got
    (`FAILED`), or not counted at all."""

    OPEN = "open"
    HELD = "held"
    TAKEN = "taken"
    RETURNED = "returned"
    LET_GO = "let_go"
    FAILED = "failed"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PaymentState(RemovableState):
    """`event`: what leads here, as the API calls events and types of action. `usual_next`: the states that usually
    follow, in their order.

    `actions`: the types of action that people look for here.
    """

    bucket: Bucket = Bucket.UNKNOWN
    event: str = ""
    usual_next: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    @property
    def is_early(self) -> bool:
        """Whether it is on its way to a state in which something can be done."""
        return bool(self.usual_next) and not self.actions

    @property
    def is_fact_about_money(self) -> bool:
        """Whether it says that money is held, was taken, let go or given back."""
        return self.bucket is Bucket.HELD or self.event in MONEY_ACTIONS


@dataclass(frozen=True, slots=True)
class ShippingState(RemovableState):
    """`is_booked`: the carrier has it. `is_at_carrier`: the carrier may expect it."""

    is_booked: bool = False
    is_at_carrier: bool = False


class ExecutionState(StrEnum):
    """The states of this desk's own executions; their rows are in `EXECUTION`."""

    ASKED = "asked"
    WAITING = "waiting"
    PREPARED = "prepared"
    SENDING = "sending"
    PENDING = "pending"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    NOT_SENT = "not_sent"
    CONTRADICTED = "contradicted"
    TURNED_DOWN = "turned_down"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class ExecutionRow(State):
    """`is_request`: nothing was sent, nor is before somebody else has said so. `is_open`: the payment is locked.
    `is_unsettled`: whether money moved is not known yet. `may_have_moved`: it counts towards limits.

    `needs_person`: by itself it may never be settled, so a person can look and say what happened. `is_watched`: it has
    ended, and what is found later may speak against it.
    """

    is_request: bool = False
    is_open: bool = False
    is_unsettled: bool = False
    may_have_moved: bool = False
    needs_person: bool = False
    is_watched: bool = False


@dataclass(frozen=True, slots=True)
class Result(State):
    """What a transaction says of itself, by the API's `isSuccess`."""

    is_success: bool | None = None


S = TypeVar("S", bound=State)
R = TypeVar("R", bound=RemovableState)


class States(Mapping[str, S], Generic[S]):
    """The rows of one kind of state by name, in the order in which people read them."""

    def __init__(self, unknown: Callable[[str, str], S], rows: Iterable[S]) -> None:
        self._unknown = unknown
        self._rows = {row.name: row for row in rows}
        self._by_lower = {row.name.lower(): row for row in rows}

    def __getitem__(self, name: str) -> S:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, name: str | None) -> S:
        """The row of a state, in whatever case it is written; of one that is not here, or of none, a row that knows
        nothing."""
        name = name or ""
        return self._rows.get(name) or self._by_lower.get(name.lower()) or self._unknown(name, name)

    def where(self, holds: Callable[[S], object]) -> tuple[S, ...]:
        return tuple(row for row in self._rows.values() if holds(row))


MONEY_ACTIONS = ("capture", "cancel", "refund")
"""The types of action of which it is known what they do, in the order in which they are done (the adapters'
endpoints)."""

ORDER = States(
    OrderState,
    [
        OrderState(
            "checkout", _("Checkout"), OFF, _("customer still shopping"), Stage.SHOPPING, "processing",
            ("processing", "accepted", "completed", "declined", "removed"), is_start=True,
        ),
        OrderState(
            "processing", _("Processing"), BUSY, _("customer is paying"), Stage.PLACED, "accepted",
            ("checkout", "accepted", "completed", "declined"),
        ),
        OrderState(
            "accepted", _("Accepted"), BUSY, _("paid or reserved"), Stage.PLACED, "completed",
            ("completed", "declined"), is_agreed=True,
        ),
        OrderState(
            "completed", _("Completed"), DONE, _("handed over for delivery"), Stage.PLACED,
            verb=_("Complete order"), is_agreed=True,
        ),
        OrderState("declined", _("Declined"), BAD, _("will not be delivered"), Stage.GIVEN_UP),
        OrderState("removed", _("Removed"), OFF, _("taken out"), Stage.GIVEN_UP, is_live=False),
    ],
)  # fmt: skip
PAYMENT = States(
    PaymentState,
    [
        PaymentState(
            "intent", _("Started"), OFF, _("nothing promised"), Bucket.OPEN,
            usual_next=("reserved", "captured"), is_start=True,
        ),
        PaymentState(
            "processing", _("Processing"), BUSY, _("customer at the provider"), Bucket.OPEN,
            usual_next=("reserved", "captured"),
        ),
        PaymentState(
            "pending", _("Pending"), BUSY, _("provider is looking"), Bucket.OPEN, usual_next=("reserved", "captured")
        ),
        PaymentState(
            "confirmed", _("Confirmed"), BUSY, _("provider said yes"), Bucket.HELD, "confirm", usual_next=("captured",)
        ),
        PaymentState(
            "reserved", _("Reserved"), WAIT, _("waits for capture"), Bucket.HELD,
            usual_next=("captured",), actions=("capture", "cancel"),
        ),
        PaymentState("captured", _("Captured"), DONE, _("money taken"), Bucket.TAKEN, "capture", actions=("refund",)),
        PaymentState("failed", _("Failed"), BAD, _("technical error"), Bucket.FAILED, is_failure=True),
        PaymentState("declined", _("Declined"), BAD, _("the provider said no"), Bucket.FAILED, is_failure=True),
        PaymentState("cancelled", _("Cancelled"), OFF, _("reservation let go"), Bucket.LET_GO, "cancel"),
        PaymentState("refunded", _("Refunded"), OFF, _("money returned"), Bucket.RETURNED, "refund"),
        PaymentState("credited", _("Credited"), OFF, _("money returned"), Bucket.RETURNED, "refund"),
        PaymentState("removed", _("Removed"), OFF, _("taken out"), Bucket.NONE, is_live=False),
    ],
)  # fmt: skip
SHIPPING = States(
    ShippingState,
    [
        ShippingState("intent", _("Intent"), OFF, _("chosen"), is_start=True),
        ShippingState("processing", _("Processing"), BUSY, _("being booked"), is_at_carrier=True),
        ShippingState("confirmed", _("Confirmed"), DONE, _("booked"), is_booked=True, is_at_carrier=True),
        ShippingState("failed", _("Failed"), BAD, _("not booked"), is_failure=True),
        ShippingState("removed", _("Removed"), OFF, _("taken out"), is_live=False),
    ],
)
UPSELL = States(
    State,
    [
        State("created", _("created"), OFF),
        State("actionRequired", _("waits for the customer"), WAIT),
        State("completed", _("completed"), DONE),
        State("failed", _("failed"), BAD, is_failure=True),
    ],
)
RESULT = States(
    Result,
    [
        Result("ok", _("OK"), DONE, is_success=True),
        Result("failed", _("Failed"), BAD, is_success=False, is_failure=True),
        Result("unknown", _("Unknown"), WAIT),
    ],
)
EXECUTION = States(
    ExecutionRow,
    [
        ExecutionRow(ExecutionState.ASKED, _("Asked for"), WAIT, is_request=True),
        ExecutionRow(ExecutionState.WAITING, _("Waits for approval"), WAIT, is_request=True),
        ExecutionRow(ExecutionState.PREPARED, _("Ready"), BUSY, is_open=True, may_have_moved=True),
        ExecutionRow(
            ExecutionState.SENDING, _("In flight"), BUSY, is_open=True, is_unsettled=True, may_have_moved=True
        ),
        ExecutionRow(
            ExecutionState.PENDING, _("Pending at the provider"), BUSY,
            is_open=True, is_unsettled=True, may_have_moved=True, needs_person=True,
        ),
        ExecutionRow(
            ExecutionState.IN_DOUBT, _("In doubt"), WAIT,
            is_open=True, is_unsettled=True, may_have_moved=True, needs_person=True,
        ),
        ExecutionRow(
            ExecutionState.CONTRADICTED, _("Contradicted"), BAD,
            is_unsettled=True, may_have_moved=True, needs_person=True, is_watched=True,
        ),
        ExecutionRow(ExecutionState.DONE, _("Done"), DONE, may_have_moved=True, is_watched=True),
        ExecutionRow(ExecutionState.REFUSED, _("Refused"), BAD, is_watched=True),
        ExecutionRow(ExecutionState.NOT_DONE, _("Not done"), OFF, is_watched=True),
        ExecutionRow(ExecutionState.NOT_SENT, _("Not sent"), OFF, is_watched=True),
        ExecutionRow(ExecutionState.TURNED_DOWN, _("Turned down"), OFF),
        ExecutionRow(ExecutionState.WITHDRAWN, _("Withdrawn"), OFF),
        ExecutionRow(ExecutionState.EXPIRED, _("Expired"), OFF),
        ExecutionRow(ExecutionState.LAPSED, _("Lapsed"), OFF),
    ],
)  # fmt: skip
KINDS: Mapping[str, States[Any]] = {
    "order": ORDER, "payment": PAYMENT, "shipping": SHIPPING, "upsell": UPSELL, "result": RESULT, "execution": EXECUTION
}  # fmt: skip


def state_of(kind: str, name: str | None) -> State:
    """The row of a state of a kind: order, payment, shipping, upsell, result or execution."""
    row: State = KINDS[kind].of(name)
    return row


def result_of(is_success: bool | None) -> Result:
    """What a transaction says of itself."""
    return next(row for row in RESULT.values() if row.is_success is is_success)


def start_of(states: States[R]) -> str:
    """The state that a new one begins in."""
    return next(row.name for row in states.values() if row.is_start)


def removed_of(states: States[R]) -> str:
    """The state by which one is taken out."""
    return next(row.name for row in states.values() if row.is_removed)


def led_to_by(action_type: str) -> tuple[PaymentState, ...]:
    """The states that a payment is in once such an action was done, the plainest first; none where it is not known
    what it does."""
    kind = action_type.lower()
    return PAYMENT.where(lambda row: kind in MONEY_ACTIONS and row.event == kind)


def way_from(name: str) -> Iterator[OrderState]:
    """The states that usually follow on one of an order, to the last."""
    while following := ORDER.of(name).usual_next:
        yield ORDER.of(following)
        name = following
