"""The pages on which admins manage people, and the one on which a person sets their password by a link."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import links, own_sessions
from accounts.entitlements import entitlements_of
from accounts.local_passwords import may_have_one
from accounts.models import OneTimeLink
from accounts.people import pending, services
from accounts.people.common import (
    LAST_ADMIN,
    LINK_KEY,
    demand_link,
    demand_power_over,
    demand_reset,
    has_power_over,
    may_manage_people,
    show_once,
)
from accounts.people.forms import RIGHTS_CHANGED, FirstPasswordForm, InviteForm, RightsForm, channel_word
from accounts.people.pending_views import KINDS, rows_for
from accounts.people.services import LastAdminError, Newcomer, Rights, RightsChangedError, rights_of
from accounts.reauthentication import password_first
from accounts.roles import MATRIX, RIGHTS, ROLES, WORDS
from accounts.single_sign_on.admission import may_be_tied
from accounts.single_sign_on.configuration import provider_name
from accounts.single_sign_on.identities import is_managed
from audit.log import AuditUnavailableError, Change, Who
from audit.names import person_name
from domain.states import DONE, OFF, WAIT, State
from ui.pages import form_view, render_page

ACTIVE = State("active", gettext_lazy("Active"), DONE)
INVITED = State("invited", gettext_lazy("Invited"), WAIT, gettext_lazy("has not set a password yet"))
EXPIRED = State("expired", gettext_lazy("Invitation expired"), WAIT, gettext_lazy("needs a new link"))
CLOSED = State("closed", gettext_lazy("Deactivated"), OFF, gettext_lazy("cannot sign in"))
WAITS = gettext_lazy("Nothing is changed yet: another admin has to confirm it, as it is about who may move money.")
UNRECORDED = gettext_lazy("It could not be written into the log, so it was not done. Try again in a moment.")
_WHY_NOT = {LastAdminError: LAST_ADMIN, RightsChangedError: RIGHTS_CHANGED, AuditUnavailableError: UNRECORDED}


class PersonRow(NamedTuple):
    """A person as the pages show them."""

    person: User
    state: State
    role: str | Promise
    channels: list[str]
    extras: list[Promise]


def row_of(person: User) -> PersonRow:
    rights = rights_of(person)
    role = WORDS["admin"] if person.is_superuser else WORDS.get(rights.role, "")
    channels = ["*/*"] if person.is_superuser else sorted(rights.channels)
    extras = [RIGHTS[name] for name in sorted(rights.extras)]
    return PersonRow(person, state_of_person(person), role, [channel_word(grant) for grant in channels], extras)


def state_of_person(person: User) -> State:
    if person.is_active:
        return ACTIVE
    link = getattr(person, "one_time_link", None)
    if link is None:
        return CLOSED
    return INVITED if timezone.now() < link.made_at + links.LASTS else EXPIRED


@require_safe
@may_manage_people
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, those who can sign in first."""
    waits = rows_for(cast(User, request.user), pending.waiting(KINDS))
    context = {"place": "people", "rows": [row_of(person) for person in services.everybody()], "waits": waits}
    return render_page(request, "accounts/person_list.html", context)


@form_view
@may_manage_people
def person_invite(request: HttpRequest) -> HttpResponse:
    """A new account, and the link with which its owner opens it."""
    form = InviteForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            return _invited(request, form)
        except IntegrityError:  # another admin was a moment faster
            form.add_error("username", _("There is somebody of that name already."))
        except AuditUnavailableError:
            form.add_error(None, str(UNRECORDED))
    context = {"place": "people", "form": form}
    return render_page(request, "accounts/person_invite.html", context, status=422 if form.errors else 200)


def _invited(request: HttpRequest, form: InviteForm) -> HttpResponse:
    newcomer, rights = Newcomer(*(form.cleaned_data[name] for name in Newcomer._fields)), form.cleaned_rights()
    waits = pending.concerns_money(None, rights)
    person = services.invite(Who.of(request), newcomer, Rights() if waits else rights)
    show_once(request, person)
    if waits:
        messages.info(request, _wait_for_rights(request, person, Rights(), rights))
    return redirect("person-detail", person.pk)


