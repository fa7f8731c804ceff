"""Whoever has a second factor, or has to have one, comes no further than to it before this session has shown it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.middleware import is_sandbox
from accounts.second_factor.policy import has_factor, is_satisfied
from ui.held import FACTOR_FIRST, hold, is_worth_keeping
from ui.pages import Request
from ui.ways_back import page_of

TO_SHOW_ONE = frozenset({"account_reauthenticate", "passkey-options", "account_logout"})
TO_SET_ONE_UP = frozenset({"second-factor", "second-factor-app", "second-factor-passkey", "account_logout"}) | {
    "account_reauthenticate"
}
"""The names of the pages that are open meanwhile: of who has one, and of who has none yet."""


class SecondFactorFirst:
    """Leads to where the second factor is shown or set up, and back again; htmx as a whole page. A form that was filled
    in before is kept, and can be sent afterwards. `request.at_the_door` says that it is so: the page has no frame."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if is_sandbox(request) or not request.user.is_authenticated or is_satisfied(request):
            return None
        if not getattr(view_func, "login_required", True):  # what visitors may see
            return None
        request.at_the_door = True  # type: ignore[attr-defined]
        is_known = has_factor(request.user)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in (TO_SHOW_ONE if is_known else TO_SET_ONE_UP):
            return None
        where = reverse("account_reauthenticate" if is_known else "second-factor")
        if is_worth_keeping(request):
            return hold(request, FACTOR_FIRST, HTTPStatus.FORBIDDEN, sign_in=where)
        answer = redirect_to_login(page_of(request), where)
        return HttpResponseClientRedirect(answer.url) if cast(Request, request).htmx else answer
