"""*My queue* and the team's, what is done with a task, and the list of colleagues for a note's "@"."""

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import preference_of
from audit import log
from gateway.outages import keeps_what_was_typed
from gateway.permissions import may_view
from gateway.request import ApiRequest
from teamwork import access, outbox, queue, services
from teamwork.forms import AskForm, MailingForm
from teamwork.models import Kind, Mailing, Task
from teamwork.people import colleagues
from teamwork.presentation import of_order, order_url, rows_of, whose
from ui.pages import form_view, render_page
from ui.ways_back import is_ours, next_page

may_write = permission_required(access.WRITES, raise_exception=True)
NOT_ASKED = gettext_lazy("The Order API could not be asked about this order, so nobody was asked. %(error)s")
NOT_LOGGED = gettext_lazy("It could not be written into the log, so it was not done. Try again in a moment.")
MOVED = gettext_lazy("Somebody else was quicker: it is not where it was, or it is done. Look at it before you go on.")


# The queue


@require_safe
@may_view
def queue_list(request: ApiRequest) -> HttpResponse:
    """What waits for the person, over all their channels."""
    return _show_queue(request, queue.page_of_mine, is_team=False)


@require_safe
@may_view
def queue_team(request: ApiRequest) -> HttpResponse:
    """What their colleagues have to do, and what nobody has any more."""
    return _show_queue(request, queue.page_of_team, is_team=True)


class Pages(NamedTuple):
    """Where the reader is: the first and last row of how many, and the numbers of the pages beside."""

    number: int
    last_number: int
    first: int
    last: int
    total: int

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1 if self.number < self.last_number else 0


