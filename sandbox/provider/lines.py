"""What the provider logs, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.codec import Document, encode, stamp

AFTERWARDS = {"capture": "captured", "cancel": "cancelled", "refund": "refunded"}
UNFINISHED = {"capture": "InProcess", "cancel": "Created", "refund": "OnHold"}


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says of an action: how it went, in the provider's words."""

    status: str
    succeeded: bool = True
    event: str = ""  # that of the action, where it is empty
    psp_event: str = ""
    error: str = ""


def done(kind: str) -> Line:
    """It is done."""
    return Line(AFTERWARDS[kind].upper())


def taken_back(kind: str) -> Line:
    """It was done, and is no longer."""
    error = f"The {kind} failed at the bank after it had been accepted."
    return Line("FAILED", succeeded=False, psp_event=f"{kind.upper()}_FAILED", error=error)


def first(what: str, kind: str) -> Line:
    """What is logged as a call comes in, by the day's word for it."""
    return {
        "declined": Line("DECLINED", succeeded=False, error=f"The provider declined to {kind} this payment."),
        "pending": Line("PENDING", event="paymentAction"),
        "false-pending": Line("PENDING", succeeded=False, event="paymentAction"),
        "in-process": Line(UNFINISHED[kind]),
    }[what]


def written(line: Line, payment: Document, kind: str, amounts: Mapping[str, Any]) -> Document:
    """The line as the log holds it. `asked` is the amount that was asked for; `after` the one after
    it, and `moved` what it moved, where that is something else."""
    asked = amounts["asked"]
    reference = payment.get("reference")
    said = {"operation": kind, "reference": reference, "amount": asked, "currency": payment.get("currency")}
    told = {"status": line.status, "reference": reference, "amount": amounts.get("moved")}
    document: Document = {
        "event": line.event or kind,
        "pspEvent": line.psp_event or kind.upper(),
        "amount": amounts.get("after", asked),
        "isSuccess": line.succeeded,
        "pspStatus": line.status,
        "requestJson": _json(said),
        "responseJson": _json(told),
        "created": stamp(),
    }
    return document | ({"errorDetail": line.error} if line.error else {})


def _json(value: Document) -> str:
    return encode({key: part for key, part in value.items() if part is not None}).decode()
