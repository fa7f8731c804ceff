"""Every page needs a person; each gets their own language, region, time zone and channel; a page
about orders needs the channel."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.channels import Channel, NoChannel, channels_of, first_channel, grants_of, was_given
from accounts.models import Preference, preference_of
from accounts.people.services import managers
from accounts.session_store import RENEWED
from accounts.sessions import is_over, note_use
from audit.middleware import record_denial
from audit.names import person_name
from ui import handlers, regions
from ui.held import SIGNED_OUT, hold, is_worth_keeping
from ui.pages import Request
from ui.ways_back import page_of

logger = logging.getLogger(__name__)
PAST_CHANNELS = "payments"
"""The room whose pages are there for channels that are served no more."""


def is_by_itself(request: HttpRequest) -> bool:
    """Whether a page that lies open asked, and nobody who is there: that somebody has an order open is told so."""
    return request.path_info.endswith("/presence/")


def is_sandbox(request: HttpRequest) -> bool:
    """Whether the request is for the embedded Order API, which knows tokens and not people."""
    return request.path_info.startswith(settings.SANDBOX_PREFIX)


class Sessions(SessionMiddleware):
    """Django's, but a page that was read is shown even where the database does not take what it would keep (which
    Django takes for a session that is gone), and who has proved who they are goes on under another key. With an error
    of ours it stays the old one: Django keeps nothing of a session then, nor tells the browser of it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            if getattr(request, "takes_new_key", False) and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                renew(request)
            elif request.session.modified and RENEWED in request.session:
                request.session.modified = False  # or the browser would go back to the old key
            return super().process_response(request, response)
        except SessionInterrupted as error:
            why = error.__context__.__context__ if error.__context__ else None
            if not isinstance(why, OperationalError | InterfaceError):
                raise
        except (OperationalError, InterfaceError) as error:
            why = error
        if request.method not in ("GET", "HEAD"):
            raise why
        logger.warning("What a page keeps in the session could not be kept", exc_info=why)
        return response


def renew(request: HttpRequest) -> None:
    """Raises SessionInterrupted where the session was ended meanwhile, as Django does for any that is gone."""
    try:
        request.session.renew()  # type: ignore[attr-defined]
    except UpdateError:
        raise SessionInterrupted("The session was ended while this was asked for.") from None


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
    """Sets `request.grants` and `request.channel` (where the person begins; None if they have none), and speaks their
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
        if is_over(request, preference):
            request.session.flush()
            request.user = AnonymousUser()
        else:
            if not is_by_itself(request):
                note_use(request)
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
        request.channel = first_channel(request)  # type: ignore[attr-defined]
    except NoChannel:
        request.channel = None  # type: ignore[attr-defined]


class ChannelMiddleware:
    """Binds a page about orders to the channel in its address: `request.channel`. That of somebody else is not found,
    just as one that does not exist; who has none is told whom to ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: Any,
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Takes the channel out of what the view is called with. Raises Http404."""
        if is_sandbox(request) or "channel" not in view_kwargs:
            return None
        channel: Channel = view_kwargs.pop("channel")
        if not request.user.is_authenticated:  # one of the few pages that visitors may ask for
            return None
        if request.channel is None:  # type: ignore[attr-defined]
            return refuse_without_channel(request)
        if not is_open(view_func, channel, request.user):
            raise Http404(_("There is no such page."))
        request.channel = channel  # type: ignore[attr-defined]
        return None


def is_open(view_func: Callable[..., HttpResponseBase], channel: Channel, user: User) -> bool:
    """Whether the person may see that page of the channel. What was asked of payments in a channel that the settings
    name no more is still shown to those who were given it: money may have moved."""
    if channel in channels_of(user):
        return True
    return view_func.__module__.partition(".")[0] == PAST_CHANNELS and was_given(user, channel)


def refuse_without_channel(request: HttpRequest) -> HttpResponse:
    """403, and in the log: whom to ask."""
    record_denial(request)
    return handlers.answer(request, no_channel())


def needs_a_channel(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page about orders whose address says no channel: who has none is told whom to ask."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.channel is None:  # type: ignore[attr-defined]
            return refuse_without_channel(request)
        return view(request, *args, **kwargs)

    return wrapped


def no_channel() -> handlers.Refusal:
    """What somebody reads who has not been given any channel, with the names of those who can give them one."""
    names = [person_name(person.username) for person in managers().order_by("pk")[:3]]
    whom = get_text_list(names, _("or")) or _("an admin")
    says = _("You can sign in, but no channel has been given to you yet. Ask %(whom)s to give you one.") % {
        "whom": whom
    }
    return handlers.Refusal(403, "channel", _("You have no channel to work in"), says, "preferences")
