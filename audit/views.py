from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from audit import log
from audit.actions import MONEY, AuditAction
from audit.chain import digest, head
from audit.export import OF_THE_PERSON, csv_lines
from audit.filters import EntryFilter, chips, zone_name
from audit.log import Who
from audit.models import Entry, Kind
from audit.paging import page_of
from audit.past import PAST
from audit.reading import EVERYTHING, Record, about_money, lines, records, visible
from audit.telling import tell
from ui.pages import render_page
from ui.regions import get_region, separators
from ui.sheets import COMMA, SEMICOLON, separator_of

LIST = "audit/audit_list.html"
ALL, OF_MONEY = "audit.view_entry", "audit.view_money_entry"
P = ParamSpec("P")
BIGGEST = 2**63 - 1  # what a number of the log can be


def may_read(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """For those who may read the log, or what it says about money; everybody else is refused."""

    @wraps(view)
    def read(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not _reads(args[0], ALL) and not _reads(args[0], OF_MONEY):
            raise PermissionDenied
        return view(*args, **kwargs)

    return read


@require_safe
@may_read
def audit_list(request: HttpRequest) -> HttpResponse:
    """The log, newest first, as far as it is about the channels of whoever reads it, or about none; for those who may
    read of money alone, only what is about money in their channels."""
    return _list_page(request)


def _list_page(request: HttpRequest, status: int = 200) -> HttpResponse:
    filters = EntryFilter(request.GET, queryset=lines(_entries(request)))
    before, after = _number(request.GET, "before"), _number(request.GET, "after")
    page = page_of(filters.qs, before=before, after=after, among=_entries(request))
    is_all = _reads(request, ALL)
    active, found = chips(filters, request.GET), records(page.entries)
    context = {
        "place": "audit",
        "records": found,
        "lines": tell(found),
        "filters": filters,
        "chips": active,
        "problems": [chip for chip in active if chip.problem],
        "older": _address(request.GET, before=page.older),
        "newer": _address(request.GET, after=page.newer),
        "here": _address(request.GET),
        "actions": {name: capfirst(str(words)) for name, words in PAST.items() if is_all or name in MONEY},
        "zone": zone_name(),
        "separator": separator_of(separators(get_language(), get_region())[1]),
        "is_whole": EVERYTHING in _grants(request),
        "is_all": is_all,
    }
    return render_page(request, LIST, context, partials=("entries",), status=status)


@require_safe
@may_read
def audit_detail(request: HttpRequest, sequence: int) -> HttpResponse:
    """One entry with the other half of its attempt. One of another channel is not found."""
    if sequence > BIGGEST:
        raise Http404("No such entry.")
    entry = get_object_or_404(_entries(request), sequence=sequence)
    record = _record_of(entry)
    context = {
        "place": "audit",
        "entry": entry,
        "record": record,
        "line": tell([record])[0],
        "is_as_written": digest(entry) == entry.hash,
        "is_all": _reads(request, ALL),
    }
    return render_page(request, "audit/audit_detail.html", context)


@require_POST
@may_read
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows as CSV, as it was at this moment; that it was taken is an entry too.

    The filters are in the address, as in the list's. Where one cannot be read, 400: the list, which says what is wrong,
    in the place of a file that would not be what was asked for. Columns are parted by commas, or, for spreadsheets of
    some regions, by semicolons, if the form says so.
    """
    filters = EntryFilter(request.GET, queryset=lines(_entries(request)))
    if not filters.is_valid():
        return _list_page(request, HTTPStatus.BAD_REQUEST)
    last = head()
    asked = {name: request.GET[name] for name in filters.filters if request.GET.get(name)}
    up_to = last.sequence if last else 0
    is_all = _reads(request, ALL)
    what = {"filters": asked, "up_to": up_to} | ({} if is_all else {"only": "money"})
    log.event(Who.of(request), AuditAction.AUDIT_EXPORT, details=what)
    separator = SEMICOLON if request.POST.get("separator") == SEMICOLON else COMMA
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    lines_of_it = csv_lines(filters.qs.filter(sequence__lte=up_to), separator, without=() if is_all else OF_THE_PERSON)
    answer = StreamingHttpResponse(lines_of_it, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _grants(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The channels that the person was given: `accounts` says them with each request."""
    grants: tuple[tuple[str, str], ...] = getattr(request, "grants", ())
    return grants


def _entries(request: HttpRequest) -> "QuerySet[Entry]":
    grants = _grants(request)
    return visible(grants) if _reads(request, ALL) else about_money(grants)


def _reads(request: Any, right: str) -> bool:
    return bool(request.user.has_perm(right))


def _record_of(entry: Entry) -> Record:
    if entry.kind == Kind.INTENT:
        entry = Entry.objects.filter(attempt=entry.attempt, kind=Kind.OUTCOME).first() or entry
    return records([entry])[0]


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if 0 < number <= BIGGEST else None


def _address(query: QueryDict, **position: int | None) -> str:
    """The query string of this list at another position; empty if there is none there."""
    if position and not any(position.values()):
        return ""
    kept = query.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    for name, number in position.items():
        kept[name] = str(number)
    return f"?{kept.urlencode()}"
