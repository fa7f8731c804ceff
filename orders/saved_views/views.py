"""Keeping a list under a name, changing what was kept, in which order the tabs stand, and how much is behind them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.channels import Channel, channels_of
from accounts.middleware import needs_a_channel
from audit import log
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.saved_views import services
from orders.saved_views.counts import Count, counts_of
from orders.saved_views.forms import ViewForm, kept_query
from orders.saved_views.models import SavedView
from orders.saved_views.rows import rows_of
from orders.saved_views.tabs import Kept, kept_for, url_of
from ui.pages import form_view, render_page
from ui.templatetags.desk import number
from ui.ways_back import is_ours, next_page

NOT_LOGGED = gettext_lazy("It could not be written into the log, so it was not done. Try again in a moment.")
MOVED = gettext_lazy("Somebody changed this view meanwhile. Look at it before you go on.")
TAKEN = gettext_lazy("You have a view of that name.")
TAKEN_BY_OWNER = gettext_lazy("Its owner has another view of that name.")
TOO_MANY = gettext_lazy("You have as many views as one can have. Delete one first.")


@require_safe
@needs_a_channel
@may_view
def view_list(request: ApiRequest) -> HttpResponse:
    """All views of the person, to put them in order, and to change theirs."""
    context = {"rows": rows_of(request.user, kept_for(request.user), request.channel), "place": "orders"}
    return render_page(request, "orders/view_list.html", context)


@form_view
@needs_a_channel
@may_view
def view_create(request: ApiRequest) -> HttpResponse:
    """Keeps the list that the person looks at under a name."""
    said = request.POST if request.method == "POST" else request.GET
    query, is_everywhere = kept_query(said.get("filters", "")), said.get("everywhere") == "1"
    may_share = request.user.has_perm(services.SHARES)
    form = ViewForm(request.POST if request.method == "POST" else None, may_share=may_share)
    shown = {"filters": query, "everywhere": is_everywhere, "back": _back(request, query, is_everywhere=is_everywhere)}
    if not form.is_valid():
        return _show_form(request, form, shown)
    try:
        view = services.create(
            request.user, log.Who.of(request), form.cleaned_data["mark"] or form.initial["mark"],
            name=form.cleaned_data["name"], audience=form.cleaned_data["audience"], query=query,
            is_everywhere=is_everywhere,
        )  # fmt: skip
    except (services.NameTakenError, services.TooManyError, log.AuditUnavailableError) as error:
        return _refused(request, form, shown, error)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return _go(request, url_of(_kept(view), request.channel))


@form_view
@needs_a_channel
@may_view
def view_edit(request: ApiRequest, view_id: int) -> HttpResponse:
    """Another name for a view, or other people."""
    view = services.view_to_change(request.user, view_id)
    may_share = request.user.has_perm(services.SHARES)
    said = {"name": view.name, "audience": view.audience, "version": view.version}
    form = ViewForm(request.POST if request.method == "POST" else None, initial=said, may_share=may_share)
    shown = {"view": view, "back": reverse("view-list")}
    if not form.is_valid():
        return _show_form(request, form, shown)
    data = form.cleaned_data
    version = view.version if data["version"] is None else data["version"]
    try:
        services.rename(
            view, request.user, log.Who.of(request), name=data["name"], audience=data["audience"], version=version
        )
    except (services.NameTakenError, services.ViewMovedError, log.AuditUnavailableError) as error:
        return _refused(request, form, shown, error)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return _go(request, reverse("view-list"))


@require_POST
@needs_a_channel
@may_view
def view_update(request: ApiRequest, view_id: int) -> HttpResponse:
    """The view is of the filters that the list has now."""
    view = services.view_to_change(request.user, view_id)
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else view.version
    query, is_everywhere = kept_query(request.POST.get("filters", "")), request.POST.get("everywhere") == "1"
    try:
        services.keep_filters(view, log.Who.of(request), query=query, is_everywhere=is_everywhere, version=version)
    except services.ViewMovedError:
        messages.error(request, str(MOVED))
    except log.AuditUnavailableError:
        messages.error(request, str(NOT_LOGGED))
    else:
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(url_of(_kept(view), request.channel))


@form_view
@needs_a_channel
@may_view
def view_delete(request: ApiRequest, view_id: int) -> HttpResponse:
    """Deletes a view, for everybody that it was for."""
    view = services.view_to_change(request.user, view_id)
    if request.method != "POST":
        return render_page(request, "orders/view_delete.html", {"view": view, "place": "orders"})
    try:
        services.delete(view, log.Who.of(request))
    except log.AuditUnavailableError:
        messages.error(request, str(NOT_LOGGED))
    else:
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("view-list")


@require_POST
@needs_a_channel
@may_view
def view_order(request: ApiRequest) -> HttpResponse:
    """Puts the tabs in another order: all of them as they are to stand (`order`), or one of them one place on (`move`,
    and `up` or `down`)."""
    keys = [each.key for each in kept_for(request.user)]
    wanted = [key for key in request.POST.get("order", "").split(",") if key in keys]
    moved = request.POST.get("move", "")
    if moved in keys:
        at = keys.index(moved)
        to = at + (1 if request.POST.get("way") == "down" else -1)
        keys.insert(min(max(to, 0), len(keys) - 1), keys.pop(at))
        wanted = keys
    if wanted:
        services.keep_order(request.user, [*wanted, *(key for key in keys if key not in wanted)])
    if request.htmx or request.headers.get("Accept") == "application/json":
        return JsonResponse({"order": wanted or keys})
    return redirect(
        f"{next_page(request, 'view-list')}#v-{moved}" if moved in keys else next_page(request, "view-list")
    )


@require_safe
@may_view
def view_counts(request: ApiRequest) -> JsonResponse:
    """How many orders each view has in the channel, for a list that is there already."""
    return _counts(request, request.channel)


@require_safe
@needs_a_channel
@may_view
def view_counts_anywhere(request: ApiRequest) -> JsonResponse:
    """The same in all channels of the person."""
    return _counts(request, None)


def _counts(request: ApiRequest, own: Channel | None) -> JsonResponse:
    found = counts_of(request, kept_for(request.user), channels_of(request.user), own)
    return JsonResponse({"counts": {key: _said(count) for key, count in found.items()}})


def _said(count: Count) -> str:
    return f"{number(count.size)}+" if count.is_more else number(count.size)


def _kept(view: SavedView) -> Kept:
    return Kept(str(view.pk), view.name, view.query, view.is_everywhere, view.owner_id, view.audience, view.version)


def _back(request: ApiRequest, query: str, *, is_everywhere: bool) -> str:
    """The list that the view is made of."""
    path = reverse("orders-anywhere") if is_everywhere else reverse("order-list", args=[request.channel])
    return f"{path}?{query}" if query else path


def _go(request: ApiRequest, url: str) -> HttpResponse:
    if not is_ours(request, url):
        raise PermissionDenied
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _refused(request: ApiRequest, form: ViewForm, shown: Mapping[str, Any], error: Exception) -> HttpResponse:
    """Says why it was not done, with what was typed."""
    view = shown.get("view")
    if isinstance(error, services.NameTakenError):
        form.add_error("name", TAKEN if view is None or view.owner_id == request.user.pk else TAKEN_BY_OWNER)
        return _show_form(request, form, shown)
    if isinstance(error, services.ViewMovedError):
        form.add_error(None, MOVED)
        return _show_form(request, form, shown, HTTPStatus.CONFLICT)
    if isinstance(error, services.TooManyError):
        form.add_error(None, TOO_MANY)
        return _show_form(request, form, shown)
    form.add_error(None, NOT_LOGGED)
    return _show_form(request, form, shown, HTTPStatus.SERVICE_UNAVAILABLE)


def _show_form(
    request: ApiRequest, form: ViewForm, shown: Mapping[str, Any], status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
) -> HttpResponse:
    context = {"form": form, "place": "orders", **shown}
    status = status if form.is_bound else HTTPStatus.OK
    return render_page(request, "orders/view_form.html", context, partials=("dialog",), status=status)
