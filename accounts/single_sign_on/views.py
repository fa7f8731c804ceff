"""To the provider and back. A link leads there, and no form: the Content-Security-Policy lets forms go nowhere else."""

import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.single_sign_on import refusals
from accounts.single_sign_on.adapter import kind_of, why
from accounts.single_sign_on.configuration import is_on
from accounts.single_sign_on.identities import is_managed
from accounts.single_sign_on.protocol import Protocol, Provider, TroubleError
from ui.pages import render_page
from ui.ways_back import is_ours

View = Callable[..., HttpResponse]


def where_it_is_on(view: View) -> View:
    """404 on a desk without a provider."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_on():
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@login_not_required
@never_cache
@require_safe
@where_it_is_on
def sso_begin(request: HttpRequest) -> HttpResponse:
    """To the provider, and from there to the page `next`; with `link`, the token of a one-time link, to tie its account
    to whoever signs in. A link on another site leads to the sign-in page instead: one signs in on purpose."""
    next_page = request.GET.get("next", "")
    next_page = next_page if is_ours(request, next_page) else reverse("home")
    if request.user.is_authenticated:
        return redirect(next_page)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return redirect(f"{reverse('account_login')}?{urlencode({'next': next_page})}")
    return _lead_there(request, AuthProcess.LOGIN, next_page, {"link": request.GET.get("link", "")[:300]})


@never_cache
@require_safe
@where_it_is_on
def sso_again(request: HttpRequest) -> HttpResponse:
    """To the provider, which asks whoever is signed in once more who they are, for what needs a fresh proof."""
    if not is_managed(request.user):
        raise Http404
    data, ask = {"at": time.time()}, {"prompt": "login", "max_age": "0"}
    return _lead_there(request, AuthProcess.REDIRECT, reverse("sso-confirmed"), data, ask)


@require_safe
@where_it_is_on
def sso_confirmed(request: HttpRequest) -> HttpResponse:
    """Back from there: the form waits in the tab from which one went."""
    return render_page(request, "accounts/single_sign_on_confirmed.html")


@login_not_required
@never_cache
@require_safe
@where_it_is_on
def sso_callback(request: HttpRequest) -> HttpResponse:
    """From the provider: allauth looks at the state and gets the token, `Protocol` reads it, and the adapter decides.
    Every way out is a page of the desk's."""
    provider = Provider(request)
    view: View = OAuth2CallbackView.adapter_view(Protocol(request, provider.app.provider_id))
    return view(request)


def _lead_there(
    request: HttpRequest, process: str, next_page: str, data: dict[str, Any], ask: dict[str, str] | None = None
) -> HttpResponse:
    nonce = secrets.token_urlsafe(24)
    try:
        answer: HttpResponse = Provider(request).redirect(
            request,
            process,
            next_url=next_page,
            data={"nonce": nonce, **data},
            auth_params={"nonce": nonce, **(ask or {})},
        )
    except (TroubleError, requests.RequestException) as error:
        return refusals.answer(request, kind_of(error), why(error))
    return answer
