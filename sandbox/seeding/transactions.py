"""What happened to a payment, step by step, as its adapter logged it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.codec import stamp
from sandbox.provider.actions import action_url
from sandbox.seeding import psp
from sandbox.seeding.draw import Draw
from sandbox.seeding.money import Json, major
from sandbox.seeding.story import Story


@dataclass(slots=True)
class Part:
    """One payment to be: who handles it, how it stands, and its share of the total in minor units."""

    adapter: str
    type: str
    state: str
    amount: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the log to be. `outcome` is what the provider's status follows from; `error` is
    empty when it worked."""

    event: str
    outcome: str
    error: str = ""


OPEN, PROCESS, CONFIRM = (Step(event, event) for event in ("open", "process", "confirm"))
CAPTURE, REFUND, CANCEL, REOPEN = (Step(event, event) for event in ("capture", "refund", "cancel", "reopen"))
PAID = (OPEN, PROCESS, CONFIRM)

STEPS: dict[str, tuple[Step, ...]] = {
    "intent": (OPEN,),
    "processing": (OPEN, PROCESS),
    "failed": (OPEN, PROCESS, Step("confirm", "failed", "No answer from the provider within 10 s")),
    "declined": (OPEN, PROCESS, Step("confirm", "declined", "The provider declined: not enough funds")),
    "pending": (OPEN, PROCESS, Step("confirm", "pending")),
    "confirmed": PAID,
    "reserved": PAID,
    "captured": (*PAID, CAPTURE),
    "refunded": (*PAID, CAPTURE, REFUND),
    "credited": (*PAID, CAPTURE, REFUND),
    "cancelled": (*PAID, CANCEL),
    "removed": (OPEN, PROCESS, CANCEL),
}
REFUSED = Step("paymentAction", "failed", "Capture refused: the amount is locked while the provider reviews the order")
PSP_EVENTS = {
    "open": "SESSION_CREATED",
    "process": "CHECKOUT_STARTED",
    "confirm": "AUTHORISATION",
    "reopen": "SESSION_REOPENED",
    "paymentAction": "CAPTURE",
}
AFTER_PURCHASE = ("capture", "refund", "cancel", "paymentAction")


@dataclass(slots=True)
class Ledger:
    """Whose log it is: the payment, as planned and as a document, in its order, and who pays."""

    story: Story
    part: Part
    payment: Json
    billing: Json


def log_of(draw: Draw, ledger: Ledger) -> list[Json]:
    """The payment's transactions in time order, as the API lists them."""
    steps = _steps(draw, ledger.part)
    moments = _moments(draw, ledger.story, steps)
    return [_transaction(draw, ledger, step, moment) for step, moment in zip(steps, moments, strict=True)]


def _steps(draw: Draw, part: Part) -> list[Step]:
    """The steps to the payment's state, now and then with a turn back or a refused try."""
    steps = list(STEPS[part.state])
    if steps[:3] == [*PAID] and draw.chance(0.06):
        steps[2:2] = [REOPEN, PROCESS]
    if CAPTURE in steps and part.adapter != "awardit_adapter" and draw.chance(0.04):
        steps.insert(steps.index(CAPTURE), REFUSED)
    return steps


def _moments(draw: Draw, story: Story, steps: list[Step]) -> list[datetime]:
    """When each step happened: those of the purchase before the order went through, the others in the days after."""
    finish = (
        story.transitions[-1][1]
        if len(story.transitions) > 1
        else story.created + min(timedelta(minutes=20), story.age * 0.6)
    )
    through = story.entered("accepted", "completed", "declined", "removed") or finish
    before = [step for step in steps if step.event not in AFTER_PURCHASE]
    shares = sorted(draw.between(0.2, 0.98) for _ in before)
    moments = [story.created + (through - story.created) * share for share in shares]
    moment = max(finish, moments[-1])
    for step in steps[len(before) :]:
        moment = _later(draw, moment, 12 if step.event == "refund" else 1.5, story.until)
        moments.append(moment)
    return moments


def _later(draw: Draw, moment: datetime, days: float, until: datetime) -> datetime:
    """Some days on (in the mean), but well before `until`."""
    return moment + min(timedelta(days=draw.expovariate(1 / days)), (until - moment) * 0.4)


def _transaction(draw: Draw, ledger: Ledger, step: Step, moment: datetime) -> Json:
    part = ledger.part
    asked, told = psp.bodies(draw, part.adapter, _talk(ledger, step))
    gone = step.event in ("refund", "cancel") and not step.error
    found: Json = {
        "event": step.event,
        "pspEvent": _psp_event(part, step),
        "amount": 0.0 if gone else major(part.amount),
        "isSuccess": not step.error,
        "pspStatus": psp.status(part.adapter, step.outcome),
        "requestJson": asked,
        "responseJson": told,
        "created": stamp(moment),
    }
    if step.error:
        found["errorDetail"] = step.error
    if step.event in AFTER_PURCHASE and part.state != "removed":
        found["paymentAction"] = _action(draw, ledger, step)
    return found


def _talk(ledger: Ledger, step: Step) -> psp.Exchange:
    story = ledger.story
    return psp.Exchange(
        step=_asked_for(step),
        ok=not step.error,
        amount=ledger.part.amount,
        currency=story.channel.currency,
        reference=ledger.payment["reference"],
        order_reference=story.reference or story.cart_reference,
        billing=ledger.billing,
        status=psp.status(ledger.part.adapter, step.outcome),
    )


def _action(draw: Draw, ledger: Ledger, step: Step) -> Json:
    """The action that caused the step; it is gone from the payment by now."""
    kind, adapter = _asked_for(step), ledger.part.adapter
    url = action_url(ledger.story.order_id, ledger.payment["id"], kind)
    return {"id": draw.token("pa_"), "adapterId": adapter, "type": kind, "url": url}


def _asked_for(step: Step) -> str:
    return "capture" if step.event == "paymentAction" else step.event


def _psp_event(part: Part, step: Step) -> str:
    """The provider's word for the event: credited payments were credited, the others refunded."""
    if step.event == "refund" and part.state == "credited":
        return "CREDIT"
    return PSP_EVENTS.get(step.event) or step.event.upper()
