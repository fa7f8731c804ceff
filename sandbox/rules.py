"""What the API decides by itself: states, required consents, totals, ids. docs/sandbox.md gives the reasons."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.codec import Document, new_id, stamp
from sandbox.problems import Problem
from sandbox.provider.actions import refresh
from sandbox.provider.days import day_of

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "checkout": ("processing", "accepted", "completed", "declined", "removed"),
    "processing": ("checkout", "accepted", "completed", "declined"),
    "accepted": ("completed", "declined"),
    "completed": (),
    "declined": (),
    "removed": (),
}
NEEDS_CONSENT = frozenset({"processing", "accepted", "completed"})


def status_of(document: Document) -> str:
    """The order's state."""
    return str(document["state"]["currentStatus"])


def live(parts: Iterable[Document] | None) -> list[Document]:
    """The payments or shippings that are not removed."""
    return [part for part in parts or () if part.get("state") != "removed"]


def must_be_editable(document: Document, *, cart: bool = False) -> None:
    """Raise Problem `order-not-editable`: the cart can be changed in checkout, the rest of an order
    until it is removed."""
    status = status_of(document)
    if (cart and status != "checkout") or status == "removed":
        what = "cart" if cart else "order"
        raise Problem(400, "order-not-editable", f"The {what} cannot be changed: the order is {status}.")


def may_move(before: str, document: Document) -> None:
    """Raise Problem unless the order may go from that state to the one it is in now."""
    after = status_of(document)
    if after not in TRANSITIONS[before]:
        allowed = ", ".join(TRANSITIONS[before]) or "none, it is final"
        message = f"The order cannot go from {before} to {after}; allowed: {allowed}."
        raise Problem(400, "order-state-transition-not-allowed", message)
    missing = [
        consent.get("id") or ""
        for consent in document.get("consents") or ()
        if consent.get("required") and not consent.get("checked")
    ]
    if after in NEEDS_CONSENT and missing:
        raise Problem(400, "order-consent-required", f"Required consents are not checked: {', '.join(missing)}.")


def settle(before: Document, after: Document) -> None:
    """Bring the changed document in order, in place: state, totals, ids, what payments allow, when it was modified.

    Raises Problem where the change is not allowed.
    """
    after["state"]["transitions"] = list(before["state"].get("transitions") or ())
    if status_of(after) != status_of(before):
        may_move(status_of(before), after)
        after["state"]["transitions"].append({"status": status_of(after), "timeStamp": stamp()})
    number_items((after.get("cart") or {}).get("items"))
    _refresh_payments(before, after)
    add_up(after)
    after["lastModified"] = stamp()


def _refresh_payments(before: Document, after: Document) -> None:
    known = {payment["id"]: payment for payment in before.get("payments") or ()}
    for payment in after.get("payments") or ():
        old = known.get(payment["id"], {})
        if (old.get("state"), old.get("adapterId")) != (payment.get("state"), payment.get("adapterId")):
            refresh(after["id"], payment)


def hold_still(before: Document, after: Document) -> None:
    """Leave `lastModified` as it was, in place, where nothing but payments changed and one of them has a day for it."""
    if "lastModified" in before and any(day_of(payment).still for payment in after.get("payments") or ()):
        same = {"payments": None, "lastModified": before["lastModified"]}
        if before | same == after | same:
            after["lastModified"] = before["lastModified"]


def add_up(document: Document) -> None:
    """Set `total` to the cart's and those of all shippings that are not removed; a cart that says
    no total has that of its items."""
    cart = document.setdefault("cart", {"items": []})
    if not cart.get("total"):
        cart["total"] = _sum(item.get("total") for item in cart.get("items") or ())
    document["total"] = _sum([cart["total"], *(shipping.get("total") for shipping in live(document.get("shippings")))])


def _sum(prices: Iterable[Document | None]) -> Document:
    there = [price for price in prices if price]
    return {
        side: sum((Decimal(price.get(side) or 0) for price in there), Decimal(0))
        for side in ("includingVat", "excludingVat")
    }


def number_items(items: list[Document] | None) -> None:
    """Give an id to every item that has none, those of bundles included."""
    for item in items or ():
        if not item.get("id"):
            content = dict(item)
            item.clear()
            item.update({"id": new_id("ci")} | content)
        number_items(item.get("items"))


def find(parts: list[Document] | None, identifier: str) -> Document | None:
    """The part with that id."""
    return next((part for part in parts or () if part.get("id") == identifier), None)


def twin(parts: list[Document] | None, part: Document) -> Document | None:
    """Another part that means the same payment or shipping: the same non-empty `reference` of the same adapter."""
    if not part.get("reference"):
        return None
    same: tuple[Any, Any] = (part["reference"], part.get("adapterId"))
    return next(
        (
            other
            for other in parts or ()
            if other is not part and (other.get("reference"), other.get("adapterId")) == same
        ),
        None,
    )
