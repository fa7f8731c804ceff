"""The board, its blocks, the rows behind its figures, and what is done about them.

Each page is there twice: for all channels of the person, and, with a channel before it, for that one.
"""

import datetime as dt
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import needs_a_channel
from audit import log
from audit.actions import AuditAction
from gateway.permissions import may_view
from gateway.request import ApiRequest
from index.checks import PLACED
from index.reading import freshness
from orders.changes.flow import outcome_of
from overview import aside, rows
from overview.checks import CHECKS, INDEXED, Check
from overview.counting import OLD, by_age, executions_of, find, find_all, find_executions
from overview.forms import AsideForm
from overview.scope import Scope, scope_of
from overview.taking import HeldError, take
from overview.today import today_of
from overview.trend import PERIODS, charts_of, currencies_of, days_of
from overview.undelivered import LOOKED_AT, forget, undelivered_in
from payments.presentation.summary import title_of
from teamwork import access
from ui import days
from ui.formats import format_clock
from ui.pages import form_view, render_page
from ui.ways_back import is_ours, next_page

may_write = permission_required(access.WRITES, raise_exception=True)
may_send_again = permission_required("accounts.change_state", raise_exception=True)
NOT_LOGGED = gettext_lazy("It could not be written into the log, so it was not done. Try again in a moment.")
MOST_EXECUTIONS = 200


def _context(request: ApiRequest, scope: Scope, **more: Any) -> dict[str, Any]:
    return {"place": "overview", "scope": scope, "home": scope.url("overview"), "now": timezone.now(), **more}


@require_safe
@needs_a_channel
@may_view
def overview(request: ApiRequest, *, in_channel: bool = False) -> HttpResponse:
    """The frame of the board: its blocks ask for themselves. Asks nobody but the database for who reads."""
    scope = scope_of(request, in_channel=in_channel)
    blocks = [
        ("attention", _("Needs attention"), scope.url("overview-attention")),
        ("undelivered", _("Notifications that nobody took"), scope.url("overview-undelivered")),
        ("today", _("Today"), scope.url("overview-today")),
        ("trend", _("By day"), scope.url("overview-trend")),
    ]
    return render_page(request, "overview/overview.html", _context(request, scope, blocks=blocks))


@never_cache
@require_safe
@needs_a_channel
@may_view
def overview_attention(request: ApiRequest, *, in_channel: bool = False) -> HttpResponse:
    """What each check finds."""
    scope = scope_of(request, in_channel=in_channel)
    now, found = timezone.now(), find_all(request.user, scope)
    waits = [each for each in found if each.size or each.aside]
    held = next(each for each in found if each.check.name == "not-captured")
    ages = by_age(scope, held.check, now) if held.size else []
    context = _context(
        request, scope,
        findings=[(each, scope.url("overview-check", each.check.name)) for each in waits],
        quiet=[each.check for each in found if each not in waits],
        ages=ages, old=sum(age.size for age in ages if age.first >= OLD[0]),
        ages_url=scope.url("overview-check", held.check.name),
        freshness=freshness(scope.channels),
    )  # fmt: skip
    return render_page(request, "overview/attention.html", context, partials=("attention",))


@never_cache
@require_safe
@needs_a_channel
@may_view
def overview_undelivered(request: ApiRequest, *, in_channel: bool = False) -> HttpResponse:
    """Which notifications were tried and nobody took, of the last ones. One call a channel, none that was made
    lately."""
    scope = scope_of(request, in_channel=in_channel)
    found = undelivered_in(request, scope.channels)
    context = _context(
        request, scope, found=found, silent=[each.channel for each in found if not each.came],
        size=sum(len(each.found) for each in found), looked_at=LOOKED_AT,
    )  # fmt: skip
    return render_page(request, "overview/undelivered.html", context, partials=("undelivered",))


