"""Beats of pages that are seen, and who is at the orders of a list: asked for by scripts, never by a person."""

from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from gateway.permissions import may_view
from gateway.request import ApiRequest
from teamwork import presence

MOST = 250
"""Orders that a list can have on one page."""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def presence_page(request: HttpRequest) -> HttpResponse:
    """What `_presence` answers to whoever is signed in. A page whose session has ended is told nothing, with 204: it
    asked by itself, and nobody is to be bothered by that."""
    if not request.user.is_authenticated:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _presence(cast(ApiRequest, request))


@may_view
def _presence(request: ApiRequest) -> HttpResponse:
    """POST: a page of an order is seen (`order`, `page`, `mode`, `what`), and who else has it open is answered, as HTML
    for its head (`here`) and for its form (`word`); with `gone` it is closed. GET: who has the orders open that
    `order` names, of the channel of the address: an object by their ids.

    Nothing is asked of the Order API: what is told is told of the channel alone, which is the person's.
    """
    if not settings.PRESENCE:
        raise Http404("Nobody is told who looks.")
    return _beat(request) if request.method == "POST" else _of_list(request)


def _beat(request: ApiRequest) -> HttpResponse:
    said, user = request.POST, request.user
    order_id, page = said.get("order", ""), said.get("page", "")
    if not 0 < len(order_id) <= 200 or "\0" in order_id or not presence.PAGE.fullmatch(page):
        return HttpResponseBadRequest()
    spot = presence.Spot(request.channel, order_id, page)
    if said.get("gone"):
        presence.leave(user, spot)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    others = presence.beat(user, spot, said.get("mode", ""), said.get("what", ""))
    return JsonResponse({"here": heads(others), "word": word(others)})


def _of_list(request: ApiRequest) -> HttpResponse:
    asked = [each for each in request.GET.getlist("order")[:MOST] if "\0" not in each]
    found = presence.at_orders(request.user, request.channel, asked)
    return JsonResponse(
        {
            order_id: {"initials": [each.initials for each in theirs], "says": " · ".join(each.says for each in theirs)}
            for order_id, theirs in found.items()
        }
    )


def heads(others: list[presence.Here]) -> SafeString:
    """Who is here, for the head of the order; empty for nobody."""
    return _written("teamwork/here.html", others)


def word(others: list[presence.Here]) -> SafeString:
    """Who has a form open, for whoever opens another; empty for nobody."""
    return _written("teamwork/here_word.html", [each for each in others if each.is_at_work])


def _written(template: str, others: list[presence.Here]) -> SafeString:
    return mark_safe(render_to_string(template, {"others": others}).strip() if others else "")  # noqa: S308 - ours
