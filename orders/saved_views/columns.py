"""Which columns the list has, and in which order."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django_htmx.http import HttpResponseClientRedirect

from accounts.middleware import needs_a_channel
from accounts.models import preference_of
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.list.columns import COLUMNS, DEFAULT, default_for
from orders.saved_views import services
from ui.pages import form_view, render_page
from ui.ways_back import is_ours


class Choice(NamedTuple):
    name: str
    word: str | Promise
    is_chosen: bool


@form_view
@needs_a_channel
@may_view
def list_columns(request: ApiRequest) -> HttpResponse:
    """Chooses the columns of the list at `next`, for that list alone or for all of the person's; each button but the
    last two moves a column by one place, for who has no script."""
    said = request.POST if request.method == "POST" else request.GET
    where = said.get("next", "")
    is_a_list = is_ours(request, where) and where.partition("?")[0].endswith("/orders/")
    where = where if is_a_list else reverse("order-list", args=[request.channel])
    names = _named(said.getlist("order") or _of_list(request, where))
    chosen = _named(request.POST.getlist("columns")) if request.method == "POST" else names
    if request.method == "POST":
        if move := request.POST.get("move", ""):
            names = _moved(names, move)
        elif "usual" in request.POST:
            return _go(request, where, ())
        elif chosen:
            in_order = [name for name in names if name in chosen]
            if "keep" in request.POST:
                services.keep_columns(request.user, () if tuple(in_order) == DEFAULT else in_order)
                return _go(request, where, ())
            return _go(request, where, in_order)
    rest = [name for name in COLUMNS if name not in names]
    context = {
        "choices": [Choice(name, COLUMNS[name].word, name in chosen) for name in [*names, *rest]],
        "is_empty": request.method == "POST" and not chosen,
        "next": where,
        "place": "orders",
    }
    return render_page(request, "orders/list_columns.html", context, partials=("dialog",))


def _named(names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name in COLUMNS]


def _of_list(request: ApiRequest, where: str) -> list[str]:
    """The columns that the list has now."""
    path, _mark, query = where.partition("?")
    named = _named(QueryDict(query).get("columns", "").split(","))
    return named or list(_usual(request, path))


def _usual(request: ApiRequest, path: str) -> tuple[str, ...]:
    is_everywhere = path == reverse("orders-anywhere")
    return default_for(preference_of(request.user).list_columns, is_everywhere=is_everywhere)


def _moved(names: list[str], move: str) -> list[str]:
    """`up:state` or `down:state`."""
    way, _colon, name = move.partition(":")
    if name not in names:
        return names
    at = names.index(name)
    to = min(max(at + (1 if way == "down" else -1), 0), len(names) - 1)
    others = [each for each in names if each != name]
    return [*others[:to], name, *others[to:]]


def _go(request: ApiRequest, where: str, columns: Sequence[str]) -> HttpResponse:
    """To the list with these columns; with none, as it is for the person otherwise."""
    path, _mark, query = where.partition("?")
    kept = QueryDict(query, mutable=True)
    kept.pop("columns", None)
    if columns and tuple(columns) != _usual(request, path):
        kept["columns"] = ",".join(columns)
    url = f"{path}?{kept.urlencode()}" if kept else path
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
