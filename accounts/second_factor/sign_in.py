"""The second step of signing in, and signing in with a passkey alone."""

import json
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.allauth_internals import begun_sign_in, passkey_to_show, sign_in_by_passkey
from accounts.local_passwords import may_have_one
from accounts.second_factor.forms import SignInFactorForm
from accounts.second_factor.showing import TOO_MANY, WRONG_PASSKEY, can_use_passkeys, passkey_of
from accounts.sign_in_limits import may_sign_in_by_passkey
from audit.signals import sign_in_failed
from ui.pages import form_view, render_page
from ui.ways_back import is_ours


@never_cache
@login_not_required
@form_view
def second_step(request: HttpRequest) -> HttpResponse:
    """After the right password: the factor. `cancel` begins anew, with another account."""
    if request.user.is_authenticated:
        return redirect("home")
    stage = begun_sign_in(request)
    if stage is None:
        return redirect("account_login")
    if "cancel" in request.POST:
        return cast(HttpResponse, stage.abort())
    form = SignInFactorForm(request.POST if request.method == "POST" else None, request=request, user=stage.login.user)
    if request.method == "POST" and form.is_valid():
        return cast(HttpResponse, stage.exit())
    context = {"form": form, "person": stage.login.user}
    return render_page(request, "mfa/sign_in.html", context, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_safe
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show a passkey of whoever is signed in, or is about to be."""
    stage = None if request.user.is_authenticated else begun_sign_in(request)
    user = request.user if request.user.is_authenticated else stage and stage.login.user
    if user is None or not can_use_passkeys(request):
        raise Http404
    return as_json(passkey_to_show(user))


@never_cache
@login_not_required
@form_view
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """A passkey instead of name and password, as it proves that its owner unlocked it. Read, it is what the browser
    needs to ask for one."""
    onwards = request.POST.get("next", "")
    onwards = onwards if onwards and is_ours(request, onwards) else ""
    if request.user.is_authenticated:
        return redirect(onwards or "home")
    if not can_use_passkeys(request):
        raise Http404
    is_one_too_many = not may_sign_in_by_passkey(request)
    if request.method != "POST":
        return HttpResponse(status=429) if is_one_too_many else as_json(passkey_to_show(None))
    factor = None if is_one_too_many else passkey_of(None, request.POST.get("passkey", ""))
    if factor is not None and may_have_one(factor.user):  # whom a provider answers for comes in by the provider alone
        return sign_in_by_passkey(request, factor, onwards or None)
    if not is_one_too_many:
        sign_in_failed(None, {}, request)
    messages.error(request, str(TOO_MANY if is_one_too_many else WRONG_PASSKEY))
    return redirect(f"{reverse('account_login')}?{urlencode({'next': onwards})}" if onwards else "account_login")


def as_json(options: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(options, default=dict), content_type="application/json")
