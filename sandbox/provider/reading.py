"""Orders and payments as reads show them: as they are, unless a payment's day has it otherwise."""

from datetime import UTC
from itertools import count
from typing import Any

from sandbox import store
from sandbox.codec import Document, NotJsonError, decode, encode, moment, new_id
from sandbox.models import Settlement
from sandbox.provider.actions import is_ours
from sandbox.provider.days import day_of
from sandbox.provider.steps import payment_of
from sandbox.scope import Scope
from sandbox.text import column

_turns = count(1)
PRECISIONS = ("microseconds", "seconds", "milliseconds")


def body(scope: Scope, order_id: str) -> bytes:
    """The order as a read answers it, as JSON text. Raises Problem `order-not-found`."""
    text = store.body(scope, order_id)
    if b'"sandbox"' not in text:  # the word that chooses a day
        return text
    document = decode(text)
    payments = document.get("payments") or []
    kept = _kept(order_id) if any(day_of(payment).stale for payment in payments) else None
    if kept:
        return str(kept["body"]).encode()
    renewed = [payment for payment in payments if day_of(payment).new_ids and payment.get("actions")]
    return _renewed(scope, text, document, renewed) if renewed else text


def read(scope: Scope, order_id: str) -> Document:
    """The order as a read answers it. Raises Problem `order-not-found`."""
    document: Document = decode(body(scope, order_id))
    return document


def transactions(scope: Scope, order_id: str, payment_id: str) -> list[bytes]:
    """A payment's log as a read answers it, as JSON texts. Raises Problem where order or payment is not there."""
    day = day_of(payment_of(store.read(scope, order_id), payment_id))
    texts = store.transactions(order_id, payment_id)
    kept = _kept(order_id, payment=payment_id) if day.stale else None
    if kept:
        texts = texts[: kept["lines"]]
    return _anew(texts, next(_turns)) if day.reorders else texts


def _kept(order_id: str, **which: str) -> Document | None:
    """What reads were like before the oldest call that they do not show yet."""
    owed = Settlement.objects.filter(order__public_id=column(order_id), step="catch-up", **which).order_by("pk")
    text = owed.values_list("kept", flat=True).first()
    return decode(text) if text else None


def _renewed(scope: Scope, text: bytes, document: Document, payments: list[Document]) -> bytes:
    """The order with other ids for the provider's actions, which are the only good ones from now on."""
    for payment in payments:
        payment["actions"] = [
            action | ({"id": new_id("pa")} if is_ours(action) else {}) for action in payment["actions"]
        ]
    new = encode(document)
    return new if store.replace_body(scope, document["id"], text, new) else body(scope, document["id"])


def _anew(texts: list[bytes], turn: int) -> list[bytes]:
    """The same lines in an order and a spelling of their own."""
    start = turn % len(texts) if texts else 0
    return [encode(_spelled(decode(text), turn)) for text in texts[start:] + texts[:start]]


def _spelled(line: Document, turn: int) -> Document:
    for name in ("requestJson", "responseJson"):
        if name in line:
            line[name] = _json_spelled(line[name], turn)
    if "created" in line:
        created = moment(line["created"]).astimezone(UTC).isoformat(timespec=PRECISIONS[turn % 3])
        line["created"] = created if turn % 2 else created.replace("+00:00", "Z")
    return line


def _json_spelled(text: str, turn: int) -> str:
    try:
        value: Any = decode(text)
    except NotJsonError:  # whatever a provider said
        return text
    if isinstance(value, dict) and turn % 2:
        value = dict(reversed(value.items()))
    return encode(value).decode() + " " * (turn % 3)
