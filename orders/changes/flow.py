"""What happens between opening a form and knowing what became of it.

    open    read the order → show the form, with what it shows of the order sealed into it
    post    hold the order's lease → was this form sent before? → read the order again → is what was typed valid? has
            anybody changed what the person saw?
            is there something to confirm? → write the intent into the log → send, once → write the outcome → say it

Every way out but the last one shows the form again with what was typed. A write is never sent twice by itself.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple, cast
from urllib.parse import urldefrag

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from audit import log
from gateway.lease import OrderLockedError, lease
from gateway.request import ApiRequest
from order_api.errors import ApiError, Conflict, NotFound, Rejected, Unauthorized
from order_api.schemas import Order
from orders.changes import idempotency
from orders.changes.base import OrderChange
from orders.changes.explanation import Explanation, Words, mark
from orders.changes.hook_refusals import blockers_of, is_hook_refusal
from orders.changes.snapshot import Seen, same
from ui.held import hold
from ui.pages import render_page
from ui.said import said


class Clash(NamedTuple):
    """A field that somebody else changed while this person was typing."""

    name: str
    label: Words
    seen: object
    theirs: object
    yours: object
    is_untouched: bool
    """Whether the person left it as they saw it, so that it is the other one's to say."""


def change(request: HttpRequest, order_id: str, form_class: type[OrderChange], **ids: str) -> HttpResponse:
    """The body of every view that changes an order. Raises PermissionDenied, and ApiError while only reading."""
    request = cast(ApiRequest, request)
    demand(request, form_class.permission)
    if request.method != "POST":
        return show(request, form_class(order=request.api.orders.get(order_id), channel=request.channel, ids=ids))
    try:
        with lease(request.channel.merchant, request.channel.name, order_id):
            return already(request, form_class) or post(request, order_id, form_class, ids)
    except OrderLockedError:
        return busy(request, form_class)


def busy(request: ApiRequest, form_class: type[OrderChange]) -> HttpResponse:
    """Somebody is at it, be it this person's own first click."""
    if idempotency.fate(request, adds=form_class.adds):
        says = _("This was sent a moment ago, and there is no answer yet. It was not sent again.")
    else:
        says = _("A colleague is saving a change to this order right now. Nothing of yours was sent.")
    return hold(request, says, HTTPStatus.CONFLICT)


def demand(request: ApiRequest, permission: str) -> None:
    """Raises PermissionDenied, which the shell writes into the log, if the person may not do this."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def subject_of(request: ApiRequest, order_id: str, target: str = "") -> log.Subject:
    return log.Subject(
        order_id=order_id, merchant=request.channel.merchant, channel=request.channel.name, target=target
    )


def post(request: ApiRequest, order_id: str, form_class: type[OrderChange], ids: Mapping[str, str]) -> HttpResponse:
    try:
        order = request.api.orders.get(order_id)
        form = form_class(picked(request, form_class, order, ids), order=order, channel=request.channel, ids=ids)
    except NotFound:
        raise
    except ApiError as error:
        out_of_reach = _("The Order API could not be asked, so nothing was sent. %(error)s") % {"error": said(error)}
        says = words_of(error) if isinstance(error, Unauthorized) else out_of_reach
        return hold(request, says, HTTPStatus.SERVICE_UNAVAILABLE)
    return decide(request, form)


def create(request: HttpRequest, form_class: type[OrderChange], draft: Order | None = None, **ids: str) -> HttpResponse:
    """The body of a view that makes an order, from what `draft` holds at first. Nothing is read, so
    nothing can have changed."""
    request = cast(ApiRequest, request)
    demand(request, form_class.permission)
    order = draft or Order()
    if request.method != "POST":
        return show(request, form_class(order=order, channel=request.channel, ids=ids))
    try:
        with lease(request.channel.merchant, request.channel.name, f"new:{request.POST.get('once', '')}"):
            return already(request, form_class) or decide(
                request, form_class(request.POST, order=order, channel=request.channel, ids=ids)
            )
    except OrderLockedError:
        return busy(request, form_class)


def already(request: ApiRequest, form_class: type[OrderChange]) -> HttpResponse | None:
    """A form that was sent and done leads to where it led the first time."""
    where = idempotency.fate(request, adds=form_class.adds)
    if "redo" in request.POST or where in (None, idempotency.UNKNOWN):
        return None
    messages.info(request, _("This was sent already, so it was not sent again."))
    return leave(request, where)


def decide(request: ApiRequest, form: OrderChange) -> HttpResponse:
    """One of the form's own buttons, a form that was sent and got no answer, or one to be sent."""
    if "redo" in request.POST:
        return show(request, form.pressed(request.POST["redo"]))
    if idempotency.fate(request, adds=form.adds) and form.is_valid():
        return doubt(request, form)
    return consider(request, form)


