"""Loading: good orders are stored in batches, bad ones reported, and neither holds up the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from sandbox import store
from sandbox.codec import Document
from sandbox.loading.checking import RefusedError, Wishes, checked
from sandbox.loading.reading import Bad, Found, orders_in
from sandbox.models import Order
from sandbox.store import Loaded
from sandbox.text import column

BATCH = 500
CartKey = tuple[str, str, str]


@dataclass(slots=True)
class Tally:
    """How it went."""

    loaded: int = 0
    skipped: int = 0


@dataclass(slots=True)
class _Seen:
    """Where in the file an id or a cart reference stood first."""

    ids: dict[str, str] = field(default_factory=dict)
    carts: dict[CartKey, str] = field(default_factory=dict)


def load(
    lines: Iterable[bytes], wishes: Wishes, report: Callable[[Bad], None], progress: Callable[[int], None]
) -> Tally:
    """Store every order of a file that can be stored; `report` hears of each of the others,
    `progress` of how many were read."""
    tally, seen = Tally(), _Seen()

    def skip(bad: Bad) -> None:
        tally.skipped += 1
        report(bad)

    batch: list[tuple[str, Loaded]] = []
    for number, found in enumerate(orders_in(lines), 1):
        try:
            batch.append((found.where, _good(found, wishes, seen)))
        except RefusedError as error:
            skip(Bad(found.where, str(error)))
        if len(batch) == BATCH:
            tally.loaded += _store(batch, wishes, skip)
            batch = []
        if number % BATCH == 0:
            progress(number)
    tally.loaded += _store(batch, wishes, skip)
    return tally


def _good(found: Found | Bad, wishes: Wishes, seen: _Seen) -> Loaded:
    if isinstance(found, Bad):
        raise RefusedError(found.reason)
    loaded = checked(found.value, wishes)
    document, _ = loaded
    if first := seen.ids.get(column(document["id"])):
        raise RefusedError(f"its id {document['id']} is that of {first} of this file")
    cart = _cart_key(document)
    if cart and (first := seen.carts.get(cart)):
        raise RefusedError(f"its cart reference {cart[2]} is that of {first} of this file")
    seen.ids[column(document["id"])] = found.where
    if cart:
        seen.carts[cart] = found.where
    return loaded


def _cart_key(document: Document) -> CartKey | None:
    reference = (document.get("cart") or {}).get("reference")
    return (column(document["merchant"]), column(document["channel"]), column(reference)) if reference else None


def _store(batch: list[tuple[str, Loaded]], wishes: Wishes, skip: Callable[[Bad], None]) -> int:
    """Store what does not collide with orders that are there; the whole batch or, if others wrote
    meanwhile, one by one."""
    fresh = list(_fresh(batch, wishes, skip))
    try:
        return _insert([loaded for _, loaded in fresh])
    except IntegrityError:
        return sum(_insert_alone(where, loaded, skip) for where, loaded in fresh)


def _insert(batch: list[Loaded]) -> int:
    with transaction.atomic():
        Order.objects.filter(public_id__in=[column(document["id"]) for document, _ in batch]).delete()
        return store.insert_documents(batch)


def _insert_alone(where: str, loaded: Loaded, skip: Callable[[Bad], None]) -> int:
    try:
        return _insert([loaded])
    except IntegrityError:
        skip(Bad(where, "an order with its id or its cart reference was created in the meantime"))
        return 0


def _fresh(
    batch: list[tuple[str, Loaded]], wishes: Wishes, skip: Callable[[Bad], None]
) -> Iterator[tuple[str, Loaded]]:
    """Those whose id and cart reference are free, or which replace what holds them."""
    ids = set(
        Order.objects.filter(public_id__in=[column(one["id"]) for _, (one, _) in batch]).values_list(
            "public_id", flat=True
        )
    )
    carts = _holders([key for _, (one, _) in batch if (key := _cart_key(one))])
    for where, loaded in batch:
        document, own = loaded[0], column(loaded[0]["id"])
        key = _cart_key(document)
        if own in ids and not wishes.replace_existing:
            skip(Bad(where, f"the order {document['id']} is in the sandbox already (--replace-existing replaces it)"))
        elif key and carts.get(key, own) != own:
            skip(Bad(where, f"the order {carts[key]} of its channel has the cart reference {key[2]} already"))
        else:
            yield where, loaded


def _holders(keys: list[CartKey]) -> dict[CartKey, str]:
    """Which order holds each of these cart references."""
    rows = Order.objects.filter(cart_reference__in=[reference for _, _, reference in keys])
    found = rows.values_list("merchant", "channel", "cart_reference", "public_id")
    return {(merchant, channel, reference): public_id for merchant, channel, reference, public_id in found if reference}
