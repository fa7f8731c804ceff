"""Pasting a mail or a column: what is in it is looked up in all channels, and comes back as a table to work through."""

import uuid
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.channels import Channel, channels_of
from accounts.middleware import needs_a_channel
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.finding.views import LONGEST as LONGEST_TYPED
from orders.finding.views import find
from orders.list.met import known_of
from orders.models import Paste
from orders.pasted import kept, looking_up, walk
from orders.pasted.looking_up import Part
from orders.pasted.recognise import LONGEST, MOST, Recognised, counted, recognise
from orders.pasted.rows import Row, as_tsv, count, first_to_open, headings, markup, rows_of
from orders.pasted.words import given_up_of, left_of
from ui.pages import form_view, render_page

_PAUSE, _BUSY_PAUSE, _SPENT_PAUSE = "50ms", "1s", "10s"
"""Before the page asks for the next part: as a rule, while another tab is at it, and while the budget is used up."""


@form_view
@sensitive_post_parameters("text")
@needs_a_channel
@may_view
def pasted_new(request: ApiRequest) -> HttpResponse:
    """Takes a paste (field `text`). What names one thing goes the way that typing it goes; of what names several each
    is looked up. What is too long, names too much or nothing comes back as it was, with why."""
    if request.method != "POST":
        return _box(request, "", "")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    channels = channels_of(request.user)
    found = recognise(text, {prefix for met in known_of(map(str, channels)).values() for prefix in met.prefixes})
    if problem := _problem(found):
        return _box(request, text, problem)
    said = text.strip()
    if len(found.finds) == 1 and len(found.finds[0].text) <= LONGEST_TYPED:
        return _typed(request, found.finds[0].text, found)
    if not found.finds:
        is_short = bool(said) and len(said) <= LONGEST_TYPED and "\n" not in said and not found.hidden
        return _typed(request, said, found) if is_short else _box(request, text, _nothing(said, found))
    paste = kept.keep(request.user, request.channel, found, counted(found.left))
    return _to(request, resolve_url("pasted-detail", paste.pk))


def _problem(found: Recognised) -> str:
    if found.is_too_long:
        words = _(
            "This has %(length)s characters, and %(most)s can be read at once. Nothing was looked up: paste it in "
            "parts."
        )
        return words % {"length": found.length, "most": LONGEST}
    if found.are_too_many:
        words = _(
            "%(n)s things to look up are in it, and %(most)s are looked up at once. Nothing was: paste it in parts."
        )
        return words % {"n": len(found.finds), "most": MOST}
    return ""


def _nothing(said: str, found: Recognised) -> str:
    if not said:
        return _("Paste something first.")
    if found.hidden:
        return _("Nothing but personal numbers or cards was recognised in it, and nobody is looked up by those.")
    return _("No order number, id, link, e-mail address or phone was recognised in it.")


def _typed(request: ApiRequest, text: str, found: Recognised) -> HttpResponse:
    """The page that typing that text leads to, in all channels; the one order that it means is opened."""
    if found.hidden:
        messages.info(request, hidden_words(found.hidden))
    typed = request.POST.copy()
    typed["said"] = text
    request.POST = typed  # type: ignore[assignment]  # a view's is not to be changed; this is the next one's
    answer: HttpResponse = find(request)
    return answer


def hidden_words(hidden: int) -> str:
    """What was left out of a paste and is kept nowhere."""
    return ngettext(
        "One personal number or card in what was pasted was left out, and is kept nowhere.",
        "%(n)s personal numbers or cards in what was pasted were left out, and are kept nowhere.",
        hidden,
    ) % {"n": hidden}


def _to(request: ApiRequest, url: str) -> HttpResponse:
    return cast(HttpResponse, HttpResponseClientRedirect(url)) if request.htmx else redirect(url)


