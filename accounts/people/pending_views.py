"""What waits for a second person among the changes of people: confirmed or dropped, each by POST."""

from typing import NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import AccountChange, PendingChange
from accounts.people import changes, pending, services
from accounts.people.common import (
    LAST_ADMIN,
    demand_link,
    demand_power_over,
    demand_reset,
    may_manage_people,
    show_once,
)
from accounts.people.forms import RIGHTS_CHANGED
from accounts.people.services import LastAdminError, ManagedElsewhereError, Rights, RightsChangedError
from accounts.reauthentication import password_first
from audit.log import Who

KINDS = (pending.Kind.RIGHTS, pending.Kind.LINK, pending.Kind.ACTIVATE, pending.Kind.FACTORS)
MANAGED_ELSEWHERE = gettext_lazy(
    "This person signs in at the company's provider by now, whose groups say what they may. Nothing was changed."
)
OVER = gettext_lazy("It is over: somebody decided it meanwhile, or nobody did for three days.")


class PendingRow(NamedTuple):
    """A change that waits, as this person sees it. `tie`: why they cannot confirm it although they have the right."""

    row: PendingChange
    is_own: bool
    may_confirm: bool
    tie: AccountChange | None


def rows_for(user: User, rows: list[PendingChange]) -> list[PendingRow]:
    return [
        PendingRow(row, row.asked_by_id == user.pk, pending.may_confirm(user, row), pending.tie_of(user, row))
        for row in rows
    ]


@require_POST
@may_manage_people
def pending_confirm(request: HttpRequest, number: int) -> HttpResponse:
    """The second person's yes: it is changed now, and both are named to whom it is about."""
    if page := password_first(request, gettext_lazy("Confirm the change"), reverse("person-list")):
        return page
    try:
        with pending.confirming(number, KINDS, cast(User, request.user), Who.of(request)) as row:
            person = _make(request, row)
    except pending.PendingOverError:
        messages.error(request, str(OVER))
    except RightsChangedError:
        messages.error(request, str(RIGHTS_CHANGED))
    except LastAdminError:
        messages.error(request, str(LAST_ADMIN))
    except ManagedElsewhereError:
        messages.error(request, str(MANAGED_ELSEWHERE))
    else:
        messages.success(request, _("Confirmed: it is in force from now on."))
        return redirect("person-detail", person.pk)
    return redirect("person-list")


def _make(request: HttpRequest, row: PendingChange) -> User:
    who, person = Who.of(request), get_object_or_404(User, pk=row.person_id)
    demand_power_over(request, person)
    if row.kind == pending.Kind.RIGHTS:
        was, now = (
            Rights(role, frozenset(channels), frozenset(extras)) for role, channels, extras in row.data["rights"]
        )
        services.change_rights(who, person, now, seen=was)
        changes.note(person, Who(row.asked_by_name, row.asked_by_id), AccountChange.Kind.RIGHTS)
    elif row.kind == pending.Kind.LINK:
        demand_link(request, person)
        show_once(request, person)
        changes.note(person, Who(row.asked_by_name, row.asked_by_id), AccountChange.Kind.LINK)
    elif row.kind == pending.Kind.FACTORS:
        demand_reset(request, person)
        if services.reset_factors(who, person):
            changes.note(person, Who(row.asked_by_name, row.asked_by_id), AccountChange.Kind.FACTORS)
    else:
        services.set_active(who, person, active=True)
        changes.note(person, Who(row.asked_by_name, row.asked_by_id), AccountChange.Kind.ACTIVATE)
    return person


@require_POST
@may_manage_people
def pending_drop(request: HttpRequest, number: int) -> HttpResponse:
    """Turned down, or taken back by whoever asked. Nothing is changed."""
    try:
        pending.drop(number, KINDS, cast(User, request.user), Who.of(request))
    except pending.PendingOverError:
        messages.error(request, str(OVER))
    else:
        messages.success(request, _("Nothing was changed."))
    return redirect("person-list")