def doubt(request: ApiRequest, form: OrderChange) -> HttpResponse:
    """The form comes a second time, and nobody knows what became of the first one. Under a new mark
    it can be sent all the same."""
    form.add_error(None, _("This was sent already, and was not sent again. %s") % form.explanation.doubt)
    form.once = idempotency.new_mark()
    return show(request, form, HTTPStatus.BAD_GATEWAY, in_doubt=True)


def consider(request: ApiRequest, form: OrderChange) -> HttpResponse:
    """Sends it, if what was typed can be sent as things are now."""
    if form.merge.undivided and let_stand(request.POST):
        messages.info(request, _("You let it stand as it is now, so nothing was sent."))
        return leave(request, form.next_page())
    if form.explanation.closed() or not form.is_valid():
        form.keep_seen()
        return show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if clashes := clashes_of(form):
        return show(request, form, HTTPStatus.CONFLICT, clashes=clashes)
    if form.fields and form.seen.values and not form.differences():
        messages.info(request, _("Nothing was different, so nothing was sent."))
        return leave(request, form.next_page())
    if form.explanation.warnings() and request.POST.get("confirmed") != form.explanation.confirmation():
        return show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY, confirm=True)
    return send(request, form)


def picked(request: ApiRequest, form_class: type[OrderChange], order: Order, ids: Mapping[str, str]) -> QueryDict:
    """What was posted, with the other side's value wherever a person who was shown a conflict chose it."""
    data = request.POST
    theirs = let_stand(data)
    if not theirs or form_class.merge_class.undivided:
        return data
    merged, fresh = data.copy(), form_class(order=order, channel=request.channel, ids=ids)
    for name in theirs:
        fresh.merge.adopt(name, merged)
    return merged


def let_stand(data: QueryDict) -> list[str]:
    """Of what a conflict was about, the parts that stay as somebody else made them. A browser writes a line break of a
    name, as a key may have, as two characters."""
    theirs = [name for name, choice in data.items() if name.startswith("pick-") and choice == "theirs"]
    return [name.removeprefix("pick-").replace("\r\n", "\n") for name in theirs]


def clashes_of(form: OrderChange) -> list[Clash]:
    """What somebody else changed of the part that this form is about. A form that does not say what
    it showed clashes as a whole."""
    seen, merge = form.was_seen() or Seen({}), form.merge
    return [
        Clash(
            name,
            merge.label_of(name),
            merge.in_words(name, seen.values.get(name)),
            merge.in_words(name, form.seen.values.get(name)),
            merge.in_words(name, merge.yours(name)),
            same(seen.values.get(name), merge.yours(name)),
        )
        for name in merge.conflicts(seen)
    ]


