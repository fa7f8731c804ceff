"""The customer of an order: their other orders over all channels of who looks, and all their payments in time.

The address is that of the order with `customer/` behind it, so it means "the customer of this order". By what the
others are looked for, e-mail and phone, is read from the order each time: neither stands in an address, where logs,
histories and other sites would keep it, and nothing about people is stored, as a token would need.

With a script the page stands at once and then asks all channels over one connection, where each answer shows as it
comes; `?all` waits for them, and says which did not answer in time.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from accounts.channels import Channel, channels_of
from gateway.fanout import own_first
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.customer.channels import Asked, ask_channels, count_channels, order_or_none
from orders.customer.counting import count_words, counted_by, missing_words
from orders.customer.present import ORDERS, SHOWN, customer_context, head_of
from orders.customer.sealed import LapsedError, Sought, bound_to, seal_found, seal_sought, unseal_found, unseal_sought
from trade.customer_keys import keys_of
from ui.pages import form_view
from ui.streaming import in_parts

ALL = "all"


@require_safe
@never_cache
@may_view
def order_customer(request: ApiRequest, order_id: str) -> HttpResponse:
    """The page. It reads the order, and asks the channels only where `?all` says so."""
    sought, bond = _read(request, order_id), _bond(request, order_id)
    channels = _channels(request)
    asked = list(ask_channels(request, channels, sought.keys)) if "all" in request.GET and sought.keys.usable else []
    context = {
        **customer_context(sought, request.channel, [each.found for each in asked if each.found], _show(request.GET)),
        **_page(request, order_id, sought),
        "sealed": seal_sought(sought, bond),
        "channels_asked": [_state(each, bond) for each in asked] or [{"channel": channel} for channel in channels],
        "is_whole": "all" in request.GET,
        "missing": sum(not each.found for each in asked),
    }
    return render(request, "orders/order_customer.html", context)


@form_view
@never_cache
@may_view
def order_customer_channel(request: ApiRequest, order_id: str) -> HttpResponseBase:
    """Asks all channels of the person, and says what became of each as the answers come; or one of them, by its name.
    The table of all is told to renew itself. Changes nothing: it is sent as a form since what it is asked with is
    nothing for an address."""
    named = request.POST.get("ask", str(request.channel))
    channels = [each for each in _channels(request) if named in (str(each), ALL)]
    if not channels:
        raise Http404
    sought, bond = _sought(request, order_id), _bond(request, order_id)
    context = {**_page(request, order_id, sought), "channel": request.channel}
    parts = (
        render_to_string("orders/order_customer.html#asked", {**context, "asked": _state(asked, bond)})
        for asked in ask_channels(request, channels, sought.keys)
    )
    if named == ALL:
        return in_parts(parts)
    answer = HttpResponse("".join(parts))
    trigger_client_event(answer, "customer-heard", after="swap")  # once what it said stands on the page
    return answer


@form_view
@never_cache
@may_view
def order_customer_found(request: ApiRequest, order_id: str) -> HttpResponse:
    """The table of what the channels have answered so far. Asks nobody: the answers come with the form, which changes
    nothing either."""
    sought, bond = _sought(request, order_id), _bond(request, order_id)
    answers, is_old = [], False
    for text in request.POST.getlist("answered"):
        try:
            answers.append(unseal_found(text, bond))
        except LapsedError:
            is_old = True
    theirs = [answer for answer in answers if answer.channel in channels_of(request.user)]
    context = {
        **customer_context(sought, request.channel, theirs, _show(request.POST)),
        **_page(request, order_id, sought),
        "is_old": is_old,
        "brings_tabs": request.htmx.trigger not in (None, "found"),
    }
    return render(request, "orders/order_customer.html#found", context)


@require_safe
@never_cache
@may_view
def order_customer_line(request: ApiRequest, order_id: str) -> HttpResponse:
    """One line for the order's page: how many orders the customer has, here and in all channels of the person."""
    context: dict[str, Any] = {"order_id": order_id}
    order = order_or_none(request.api, order_id)
    if order is not None:
        keys = keys_of(order)
        counts = count_channels(request, _channels(request), keys)
        context |= {
            "says": count_words(request.channel, keys, counts),
            "missing": missing_words(counts),
            "is_known": counted_by(keys) is not None,
        }
    return render(request, "orders/order_customer_line.html", context)


def _read(request: ApiRequest, order_id: str) -> Sought:
    order = request.api.orders.get(order_id)
    return Sought(order, keys_of(order))


def _sought(request: ApiRequest, order_id: str) -> Sought:
    """As it came with the form; read again where that is too old, or none."""
    try:
        return unseal_sought(request.POST.get("sought", ""), _bond(request, order_id))
    except LapsedError:
        return _read(request, order_id)


def _bond(request: ApiRequest, order_id: str) -> str:
    return bound_to(request.user.pk, request.channel, order_id)


def _channels(request: ApiRequest) -> list[Channel]:
    return own_first(channels_of(request.user), request.channel)


def _show(given: Mapping[str, str]) -> str:
    show = given.get("show", ORDERS)
    return show if show in SHOWN else ORDERS


def _state(asked: Asked, bond: str) -> Mapping[str, Any]:
    return {
        "channel": asked.channel,
        "is_asked": True,
        "found": asked.found,
        "is_late": asked.is_late,
        "error": asked.error,
        "sealed": seal_found(asked.found, bond) if asked.found else "",
    }


def _page(request: ApiRequest, order_id: str, sought: Sought) -> Mapping[str, Any]:
    """What every part of the page needs: whose it is, and how many channels there are."""
    return {
        "place": "orders",
        "order_id": order_id,
        "order": sought.order,
        "keys": sought.keys,
        "channel_count": len(_channels(request)),
        "deadline": f"{settings.FAN_OUT_DEADLINE:g}",
        **head_of(sought),
    }
