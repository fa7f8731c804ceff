import re
from http import HTTPStatus
from typing import Any, cast

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.channels import SESSION_KEY, channels_of
from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.forms import PreferenceForm
from accounts.models import Preference, keep_preference, preference_of
from accounts.people import changes
from accounts.second_factor.showing import can_use_passkeys
from accounts.single_sign_on.configuration import provider_name
from audit import log
from audit.actions import AuditAction
from audit.log import Who
from ui import regions
from ui.pages import form_view, render_page
from ui.ways_back import next_page

MOST_READ = 200


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """allauth's page, with the demo accounts on it where there are any."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = tuple(DEMO_ACCOUNTS) if settings.DEMO else ()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "demo_accounts": names,
            "demo_password": DEMO_PASSWORD,
            "can_use_passkeys": can_use_passkeys(self.request),
            "provider": provider_name(),
            "next": self.request.GET.get("next", ""),
            "has_passwords": settings.LOCAL_PASSWORDS,
        }

    def form_invalid(self, form: Form) -> HttpResponse:
        """Proxies that count refusals see one."""
        response: HttpResponse = super().form_invalid(form)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class SignOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    """allauth's page; whoever has signed out leaves nothing behind in the browser, in no tab."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


sign_in, sign_out = SignIn.as_view(), SignOut.as_view()


@require_POST
def rows_per_page(request: HttpRequest) -> HttpResponse:
    """Keeps how many rows the person wants on a page, as the list's own menu asks, and goes back to the list."""
    size = request.POST.get("size", "")
    if size in map(str, Preference.PAGE_SIZES):
        keep_preference(cast(User, request.user), page_size=int(size))
    return redirect(next_page(request))


@form_view
def preferences(request: HttpRequest) -> HttpResponse:
    """How the person wants their pages. Says that it is saved in the language that was just chosen."""
    preference = Preference.objects.filter(user=cast(User, request.user)).first() or preference_of(request.user)
    form = PreferenceForm(
        request.POST or None, instance=preference, nearby=nearby(request), channels=channels_of(request.user)
    )
    if request.method == "POST" and form.is_valid():
        saved = keep_preference(cast(User, request.user), **form.cleaned_data)
        request.session.pop(SESSION_KEY, None)
        with translation.override(saved.language or None):
            messages.success(request, _("Your preferences are saved."))
        return redirect("preferences")
    status = 422 if form.errors else 200
    context = {"form": form, "place": "preferences", "changed_by_others": changes.lately(cast(User, request.user))}
    return render_page(request, "accounts/preferences.html", context, status=status)


def nearby(request: HttpRequest) -> set[str]:
    """The regions that the person is likely to be in: their browser's, their channels', and the one that they have."""
    channels = channels_of(cast(User, request.user))
    codes = {part.upper() for channel in channels for part in re.split(r"[^A-Za-z]", channel.name)}
    browser = regions.region_of(request.headers.get("Accept-Language", ""))
    return {code for code in {*codes, browser, preference_of(request.user).region} if regions.is_region(code)}


@require_POST
def help_read(request: HttpRequest) -> HttpResponse:
    """The person knows their way around: the words of help are not shown any more."""
    keep_preference(cast(User, request.user), knows_the_desk=True)
    return redirect(next_page(request))


@require_POST
def account_changes_read(request: HttpRequest) -> HttpResponse:
    """The person has read what others changed of their account: these lines are not shown above every page any more."""
    numbers = [int(text) for text in request.POST.getlist("change")[:MOST_READ] if re.fullmatch(r"[0-9]{1,18}", text)]
    with transaction.atomic():
        read = changes.mark_read(cast(User, request.user), numbers)
        if read:
            said = [f"{each.by_name} {each.kind} {each.at.isoformat()}" for each in read]
            log.event(Who.of(request), AuditAction.PERSON_CHANGES_READ, details={"changes": said})
    return redirect(next_page(request))
