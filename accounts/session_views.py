"""The page of one's own sessions, and ending a colleague's."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import own_sessions
from accounts.people.common import demand_power_over, may_manage_people
from accounts.reauthentication import password_first
from audit.log import Who
from audit.names import person_name
from ui.pages import render_page


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    shown = own_sessions.sessions_of(cast(User, request.user), own_sessions.mark_of(request))
    return render_page(request, "accounts/session_list.html", {"place": "sessions", "shown": shown})


@require_POST
def session_end(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Ends one of the person's other sessions; asks for the password first, where it was given too long ago."""
    back = reverse("session-list")
    if mark == own_sessions.mark_of(request):  # this one ends by signing out
        return redirect(back)
    if page := password_first(request, _("End a session"), back):
        return page
    if own_sessions.end(Who.of(request), cast(User, request.user), mark):
        messages.success(request, _("The session is ended."))
    else:
        messages.info(request, _("That session was over already."))
    return redirect(back)


@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """Ends all of the person's sessions but this one; asks for the password as above."""
    back, this = reverse("session-list"), own_sessions.mark_of(request)
    if page := password_first(request, _("End all other sessions"), back):
        return page
    ended = own_sessions.end_others(Who.of(request), cast(User, request.user), this) if this else 0
    says = ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", ended) % {"count": ended}
    messages.success(request, says if ended else _("There was no other session."))
    return redirect(back)


@require_POST
@may_manage_people
def person_session_end(request: HttpRequest, person_id: int, mark: UUID) -> HttpResponse:
    """Ends one session of somebody. As signing them out everywhere, it takes away and may be urgent: no password."""
    person = get_object_or_404(User, pk=person_id)
    demand_power_over(request, person)
    if mark != own_sessions.mark_of(request) and own_sessions.end(Who.of(request), person, mark):
        messages.success(request, _("One session of %(name)s is ended.") % {"name": person_name(person.username)})
    else:
        messages.info(request, _("That session was over already."))
    return redirect("person-detail", person_id)
