"""The order's page as one value: everything that the API knows, in the order a person asks for it."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from domain.adapters import called
from domain.states import ORDER, PAYMENT, SHIPPING
from order_api.schemas import Callback, Hook, Notification, Order
from orders.page.alerts import WAIT, Alert, present_alerts
from orders.page.items import Line, present_items
from orders.page.lifecycle import Track, order_track
from orders.page.payments import PaymentCard, Payments, present_payments
from orders.page.people import People, present_people
from orders.page.shippings import Shippings, present_shippings
from orders.page.tree import Fact, facts_of
from payments.presentation.available_actions import Offer
from privacy import PAGE, PAGE_WITH_PEOPLE, mask, mask_text
from trade.totals import Totals, present_totals

MAX_ROWS = 1_000
"""Items, payments or callbacks of one order that a page shows: each takes about a millisecond."""


LINES_AT_ONCE = 10
"""Items that stand open; a quarter more is not worth a fold."""


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
    about: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """All of one kind: validations, hooks or notifications."""

    kind: str
    title: Promise
    calls: list[Call]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What the template shows. The next sensible step is to capture what is reserved (`to_capture`) where the customer
    is done, else to bring the order into its next state (`next_verb`), if a person does that."""

    order: Order
    title: str
    status: str | None
    can_edit_cart: bool
    to_capture: tuple[PaymentCard, Offer] | None
    next_verb: str
    alerts: list[Alert]
    order_track: Track
    lines: list[Line]
    pieces: int
    totals: Totals
    payments: Payments
    shippings: Shippings
    people: People
    references: list[Reference]
    called: list[Called]
    attributes: list[tuple[str, list[Fact]]]

    @property
    def first_lines(self) -> list[Line]:
        """The lines that are seen at once: all of them, or, of many, the first items with what belongs to them."""
        return self.lines[: self._cut]

    @property
    def later_lines(self) -> list[Line]:
        """The lines that are folded away."""
        return self.lines[self._cut :]

    @property
    def _cut(self) -> int:
        tops = [number for number, line in enumerate(self.lines) if line.depth == 0]
        return tops[LINES_AT_ONCE] if len(tops) > LINES_AT_ONCE + LINES_AT_ONCE // 4 else len(self.lines)

    @property
    def integrations(self) -> int:
        """How many programs of others check, change, or are told about this order."""
        return sum(len(group.calls) for group in self.called)


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
        to_capture=_to_capture(payments) if ORDER.of(status).is_agreed else None,
        next_verb=str(ORDER.of(ORDER.of(status).usual_next).verb) if ORDER.of(status).usual_next else "",
        alerts=[*present_alerts(order, payments, shippings, totals), *_cut(order)],
        order_track=order_track(order),
        lines=present_items(items[:MAX_ROWS], picture_sources, order.currency),
        pieces=sum(item.quantity or 0 for item in items),
        totals=totals,
        payments=replace(payments, live=payments.live[:MAX_ROWS], removed=payments.removed[:MAX_ROWS]),
        shippings=replace(shippings, live=shippings.live[:MAX_ROWS], removed=shippings.removed[:MAX_ROWS]),
        people=present_people(order),
        references=list(_references(order)),
        called=[group for group in _called(order) if group.calls],
        attributes=list(_attributes(order)),
    )


def _to_capture(payments: Payments) -> tuple[PaymentCard, Offer] | None:
    """The first payment that holds money and can be captured from here."""
    return next(
        (
            (card, offer)
            for card in payments.live
            if card.figures and card.figures.held > 0
            for offer in card.offers
            if offer.action_id and offer.kind.lower() == "capture"
        ),
        None,
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
        (called(payment.name, payment.adapter_id) or _("Payment"), payment.reference)
        for payment in order.payments
        if PAYMENT.of(payment.state).is_live
    ]
    for shipping in filter(lambda s: SHIPPING.of(s.state).is_live, order.shippings):
        name = called(shipping.name, shipping.adapter_id) or _("Shipping")
        known += [(name, shipping.reference), (_("Carrier booking no."), shipping.tms_reference)]
    seen: set[tuple[str, str]] = set()
    for label, value in known:
        if value and (str(label), value) not in seen:
            seen.add((str(label), value))
            yield Reference(str(label), value)


def _called(order: Order) -> Iterator[Called]:
    yield Called("validation", _("Checks"), [_validation(each) for each in order.validations[:MAX_ROWS]])
    yield Called("hook", _("May change the order"), [_hook(each) for each in order.hooks[:MAX_ROWS]])
    yield Called("notification", _("Are told"), [_notification(each) for each in order.notifications[:MAX_ROWS]])


def _validation(validation: Callback) -> Call:
    return Call(
        adapter=validation.adapter_id or "",
        what="",
        more="",
        url=mask_text(validation.address or "", PAGE),
        id=validation.id or "",
        about=_about(validation),
    )


def _hook(hook: Hook) -> Call:
    return Call(
        adapter=hook.adapter_id or "",
        what=hook.part or "",
        more=hook.target or "",
        url=mask_text(hook.invoke or "", PAGE),
        id=hook.id or "",
        about=_about(hook),
    )


def _about(call: Callback | Hook) -> str:
    """What version 1 lets a hook or validation say of itself."""
    said = (call.extra.get(name) for name in ("description", "reference"))
    return mask_text(next((text for text in said if isinstance(text, str) and text), ""), PAGE)


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
        if facts := facts_of(found):
            yield str(place), facts
