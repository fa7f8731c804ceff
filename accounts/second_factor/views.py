"""The pages of one's own second factors, and where they are shown."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, cast
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.allauth_internals import new_app_secret, passkey_to_make, record_factor
from accounts.reauthentication import StepUp, is_fresh, password_first
from accounts.second_factor import services
from accounts.second_factor.forms import AppForm, PasskeyForm
from accounts.second_factor.policy import Policy, has_factor, is_satisfied, policy_of
from accounts.second_factor.sealing import UnreadableError, seal, unseal
from accounts.second_factor.showing import can_use_passkeys
from audit.log import Who
from ui.pages import form_view, render_page
from ui.ways_back import is_ours

PLACE = "preferences"
SECRET, NEXT = "second_factor.secret", "second_factor.next"
"""In the session: what an app that is being set up makes codes from, encrypted; and where somebody at the door wanted
to go."""
LAST = gettext_lazy("Your role needs a second step, and this is the only one you have. Set up another one first.")
View = Callable[..., HttpResponse]


class FactorRow(NamedTuple):
    """A factor as its owner sees it."""

    factor: Authenticator
    name: str
    is_app: bool


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def proof_first(view: View) -> View:
    """For a page on which a factor is set up: who opens it says who they are, if that was too long ago. Refused where
    the person is offered none."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if policy_of(request.user) is Policy.NONE:
            raise PermissionDenied("Nobody of this role sets up a second factor.")
        if not is_fresh(request):
            return redirect_to_login(request.path, reverse("account_reauthenticate"))
        return view(request, *args, **kwargs)

    return wrapped


def wanted(request: HttpRequest) -> str:
    """Where the address or the form says that one goes on, if that is a page of ours; else nothing."""
    url = request.POST.get("next", "") or request.GET.get("next", "")
    return url if url and is_ours(request, url) else ""


@never_cache
@form_view
def prove(request: HttpRequest) -> HttpResponse:
    """Who they are, again; then on to where they wanted to go."""
    onwards = wanted(request) or reverse("home")
    if is_fresh(request) and is_satisfied(request):
        return redirect(onwards)
    form = StepUp(request.POST if request.method == "POST" else None, request=request)
    form.say_why("")
    if request.method == "POST" and form.is_valid():
        return redirect(onwards)
    context = {"form": form, "place": PLACE, "next": wanted(request), "by_factor": has_factor(request.user)}
    return render_page(request, "mfa/prove.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What the person has, and what they can set up. Whoever has to have one and has none begins here."""
    user, policy = user_of(request), policy_of(request.user)
    if wanted(request):
        request.session[NEXT] = wanted(request)
    rows = [
        FactorRow(each, services.name_of(each), each.type == services.Type.TOTP) for each in services.factors_of(user)
    ]
    try:
        left, is_unreadable = services.codes_left(user), False
    except UnreadableError:
        left, is_unreadable = None, True
    context = {
        "place": PLACE,
        "rows": rows,
        "has_app": any(row.is_app for row in rows),
        "left": left,
        "is_unreadable": is_unreadable,
        "is_required": policy is Policy.REQUIRED,
        "is_offered": policy is not Policy.NONE,
        "can_use_passkeys": can_use_passkeys(request),
    }
    return render_page(request, "mfa/overview.html", context)


@sensitive_post_parameters()
@form_view
@proof_first
def app(request: HttpRequest) -> HttpResponse:
    """Set up an app: a drawing for its camera, the same as text, and the first code that it shows."""
    if any(each.type == services.Type.TOTP for each in services.factors_of(user_of(request))):
        return redirect("second-factor")
    secret = pending_secret(request)
    form = AppForm(request.POST if request.method == "POST" else None, secret=secret)
    if request.method == "POST" and form.is_valid():
        try:
            factor = services.set_up_app(Who.of(request), user_of(request), secret, form.cleaned_data["new_code"])
        except services.HasAppError:
            return redirect("second-factor")
        request.session.pop(SECRET, None)
        return added(request, factor)
    context = {
        "place": PLACE,
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": app_address(request, secret),
    }
    return render_page(request, "mfa/app.html", context, status=422 if form.errors else 200)


def pending_secret(request: HttpRequest) -> str:
    """The same one until the app is set up, so that a code typed wrong is no reason to begin anew."""
    try:
        return unseal(request.session[SECRET])
    except (KeyError, UnreadableError):
        secret = new_app_secret()
        request.session[SECRET] = seal(secret)
        return secret


def app_address(request: HttpRequest, secret: str) -> str:
    """What the drawing says: https://github.com/google/google-authenticator/wiki/Key-Uri-Format."""
    issuer, name = f"Order desk {request.get_host()}", user_of(request).get_username()
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?{query}"


@form_view
@proof_first
def passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey: the browser makes it as the form is sent."""
    if not can_use_passkeys(request):
        raise Http404
    user = user_of(request)
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = json.loads(form.cleaned_data["passkey"])
            factor = services.set_up_passkey(Who.of(request), user, form.cleaned_data["name"], answer)
        except (ValueError, RecursionError, services.NotAPasskeyError):
            form.add_error(None, _("Your browser did not make a passkey. Try again."))
        else:
            return added(request, factor)
    options = json.dumps(dict(passkey_to_make(user)), default=dict)
    context = {"place": PLACE, "form": form, "options": options}
    return render_page(request, "mfa/passkey.html", context, status=422 if form.errors else 200)


def added(request: HttpRequest, factor: Authenticator) -> HttpResponse:
    """It has been shown with that, so the session may go on; the recovery codes of somebody's first one are next."""
    record_factor(request, factor, again=True)
    messages.success(request, _("It is set up. You are asked for it from now on."))
    return redirect("second-factor-codes")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of one's own away."""
    user, back = user_of(request), reverse("second-factor")
    factor = get_object_or_404(services.factors_of(user), pk=pk)
    if page := password_first(request, gettext_lazy("Remove it"), back, place=PLACE):
        return page
    try:
        services.remove(Who.of(request), user, factor)
    except services.LastFactorError:
        messages.error(request, str(LAST))
    else:
        messages.success(request, _("It is removed. You are not asked for it any more."))
    return redirect(back)


@never_cache
@form_view
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, this once; posted, new ones are made before."""
    user, back = user_of(request), reverse("second-factor")
    if not has_factor(user):
        return redirect(back)
    if request.method == "POST":
        if page := password_first(request, gettext_lazy("Make new recovery codes"), back, place=PLACE):
            return page
        services.make_codes_anew(Who.of(request), user)
        return redirect("second-factor-codes")
    onwards = request.session.pop(NEXT, back)
    try:
        shown = services.codes_to_show(user) if is_fresh(request) else []
    except UnreadableError:
        shown = []
    if not shown:
        return redirect(onwards)
    text = f"Order desk, {request.get_host()}, {user.get_username()}\n\n" + "\n".join(shown) + "\n"
    context = {"place": PLACE, "codes": shown, "text": text, "file": f"data:text/plain;charset=utf-8,{quote(text)}"}
    return render_page(request, "mfa/codes.html", context | {"onwards": onwards})
