"""The order's page, and the pages of what belongs to it: its payments, their transactions, its
shippings, the raw document."""

import re
from collections.abc import Iterable
from functools import partial
from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from accounts.models import preference_of
from audit import log
from audit.actions import AuditAction
from gateway.last_read import shows_last_read
from gateway.permissions import may_view
from gateway.request import ApiRequest
from order_api.schemas import Order, PaymentTransaction, encode
from order_api.unfit import UnfitOrder
from orders.list.back import way_back
from orders.notes.services import latest_notes
from orders.notes.views import box_context
from orders.page.lifecycle import payment_way
from orders.page.order import present_order
from orders.page.payments import present_payment
from orders.page.people import BILLING, SHIPPING, address_of, identity_number
from orders.page.shippings import present_shipping
from orders.page.transactions import Transaction, present_transactions
from orders.page.tree import render_tree, to_text
from orders.page.unfit import in_words
from payments.presentation.card_figures import CardFigures, refined
from payments.presentation.ledger_rows import ledger_rows
from payments.presentation.order_panel import of_order
from payments.presentation.origins import origins_of
from privacy import PAGE_WITH_PEOPLE, mask
from ui.pages import is_part, render_page

form_view = require_http_methods(["GET", "HEAD", "POST"])
_CURRENCY = re.compile(r"[A-Za-z]{3}")


@shows_last_read
@require_safe
@may_view
def order_detail(request: ApiRequest, order_id: str) -> HttpResponse:
    """Everything that the API knows of the order, from one call; transactions are read when somebody opens them.

    An order to which nothing was done through this desk is shown as it was written before, if it
    comes letter for letter the same. One that does not fit is shown as the document that it is.
    """
    order, origins = request.api.orders.look(order_id), picture_sources(request)
    if isinstance(order, UnfitOrder):
        return _as_it_came(request, order_id, order)
    box = box_context(request, order_id)
    context = {
        "page": SimpleLazyObject(lambda: present_order(order, origins)),
        "title": order.reference or order.id or "",
        "version": version_of(order, order_id, *origins),
        "order_id": order_id,
        "executions": of_order(request.channel, order_id),
        "notes": latest_notes(order_id, request.channel),
        **box,
        "head_says": (box["tasks"].holders, preference_of(request.user).single_keys),
        "back": way_back(request, request.channel, order_id),
        **_frame(request),
    }
    return render_page(request, "orders/order_detail.html", context)


def version_of(order: Order, *more: str) -> str:
    """A text that is the same only where the order's document, the reader's time zone, the day, and
    whatever else is given are."""
    seen = (timezone.get_current_timezone_name(), str(timezone.localdate()), *sorted(more))
    return blake2b(b"\n".join([encode(order.raw), *map(str.encode, seen)]), digest_size=16).hexdigest()


@require_safe
@may_view
def payment_list(request: ApiRequest, order_id: str) -> HttpResponse:
    """All payments of the order, in the API's order, removed ones among them."""
    cards = [present_payment(payment) for payment in request.api.payments.list(order_id)]
    executions = of_order(request.channel, order_id)
    context = {"cards": cards, "order_id": order_id, "executions": executions, **_frame(request)}
    return render_page(request, "orders/payment_list.html", context)


@require_safe
@may_view
def payment_detail(request: ApiRequest, order_id: str, payment_id: str) -> HttpResponse:
    """One payment; its transactions load beside it and fail alone."""
    card = present_payment(request.api.payments.get(order_id, payment_id))
    executions = of_order(request.channel, order_id)
    context = {"card": card, "order_id": order_id, "executions": executions, **_frame(request)}
    return render_page(request, "orders/payment_detail.html", context)


@require_safe
@may_view
def payment_transactions(request: ApiRequest, order_id: str, payment_id: str) -> HttpResponse:
    """A payment's log: for a panel only the log, from one call; for a person a page.

    The panel names what the log does not know of the payment (`card_figures.asked_with`), and gets the figures of its
    card, which transactions may tell more of, beside the log; the steps of its track are of the same log.
    """
    transactions = request.api.payments.transactions(order_id, payment_id)
    context: dict[str, object] = {"order_id": order_id, "payment_id": payment_id}
    if is_part(request):
        mine = of_order(request.channel, order_id).of(payment_id)
        context["figures"] = refined(request.GET.dict(), payment_id, transactions, mine)
        if request.GET.get("part") == "steps":
            context |= {"track": payment_way(request.GET.get("state"), transactions), "kind": "payment"}
            answer = render(request, "orders/order/payment_steps.html", context)
            figures = context["figures"]
            if isinstance(figures, CardFigures) and figures.tells_more:
                trigger_client_event(answer, "money-told")
            return answer
        context |= {"log": _log(request, order_id, payment_id, transactions), "currency": _currency(request)}
        return render(request, "orders/payment_transactions.html#log", context)
    payment = request.api.payments.get(order_id, payment_id)
    card = present_payment(payment)
    log = {
        "log": _log(request, order_id, payment_id, transactions),
        "currency": card.currency,
        "ledger": ledger_rows(payment, transactions),
    }
    return render(request, "orders/payment_transactions.html", {"card": card, **context, **log, **_frame(request)})


