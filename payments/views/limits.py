"""The pages on which admins set how much goes without a second person."""

from typing import NamedTuple

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.channels import grants_of
from accounts.roles import MANAGER, WORDS
from payments.limits.forms import LimitForm
from payments.limits.services import theirs
from payments.limits.shipped import in_force
from payments.models import Limit
from payments.views import lines
from payments.views.lines import LineRow, may_change_limits, row_of
from ui.pages import Request, form_view, render_page

PAGES = lines.Pages(
    name="limit",
    model=Limit,
    form=LimitForm,
    heading=_("Limits"),
    add=_("Add a limit"),
    change=_("Change a limit"),
    delete=_("Delete a limit"),
    lead=_(
        "What is left empty is not limited. It is in force from the next action on; what waits for approval already "
        "goes on waiting."
    ),
    none=_("There is no such limit."),
    taken=_("There is a limit for this role, channel, action and currency already: change that one."),
    gone=_("The limit is gone."),
)


class RoleLimits(NamedTuple):
    """`shipped`: those that came with the desk and that nobody has set otherwise."""

    role: Promise
    rows: list[LineRow]
    shipped: list[LineRow]
    is_manager: bool


@require_safe
@may_change_limits
def limit_list(request: Request) -> HttpResponse:
    """What is in force, by role: the limits that speak of the reader's channels, and plainly where there are none."""
    rows = theirs(Limit, grants_of(request.user))
    roles = [_of_role(request, role, word, rows) for role, word in WORDS.items()]
    context = PAGES.context(
        roles=roles, is_any=bool(rows), are_limits=Limit.objects.exists(), waits=lines.waits_of(request, PAGES)
    )
    return render_page(request, "payments/limit_list.html", context)


def _of_role(request: Request, role: str, word: Promise, rows: list[Limit]) -> RoleLimits:
    found = [row_of(request, each) for each in rows if each.role == role]
    return RoleLimits(word, found, [row_of(request, each) for each in in_force(role, rows)], role == MANAGER)


@form_view
@may_change_limits
def limit_create(request: Request) -> HttpResponse:
    """A new limit for some of the person's channels; `?currency=` begins with what came with the desk for managers."""
    currency = request.GET.get("currency", "")
    return lines.edit(request, PAGES, next((each for each in in_force(MANAGER, []) if each.currency == currency), None))


@form_view
@may_change_limits
def limit_edit(request: Request, limit_id: int) -> HttpResponse:
    """A limit, changed from now on."""
    return lines.edit(request, PAGES, lines.line_of(request, PAGES, limit_id))


@form_view
@may_change_limits
def limit_delete(request: Request, limit_id: int) -> HttpResponse:
    """Asks once, and says what goes without a second person afterwards."""
    limit = Limit.objects.get(pk=lines.line_of(request, PAGES, limit_id).pk)
    others = Limit.objects.exclude(pk=limit.pk)
    more = {
        "role": WORDS.get(limit.role, limit.role),
        "others": others.filter(role=limit.role).exists(),
        "any_others": others.exists(),
        "is_manager": limit.role == MANAGER,
    }
    return lines.delete(request, PAGES, limit, "payments/limit_delete.html", more)


@require_POST
@may_change_limits
def limit_confirm(request: Request, number: int) -> HttpResponse:
    """The second person's yes to a change of limits."""
    return lines.confirm(request, PAGES, number)


@require_POST
@may_change_limits
def limit_drop(request: Request, number: int) -> HttpResponse:
    """A change of limits that is not made."""
    return lines.drop(request, PAGES, number)
