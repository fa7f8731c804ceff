"""Every page needs a person; each gets their own language, region, time zone and channel; a page
about orders needs the channel."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.channels import Channel, NoChannel, channel_name, channels_of, current_channel, grants_of
from accounts.models import Preference, preference_of
from accounts.people.services import managers
from accounts.sessions import epoch_of
from audit.middleware import record_denial
from audit.names import person_name
from ui import handlers, regions
from ui.held import OTHER_CHANNEL, SIGNED_OUT, hold, is_worth_keeping
from ui.pages import Request, render_problem
from ui.ways_back import page_of

# The roots of the modules whose pages are about no order; whatever is new counts as about orders.
WITHOUT_A_CHANNEL = frozenset({"accounts", "allauth", "audit", "dashboard", "django"})
CHANNEL_HEADER, CHANNEL_FIELD = "X-Desk-Channel", "desk-channel"


def is_sandbox(request: HttpRequest) -> bool:
    """Whether the request is for the embedded Order API, which knows tokens and not people."""
    return request.path_info.startswith(settings.SANDBOX_PREFIX)


class LoginRequired(LoginRequiredMiddleware):
    """Sends a visitor to the sign-in page and back again; htmx, whose session has ended, as a whole page.

    A form that was filled in before the session ended is kept instead, and can be sent after signing in elsewhere.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if is_sandbox(request):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if is_worth_keeping(request):
            sign_in = redirect_to_login(reverse("home"), resolve_url(self.get_login_url(view_func))).url
            return cast(HttpResponseRedirect, hold(request, SIGNED_OUT, HTTPStatus.FORBIDDEN, sign_in=sign_in))
        answer = redirect_to_login(page_of(request), resolve_url(self.get_login_url(view_func)))
        if cast(Request, request).htmx:
            return cast(HttpResponseRedirect, HttpResponseClientRedirect(answer.url))
        return answer


class PersonMiddleware:
    """Sets `request.grants` and `request.channel` (None if the person has none), and speaks their
    language in their region and time zone.

    Ends the sessions that an admin ended, and keeps the pages of people out of every cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The thread served somebody else before; a page that streams is still being written after we have answered.
        timezone.deactivate()
        regions.activate(regions.region_of(request.headers.get("Accept-Language", "")))
        if is_sandbox(request) or not request.user.is_authenticated:
            return self.get_response(request)
        preference = preference_of(request.user)
        if epoch_of(request) != preference.session_epoch:
            request.session.flush()
            request.user = AnonymousUser()
        else:
            speak_to(request, preference)
        response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response


def speak_to(request: HttpRequest, preference: Preference) -> None:
    timezone.activate(preference.zone)
    if preference.region:
        regions.activate(preference.region)
    if preference.language in dict(settings.LANGUAGES):
        translation.activate(preference.language)
        request.LANGUAGE_CODE = translation.get_language()
    request.grants = grants_of(request.user)  # type: ignore[attr-defined]
    try:
        request.channel = current_channel(request)  # type: ignore[attr-defined]
    except NoChannel:
        request.channel = None  # type: ignore[attr-defined]


class ChannelMiddleware:
    """Lets nobody without a channel near the orders, and no page of another channel than the one
    that the person is in now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if is_sandbox(request) or not request.user.is_authenticated or not works_in_a_channel(view_func):
            return None
        channel: Channel | None = request.channel  # type: ignore[attr-defined]
        if channel is None:
            record_denial(request)
            return handlers.answer(request, no_channel())
        made_for = channel_of_the_page(request)
        if made_for and made_for != str(channel):
            return other_channel(request, channel, made_for)
        return None


def works_in_a_channel(view_func: Callable[..., HttpResponseBase]) -> bool:
    """Whether a view is about orders. All of them are, but for those of the rooms that know none."""
    return view_func.__module__.partition(".")[0] not in WITHOUT_A_CHANNEL


def channel_of_the_page(request: HttpRequest) -> str:
    """The channel for which the page was made that sent this request: htmx says it in a header, a
    form in a hidden field."""
    said = request.headers.get(CHANNEL_HEADER, "")
    return said or (request.POST.get(CHANNEL_FIELD, "") if request.method == "POST" else "")


def other_channel(request: HttpRequest, channel: Channel, made_for: str) -> HttpResponse:
    """409: the person has switched since that page was made. Offers the way back, if that channel is
    theirs, and keeps what was typed."""
    theirs = {str(each): each for each in channels_of(request.user)}
    if made_for in theirs and is_worth_keeping(request):
        says = OTHER_CHANNEL % {"made_for": channel_name(made_for), "now_in": channel_name(channel)}
        return hold(request, says, HTTPStatus.CONFLICT, switch=reverse("home"))
    context = {"made_for": theirs.get(made_for), "now_in": channel, "back": page_of(request)}
    return render_problem(request, "accounts/other_channel.html", context, 409)


def no_channel() -> handlers.Refusal:
    """What somebody reads who has not been given any channel, with the names of those who can give them one."""
    names = [person_name(person.username) for person in managers().order_by("pk")[:3]]
    whom = get_text_list(names, _("or")) or _("an admin")
    says = _("You can sign in, but no channel has been given to you yet. Ask %(whom)s to give you one.") % {
        "whom": whom
    }
    return handlers.Refusal(403, "channel", _("You have no channel to work in"), says, "preferences")
