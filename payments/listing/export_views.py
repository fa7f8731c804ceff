"""The form of an export of payments."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import preference_of
from audit.log import Who
from gateway.permissions import may_view
from gateway.request import ApiRequest
from jobs import exports
from jobs.exports import Wanted
from jobs.file_form import CHOICES, format_of, zones
from jobs.services import MOST_OPEN, TooManyError
from payments.listing.address import Address, chips, read_address
from payments.listing.export import COLUMNS, KIND, count, pack, up_to
from payments.listing.filters import PaymentFilterSet
from ui.pages import form_view, render_page


class ExportForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose a column at least.")},
    )
    format = forms.ChoiceField(label=gettext_lazy("File"), choices=CHOICES)
    zone = forms.ChoiceField(label=gettext_lazy("Times are in"))

    def __init__(self, data: Any) -> None:
        initial = {"columns": list(COLUMNS), "format": format_of(get_language())}
        super().__init__(data, initial={**initial, "zone": timezone.get_current_timezone_name()})
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (name, each.column.word) for name, each in COLUMNS.items()
        ]
        self.fields["zone"].choices = [(name, name) for name in zones()]  # type: ignore[attr-defined]


@form_view
@may_view
def money_export(request: ApiRequest) -> HttpResponse:
    """Shows the form of an export, and starts it. The address is the list's."""
    asked = PaymentFilterSet(request.GET, request.user)
    address = read_address(request.GET, asked, preference_of(request.user).page_size)
    form = ExportForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if form.is_bound:
        if form.is_valid() and (answer := _started(request, form, asked, address)):
            return answer
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = chips(asked, address)
    context = {
        "place": "payments",
        "form": form,
        "back": address.to(),
        "chips": shown,
        "problems": [chip for chip in shown if chip.problem],
        "size": count(asked.question, request.user),
    }
    return render_page(request, "payments/listing/money_export.html", context, status=status)


def _started(request: ApiRequest, form: ExportForm, asked: PaymentFilterSet, address: Address) -> HttpResponse | None:
    """The page of the job; None where the person has too many under way, which the form says then."""
    said, question = form.cleaned_data, up_to(asked.question, timezone.now())
    wanted = Wanted(
        columns=said["columns"],
        format=said["format"],
        zone=said["zone"],
        called=f"payments-{timezone.localdate():%Y-%m-%d}",
        filters={name: ", ".join(values) for name, values in address.filters.items()},
    )
    total = count(question, request.user)
    try:
        job = exports.start(KIND, Who.of(request), wanted, {}, {"question": pack(question)}, total=total)
    except TooManyError:
        says = _("You have %(n)s exports and changes under way. Wait until one is done, or stop one.")
        form.add_error(None, says % {"n": MOST_OPEN})
        return None
    messages.success(request, _("The export has begun. You may leave this page: it goes on."))
    return redirect("download-detail", job.pk)
