"""What the pages of limits and of four eyes have in common: a line is added, changed and deleted with the password, by
one person or, with RIGHTS_BY_TWO, by two."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple, cast

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

from accounts.channels import grants_of
from accounts.people.forms import channel_word
from accounts.people.pending import PendingOverError
from accounts.people.pending_views import OVER, PendingRow, rows_for
from accounts.reauthentication import StepUp, password_first
from audit import log
from payments.limits import pending as by_two
from payments.limits.forms import LineForm
from payments.limits.services import (
    LineChangedError,
    add_line,
    change_line,
    concerns,
    delete_line,
    is_whole,
    scope_of,
)
from payments.models import Line
from payments.presentation.vocabulary import Words, action_words
from ui.pages import Request, render_page

WAITS = gettext_lazy("Nothing is changed yet: somebody else who may set limits has to confirm it.")
may_change_limits = permission_required("accounts.change_limit", raise_exception=True)


class Pages(NamedTuple):
    """The pages of one sort of line. `name` begins the names of their addresses; the rest is what they say."""

    name: str
    model: type[Line]
    form: type[LineForm]
    heading: Promise
    add: Promise
    change: Promise
    delete: Promise
    lead: Promise
    none: Promise
    taken: Promise
    gone: Promise

    @property
    def list(self) -> str:
        return f"{self.name}-list"

    def context(self, **more: Any) -> dict[str, Any]:
        return {"place": "approvals", "pages": self, "back": reverse(self.list), **more}


class LineRow(NamedTuple):
    """A line as a list shows it; `may_change`: whether whoever reads it has all the channels that it speaks of."""

    line: Line
    channels: str
    action: Words
    may_change: bool


def row_of(request: Request, line: Line) -> LineRow:
    action = action_words(line.action_type).verb if line.action_type else _("Every action")
    return LineRow(line, channel_word(scope_of(line)), action, is_whole(grants_of(request.user), scope_of(line)))


def waits_of(request: Request, pages: Pages) -> list[PendingRow]:
    """What waits for a second person, as this one sees it."""
    return rows_for(cast(User, request.user), by_two.waiting(pages.model, grants_of(request.user)))


def line_of(request: Request, pages: Pages, pk: int) -> Line:
    """404 where it speaks of no channel of theirs, 403 where it speaks of others as well."""
    line, grants = pages.model._default_manager.filter(pk=pk).first(), grants_of(request.user)
    if line is None or not concerns(grants, line):
        raise Http404(str(pages.none))
    if not is_whole(grants, scope_of(line)):
        raise PermissionDenied
    return line


def edit(request: Request, pages: Pages, line: Line | None = None) -> HttpResponse:
    """A new line, or one that is changed from now on."""
    form = pages.form(request.POST or None, request=request, grants=grants_of(request.user), instance=line)
    if request.method == "POST" and form.is_valid():
        try:
            is_changed = _saved(log.Who.of(request), form)
        except LineChangedError:
            form.add_error(None, str(form.changed))
        except IntegrityError:
            form.add_error(None, str(pages.taken))
        else:
            made = WAITS if settings.RIGHTS_BY_TWO else _("Saved. It is in force from now on.")
            words = made if is_changed else _("Nothing was different, so nothing was changed.")
            messages.success(request, str(words))
            return redirect(pages.list)
    return render_page(request, "payments/line_form.html", pages.context(form=form), status=_status(form))


def _status(form: StepUp) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _saved(who: log.Who, form: LineForm) -> bool:
    if settings.RIGHTS_BY_TWO:
        was = type(form.instance)._default_manager.filter(pk=form.instance.pk).first() if form.is_there else None
        return by_two.ask(who, was, form.instance)
    if form.is_there:
        return change_line(who, form.instance, form.seen_now)
    add_line(who, form.instance)
    return True


def delete(request: Request, pages: Pages, line: Line, template: str, more: Mapping[str, Any]) -> HttpResponse:
    """Asks once, and says what is so afterwards."""
    form = StepUp(request.POST if request.method == "POST" else None, request=request, label_suffix="")
    if request.method == "POST" and form.is_valid():
        if settings.RIGHTS_BY_TWO:
            by_two.ask(log.Who.of(request), line, None)
            messages.success(request, str(WAITS))
        else:
            delete_line(log.Who.of(request), line)
            messages.success(request, str(pages.gone))
        return redirect(pages.list)
    context = pages.context(row=row_of(request, line), form=form, **more)
    return render_page(request, template, context, status=_status(form))


def confirm(request: Request, pages: Pages, number: int) -> HttpResponse:
    """The second person's yes to a change: it is made now."""
    if page := password_first(request, gettext_lazy("Confirm the change"), reverse(pages.list)):
        return page
    try:
        _say(by_two.confirm, request, pages, number)
    except PendingOverError:
        messages.error(request, str(OVER))
    except (LineChangedError, IntegrityError):
        messages.error(request, _("It is not as it was when this was asked for. Nothing was changed."))
    else:
        messages.success(request, _("Confirmed: it is in force from now on."))
    return redirect(pages.list)


def drop(request: Request, pages: Pages, number: int) -> HttpResponse:
    """Turned down, or taken back by whoever asked. Nothing is changed."""
    try:
        _say(by_two.drop, request, pages, number)
    except PendingOverError:
        messages.error(request, str(OVER))
    else:
        messages.success(request, _("Nothing was changed."))
    return redirect(pages.list)


def _say(decide: Callable[..., None], request: Request, pages: Pages, number: int) -> None:
    decide(pages.model, number, cast(User, request.user), log.Who.of(request), grants_of(request.user))