@form_view
@may_manage_people
def person_detail(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person, with a form for what they may do and where. Shows a link that was just made, this once."""
    person = get_object_or_404(services.everybody(), pk=person_id)
    form = RightsForm(request.POST or None, request=request, rights=rights_of(person))
    if request.method == "POST":
        demand_power_over(request, person)
        if is_managed(person):
            raise PermissionDenied("The groups at the provider say what this person may.")
        if form.is_valid() and _changed(request, person, form):
            return redirect("person-detail", person_id)
    return render_page(
        request, "accounts/person_detail.html", _detail(request, person, form), status=422 if form.errors else 200
    )


def _wait_for_rights(request: HttpRequest, person: User, was: Rights, now: Rights) -> str:
    both = [[each.role, sorted(each.channels), sorted(each.extras)] for each in (was, now)]
    return _wait(request, person, pending.Kind.RIGHTS, now.changes_from(was), rights=both)


def _changed(request: HttpRequest, person: User, form: RightsForm) -> bool:
    now = form.cleaned_rights()
    try:
        if now != form.rights and pending.concerns_money(person, now):
            messages.info(request, _wait_for_rights(request, person, form.rights, now))
            return True
        changed = services.change_rights(Who.of(request), person, now, seen=form.rights)
    except tuple(_WHY_NOT) as problem:
        form.add_error(None, str(_WHY_NOT[type(problem)]))
        return False
    messages.success(
        request,
        _("Saved. It is in force from now on.") if changed else _("Nothing was different, so nothing was changed."),
    )
    return True


def _detail(request: HttpRequest, person: User, form: RightsForm) -> dict[str, object]:
    link = request.session.pop(LINK_KEY, {}) if request.method == "GET" else {}
    return {
        "place": "people",
        "row": row_of(person),
        "form": form,
        "link": link.get("url") if link.get("person") == person.pk else "",
        "has_power": has_power_over(request, person),
        "provider": provider_name() if is_managed(person) else "",
        "takes_password": may_have_one(person),
        "tied_by": provider_name() if may_be_tied(person) else "",
        "waits": rows_for(cast(User, request.user), pending.waiting(KINDS, person)),
        "is_self": person.pk == request.user.pk,
        "sessions": own_sessions.sessions_of(person, own_sessions.mark_of(request)),
        "factors": entitlements_of(person).factors,
        "matrix": [
            (word, [name in ROLES[role] for role in ROLES]) for own in MATRIX.values() for name, word in own.items()
        ],
        "roles": WORDS.values(),
        "lasts": links.LASTS.days,
    }


Act = Callable[[HttpRequest, User], str]


def act_on_person(
    act: Act, *, asks: Promise | str = "", demand: Callable[[HttpRequest, User], None] | None = None
) -> Callable[..., HttpResponse]:
    """A view that does one thing to a person by POST, and says on their page what was done, in the
    words that `act` returns, if any.

    `asks`: what leads to who may move money asks for the password on a page of its own with this name, where it was
    last given too long ago. `demand` raises PermissionDenied before that.
    """

    @require_POST
    @may_manage_people
    @wraps(act)
    def view(request: HttpRequest, person_id: int) -> HttpResponse:
        person = get_object_or_404(User, pk=person_id)
        demand_power_over(request, person)
        if demand:
            demand(request, person)
        back = reverse("person-detail", args=[person.pk])
        if asks and (page := password_first(request, asks, back, person)):
            return page
        try:
            if says := act(request, person):
                messages.success(request, says)
        except LastAdminError:
            messages.error(request, str(LAST_ADMIN))
        except AuditUnavailableError:
            messages.error(request, str(UNRECORDED))
        return redirect("person-detail", person_id)

    return view


def _wait(
    request: HttpRequest, person: User, kind: pending.Kind, would_change: Sequence[Change] = (), **data: Any
) -> str:
    """Ask for it instead of doing it; says so."""
    pending.ask(Who.of(request), kind, person.username, would_change, data, person=person)
    return str(WAITS)


@partial(act_on_person, asks=gettext_lazy("Activate the account"))
def person_activate(request: HttpRequest, person: User) -> str:
    if pending.concerns_money(person):
        return _wait(request, person, pending.Kind.ACTIVATE, [Change("active", False, True)])
    services.set_active(Who.of(request), person, active=True)
    return _("%(name)s can sign in again.") % {"name": person_name(person.username)}


@act_on_person
def person_deactivate(request: HttpRequest, person: User) -> str:
    services.set_active(Who.of(request), person, active=False)
    return _("%(name)s is signed out everywhere and cannot sign in any more.") % {"name": person_name(person.username)}


@act_on_person
def person_sessions_end(request: HttpRequest, person: User) -> str:
    services.end_sessions(Who.of(request), person)
    return _("%(name)s is signed out of every browser.") % {"name": person_name(person.username)}


@partial(act_on_person, asks=gettext_lazy("Make a link"), demand=demand_link)
def person_link(request: HttpRequest, person: User) -> str:
    """A new link: for somebody invited whose link is lost, or for somebody who has forgotten the password; never for
    oneself."""
    if pending.concerns_money(person):
        return _wait(request, person, pending.Kind.LINK)
    show_once(request, person)
    return ""


@partial(act_on_person, asks=gettext_lazy("Reset the second factor"), demand=demand_reset)
def person_factors_reset(request: HttpRequest, person: User) -> str:
    """For somebody who has lost phone, passkeys and recovery codes; never for oneself."""
    if pending.concerns_money(person):
        return _wait(request, person, pending.Kind.FACTORS)
    if not services.reset_factors(Who.of(request), person):
        return _("There was nothing to reset.")
    return _("%(name)s is signed out, and signs in with the password alone now.") % {
        "name": person_name(person.username)
    }


@never_cache
@login_not_required
@form_view
def person_password(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a one-time link. Opening it uses nothing up; setting the password does."""
    link = links.find(token)
    if link is None:
        return render_page(request, "accounts/link_over.html", status=404)
    has_password = may_have_one(link.user)
    provider = provider_name() if may_be_tied(link.user) else ""
    if not (has_password or provider):
        return render_page(request, "accounts/link_over.html", status=404)
    form = FirstPasswordForm(link.user, request.POST or None)
    status = 200
    if request.method == "POST" and not has_password:
        raise PermissionDenied("Nobody has a password here.")
    if request.method == "POST":
        try:
            if form.is_valid():
                return _password_set(request, link, form.cleaned_data["new_password1"])
            status = 422
        except AuditUnavailableError:
            form.add_error(None, str(UNRECORDED))
            status = 503
    context = {"form": form, "person": link.user, "token": token, "provider": provider, "has_password": has_password}
    return render_page(request, "accounts/person_password.html", context, status=status)


def _password_set(request: HttpRequest, link: OneTimeLink, password: str) -> HttpResponse:
    if services.use_link(Who.of(request), link, password) is None:
        return render_page(request, "accounts/link_over.html", status=404)
    messages.success(request, _("Your password is set. Sign in with it."))
    return redirect("account_login")