def _box(request: ApiRequest, text: str, problem: str) -> HttpResponse:
    context = {
        "place": "orders",
        "text": text,
        "problem": problem,
        "longest": LONGEST,
        "most": MOST,
        "pastes": kept.pastes_of(request.user),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render_page(request, "orders/pasted_new.html", context, status=status)


@require_safe
@needs_a_channel
@may_view
def pasted_detail(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """The table of a paste as far as it is looked up; its orders lead to one another from here on. Looks up nothing."""
    paste = kept.paste_of(request.user, mark)
    walk.begin(request, str(mark))
    return render_page(request, "orders/pasted_detail.html", _context(request, paste, Part()))


@require_POST
@needs_a_channel
@may_view
def pasted_on(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Looks up the next part. For htmx, the rows that are known by now and how far it is; else back to the table."""
    paste, channels = kept.paste_of(request.user, mark), channels_of(request.user)
    if not request.htmx:
        part = looking_up.look_on(request, paste, channels, looking_up.LONGEST_PART)
        if part.is_spent:
            messages.info(request, spent_words())
        return redirect("pasted-detail", mark)
    before = count(rows_of(kept.lines_of(paste), channels, is_stopped=False)).done
    part = looking_up.look_on(request, paste, channels)
    # Rows that were found for another tab, or for an answer that never came here, are not on the page yet.
    is_behind = request.POST.get("done") != str(before)
    return _answer(request, kept.paste_of(request.user, mark), None if is_behind else part.places, part)


@require_POST
@needs_a_channel
@may_view
def pasted_stop(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Looks up no more of it, until somebody says so; what was found stays."""
    paste = kept.paste_of(request.user, mark)
    paste.is_stopped = True
    paste.save(update_fields=["is_stopped"])
    return _answer(request, paste)


@require_POST
@needs_a_channel
@may_view
def pasted_again(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Goes on with what was stopped; with the field `channel`, asks that one again for what it did not answer to."""
    paste = kept.paste_of(request.user, mark)
    named = next((each for each in channels_of(request.user) if str(each) == request.POST.get("channel")), None)
    looking_up.ask_again(paste, named)
    return _answer(request, kept.paste_of(request.user, mark))


@require_POST
@needs_a_channel
@may_view
def pasted_forget(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Deletes the paste and all that was kept of it."""
    kept.forget([kept.paste_of(request.user, mark)])
    messages.success(request, _("What was pasted is deleted."))
    return redirect("pasted-new")


def _answer(
    request: ApiRequest, paste: Paste, places: Collection[int] | None = None, part: Part | None = None
) -> HttpResponse:
    """How far it is, with the rows of those places, or of all."""
    if not request.htmx:
        return redirect("pasted-detail", paste.pk)
    context = _context(request, paste, part or Part())
    rows: list[Row] = context["rows"]
    swapped = [markup(row, is_swapped=True) for row in rows if places is None or row.line.place in places]
    context["swapped"] = swapped
    return render_page(request, "orders/pasted_detail.html", context, partials=("pasted-state",))


def spent_words() -> str:
    """Why it does not go on at once."""
    return _("So many channels were asked in the last minute that this goes on in the next one.")


def _context(request: ApiRequest, paste: Paste, part: Part) -> dict[str, Any]:
    channels: Sequence[Channel] = channels_of(request.user)
    said = kept.said_of(paste)
    rows = rows_of(kept.lines_of(paste), channels, is_stopped=paste.is_stopped)
    so_far = count(rows)
    is_running = bool(so_far.left) and not paste.is_stopped
    return {
        "place": "orders",
        "paste": paste,
        "rows": rows,
        "headings": headings(),
        "bodies": map(markup, rows),
        "count": so_far,
        "is_running": is_running,
        "is_spent": part.is_spent and is_running,
        "pause": _SPENT_PAUSE if part.is_spent else _BUSY_PAUSE if part.is_elsewhere else _PAUSE,
        "given_up": given_up_of(rows, channels),
        "hidden": hidden_words(said.hidden) if said.hidden else "",
        "left": left_of(said),
        "said": said,
        "channels_asked": len(channels),
        "tsv": "" if is_running else as_tsv(rows),
        "first": first_to_open(rows),
    }