def _show_queue(request: ApiRequest, page_of: Callable[..., queue.Page], *, is_team: bool) -> HttpResponse:
    text, size = request.GET.get("page", ""), preference_of(request.user).page_size
    number = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    page = page_of(request.user, (number - 1) * size, size)
    last_number = max(1, -(-page.total // size))
    if number > last_number:  # what stood there was done meanwhile
        return redirect(f"{request.path}?page={last_number}")
    first = (number - 1) * size
    context = {
        "rows": rows_of(page.rows, request.user),
        "pages": Pages(number, last_number, first + 1, first + len(page.rows), page.total),
        "is_team": is_team,
        "title": _("Team's queue") if is_team else _("My queue"),
        "place": "queue",
    }
    return render_page(request, "teamwork/queue_list.html", context)


@require_safe
@may_view
def queue_count(request: ApiRequest) -> HttpResponse:
    """The number beside *My queue*, for a page that stays open."""
    return render_page(request, "teamwork/count.html")


@form_view
@may_view
def queue_mail(request: ApiRequest) -> HttpResponse:
    """Whether and when the person wants to be told by mail."""
    kept = Mailing.objects.filter(user=request.user).first() or Mailing(user=request.user)
    form = MailingForm(request.POST if request.method == "POST" else None, initial={"when": kept.when})
    if request.method == "POST" and form.is_valid():
        Mailing.objects.update_or_create(user=request.user, defaults={"when": form.cleaned_data["when"]})
        messages.success(request, _("Your choice is saved."))
        return redirect("queue-mail")
    context = {"form": form, "is_on": outbox.is_on(), "place": "queue"}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, "teamwork/queue_mail.html", context, status=status)


# Asking


@form_view
@may_view
@may_write
@keeps_what_was_typed(NOT_ASKED)
def task_create(request: ApiRequest, order_id: str) -> HttpResponse:
    """Asks a person or a role to do something about the order."""
    order = request.api.orders.get(order_id)  # there is none of another channel, nor one that does not exist
    people = colleagues(request.channel)
    form = AskForm(request.POST if request.method == "POST" else None, people=people, user=request.user)
    about = services.About(order_id, request.channel.merchant, request.channel.name, order.reference or "")
    holders = of_order(request.user, request.channel, order_id).holders
    context = {"form": form, "order_id": order_id, "called": about.reference or order_id, "holders": holders}
    if request.method != "POST":
        return _show_form(request, context)
    if not form.is_valid():
        return _show_form(request, context, HTTPStatus.UNPROCESSABLE_ENTITY)
    data, to = form.cleaned_data, form.whose
    try:
        services.create(
            Kind.ASK, about, log.Who.of(request), for_person=to.person, for_role=to.role, text=data["text"],
            due=data["due"], mark=data["mark"],
        )  # fmt: skip
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return _show_form(request, context, HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("The order was assigned."))
    return _back(request, order_id)


@form_view
@may_view
@may_write
def task_hand_over(request: ApiRequest, order_id: str, task_id: int) -> HttpResponse:
    """Gives it to somebody else, with what is to be done and until when as they are to read it."""
    task = access.task_of(request.user, request.channel, order_id, task_id)
    said = {"text": task.text, "due": task.due, "moves": task.moves}
    typed = request.POST if request.method == "POST" else None
    form = AskForm(typed, initial=said, people=colleagues(request.channel), user=request.user)
    context = {"form": form, "order_id": order_id, "called": task.called, "task": task, "whose": whose(task)}
    if form.is_valid() and form.cleaned_data["moves"] not in (None, task.moves):  # the page is older than that
        if _is_where(task, form):
            return _back(request, order_id)
        form.add_error(None, MOVED)
        return _show_form(request, context, HTTPStatus.CONFLICT)
    if not access.may_end(request.user, task) or task.kind != Kind.ASK:
        raise PermissionDenied
    if not form.is_valid():
        return _show_form(request, context, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK)
    data, to = form.cleaned_data, form.whose
    try:
        services.hand_over(task, log.Who.of(request), to.person, to.role, due=data["due"], text=data["text"])
    except services.TaskMovedError:
        form.add_error(None, MOVED)
        return _show_form(request, context, HTTPStatus.CONFLICT)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return _show_form(request, context, HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("It was handed over."))
    return _back(request, order_id)


def _is_where(task: Task, form: AskForm) -> bool:
    """Whether the same form, sent twice, has brought it there already."""
    to = form.whose
    wanted = (to.person.pk if to.person else None, to.role, form.cleaned_data["moves"] + 1)
    return task.is_open and (task.for_person_id, task.for_role, task.moves) == wanted


def _show_form(request: ApiRequest, context: dict[str, object], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    shown = {"next": _next(request), "order_url": order_url(request.channel, str(context["order_id"]))}
    return render_page(
        request, "teamwork/ask.html", {"place": "orders", **shown, **context}, partials=("dialog",), status=status
    )


# One step


class Step(NamedTuple):
    """Something that is done with a task by one button: who may, what it does, and the words for it."""

    may: Callable[[ApiRequest, Task], bool]
    do: Callable[[ApiRequest, Task], object]
    title: Promise
    verb: Promise
    says: Promise


DONE = Step(
    may=lambda request, task: access.may_end(request.user, task),
    do=lambda request, task: services.close(task, log.Who.of(request)),
    title=gettext_lazy("Say that it is done"),
    verb=gettext_lazy("Done"),
    says=gettext_lazy("It is done."),
)
TAKE = Step(
    may=lambda request, task: task.for_person_id == request.user.pk or access.may_take(request.user, task),
    do=lambda request, task: services.take(task, log.Who.of(request), request.user),
    title=gettext_lazy("Take what was asked"),
    verb=gettext_lazy("Take it"),
    says=gettext_lazy("You have it now."),
)
GIVE_BACK = Step(
    may=lambda request, task: access.may_give_back(request.user, task),
    do=lambda request, task: services.give_back(task, log.Who.of(request)),
    title=gettext_lazy("Give back what was asked"),
    verb=gettext_lazy("Give it back"),
    says=gettext_lazy("It was given back."),
)


@form_view
@may_view
@may_write
def task_done(request: ApiRequest, order_id: str, task_id: int) -> HttpResponse:
    """Says that it is done."""
    return _step(request, order_id, task_id, DONE)


@form_view
@may_view
@may_write
def task_take(request: ApiRequest, order_id: str, task_id: int) -> HttpResponse:
    """Makes it one's own."""
    return _step(request, order_id, task_id, TAKE)


@form_view
@may_view
@may_write
def task_give_back(request: ApiRequest, order_id: str, task_id: int) -> HttpResponse:
    """Gives it to whoever asked, or to the role that it was taken from."""
    return _step(request, order_id, task_id, GIVE_BACK)


def _step(request: ApiRequest, order_id: str, task_id: int, step: Step) -> HttpResponse:
    """Asks by GET, does it by POST, and leads back. What was done meanwhile, by somebody else or by the same button, is
    said."""
    task = access.task_of(request.user, request.channel, order_id, task_id)
    if request.method == "POST" and _is_stale(request, task):
        messages.warning(request, MOVED)
        return _back(request, order_id)
    if task.is_open and not step.may(request, task):
        raise PermissionDenied
    if request.method != "POST":
        context = {"row": rows_of([task], request.user)[0], "task": task, "step": step, "order_id": order_id}
        return render_page(request, "teamwork/step.html", {**context, "place": "orders"})
    try:
        is_late = not task.is_open or step.do(request, task) is False
    except services.TaskMovedError:
        is_late = True
    except log.AuditUnavailableError:
        messages.error(request, NOT_LOGGED)
        return _back(request, order_id)
    if is_late:
        messages.warning(request, MOVED)
    else:
        messages.success(request, str(step.says))
    return _back(request, order_id)


def _is_stale(request: ApiRequest, task: Task) -> bool:
    """Whether the page that was pressed on shows it where it is no more. What the person has by now is theirs."""
    seen = request.POST.get("moves", "")
    return seen.isdecimal() and seen != str(task.moves) and task.for_person_id != request.user.pk


@require_safe
@may_view
@may_write
def colleague_list(request: ApiRequest) -> HttpResponse:
    """The people who can be mentioned in a note on an order of the channel."""
    context = {"people": colleagues(request.channel), "place": "orders"}
    return render_page(request, "teamwork/colleagues.html", context, partials=("colleagues",))


def _next(request: ApiRequest) -> str:
    """The page to come back to, as the form carries it."""
    asked = request.POST.get("next") or (request.htmx.current_url_abs_path or "").partition("#")[0]
    return asked if asked and is_ours(request, asked) else ""


def _back(request: ApiRequest, order_id: str) -> HttpResponse:
    where = next_page(request, order_url(request.channel, order_id))
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