@require_POST
@may_view
@may_send_again
def event_retry(request: ApiRequest, event_id: str) -> HttpResponse:
    """Has a notification delivered again. It is recorded before it is sent; where it cannot be, nothing is."""
    order_id = request.POST.get("order_id", "")
    if not any(event.id == event_id for event in request.api.events.list(order_id)):
        raise Http404(_("There is no such notification."))
    channel = request.channel
    subject = log.Subject(order_id, channel.merchant, channel.name, target=event_id)
    try:
        attempt = log.begin(log.Who.of(request), AuditAction.ORDER_NOTIFICATION_RETRY, subject, classify=outcome_of)
    except log.AuditUnavailableError:
        messages.error(request, NOT_LOGGED)
    else:
        with attempt:
            request.api.events.retry(order_id, event_id)
            attempt.done(status=HTTPStatus.OK)
        forget(channel)
        messages.success(request, _("It is sent again. Look in a moment whether somebody took it."))
    return redirect(next_page(request, Scope((channel,), channel).url("overview")))


@never_cache
@require_safe
@needs_a_channel
@may_view
def overview_today(request: ApiRequest, *, in_channel: bool = False) -> HttpResponse:
    """Today against the same weekday last week. Three calls a channel at the most, none that was made lately."""
    scope = scope_of(request, in_channel=in_channel)
    found = today_of(request, scope, timezone.now())
    context = _context(
        request, scope, found=found, weekday=WEEKDAYS[found.before.weekday()], by_clock=format_clock(found.by),
        today_url=scope.url("overview-day", found.day.isoformat()),
        then_url=scope.url("overview-day", found.before.isoformat()),
    )  # fmt: skip
    return render_page(request, "overview/today.html", context, partials=("today",))


@never_cache
@require_safe
@needs_a_channel
@may_view
def overview_trend(request: ApiRequest, *, in_channel: bool = False) -> HttpResponse:
    """Orders and value by day (`?days=7`, 30 or 90), as the index knows them."""
    scope = scope_of(request, in_channel=in_channel)
    asked = request.GET.get("days", "")
    period = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    shown = days_of(scope, period, timezone.now())
    context = _context(
        request, scope, period=period, periods=PERIODS, shown=shown, charts=charts_of(shown),
        currencies=currencies_of(shown), url=scope.url("overview-trend"), freshness=freshness(scope.channels),
        asked_from=days.start_of(shown[0].day),
    )  # fmt: skip
    return render_page(request, "overview/trend.html", context, partials=("trend",))


@never_cache
@require_safe
@needs_a_channel
@may_view
def overview_check(request: ApiRequest, check: str, *, in_channel: bool = False) -> HttpResponse:
    """The rows that a check finds. With `?read`, each of them is read again through the Order API first."""
    if check not in CHECKS:
        raise Http404(_("There is no such check."))
    scope, sought = scope_of(request, in_channel=in_channel), CHECKS[check]
    if check not in INDEXED:
        return _executions(request, scope, sought)
    is_aside, age = "aside" in request.GET, request.GET.get("age", "")
    meant = rows.sought_by(scope, sought, aside=is_aside, age=age)
    page = meant.page(request.GET.get("after", ""))
    became = rows.settle(rows.read_again(request, page.rows), meant.rows()) if "read" in request.GET else {}
    context = _context(
        request, scope, check=sought, found=find(scope, [sought])[0], page=page, is_aside=is_aside, age=age,
        rows=rows.present(sought, page.rows, became, request.user.pk),
        is_read="read" in request.GET, settled=sum(how == rows.Became.SETTLED for how in became.values()),
        query=_query(aside=is_aside, age=age), at=_at(request), freshness=freshness(scope.channels),
    )  # fmt: skip
    return render_page(request, "overview/check.html", context, partials=("rows",))


def _query(*, aside: bool, age: str) -> str:
    """What stays in the address from page to page."""
    return "".join([f"age={age}&" if age.replace("-", "").isalnum() else "", "aside&" if aside else ""])


def _at(request: ApiRequest) -> str:
    """Where the page begins, as it stands in the address."""
    after = request.GET.get("after", "")
    return urlencode({"after": after}) + "&" if after else ""


def _executions(request: ApiRequest, scope: Scope, check: Check) -> HttpResponse:
    found = executions_of(request.user, scope, check.name)[:MOST_EXECUTIONS]
    context = _context(
        request, scope, check=check, found=find_executions(request.user, scope, check),
        executions=[(each, title_of(each)) for each in found], most=MOST_EXECUTIONS,
        leads_to="execution-detail" if check.name == "in-doubt" else "approval-detail",
    )  # fmt: skip
    return render_page(request, "overview/executions.html", context)


