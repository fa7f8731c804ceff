from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.middleware import needs_a_channel
from accounts.roles import ADMIN, MANAGER
from gateway.permissions import may_view
from teamwork.people import role_of


@require_safe
@needs_a_channel
@may_view
def home(request: HttpRequest) -> HttpResponse:
    """Who manages begins at the board, everybody else with the list of orders, of the channel where they begin."""
    if role_of(request.user) in (MANAGER, ADMIN):
        return redirect("overview")
    return redirect("order-list", request.channel)  # type: ignore[attr-defined]
