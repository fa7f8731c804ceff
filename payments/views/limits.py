"""The pages on which admins set how much goes without a second person."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.channels import grants_of
from accounts.people.forms import channel_word
from accounts.reauthentication import StepUp
from accounts.roles import WORDS
from audit import log
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
    return render_page(
        request, "payments/limit_list.html", {"place": "approvals", "roles": roles, "is_any": bool(theirs)}
    )


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
            words = (
                _("Saved. It is in force from now on.")
                if is_changed
                else _("Nothing was different, so nothing was changed.")
            )
            messages.success(request, words)
            return redirect("limit-list")
    context = {"place": "approvals", "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, "payments/limit_form.html", context, status=status)


def _saved(who: log.Who, form: LimitForm) -> bool:
    if form.is_there:
        return change_limit(who, form.instance, form.seen_now)
    add_limit(who, form.instance)
    return True


@of_limit
def limit_delete(request: Request, limit: Limit) -> HttpResponse:
    """Asks once, and says what goes without a second person afterwards."""
    form = StepUp(request.POST if request.method == "POST" else None, request=request, label_suffix="")
    if request.method == "POST" and form.is_valid():
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