@never_cache
@require_safe
@needs_a_channel
@may_view
def overview_day(request: ApiRequest, day: dt.date, *, in_channel: bool = False) -> HttpResponse:
    """The orders that were placed on that day, in the reader's zone, with `?currency=` those of one currency."""
    scope, currency = scope_of(request, in_channel=in_channel), request.GET.get("currency", "")[:64]
    meant = rows.of_day(scope, PLACED, days.start_of(day), days.end_of(day), currency)
    page = meant.page(request.GET.get("after", ""))
    became = rows.settle(rows.read_again(request, page.rows), meant.rows()) if "read" in request.GET else {}
    context = _context(
        request, scope, day=day, currency=currency, page=page,
        rows=rows.present(None, page.rows, became, request.user.pk), is_read="read" in request.GET,
        sums=rows.sums_in(meant.question), query=f"currency={currency}&" if currency else "", at=_at(request),
        freshness=freshness(scope.channels), asked_from=days.start_of(day),
    )  # fmt: skip
    return render_page(request, "overview/day.html", context, partials=("rows",))


# What is done about a row


def _sought(check: str) -> Check:
    if check not in INDEXED:
        raise Http404(_("There is no such check."))
    return INDEXED[check]


@form_view
@may_view
@may_write
def attention_take(request: ApiRequest, order_id: str, check: str) -> HttpResponse:
    """Asks by GET, and makes the order the person's own by POST. Sent twice it is done once."""
    sought, order = _sought(check), request.api.orders.get(order_id)
    if request.method != "POST":
        return _step(request, "overview/take.html", order_id, check=sought, order=order)
    try:
        is_new = take(sought.name, request.channel, order, request.user, log.Who.of(request))
    except HeldError as held:
        messages.warning(request, _("%(name)s has it already.") % {"name": held.name})
    except log.AuditUnavailableError:
        messages.error(request, NOT_LOGGED)
    else:
        messages.success(request, _("You have it now.") if is_new else _("You have it already."))
    return _back(request, sought)


@form_view
@may_view
@may_write
def attention_aside(request: ApiRequest, order_id: str, check: str) -> HttpResponse:
    """Sets the order aside for that check, with a reason; or, with `back`, puts it among the others again."""
    sought, order = _sought(check), request.api.orders.get(order_id)
    known = aside.dismissal_of(sought.name, request.channel, order)
    seen = order.last_modified.isoformat() if order.last_modified else ""
    form = AsideForm(request.POST if request.method == "POST" else None, initial={"seen": seen})
    context: dict[str, Any] = {"check": sought, "order": order, "known": known, "form": form}
    who = log.Who.of(request)
    if request.method != "POST":
        return _step(request, "overview/aside.html", order_id, **context)
    try:
        if "back" in request.POST:
            if aside.put_back(sought.name, request.channel, order_id, who):
                messages.success(request, _("It is looked at again."))
            return _back(request, sought)
        if form.is_valid() and form.cleaned_data["seen"] != seen:
            form.add_error(None, _("The order changed since you opened this. Look at it before you go on."))
            form.data = {**form.data.dict(), "seen": seen}  # type: ignore[attr-defined]
            return _step(request, "overview/aside.html", order_id, HTTPStatus.CONFLICT, **context)
        if not form.is_valid():
            return _step(request, "overview/aside.html", order_id, HTTPStatus.UNPROCESSABLE_ENTITY, **context)
        reason = form.cleaned_data["reason"]
        aside.set_aside(sought.name, request.channel, order, reason=reason, user=request.user, who=who)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return _step(request, "overview/aside.html", order_id, HTTPStatus.SERVICE_UNAVAILABLE, **context)
    messages.success(request, _("Set aside until the order changes."))
    return _back(request, sought)


def _step(
    request: ApiRequest, template: str, order_id: str, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    one = Scope((request.channel,), request.channel)
    check: Check = more["check"]
    context = _context(
        request, one, order_id=order_id, back=_came_from(request) or one.url("overview-check", check.name), **more
    )
    return render_page(request, template, context, status=status)


def _came_from(request: ApiRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next", "")
    return asked if asked and is_ours(request, asked) else ""


def _back(request: ApiRequest, check: Check) -> HttpResponse:
    return redirect(_came_from(request) or Scope((request.channel,), request.channel).url("overview-check", check.name))
