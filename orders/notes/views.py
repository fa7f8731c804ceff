"""Notes on an order: writing one, editing one's own, and what a note said before."""

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from audit import log
from gateway.outages import keeps_what_was_typed
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.changes.flow import subject_of
from orders.models import Note
from orders.notes import services
from orders.notes.known import reference_of
from orders.notes.telling import mentions_of
from teamwork.presentation import of_order
from ui.pages import form_view, render_page

MOST_ANSWERS = 100
may_write = permission_required("accounts.add_note", raise_exception=True)
NOT_ASKED = gettext_lazy("The Order API could not be asked about this order, so the note was not kept. %(error)s")
NOT_LOGGED = gettext_lazy("It could not be written into the log, so it was not kept. Try again in a moment.")


class NoteForm(forms.Form):
    """What the note's box sends; its fields are written by orders/order/note_box.html, as the box stands on every page
    of an order."""

    text = forms.CharField(
        max_length=services.LONGEST, error_messages={"required": gettext_lazy("Write something first.")}
    )
    mark = forms.UUIDField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ticked = data.getlist("answers")[:MOST_ANSWERS]
        self.answers = [int(text) for text in ticked if text.isascii() and text.isdigit() and len(text) < 19]
        """The numbers of the tasks that the note does; which of them it can is looked at when it is kept."""


def box_context(request: ApiRequest, order_id: str) -> dict[str, Any]:
    """What an empty box and what stands above it are made of: what is to be done about the order, which a note can
    answer. One query, and two more where there is anything."""
    tasks = of_order(request.user, request.channel, order_id)
    return {"note_mark": uuid.uuid4(), "longest_note": services.LONGEST, "tasks": tasks}


class EditForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=services.LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


@form_view
@may_view
@may_write
@keeps_what_was_typed(NOT_ASKED)
def note_create(request: ApiRequest, order_id: str) -> HttpResponse:
    """Keeps a note. The box comes back empty above it, and the timeline below reads itself anew."""
    reference = reference_of(request, order_id)
    if request.method != "POST":
        return show_box(request, order_id, None)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show_box(request, order_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        keep(request, order_id, form, reference)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return show_box(request, order_id, form, HTTPStatus.SERVICE_UNAVAILABLE)
    return kept(request, order_id, mentions_of(form.cleaned_data["text"], request.channel).unknown)


def keep(request: ApiRequest, order_id: str, form: NoteForm, reference: str | None) -> None:
    data = form.cleaned_data
    mark = data["mark"] or uuid.uuid4()
    services.write(
        log.Who.of(request), request.user, subject_of(request, order_id), data["text"], mark, reference=reference,
        answers=form.answers,
    )  # fmt: skip


def kept(request: ApiRequest, order_id: str, unknown: Sequence[str]) -> HttpResponse:
    """Says whom the note was to mention and could not: `unknown`, what stands behind an "@" and is nobody's name."""
    nobody = _("Nobody who has this channel is called %(names)s: they were not told.") % {"names": ", ".join(unknown)}
    if not request.htmx:
        messages.success(request, _("The note was kept."))
        if unknown:
            messages.warning(request, nobody)
        return redirect("order-timeline", request.channel, order_id)
    page = (request.htmx.current_url_abs_path or "").partition("?")[0].partition("#")[0]
    is_on_page = page == resolve_url("order-detail", request.channel, order_id)
    shown = show_box(
        request, order_id, None, is_kept=True, not_told=nobody if unknown else "", brings_holders=is_on_page
    )
    return trigger_client_event(shown, "timeline-changed")


def show_box(
    request: ApiRequest, order_id: str, form: NoteForm | None, status: HTTPStatus = HTTPStatus.OK, **state: object
) -> HttpResponse:
    """The box with the notes below it. It takes the focus: the button that was pressed is another one now."""
    latest = services.latest_notes(order_id, request.channel)
    box = {"note_form": form, "note_takes_focus": True, **box_context(request, order_id)}
    context = {**box, "notes": latest, "order_id": order_id, "place": "orders", **state}
    return render_page(request, "orders/note_create.html", context, partials=("notes",), status=status)


@form_view
@may_view
@may_write
def note_edit(request: ApiRequest, order_id: str, note_id: int) -> HttpResponse:
    """One's own note, said anew. Raises PermissionDenied for somebody else's."""
    note = note_of(request, order_id, note_id)
    if note.author_id != request.user.pk:
        raise PermissionDenied
    last = note.versions.order_by("-number")[0]
    if request.method != "POST":
        initial = {"text": last.text, "number": last.number}
        return show_form(request, note, EditForm(initial=initial, label_suffix=""))
    form = EditForm(request.POST, label_suffix="")
    if not form.is_valid():
        return show_form(request, note, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return save(request, note, form)


def save(request: ApiRequest, note: Note, form: EditForm) -> HttpResponse:
    text, seen = form.cleaned_data["text"], form.cleaned_data["number"]
    try:
        services.edit(log.Who.of(request), note, subject_of(request, note.order_id), text, seen)
    except services.NoteChangedError:
        theirs = note.versions.order_by("-number")[0]
        form = EditForm({"text": text, "number": theirs.number}, label_suffix="")
        return show_form(request, note, form, HTTPStatus.CONFLICT, theirs=theirs)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return show_form(request, note, form, HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("The note was changed."))
    where = resolve_url("order-timeline", request.channel, note.order_id)
    return HttpResponseClientRedirect(page_of(request, where)) if request.htmx else redirect(where)


def page_of(request: ApiRequest, otherwise: str) -> str:
    """The page that the dialog stands on, which is then loaded anew; without its fragment, or it would not be."""
    return (request.htmx.current_url_abs_path or otherwise).partition("#")[0]


def show_form(
    request: ApiRequest, note: Note, form: EditForm, status: HTTPStatus = HTTPStatus.OK, **state: object
) -> HttpResponse:
    context = {"form": form, "note": note, "order_id": note.order_id, "place": "orders", **state}
    return render_page(request, "orders/note_edit.html", context, partials=("dialog",), status=status)


@require_safe
@may_view
def note_history(request: ApiRequest, order_id: str, note_id: int) -> HttpResponse:
    """All that a note ever said, newest first."""
    note = note_of(request, order_id, note_id)
    versions = note.versions.order_by("-number")
    context = {"note": note, "versions": versions, "order_id": order_id, "place": "orders"}
    return render_page(request, "orders/note_history.html", context, partials=("dialog",))


def note_of(request: ApiRequest, order_id: str, note_id: int) -> Note:
    """The note of that number on that order, in the person's channel. Raises Http404."""
    channel = request.channel
    try:
        return Note.objects.get(pk=note_id, order_id=order_id, merchant=channel.merchant, channel=channel.name)
    except Note.DoesNotExist:
        raise Http404 from None
