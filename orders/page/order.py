"""The order's page as one value: everything that the API knows, in the order a person asks for it."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from domain.states import ORDER, PAYMENT, SHIPPING
from order_api.schemas import Hook, Notification, Order
from orders.page.alerts import WAIT, Alert, present_alerts
from orders.page.items import Line, present_items
from orders.page.lifecycle import Track, order_track, payment_track
from orders.page.payments import Payments, present_payments
from orders.page.people import People, present_people
from orders.page.shippings import Shippings, present_shippings
from orders.page.totals import Totals, present_totals
from orders.page.tree import Fact, facts_of
from privacy import PAGE, PAGE_WITH_PEOPLE, mask, mask_text

MAX_ROWS = 1_000
"""Items, payments or callbacks of one order that a page shows: each takes about a millisecond."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name under which somebody knows this order, to be copied, and whose name it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Call:
    """A validation, hook or notification: who is called about what, at which address."""

    adapter: str
    what: str
    more: str
    url: str
    id: str
    schema: object = None
    delay: int | None = None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What the template shows."""

    order: Order
    title: str
    status: str | None
    can_edit_cart: bool
    alerts: list[Alert]
    order_track: Track
    payment_track: Track
    lines: list[Line]
    pieces: int
    totals: Totals
    payments: Payments
    shippings: Shippings
    people: People
    references: list[Reference]
    validations: list[Call]
    hooks: list[Call]
    notifications: list[Call]
    attributes: list[tuple[str, list[Fact]]]


def present_order(order: Order, picture_sources: Set[str] = frozenset()) -> OrderPage:
    """Everything about the order. `picture_sources`: from where pictures may be shown."""
    payments, shippings, totals = present_payments(order), present_shippings(order), present_totals(order)
    items = order.cart.items if order.cart else ()
    status = order.state.current_status if order.state else None
    return OrderPage(
        order=order,
        title=order.reference or order.id or "",
        status=status,
        can_edit_cart=ORDER.of(status).is_start,
        alerts=[*present_alerts(order, payments, shippings, totals), *_cut(order)],
        order_track=order_track(order),
        payment_track=payment_track(payments.state),
        lines=present_items(items[:MAX_ROWS], picture_sources),
        pieces=sum(item.quantity or 0 for item in items),
        totals=totals,
        payments=replace(payments, live=payments.live[:MAX_ROWS], removed=payments.removed[:MAX_ROWS]),
        shippings=replace(shippings, live=shippings.live[:MAX_ROWS], removed=shippings.removed[:MAX_ROWS]),
        people=present_people(order),
        references=list(_references(order)),
        validations=[
            Call(v.adapter_id or "", "", "", mask_text(v.url or "", PAGE), v.id or "")
            for v in order.validations[:MAX_ROWS]
        ],
        hooks=[_hook(hook) for hook in order.hooks[:MAX_ROWS]],
        notifications=[_notification(notification) for notification in order.notifications[:MAX_ROWS]],
        attributes=list(_attributes(order)),
    )


def _cut(order: Order) -> Iterator[Alert]:
    """Said where the page leaves rows out: sums are of all of them."""
    kinds = (
        order.cart.items if order.cart else (),
        order.payments,
        order.shippings,
        order.validations,
        order.hooks,
        order.notifications,
    )
    most = max(map(len, kinds))
    if most > MAX_ROWS:
        title = gettext("This order has more than a page can show: %(count)d rows of one kind.") % {"count": most}
        yield Alert(WAIT, title, gettext("Of each kind the first %(count)d are here.") % {"count": MAX_ROWS}, "items")


def _references(order: Order) -> Iterator[Reference]:
    known: list[tuple[str | Promise, str | None]] = [
        (_("Order id"), order.id),
        (_("Reference"), order.reference),
        (_("Cart"), order.cart.reference if order.cart else None),
    ]
    known += [
        (payment.name or payment.adapter_id or _("Payment"), payment.reference)
        for payment in order.payments
        if PAYMENT.of(payment.state).is_live
    ]
    for shipping in filter(lambda s: SHIPPING.of(s.state).is_live, order.shippings):
        name = shipping.name or shipping.adapter_id or _("Shipping")
        known += [(name, shipping.reference), (_("Carrier booking no."), shipping.tms_reference)]
    seen: set[tuple[str, str]] = set()
    for label, value in known:
        if value and (str(label), value) not in seen:
            seen.add((str(label), value))
            yield Reference(str(label), value)


def _hook(hook: Hook) -> Call:
    return Call(
        hook.adapter_id or "",
        hook.subscribe_to or "",
        hook.target or "",
        mask_text(hook.invoke or "", PAGE),
        hook.id or "",
    )


def _notification(notification: Notification) -> Call:
    return Call(
        adapter=notification.adapter_id or "",
        what=notification.description or notification.reference or "",
        more=notification.scope or "",
        url=mask_text(notification.invoke or "", PAGE),
        id=notification.id or "",
        schema=mask(notification.schema, PAGE_WITH_PEOPLE),
        delay=notification.delay,
    )


def _attributes(order: Order) -> Iterator[tuple[str, list[Fact]]]:
    """Free objects of the order, its cart and its customer, by where they stand; masked, as anybody
    may put anything there."""
    customer, cart = order.customer, order.cart
    places = [
        (_("Order"), order.attributes),
        (_("Cart"), cart.attributes if cart else {}),
        (_("Customer"), customer.attributes if customer else {}),
        (_("Billing"), customer.billing.attributes if customer and customer.billing else {}),
        (_("Shipping"), customer.shipping.attributes if customer and customer.shipping else {}),
    ]
    for place, found in places:
        if found:
            yield str(place), facts_of(found)
