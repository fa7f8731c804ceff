"""The pages on which admins set when it takes a second person, and when two."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.channels import grants_of
from payments.limits.forms import FourEyesForm
from payments.limits.services import theirs
from payments.models import FourEyes
from payments.views import lines
from payments.views.lines import may_change_limits, row_of
from ui.pages import Request, form_view, render_page

PAGES = lines.Pages(
    name="four-eyes",
    model=FourEyes,
    form=FourEyesForm,
    heading=_("Four eyes"),
    add=_("Add a rule"),
    change=_("Change a rule"),
    delete=_("Delete a rule"),
    lead=_("It is in force from the next action on; what waits for approval already goes on as it was asked for."),
    none=_("There is no such rule."),
    taken=_("There is a rule for this channel and action already: change that one."),
    gone=_("The rule is gone."),
)


@require_safe
@may_change_limits
def four_eyes_list(request: Request) -> HttpResponse:
    """What is in force: the rules that speak of the reader's channels."""
    rows = [row_of(request, each) for each in theirs(FourEyes, grants_of(request.user))]
    context = PAGES.context(rows=rows, waits=lines.waits_of(request, PAGES))
    return render_page(request, "payments/four_eyes_list.html", context)


@form_view
@may_change_limits
def four_eyes_create(request: Request) -> HttpResponse:
    """A new rule for some of the person's channels."""
    return lines.edit(request, PAGES)


@form_view
@may_change_limits
def four_eyes_edit(request: Request, rule_id: int) -> HttpResponse:
    """A rule, changed from now on."""
    return lines.edit(request, PAGES, lines.line_of(request, PAGES, rule_id))


@form_view
@may_change_limits
def four_eyes_delete(request: Request, rule_id: int) -> HttpResponse:
    """Asks once, and says what counts afterwards."""
    return lines.delete(request, PAGES, lines.line_of(request, PAGES, rule_id), "payments/four_eyes_delete.html", {})


@require_POST
@may_change_limits
def four_eyes_confirm(request: Request, number: int) -> HttpResponse:
    """The second person's yes to a change of four eyes."""
    return lines.confirm(request, PAGES, number)


@require_POST
@may_change_limits
def four_eyes_drop(request: Request, number: int) -> HttpResponse:
    """A change of four eyes that is not made."""
    return lines.drop(request, PAGES, number)