def send(request: ApiRequest, form: OrderChange) -> HttpResponse:
    """Intent, the one call, outcome. What the API refuses is the form's to say; what it does not
    answer stays open, and says so."""
    try:
        idempotency.start(request, adds=form.adds)
        attempt = log.begin(
            log.Who.of(request),
            form.action,
            subject_of(request, form.concerns(), form.target()),
            [log.Change(d.field, d.old, d.new) for d in form.differences()],
            details={"reference": form.order.reference} if form.order.reference else None,
            classify=outcome_of,
        )
    except idempotency.AlreadySentError:
        return busy(request, type(form))
    except (log.AuditUnavailableError, DatabaseError):
        idempotency.forget(request, adds=form.adds)
        form.add_error(None, _("It could not be written into the log, so it was not sent. Try again in a moment."))
        return show(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
    try:
        with attempt:
            said = form.send(request.api, form.order)
            attempt.subject = subject_of(request, form.concerns(), form.target())
            pending = is_pending(request)
            attempt.end(log.Result(log.Outcome.ACCEPTED if pending else log.Outcome.DONE, answered(request)))
    except ApiError as error:
        return failed(request, form, error)
    if pending:
        words = _(
            "This was accepted, but is not applied yet: an adapter is still at work on it. Look again in a moment."
        )
        messages.info(request, words)
    else:
        messages.success(request, str(said or form.done))
    where = form.landing(said)
    idempotency.settle(request, where, adds=form.adds)
    return leave(request, where)


def failed(request: ApiRequest, form: OrderChange, error: ApiError) -> HttpResponse:
    """The form again, with what the API said. Where it may have happened, sending it again takes a
    press on the form as it is shown now."""
    refused = isinstance(error, Rejected | Conflict | NotFound)
    form.add_error(form.blames(error) if refused else None, words_of(error, form.explanation.doubt))
    if error.may_have_happened:
        form.once = idempotency.new_mark()
    else:
        idempotency.forget(request, adds=form.adds)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.BAD_GATEWAY
    blockers = blockers_of(form.order, error)
    return show(request, form, status, in_doubt=error.may_have_happened, blockers=blockers)


def is_pending(request: ApiRequest) -> bool:
    """Whether the change that was just sent is only accepted, and not applied yet."""
    last = request.api.last_change
    return bool(last and last.is_pending)


def answered(request: ApiRequest) -> log.Said:
    """What the API answered to the change that was just sent, for the log."""
    last = request.api.last_change
    return {"status": last.status, "request_id": last.request_id} if last else {}


def outcome_of(error: Exception) -> log.Result | None:
    """What an error of the API means for the log."""
    if not isinstance(error, ApiError):
        return None
    refused = log.Outcome.REFUSED if error.status and error.status < 500 else log.Outcome.FAILED
    outcome = log.Outcome.UNANSWERED if error.may_have_happened else refused
    said: log.Said = {
        "status": error.status, "code": error.code, "message": error.message, "request_id": error.request_id
    }  # fmt: skip
    return log.Result(outcome, said)


def words_of(error: ApiError, doubt: Words = Explanation.doubt) -> str:
    """What to tell the person who pressed the button."""
    why = said(error)
    if error.may_have_happened:
        words = _("There was no answer, so it is not known whether this was done. %(doubt)s (%(error)s)")
        return words % {"doubt": doubt, "error": why}
    if isinstance(error, Unauthorized):
        not_in = _(
            "The Order API does not let this desk in, so nothing was done. Whoever runs the desk has to look at "
            "ORDER_API_TOKEN; `manage.py order_api_check` tells them more. (%s)"
        )
        not_this = _("The Order API does not let this desk do this, so nothing was done: %s")
        return (not_this if error.status == HTTPStatus.FORBIDDEN else not_in) % why
    if isinstance(error, NotFound):
        return _("It is not there any more, so nothing was done: %s") % why
    if not error.sent:
        return _("Nothing was sent. %s") % why
    if is_hook_refusal(error):
        return _("An adapter that is asked first refused this, so nothing was done: %s") % why
    return _("The Order API refused this: %s") % why


def show(request: ApiRequest, form: OrderChange, status: HTTPStatus = HTTPStatus.OK, **state: object) -> HttpResponse:
    """The form, in the dialog or as a page. `state`: clashes, confirm (the warnings want an
    answer), in_doubt, blockers."""
    warnings = form.explanation.warnings() if form.is_bound and not form.is_unchecked and form.is_valid() else []
    if state.get("confirm"):
        mark(form, warnings)
    context = {
        "form": form,
        "order": form.order,
        "warnings": warnings,
        "action": request.get_full_path(),
        "place": "orders",
    }
    return render_page(request, "orders/changes/form.html", {**context, **state}, partials=("dialog",), status=status)


def leave(request: ApiRequest, where: str) -> HttpResponse:
    """To where the change can be seen. A place on the page that the dialog is over takes a reload:
    going there loads nothing."""
    if not request.htmx:
        return redirect(where)
    answer = HttpResponseClientRedirect(where)
    page, place = urldefrag(where)
    if place and page == urldefrag(request.htmx.current_url_abs_path or "").url:
        answer["HX-Refresh"] = "true"
    return answer
