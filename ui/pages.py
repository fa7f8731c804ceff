"""How a view answers: the whole page, or, when htmx asks for it, only the part that changes."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

form_view = require_http_methods(["GET", "HEAD", "POST"])
"""For a view that shows a form and takes it: 405 for anything else."""


class Request(HttpRequest):
    """A request as our middleware leaves it."""

    htmx: HtmxDetails


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partials: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, or the partial whose name is the element that htmx will fill, if the view allows that one.

    A partial's name is the id of its element and the `hx-target` of whatever asks for it, so there is one word to know.
    """
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx and not htmx.history_restore_request and htmx.target in partials:
        template = f"{template}#{htmx.target}"
    response = render(request, template, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page that it is on; a boosted link and the history bring a whole one."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


_ELEMENT_ID = re.compile(r"#[A-Za-z][\w-]*")


def render_problem(request: HttpRequest, template: str, context: Mapping[str, Any], status: int) -> HttpResponse:
    """What went wrong, as a page; for htmx only the partial `problem`, in the place that the page set aside for it.

    A page that wants to keep what it shows meanwhile names that place, an element's id, in the header X-Problem-Target;
    otherwise the words fill whatever asked, and `in_panel` lets the template try again right there.
    """
    htmx = getattr(request, "htmx", None)
    place = request.headers.get("X-Problem-Target", "")
    shown = {**context, "in_panel": bool(htmx) and not place}
    response = render(request, f"{template}#problem" if htmx else template, shown, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if htmx:
        aim(request, response)
    return response


def aim(request: HttpRequest, response: HttpResponse) -> None:
    """Leads what went wrong to the place that the page set aside for it, if it did."""
    place = request.headers.get("X-Problem-Target", "")
    if _ELEMENT_ID.fullmatch(place):
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Push-Url"] = place, "innerHTML", "false"
