"""The form of an export of orders."""

from collections.abc import Sequence
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.channels import channels_of
from accounts.middleware import needs_a_channel
from audit.log import Subject, Who
from gateway.middleware import is_id
from gateway.permissions import may_view
from gateway.request import ApiRequest
from jobs import exports
from jobs.exports import Wanted
from jobs.file_form import format_of
from jobs.services import MOST_OPEN, TooManyError
from orders.bulk.kept import OrderAt, read_orders
from orders.exports.columns import ROWS, Row
from orders.exports.forms import ALL, PAGE, ExportForm
from orders.exports.listed import Listed, listed, listed_everywhere
from orders.exports.source import KIND, arguments_of, pack
from ui.pages import form_view, render_page
from ui.templatetags.desk import number

MOST_CHOSEN = 500
"""Orders that can be chosen one by one."""


@form_view
@may_view
def order_export(request: ApiRequest) -> HttpResponse:
    """Shows the form of an export, and starts it (field `start`). The address is the list's, with `row` besides; fields
    `ids` name orders that were chosen one by one, else it is about the list's page, or all that match it."""
    return _form(request, listed(request))


@form_view
@needs_a_channel
@may_view
def order_export_anywhere(request: ApiRequest) -> HttpResponse:
    """The same of the list of all channels of the person. Who has one channel alone goes to its form."""
    channels = channels_of(request.user)
    if len(channels) == 1 and request.method == "GET":
        return redirect(f"{reverse('order-export', args=channels)}?{request.GET.urlencode()}")
    return _form(request, listed_everywhere(request, channels))


def _form(request: ApiRequest, about: Listed) -> HttpResponse:
    row = _row(request.GET.get("row"))
    chosen = _chosen(request, about)
    orders = chosen or about.on_page
    data = request.POST if "start" in request.POST else None
    initial = {"format": format_of(get_language()), "zone": timezone.get_current_timezone_name()}
    if chosen and data is None:
        initial["what"] = PAGE
    form = ExportForm(data, row, _which(orders, about.total), request.user, initial)
    status = HTTPStatus.OK
    if form.is_bound:
        if about.problem:
            form.add_error(None, about.problem)
        if form.is_valid() and (answer := _started(request, form, row, about, orders)):
            return answer
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    is_everywhere = about.address.channel is None
    context = {
        "place": "orders",
        "form": form,
        "rows": [(_with_row(request.GET, each), word, each is row) for each, word in ROWS.items()],
        "ids": [f"{each.channel}/{each.order_id}" if is_everywhere else each.order_id for each in orders],
        "back": about.address.here,
        "chips": about.chips,
        "problems": [chip for chip in about.chips if chip.problem],
        "by_channel": [(channel, about.counts.get(channel)) for channel in about.channels] if is_everywhere else [],
        "is_counted": about.every is None,
        "by_index": about.by_index,
        "asked_from": about.asked_from,
        "is_masked": "unmasked" not in form.fields,
    }
    return render_page(request, "orders/exports/order_export.html", context, status=status)


def _chosen(request: ApiRequest, about: Listed) -> list[OrderAt]:
    """The orders that were chosen one by one, in the person's channels, or in the list's if it is one channel's: the
    form's own `ids`, or, from the bar below a list, the addresses of their pages (`order`), unless all that match were
    (`all`)."""
    marked = [] if "all" in request.POST else read_orders(request.POST.getlist("order"))
    one = about.address.channel
    theirs = {str(each): each for each in ((one,) if one else channels_of(request.user))}
    for text in request.POST.getlist("ids"):
        name, _slash, order_id = text.rpartition("/")
        if (channel := one or theirs.get(name)) and is_id("order_id", order_id):
            marked.append(OrderAt(channel, order_id))
    return [each for each in dict.fromkeys(marked) if str(each.channel) in theirs][:MOST_CHOSEN]


def _started(
    request: ApiRequest, form: ExportForm, row: Row, about: Listed, orders: Sequence[OrderAt]
) -> HttpResponse | None:
    """The page of the job; None where the person has too many under way, which the form says then."""
    said = form.cleaned_data
    some = orders if said["what"] == PAGE else about.every
    arguments = arguments_of(about.channels, row, some or (), about.counts)
    channels = arguments["channels"]
    where = channels[0].replace("/", "-") + "-" if len(channels) == 1 else ""
    wanted = Wanted(
        columns=said["columns"],
        format=said["format"],
        zone=said["zone"],
        called=f"{row}s-{where}{timezone.localdate():%Y-%m-%d}",
        what=said["what"],
        unmasked=bool(said.get("unmasked")),
        reason=said.get("reason", ""),
        filters={chip.name: chip.value for chip in about.chips} if said["what"] == ALL else {},
    )
    merchant, _slash, name = channels[0].partition("/")
    subject = Subject(merchant=merchant, channel=name) if len(channels) == 1 else Subject()
    private = {"query": {} if some else pack(about.query)}
    total = len(some) if some else about.total
    try:
        job = exports.start(KIND, Who.of(request), wanted, arguments, private, subject=subject, total=total)
    except TooManyError:
        says = _("You have %(n)s exports and changes under way. Wait until one is done, or stop one.")
        form.add_error(None, says % {"n": MOST_OPEN})
        return None
    messages.success(request, _("The export has begun. You may leave this page: it goes on."))
    return redirect("download-detail", job.pk)


def _row(text: str | None) -> Row:
    return Row(text) if text in set(Row) else Row.ORDER


def _with_row(query: QueryDict, row: Row) -> str:
    """The form's address for rows of another kind."""
    other = query.copy()
    other["row"] = row.value
    return f"?{other.urlencode()}"


def _which(orders: Sequence[OrderAt], total: int | None) -> dict[str, str]:
    """The choices: the orders that are named or on the page, and all that match."""
    these = {}
    if orders and len(orders) != total:
        words = ngettext("This one order", "These %(n)s orders", len(orders))
        these[PAGE] = words % {"n": number(len(orders))}
    if total is None:
        return {**these, ALL: _("All orders that match the list’s filters")}
    words = ngettext(
        "The one order that matches the list’s filters", "All %(n)s orders that match the list’s filters", total
    )
    return {**these, ALL: words % {"n": number(total)}}
