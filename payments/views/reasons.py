"""The pages on which admins say which reasons can be chosen for a payment action."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import log
from payments.presentation.vocabulary import ACTIONS
from payments.reasons.forms import ReasonsForm
from payments.reasons.services import DEFAULTS, ListChangedError, change_reasons, choices_for
from ui.pages import Request, form_view, render_page

may_change_reasons = permission_required("accounts.change_reasons", raise_exception=True)


@require_safe
@may_change_reasons
def reason_list(request: Request) -> HttpResponse:
    """What can be chosen, by type of action."""
    lists = [(kind, words.verb, [word for _code, word in choices_for(kind)]) for kind, words in ACTIONS.items()]
    return render_page(request, "payments/reason_list.html", {"place": "approvals", "lists": lists})


@form_view
@may_change_reasons
def reason_edit(request: Request, kind: str) -> HttpResponse:
    """The list of one type of action, as lines."""
    if kind not in ACTIONS:
        raise Http404
    form = ReasonsForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        reasons = form.cleaned_data["reasons"] or list(DEFAULTS[kind])
        try:
            is_changed = change_reasons(log.Who.of(request), kind, reasons, form.cleaned_data["seen"])
        except ListChangedError:
            form.add_error(None, _("Somebody else has changed this list since you opened this page. Nothing was saved: "
                                   "load it again."))  # fmt: skip
        else:
            same = _("Nothing was different, so nothing was saved.")
            messages.success(request, _("Saved. It is offered from now on.") if is_changed else same)
            return redirect("reason-list")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"place": "approvals", "form": form, "action": ACTIONS[kind].verb}
    return render_page(request, "payments/reason_edit.html", context, status=status)