def _log(
    request: ApiRequest, order_id: str, payment_id: str, transactions: Iterable[PaymentTransaction]
) -> list[Transaction]:
    """The log, with who caused what moved money."""
    return present_transactions(transactions, partial(origins_of(request.channel, order_id, payment_id).of, payment_id))


@require_safe
@may_view
def shipping_list(request: ApiRequest, order_id: str) -> HttpResponse:
    """All shippings of the order, in the API's order, removed ones among them; the order knows the currency."""
    cards = [present_shipping(shipping) for shipping in request.api.shippings.list(order_id)]
    order = request.api.orders.get(order_id)
    context = {"cards": cards, "order": order, "order_id": order_id, **_frame(request)}
    return render_page(request, "orders/shipping_list.html", context)


@require_safe
@may_view
def shipping_detail(request: ApiRequest, order_id: str, shipping_id: str) -> HttpResponse:
    """One shipping; the order knows the currency."""
    card = present_shipping(request.api.shippings.get(order_id, shipping_id))
    order = request.api.orders.get(order_id)
    context = {"card": card, "order": order, "order_id": order_id, **_frame(request)}
    return render_page(request, "orders/shipping_detail.html", context)


@shows_last_read
@require_safe
@may_view
def order_raw(request: ApiRequest, order_id: str) -> HttpResponse:
    """The document as the API gave it, with identity numbers, tokens and card data masked."""
    return _as_it_came(request, order_id, request.api.orders.look(order_id))


def _as_it_came(request: ApiRequest, order_id: str, order: Order | UnfitOrder) -> HttpResponse:
    if isinstance(order, UnfitOrder):
        known, came, unfit = order.owner, order.document, in_words(order.misfit)
    else:
        known, came, unfit = order, order.raw, ""
    document = mask(came, PAGE_WITH_PEOPLE)
    context = {
        "order": known,
        "order_id": order_id,
        "unfit": unfit,
        "tree": render_tree(document),
        "text": to_text(document),
    }
    return render_page(request, "orders/order_raw.html", {**context, **_frame(request)})


@never_cache
@form_view
@may_view
def order_identity(request: ApiRequest, order_id: str, which: str) -> HttpResponse:
    """The whole identity number of the billing or shipping address, for who may see it.

    By POST alone, as that it was seen is recorded: no picture and no link from elsewhere can ask for it in somebody's
    name. GET asks first.
    """
    if not may_see_identity(request.user):
        raise PermissionDenied
    order = request.api.orders.get(order_id)
    number = identity_number(order, which) if which in (BILLING, SHIPPING) else None
    if number is None:
        raise Http404(_("This order has no such identity number."))
    context = {"which": which, "order": order, "order_id": order_id, "address": address_of(order, which)}
    if request.method == "POST":
        subject = log.Subject(order_id, request.channel.merchant, request.channel.name, target=which)
        details = {"field": "nationalIdentificationNumber", "reference": order.reference or ""}
        log.event(log.Who.of(request), AuditAction.PERSONAL_DATA_VIEW, subject, details=details)
        context["number"] = number
    template = "orders/order_identity.html#number" if is_part(request) else "orders/order_identity.html"
    return render(request, template, {**context, **_frame(request)})


def may_see_identity(user: User) -> bool:
    """Whether this person may be shown a national identity number."""
    return user.has_perm("accounts.view_personal_data")


def picture_sources(request: ApiRequest) -> frozenset[str]:
    """From where pictures may come: IMAGE_HOSTS without this site itself, and of this site the sandbox's pictures."""
    own = request.get_host().lower().removesuffix(":443")
    hosts = {host.removesuffix(":443") for host in settings.IMAGE_HOSTS} - {own}
    folders = {f"{settings.SANDBOX_PREFIX}images/"} if settings.SANDBOX else set()
    return frozenset({f"https://{host}" for host in hosts} | folders)


def _currency(request: ApiRequest) -> str:
    given = request.GET.get("currency", "")
    return given if _CURRENCY.fullmatch(given) else ""


def _frame(request: ApiRequest) -> dict[str, object]:
    """What every page about an order shows around it."""
    return {"place": "orders"}
