"""Whether a document is an order that the sandbox can keep, and how it is then kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sandbox.codec import Document, new_id
from sandbox.rules import number_items
from sandbox.schemas import Order, PaymentTransaction
from sandbox.schemas.base import STORED
from sandbox.store import Loaded

CALLBACKS = ("validations", "hooks", "notifications")
# What cannot be done without, and what the list or the order's page would have nothing to show for.
NEEDED = ("id", "merchant", "channel", "created")
IDS = {"payments": "p", "shippings": "s", "validations": "oc", "hooks": "oc", "notifications": "oc"}
_order = TypeAdapter(Order)
_log = TypeAdapter(list[PaymentTransaction])


class RefusedError(ValueError):
    """The document cannot be loaded; str() says why, in one line."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be changed on the way in: another merchant or channel, no callbacks, other orders replaced."""

    merchant: str = ""
    channel: str = ""
    without_callbacks: bool = False
    replace_existing: bool = False


def checked(value: Any, wishes: Wishes) -> Loaded:
    """The order as it is stored, and its transactions by payment id. Raises RefusedError.

    Enums are read in any case, and properties that the contract does not know are left out, as in the API. A payment
    may hold `transactions`, which `GET` answers apart. Ids of parts that have none are made up.
    """
    if not isinstance(value, dict):
        raise RefusedError("it is not an order but another JSON value")
    value = value | {name: wish for name, wish in (("merchant", wishes.merchant), ("channel", wishes.channel)) if wish}
    _has_what_is_needed(value)
    logs = [
        _read(_log, payment.pop("transactions", None) or [], f"payments.{at}.transactions")
        for at, payment in _payments(value)
    ]
    document: Document = _read(_order, value, "")
    _complete(document, wishes)
    _no_id_twice(document)
    return document, dict(zip((payment["id"] for payment in document.get("payments", ())), logs, strict=True))


def _has_what_is_needed(value: Document) -> None:
    missing = [name for name in NEEDED if value.get(name) in (None, "")]
    if not isinstance(state := value.get("state"), dict) or not state.get("currentStatus"):
        missing.append("state.currentStatus")
    if missing:
        raise RefusedError(f"it has no {', '.join(missing)}")


def _payments(value: Document) -> Iterator[tuple[int, Document]]:
    """The payments, each a copy in its place, so that what was read stays as it was."""
    if not isinstance(value.get("payments"), list):
        return
    value["payments"] = [dict(payment) if isinstance(payment, dict) else payment for payment in value["payments"]]
    for at, payment in enumerate(value["payments"]):
        if not isinstance(payment, dict):
            raise RefusedError(f"payments.{at} is not an object")
        yield at, payment


def _read(adapter: TypeAdapter[Any], value: Any, where: str) -> Any:
    """The values that were meant, in the contract's own writing. Raises RefusedError, naming each
    place that is wrong."""
    try:
        read = adapter.validate_python(value, context=STORED)
    except ValidationError as error:
        raise RefusedError("; ".join(_faults(error, where))) from None
    return [one.values() for one in read] if isinstance(read, list) else read.values()


def _faults(error: ValidationError, where: str) -> Iterator[str]:
    """The first three faults in words: place, what is wrong with it, and the value where it is short."""
    for fault in error.errors(include_url=False)[:3]:
        place = ".".join(str(part) for part in (where, *fault["loc"]) if part != "")
        shown = (
            f" (it is {fault['input']!r})"
            if isinstance(fault["input"], str | int | bool) and len(str(fault["input"])) < 40
            else ""
        )
        yield f"{place}: {fault['msg'][:1].lower()}{fault['msg'][1:]}{shown}"


def _complete(document: Document, wishes: Wishes) -> None:
    """Fill in what the API would have set: ids, to whom the parts belong, when it was modified."""
    for name in CALLBACKS if wishes.without_callbacks else ():
        document.pop(name, None)
    for name, prefix in IDS.items():
        for part in document.get(name) or ():
            part["id"] = part.get("id") or new_id(prefix)
    for part in (*document.get("payments", ()), *document.get("shippings", ())):
        part |= {"orderId": document["id"], "merchant": document["merchant"], "channel": document["channel"]}
    for payment in document.get("payments", ()):
        for action in payment.get("actions") or ():
            action["id"] = action.get("id") or new_id("pa")
    number_items((document.get("cart") or {}).get("items"))
    document.setdefault("lastModified", document["created"])


def _no_id_twice(document: Document) -> None:
    for name in IDS:
        twice = [one for one, times in Counter(part["id"] for part in document.get(name) or ()).items() if times > 1]
        if twice:
            raise RefusedError(f"two of its {name} have the id {twice[0]}")
