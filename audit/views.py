from http import HTTPStatus

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from audit import log
from audit.actions import AuditAction
from audit.chain import digest, head
from audit.export import COMMA, SEMICOLON, csv_lines, separator_of
from audit.filters import EntryFilter, chips, zone_name
from audit.log import Who
from audit.models import Entry, Kind
from audit.paging import page_of
from audit.past import PAST
from audit.reading import EVERYTHING, Record, lines, records, visible
from audit.telling import tell
from ui.pages import render_page
from ui.regions import get_region, separators

LIST = "audit/audit_list.html"
BIGGEST = 2**63 - 1  # what a number of the log can be


@require_safe
@permission_required("audit.view_entry", raise_exception=True)
def audit_list(request: HttpRequest) -> HttpResponse:
    """The log, newest first, as far as it is about the channels of whoever reads it, or about none."""
    return _list_page(request)


def _list_page(request: HttpRequest, status: int = 200) -> HttpResponse:
    filters = EntryFilter(request.GET, queryset=lines(_entries(request)))
    page = page_of(filters.qs, before=_number(request.GET, "before"), after=_number(request.GET, "after"))
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
        "actions": {name: capfirst(str(words)) for name, words in PAST.items()},
        "zone": zone_name(),
        "separator": separator_of(separators(get_language(), get_region())[1]),
        "is_whole": EVERYTHING in _grants(request),
    }
    return render_page(request, LIST, context, partials=("entries",), status=status)


@require_safe
@permission_required("audit.view_entry", raise_exception=True)
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
        "is_here": str(getattr(request, "channel", "")) == f"{entry.merchant}/{entry.channel}",
    }
    return render_page(request, "audit/audit_detail.html", context)


@require_POST
@permission_required("audit.view_entry", raise_exception=True)
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
    log.event(Who.of(request), AuditAction.AUDIT_EXPORT, details={"filters": asked, "up_to": up_to})
    separator = SEMICOLON if request.POST.get("separator") == SEMICOLON else COMMA
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    answer = StreamingHttpResponse(
        csv_lines(filters.qs.filter(sequence__lte=up_to), separator), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _grants(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The channels that the person was given: `accounts` says them with each request."""
    grants: tuple[tuple[str, str], ...] = getattr(request, "grants", ())
    return grants


def _entries(request: HttpRequest) -> "QuerySet[Entry]":
    return visible(_grants(request))


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
