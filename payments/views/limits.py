"""The pages on which admins set how much goes without a second person."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.channels import grants_of
from accounts.people.forms import channel_word
from accounts.people.pending import PendingOverError
from accounts.people.pending_views import OVER, rows_for
from accounts.reauthentication import StepUp, password_first
from accounts.roles import WORDS
from audit import log
from payments.limits import pending as limits_by_two
from payments.limits.forms import LIMIT_CHANGED, LimitForm
from payments.limits.services import (
    LimitChangedError,
    add_limit,
    change_limit,
    concerns,
    delete_limit,
    is_whole,
    scope_of,
)
from payments.models import Limit
from payments.presentation.vocabulary import Words, action_words
from ui.pages import Request, form_view, render_page

WAITS = gettext_lazy("Nothing is changed yet: somebody else who may set limits has to confirm it.")
may_change_limits = permission_required("accounts.change_limit", raise_exception=True)


class LimitRow(NamedTuple):
    """A limit as the list shows it; `may_change`: whether whoever reads it has all the channels that it speaks of."""

    limit: Limit
    channels: str
    action: Words
    may_change: bool


class RoleLimits(NamedTuple):
    role: Promise
    rows: list[LimitRow]


def row_of(request: Request, limit: Limit) -> LimitRow:
    action = action_words(limit.action_type).verb if limit.action_type else _("Every action")
    return LimitRow(limit, channel_word(scope_of(limit)), action, is_whole(grants_of(request.user), scope_of(limit)))


@require_safe
@may_change_limits
def limit_list(request: Request) -> HttpResponse:
    """What is in force, by role: the limits that speak of the reader's channels, and plainly where there are none."""
    grants = grants_of(request.user)
    theirs = [limit for limit in Limit.objects.all() if concerns(grants, limit)]
    roles = [
        RoleLimits(word, [row_of(request, each) for each in theirs if each.role == role])
        for role, word in WORDS.items()
    ]
    waits = rows_for(cast(User, request.user), limits_by_two.waiting(grants))
    context = {"place": "approvals", "roles": roles, "is_any": bool(theirs), "waits": waits}
    return render_page(request, "payments/limit_list.html", context)


@form_view
@may_change_limits
def limit_create(request: Request) -> HttpResponse:
    """A new limit for some of the person's channels."""
    return _edit(request, LimitForm(request.POST or None, request=request, grants=grants_of(request.user)))


def of_limit(view: Callable[[Request, Limit], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view about one limit: 404 where it speaks of no channel of theirs, 403 where it speaks of others as well."""

    @form_view
    @may_change_limits
    @wraps(view)
    def wrapper(request: Request, limit_id: int) -> HttpResponse:
        limit, grants = Limit.objects.filter(pk=limit_id).first(), grants_of(request.user)
        if limit is None or not concerns(grants, limit):
            raise Http404(_("There is no such limit."))
        if not is_whole(grants, scope_of(limit)):
            raise PermissionDenied
        return view(request, limit)

    return wrapper


@of_limit
def limit_edit(request: Request, limit: Limit) -> HttpResponse:
    """A limit, changed from now on."""
    form = LimitForm(request.POST or None, request=request, grants=grants_of(request.user), instance=limit)
    return _edit(request, form)


def _edit(request: Request, form: LimitForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            is_changed = _saved(log.Who.of(request), form)
        except LimitChangedError:
            form.add_error(None, str(LIMIT_CHANGED))
        except IntegrityError:
            form.add_error(
                None, _("There is a limit for this role, channel, action and currency already: change that one.")
            )
        else:
            made = WAITS if settings.RIGHTS_BY_TWO else _("Saved. It is in force from now on.")
            words = made if is_changed else _("Nothing was different, so nothing was changed.")
            messages.success(request, str(words))
            return redirect("limit-list")
    context = {"place": "approvals", "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, "payments/limit_form.html", context, status=status)


def _saved(who: log.Who, form: LimitForm) -> bool:
    if settings.RIGHTS_BY_TWO:
        was = Limit.objects.filter(pk=form.instance.pk).first() if form.is_there else None
        return limits_by_two.ask(who, was, form.instance)
    if form.is_there:
        return change_limit(who, form.instance, form.seen_now)
    add_limit(who, form.instance)
    return True


@of_limit
def limit_delete(request: Request, limit: Limit) -> HttpResponse:
    """Asks once, and says what goes without a second person afterwards."""
    form = StepUp(request.POST if request.method == "POST" else None, request=request, label_suffix="")
    if request.method == "POST" and form.is_valid():
        if settings.RIGHTS_BY_TWO:
            limits_by_two.ask(log.Who.of(request), limit, None)
            messages.success(request, str(WAITS))
        else:
            delete_limit(log.Who.of(request), limit)
            messages.success(request, _("The limit is gone."))
        return redirect("limit-list")
    others = Limit.objects.filter(role=limit.role).exclude(pk=limit.pk).exists()
    context = {
        "place": "approvals",
        "row": row_of(request, limit),
        "role": WORDS.get(limit.role, limit.role),
        "others": others,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, "payments/limit_delete.html", context, status=status)


@require_POST
@may_change_limits
def limit_confirm(request: Request, number: int) -> HttpResponse:
    """The second person's yes to a change of limits: it is made now."""
    if page := password_first(request, gettext_lazy("Confirm the change"), reverse("limit-list")):
        return page
    try:
        limits_by_two.confirm(number, cast(User, request.user), log.Who.of(request), grants_of(request.user))
    except PendingOverError:
        messages.error(request, str(OVER))
    except (LimitChangedError, IntegrityError):
        messages.error(request, _("The limit is not as it was when this was asked for. Nothing was changed."))
    else:
        messages.success(request, _("Confirmed: it is in force from now on."))
    return redirect("limit-list")


@require_POST
@may_change_limits
def limit_drop(request: Request, number: int) -> HttpResponse:
    """Turned down, or taken back by whoever asked. Nothing is changed."""
    try:
        limits_by_two.drop(number, cast(User, request.user), log.Who.of(request), grants_of(request.user))
    except PendingOverError:
        messages.error(request, str(OVER))
    else:
        messages.success(request, _("Nothing was changed."))
    return redirect("limit-list")
